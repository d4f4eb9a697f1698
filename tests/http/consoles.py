#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The requests of self-hosted web consoles, each as they send it: BUILD."""
import concurrent.futures
import subprocess
import sys
import time

import lab
from lab import expect, expect_in

MEMBER = "0651022d1b"
NETWORK_KEYS = ("id nwid name private routes ipAssignmentPools v4AssignMode v6AssignMode rules tags "
                "capabilities dns creationTime revision").split()
MEMBER_KEYS = ("id address nwid authorized activeBridge ipAssignments noAutoAssignIps capabilities tags "
               "creationTime vMajor vMinor vRev lastAuthorizedTime lastDeauthorizedTime").split()


def new_member(service, **fields):
    nwid = service.new_network()
    service.post(f"/controller/network/{nwid}/member/{MEMBER}", fields)
    return nwid, f"/controller/network/{nwid}/member/{MEMBER}"


def the_address_is_in_the_status(service):
    expect(service.get("/status")["address"], service.address)


def the_controller_says_that_it_is_one(service):
    expect(service.get("/controller")["controller"], True)


def a_network_is_made_by_the_path_with_six_underscores(service):
    made = service.post(f"/controller/network/{service.address}______", {"name": "from a console"})
    for key in NETWORK_KEYS:
        expect_in(key, made)
    expect_in(made["id"], service.get("/controller/network"))
    expect(service.get(f"/controller/network/{made['id']}"), made)
    wrong = service.ask("POST", "/controller/network/0123456789______", {})
    expect(wrong.status, 400)


def forms_send_texts_for_booleans(service):
    nwid = service.new_network()
    made = service.post(f"/controller/network/{nwid}", {"private": "false", "v4AssignMode": {"zt": "true"}})
    expect((made["private"], made["v4AssignMode"]), (False, {"zt": True}))
    path = f"/controller/network/{nwid}/member/{MEMBER}"
    expect(service.post(path, {"authorized": "true"})["authorized"], True)
    expect(service.post(path, {"activeBridge": "false"})["activeBridge"], False)


def whole_arrays_are_posted_back_after_editing(service):
    nwid = service.new_network(routes=[{"target": "10.1.0.0/16", "via": None}])
    path = f"/controller/network/{nwid}"
    routes = service.get(path)["routes"] + [{"target": "10.2.0.0/16", "via": "10.1.0.1"}]
    pools = [{"ipRangeStart": "10.1.0.10", "ipRangeEnd": "10.1.0.20"}]
    service.post(path, {"routes": routes})
    service.post(path, {"ipAssignmentPools": pools})
    expect((service.get(path)["routes"], service.get(path)["ipAssignmentPools"]), (routes, pools))
    service.post(path, {"routes": []})
    expect(service.get(path)["routes"], [])


def automatic_ipv6_and_dns_are_set_whole(service):
    nwid = service.new_network()
    path = f"/controller/network/{nwid}"
    modes = {"6plane": True, "rfc4193": False, "zt": True}
    expect(service.post(path, {"v6AssignMode": modes})["v6AssignMode"], modes)
    dns = {"domain": "lab.example", "servers": ["10.1.0.1"]}
    expect(service.post(path, {"dns": dns})["dns"], dns)
    expect_in(service.post(path, {"dns": {"domain": "", "servers": []}})["dns"],
              ([], {"domain": "", "servers": []}))


def a_change_of_one_field_keeps_the_others(service):
    nwid = service.new_network(name="kept", mtu=1500)
    made = service.post(f"/controller/network/{nwid}", {"multicastLimit": 64})
    expect((made["name"], made["mtu"], made["multicastLimit"]), ("kept", 1500, 64))


def a_name_that_is_left_out_may_be_null(service):
    """As ztctl creates networks."""
    made = service.post(f"/controller/network/{service.address}______", {"name": None})
    expect(made["name"], "")
    expect(service.post(f"/controller/network/{made['id']}/member/{MEMBER}", {"name": None})["authorized"], False)


def an_object_may_be_posted_back_as_it_came(service):
    nwid, member = new_member(service, authorized=True)
    for path in (f"/controller/network/{nwid}", member):
        given = service.get(path)
        expect(service.post(path, {**given, "description": "of the console", "nonsense": [1]})["id"],
               given["id"])


def members_are_listed_by_address(service):
    nwid, path = new_member(service)
    listed = service.get(f"/controller/network/{nwid}/member")
    expect(list(listed), [MEMBER])
    member = service.get(path)
    for key in MEMBER_KEYS:
        expect_in(key, member)
    expect((member["id"], member["authorized"]), (MEMBER, False))


def a_member_is_authorized_addressed_and_removed(service):
    nwid, path = new_member(service, authorized=True)
    member = service.post(path, {"ipAssignments": ["10.1.0.9"], "noAutoAssignIps": True})
    expect((member["ipAssignments"], member["lastAuthorizedTime"] > 0), (["10.1.0.9"], True))
    gone = service.ask("DELETE", path)
    expect((gone.status, gone.json["address"]), (200, MEMBER))
    expect(service.get(f"/controller/network/{nwid}/member"), {})


def removal_and_stash_succeed_in_any_order(service):
    stash = {"authorized": False, "ipAssignments": [], "capabilities": [], "tags": []}
    for order in ("DP", "PD"):
        _, path = new_member(service, authorized=True, ipAssignments=["10.1.0.9"])
        for step in order:
            answer = service.ask("DELETE", path) if step == "D" else service.ask("POST", path, stash)
            expect(answer.status, 200, order)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            _, path = new_member(service, authorized=True)
            both = [pool.submit(service.ask, "DELETE", path),
                    pool.submit(service.ask, "POST", path, stash)]
            expect([one.result().status for one in both], [200, 200])


def a_stashed_member_stays_as_a_stub(service):
    _, path = new_member(service, authorized=True, ipAssignments=["10.1.0.9"], tags=[[1, 2]])
    member = service.post(path, {"authorized": False, "ipAssignments": [], "capabilities": [], "tags": []})
    expect((member["authorized"], member["ipAssignments"], member["tags"]), (False, [], []))
    expect(member["lastDeauthorizedTime"] > 0, True)


def a_removed_network_comes_back_in_the_answer(service):
    nwid = service.new_network(name="gone")
    gone = service.ask("DELETE", f"/controller/network/{nwid}")
    expect((gone.status, gone.json["name"]), (200, "gone"))
    expect(service.ask("GET", f"/controller/network/{nwid}").status, 404)
    expect(service.ask("GET", f"/controller/network/{nwid}/member").status, 404)



def peers_have_what_is_shown_of_them(service):
    other = lab.Service(sys.argv[1], "--planet", str(service.home / "planet"), command=("controller",))
    try:
        until = time.time() + lab.SECONDS
        while True:
            peer = service.get(f"/peer/{other.address}")
            if peer.get("paths"):
                break
            if time.time() > until:
                raise AssertionError("the other node never became a peer")
            time.sleep(0.05)
        for key in ("address latency version versionMajor versionMinor versionRev role").split():
            expect_in(key, peer)
        for key in ("active expired preferred address lastReceive lastSend").split():
            expect_in(key, peer["paths"][0])
        expect(peer["paths"][0]["address"], f"127.0.0.1/{other.port}")
        expect_in(other.address, [one["address"] for one in service.get("/peer")])
    finally:
        other.stop()


def an_unknown_peer_is_empty_or_missing(service):
    answer = service.ask("GET", "/peer/0123456789")
    expect((answer.status, answer.json), (200, {}))


def a_page_with_a_request_for_each_member_is_answered(service):
    nwid = service.new_network()
    paths = [f"/controller/network/{nwid}/member/{0x1000000000 + i:010x}" for i in range(48)]
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        made = list(pool.map(lambda path: service.ask("POST", path, {"authorized": True}).status, paths))
        read = list(pool.map(lambda path: service.ask("GET", path).json["authorized"], paths))
    expect(set(made), {200})
    expect(read, [True] * len(paths))
    expect(len(service.get(f"/controller/network/{nwid}/member")), len(paths))


def metrics_come_with_the_auth_token(service):
    expect(service.ask("GET", "/metrics").status, 200)


def the_hosted_api_is_beside_the_local_one(service):
    answer = service.curl("/api/v1/network", "-H", f"Authorization: token {service.token}")
    expect(answer.status, 200)


def a_home_put_back_from_an_archive_serves_the_same(service):
    archive = service.home.parent / (service.home.name + ".tar")
    source = lab.Service(sys.argv[1])
    try:
        nwid = source.new_network(name="archived")
        token = source.token
        source.process.terminate()
        source.process.wait()
        subprocess.run(["tar", "cf", archive, "-C", source.home, "."], check=True)
        subprocess.run(["find", source.home, "-mindepth", "1", "-delete"], check=True)
        subprocess.run(["tar", "xf", archive, "-C", source.home], check=True)
        again = lab.Service(sys.argv[1], home=source.home)
        expect((again.address, again.token), (source.address, token))
        expect(again.get(f"/controller/network/{nwid}")["name"], "archived")
        again.stop()
    finally:
        archive.unlink(missing_ok=True)
        source.process.stdout.close()
        source.folder.cleanup()


if __name__ == "__main__":
    lab.run([value for value in list(globals().values()) if callable(value) and
             getattr(value, "__module__", "") == "__main__" and value is not new_member])
