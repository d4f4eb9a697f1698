#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hosted API, version 1, on a controller of one's own: BUILD."""
import email.utils
import http.client
import json
import stat
import time

import lab
from lab import expect, expect_in

MEMBER = "0651022d1b"
TOKEN = "0123456789abcdefghijklmnopqrstuv"


def ask(service, method, path, body=None, token=None, scheme="token", base="/api/v1"):
    options = ["-X", method, "-H", f"Authorization: {scheme} {token or service.token}"]
    if body is not None:
        options += ["--data-binary", body if isinstance(body, str) else json.dumps(body)]
    answer = service.curl(base + path, *options)
    while answer.status == 429:  # a fast machine asks more often than an account may
        time.sleep(0.1)
        answer = service.curl(base + path, *options)
    return answer


def get(service, path):
    answer = ask(service, "GET", path)
    expect(answer.status, 200, f"{path}: {answer.text}")
    return answer.json


def post(service, path, body):
    answer = ask(service, "POST", path, body)
    expect(answer.status, 200, f"{path}: {answer.text}")
    return answer.json


def user_path(service):
    return f"/user/{get(service, '/status')['user']['id']}"


def a_token_is_presented_by_either_scheme(service):
    for scheme in ("token", "bearer", "Bearer", "TOKEN"):
        expect(ask(service, "GET", "/status", scheme=scheme).status, 200, scheme)
    expect(ask(service, "GET", "/status", scheme="basic").status, 401)
    expect(service.curl("/api/v1/status").status, 401)
    expect(ask(service, "GET", "/status", token="x" * 32).status, 401)
    expect(ask(service, "GET", "/status", token="short").status, 400)


def the_path_without_version_is_the_same(service):
    expect(ask(service, "GET", "/status", base="/api").json["id"], "central_status")
    expect(ask(service, "GET", "/self", base="/api").json["id"], get(service, "/status")["user"]["id"])


def a_token_of_the_user_opens_the_hosted_api_only(service):
    path = user_path(service)
    made = get(service, "/randomToken")["token"]
    expect(len(made), 32)
    expect(ask(service, "GET", "/network", token=made).status, 401)
    expect(post(service, path + "/token", {"tokenName": "ci", "token": made}),
           {"tokenName": "ci", "token": made})
    expect(ask(service, "GET", "/network", token=made).status, 200)
    expect(service.curl("/status", "-H", f"X-ZT1-Auth: {made}").status, 401)
    expect(get(service, path)["tokens"], ["ci"])
    expect(made in (service.home / "account.json").read_text(), False)
    expect(stat.S_IMODE((service.home / "account.json").stat().st_mode), 0o600)
    expect(ask(service, "DELETE", path + "/token/ci").status, 200)
    expect(ask(service, "GET", "/network", token=made).status, 401)
    expect(ask(service, "DELETE", path + "/token/ci").status, 404)


def a_bad_token_is_refused_by_name(service):
    path = user_path(service) + "/token"
    post(service, path, {"tokenName": "there", "token": TOKEN})
    for body, word in (({}, "tokenName"), ({"tokenName": "a"}, "token"),
                       ({"tokenName": "a", "token": "short"}, "token"),
                       ({"tokenName": "", "token": TOKEN}, "tokenName"),
                       ({"tokenName": "a/b", "token": TOKEN}, "tokenName"),
                       ({"tokenName": "there", "token": TOKEN}, "tokenName"),
                       ({"tokenName": 1, "token": TOKEN}, "tokenName")):
        refused = ask(service, "POST", path, body)
        expect(refused.status, 400, str(body))
        expect_in(word + ":", refused.json["description"])
    expect(get(service, path[:-6])["tokens"], ["there"])
    ask(service, "DELETE", path + "/there")


def the_user_may_change_a_name_and_a_number(service):
    path = user_path(service)
    changed = post(service, path, {"displayName": "Root", "smsNumber": "1", "email": "x", "id": "y"})
    expect((changed["displayName"], changed["smsNumber"], changed["email"]),
           ("Root", "1", "admin@localhost"))
    expect_in("displayName", ask(service, "POST", path, {"displayName": 7}).json["description"])
    expect(get(service, path)["displayName"], "Root")
    expect(ask(service, "DELETE", path).status, 403)
    expect(ask(service, "GET", "/user/nobody").status, 404)


def one_organization_has_one_member(service):
    org = get(service, "/org")
    expect(get(service, f"/org/{org['id']}"), org)
    members = get(service, f"/org/{org['id']}/user")
    expect([one["userId"] for one in members], [org["ownerId"]])
    expect(get(service, "/org-invitation"), [])
    expect(ask(service, "POST", "/org-invitation", {"email": "a@example.org"}).status, 403)
    expect(ask(service, "GET", "/org-invitation/x").status, 404)


def a_network_is_made_changed_and_deleted(service):
    made = post(service, "/network", {})
    nwid = made["id"]
    expect(made["config"]["private"], True)
    changed = post(service, f"/network/{nwid}", {
        "description": "of the office", "config": {
            "name": "office", "routes": [{"target": "10.9.0.0/16", "via": None}],
            "ipAssignmentPools": [{"ipRangeStart": "10.9.0.1", "ipRangeEnd": "10.9.0.99"}],
            "v4AssignMode": {"zt": True}, "dns": {"domain": "a.example", "servers": ["10.9.0.1"]}}})
    config = changed["config"]
    expect((changed["description"], config["name"], config["v4AssignMode"]),
           ("of the office", "office", {"zt": True}))
    expect(get(service, f"/network/{nwid}")["config"], config)
    expect(service.get(f"/controller/network/{nwid}")["routes"], config["routes"])
    expect_in(nwid, [one["id"] for one in get(service, "/network")])
    expect(ask(service, "DELETE", f"/network/{nwid}").status, 200)
    expect(ask(service, "GET", f"/network/{nwid}").status, 404)
    expect(ask(service, "POST", f"/network/{nwid}", {}).status, 404)


def what_is_not_given_stays(service):
    nwid = post(service, "/network", {"description": "d", "config": {"name": "n"}})["id"]
    post(service, f"/network/{nwid}", {"config": {"mtu": 1500}})
    post(service, f"/network/{nwid}", {"config": {"v6AssignMode": {"zt": True}}})
    made = post(service, f"/network/{nwid}", {"config": {"v6AssignMode": {"rfc4193": True}}})
    expect((made["description"], made["config"]["name"], made["config"]["mtu"]), ("d", "n", 1500))
    expect(made["config"]["v6AssignMode"], {"6plane": False, "rfc4193": True, "zt": True})
    nulls = post(service, f"/network/{nwid}", {"description": None, "config": {"name": None}})
    expect((nulls["description"], nulls["config"]["name"]), ("d", "n"))


def a_change_is_dated(service):
    made = post(service, "/network", {})["config"]
    expect(made["lastModified"], made["creationTime"])
    time.sleep(0.002)
    changed = post(service, f"/network/{made['id']}", {"config": {"name": "later"}})["config"]
    expect(changed["lastModified"] > changed["creationTime"], True)
    same = post(service, f"/network/{made['id']}", {"config": {"name": "later"}})["config"]
    expect(same["lastModified"], changed["lastModified"])


def what_is_read_only_is_ignored(service):
    made = post(service, "/network", {"id": "1", "clock": 1, "totalMemberCount": 9,
                                      "config": {"id": "1", "creationTime": 1, "lastModified": 1}})
    expect(len(made["id"]), 16)
    expect((made["totalMemberCount"], made["config"]["creationTime"] > 1), (0, True))


def an_object_posted_back_as_it_came_changes_nothing(service):
    nwid = post(service, "/network", {"description": "d", "rulesSource": "accept;"})["id"]
    before = get(service, f"/network/{nwid}")
    revision = service.get(f"/controller/network/{nwid}")["revision"]
    after = post(service, f"/network/{nwid}", before)
    expect({**after, "clock": 0}, {**before, "clock": 0})
    expect(service.get(f"/controller/network/{nwid}")["revision"], revision)


def a_text_of_rules_is_compiled(service):
    source = "tag department id 1000 enum 100 sales;\ndrop not ethertype ipv4 and not ethertype arp;\n" \
             "cap admin id 7 accept; ;\naccept;"
    made = post(service, "/network", {"rulesSource": source})
    types = [one["type"] for one in made["config"]["rules"]]
    expect(types, ["MATCH_ETHERTYPE", "MATCH_ETHERTYPE", "ACTION_DROP", "ACTION_ACCEPT"])
    expect(made["rulesSource"], source)
    expect((made["capabilitiesByName"], made["tagsByName"]["department"]["id"]), ({"admin": 7}, 1000))
    expect([one["id"] for one in made["config"]["tags"]], [1000])
    refused = ask(service, "POST", f"/network/{made['id']}", {"rulesSource": "drop\n nonsense;",
                                                              "description": "half applied"})
    expect(refused.status, 400)
    expect_in("rulesSource: line 2", refused.json["description"])
    expect(get(service, f"/network/{made['id']}")["description"], "")


def a_member_is_made_before_it_asks(service):
    nwid = post(service, "/network", {})["id"]
    path = f"/network/{nwid}/member/{MEMBER}"
    made = post(service, path, {"name": "alice", "description": "a laptop", "hidden": True,
                                "config": {"authorized": True, "ipAssignments": ["10.9.0.7"]}})
    expect((made["id"], made["networkId"], made["nodeId"], made["controllerId"]),
           (f"{nwid}-{MEMBER}", nwid, MEMBER, service.address))
    expect((made["name"], made["description"], made["hidden"]), ("alice", "a laptop", True))
    expect((made["config"]["authorized"], made["config"]["ipAssignments"]), (True, ["10.9.0.7"]))
    expect((made["lastSeen"], made["physicalAddress"]), (0, None))
    expect(post(service, path, {"config": {"activeBridge": True}})["name"], "alice")
    expect([one["id"] for one in get(service, f"/network/{nwid}/member")], [made["id"]])
    expect(get(service, f"/network/{nwid}")["authorizedMemberCount"], 1)
    expect(post(service, path, {"config": {"authorized": False}})["config"]["authorized"], False)
    expect(ask(service, "DELETE", path).status, 200)
    expect(ask(service, "GET", path).status, 404)


def ids_without_their_zeros_are_padded(service):
    nwid = post(service, "/network", {})["id"]
    post(service, f"/network/{nwid}/member/{MEMBER.lstrip('0')}", {"name": "padded"})
    expect(get(service, f"/network/{nwid}/member/{MEMBER.upper()}")["name"], "padded")
    expect(get(service, f"/network/{nwid.lstrip('0').upper()}")["id"], nwid)


def answers_tell_how_many_requests_are_left(service):
    answer = ask(service, "GET", "/network")
    expect(answer.headers["x-ratelimit-limit"], "100")
    expect(0 <= int(answer.headers["x-ratelimit-remaining"]) < 100, True)
    reset = email.utils.parsedate_to_datetime(answer.headers["x-ratelimit-reset"])
    expect(abs(reset.timestamp() - time.time()) < 600, True, "a date of now")
    expect("x-ratelimit-limit" in service.ask("GET", "/status").headers, False, "the local API")
    expect("x-ratelimit-limit" in ask(service, "GET", "/network", token="y" * 32).headers, False, "a stranger")


def what_is_wrong_is_named(service):
    nwid = post(service, "/network", {})["id"]
    for path, body, word in (
            (f"/network/{nwid}", {"config": []}, "config"),
            (f"/network/{nwid}", {"description": 1}, "description"),
            (f"/network/{nwid}", {"permissions": "all"}, "permissions"),
            (f"/network/{nwid}", {"rulesSource": 7}, "rulesSource"),
            (f"/network/{nwid}", {"config": {"ssoConfig": 1}}, "ssoConfig"),
            (f"/network/{nwid}", {"config": {"routes": 1}}, "routes"),
            (f"/network/{nwid}", {"config": {"mtu": []}}, "mtu"),
            (f"/network/{nwid}", [], "object"),
            (f"/network/{nwid}", "{", "line 1"),
            (f"/network/{nwid}/member/{MEMBER}", {"config": 1}, "config"),
            (f"/network/{nwid}/member/{MEMBER}", {"config": {"tags": [1]}}, "tags")):
        refused = ask(service, "POST", path, body)
        expect(refused.status, 400, str(body))
        expect_in(word, refused.json["description"])


def a_path_that_is_none_is_not_found(service):
    nwid = post(service, "/network", {})["id"]
    for path in ("/", "/nonsense", "/network/", "/network/xyz", "/network/0", f"/network/{nwid}/x",
                 f"/network/{nwid}/member/", f"/network/{nwid}/member/12345678901",
                 f"/network/{nwid}/member/{MEMBER}/x", "/status/x", "/org/x", "/user", "/a/b/c/d/e/f/g",
                 "/" + "x" * 600):
        expect(ask(service, "GET", path).status, 404, path)
    for method, path in (("DELETE", "/network"), ("POST", "/status"), ("POST", f"/network/{nwid}/member"),
                         ("PATCH", f"/network/{nwid}"), ("POST", "/org"), ("DELETE", "/org-invitation"),
                         ("POST", "/self"), ("DELETE", "/randomToken")):
        expect(ask(service, method, path).status, 405, f"{method} {path}")


def at_last_more_requests_than_that_are_refused(service):
    """As fast as they can be sent; a machine too slow for that has nothing to limit."""
    wire = http.client.HTTPConnection("127.0.0.1", service.http, timeout=lab.SECONDS)
    headers = {"Authorization": f"token {service.token}"}
    seen = []
    before = time.monotonic()
    for _ in range(400):
        wire.request("GET", "/api/v1/randomToken", headers=headers)
        answer = wire.getresponse()
        answer.read()
        seen.append(answer.status)
        if answer.status == 429:
            expect((answer.getheader("Retry-After"), answer.getheader("X-Ratelimit-Remaining")), ("1", "0"))
    took = time.monotonic() - before
    expect(seen.count(200) <= 100 + 100 * took + 2, True, f"{seen.count(200)} in {took} s")
    expect(set(seen) <= {200, 429}, True)
    wire.close()


if __name__ == "__main__":
    lab.run([value for value in list(globals().values()) if callable(value) and
             getattr(value, "__module__", "") == "__main__" and value not in (ask, get, post, user_path)])
