#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The local API with curl: who may ask, what the node and the controller answer: BUILD."""
import json
import re
import stat
import subprocess
import sys
import time

import lab
from lab import expect, expect_in


def a_token_is_needed_and_may_come_in_three_ways(service):
    for options in ([], ["-H", "X-ZT1-Auth: wrong"], ["-H", "Authorization: Bearer wrong"],
                    ["-H", "X-ZT1-Auth:;"], ["-H", f"X-ZT1-Auth: {service.token}x"],
                    ["-H", f"X-ZT1-Auth: {service.token[:-1]}"]):
        refused = service.curl("/status", *options)
        expect(refused.status, 401, str(options))
        expect(refused.json, {}, "body")
    for options in (["-H", f"X-ZT1-Auth: {service.token}"],
                    ["-H", f"Authorization: Bearer {service.token}"],
                    ["-H", f"authorization: bEaReR {service.token}"]):
        expect(service.curl("/status", *options).status, 200, str(options))
    expect(service.curl(f"/status?auth={service.token}").status, 200, "query")


def blanks_around_a_token_do_not_matter(service):
    for header in ("X-ZT1-Auth:  {} \t", "Authorization: Bearer   {}  ", "Authorization: bearer {}\t"):
        expect(service.curl("/status", "-H", header.format(service.token)).status, 200, header)
    for header in ("X-ZT1-Auth: {} x", "X-ZT1-Auth: {0} {0}", "Authorization: Bearer{}", "Authorization: Bearer",
                   "X-ZT1-Auth: {}" + "x" * 300, "X-ZT1-Auth: " + "x" * 300 + "{}"):
        expect(service.curl("/status", "-H", header.format(service.token)).status, 401, header)


def the_path_may_name_the_server_as_to_a_proxy(service):
    token = ["-H", f"X-ZT1-Auth: {service.token}"]
    for host in (f"http://127.0.0.1:{service.http}", "http://controller.example"):
        for path, status in (("/controller", 200), ("/controller?auth=x", 200), ("/nowhere", 404), ("", 404)):
            expect(service.curl("", "--request-target", host + path, *token).status, status, host + path)
    expect(service.curl("", "--request-target", "http://x/status").status, 401)
    expect(service.curl("", "--request-target", "http:/status", *token).status, 404)


def the_owner_is_answered_the_same_by_the_unix_socket_without_a_token(service):
    nwid = service.new_network(name="both")
    by_socket = ["--unix-socket", service.home / "control.sock"]
    for method, path in (("GET", "/controller"), ("GET", "/controller/network"), ("GET", f"/controller/network/{nwid}"),
                         ("GET", f"/unstable/controller/network/{nwid}/member"), ("GET", "/peer"), ("GET", "/moon"),
                         ("GET", "/nowhere"), ("GET", "/controller/network/0000000000000001"), ("GET", "/counters"),
                         ("DELETE", "/status"), ("POST", "/moon/x"), ("GET", "/api/v1/self")):
        told, also = service.ask(method, path), service.curl(path, "-X", method, *by_socket)
        expect(also.status, told.status, path)
        expect(also.headers["content-type"], told.headers["content-type"], path)
        if "clock" not in told.text:
            expect(also.text, told.text, path)
    expect(service.curl("/metrics", *by_socket).status, 200)
    expect(stat.S_IMODE((service.home / "control.sock").stat().st_mode), 0o600)


def without_tcp_the_unix_socket_is_left(service):
    alone = lab.Service(sys.argv[1], "--no-http")
    try:
        expect(alone.http, 0)
        expect((alone.home / "zerotier-one.port").exists(), False)
        told = subprocess.run([f"{sys.argv[1]}/zt", "network", "create", "-H", alone.home],
                              stdout=subprocess.PIPE, text=True, timeout=lab.SECONDS)
        expect(told.returncode, 0)
        alone.url = "http://localhost"
        shown = alone.curl("/controller/network", "--unix-socket", alone.home / "control.sock")
        expect(shown.json, [told.stdout.split()[0]])
    finally:
        alone.stop()


def the_first_token_present_counts(service):
    both = ["-H", "X-ZT1-Auth: wrong", "-H", f"Authorization: Bearer {service.token}"]
    expect(service.curl("/status", *both).status, 401)
    expect(service.curl(f"/status?auth={service.token}", "-H", "X-ZT1-Auth: wrong").status, 401)


def tokens_are_files_of_their_owner_only(service):
    for name in ("authtoken.secret", "metricstoken.secret"):
        path = service.home / name
        expect(stat.S_IMODE(path.stat().st_mode), 0o600, name)
        if not re.fullmatch("[a-z0-9]{24}", path.read_text()):
            raise AssertionError(f"{name}: {path.read_text()}")
    expect((service.home / "zerotier-one.port").read_text(), str(service.http))


def health_and_the_description_need_no_token(service):
    health = service.curl("/health")
    expect(health.status, 200)
    expect(sorted(health.json), sorted(["online", "clock", "version", "versionMajor",
                                        "versionMinor", "versionRev", "versionBuild"]))
    expect(service.curl("/openapi.json").json["openapi"], "3.1.0")


def the_status_has_every_documented_key(service):
    status = service.get("/status")
    for key in ("address publicIdentity online tcpFallbackActive version versionMajor versionMinor "
                "versionRev versionBuild clock planetWorldId planetWorldTimestamp config").split():
        expect_in(key, status)
    for key in ("allowTcpFallbackRelay forceTcpRelay primaryPort secondaryPort tertiaryPort homeDir "
                "listeningOn surfaceAddresses portMappingEnabled softwareUpdate "
                "softwareUpdateChannel").split():
        expect_in(key, status["config"]["settings"])
    expect(status["address"], service.address)
    expect(status["config"]["settings"]["primaryPort"], service.port)


def settings_are_kept_in_local_conf(service):
    expect(service.post("/config/settings", {"softwareUpdate": "disable"}), {})
    expect(service.get("/config")["settings"]["softwareUpdate"], "disable")
    text = (service.home / "local.conf").read_text()
    expect_in('\n    "settings": {\n        "softwareUpdate"', text)
    refused = service.ask("POST", "/config/settings", {"primaryPort": "many"})
    expect(refused.status, 400, "with which it could not start again")
    expect_in("settings.primaryPort: not a number", refused.json["description"])
    refused = service.ask("POST", "/config/settings", {"allowManagementFrom": ["nowhere"]})
    expect(refused.status, 400)
    expect_in("allowManagementFrom", refused.json["description"])
    expect((service.home / "local.conf").read_text(), text, "the file after a refusal")


def metrics_take_either_token_and_name_what_they_count(service):
    metrics_token = (service.home / "metricstoken.secret").read_text()
    expect(service.curl("/metrics").status, 401)
    expect(service.curl("/status", "-H", f"X-ZT1-Auth: {metrics_token}").status, 401)
    service.new_network()
    for token in (metrics_token, service.token):
        text = service.curl("/metrics", "-H", f"X-ZT1-Auth: {token}")
        expect(text.status, 200)
        expect_in("text/plain", text.headers["content-type"])
        for name in ("zt_packet zt_packet_error zt_data zt_num_networks zt_peer_latency "
                     "zt_peer_path_count zt_peer_packets zt_peer_packet_errors "
                     "zt_network_packets controller_network_count controller_member_count "
                     "controller_network_change_count controller_member_change_count "
                     "controller_member_auth_count controller_member_deauth_count "
                     "controller_network_config_request controller_network_config_request_queue "
                     "controller_network_config_request_dropped "
                     "controller_network_config_request_threads").split():
            expect_in(f"# TYPE {name} ", text.text)
    for line in text.text.splitlines():
        if not re.fullmatch(r'#.*|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?\d+', line):
            raise AssertionError(line)


def metrics_are_in_a_file_too(service):
    path = service.home / "metrics.prom"
    until = time.time() + lab.SECONDS
    written = set()
    while len(written) < 2 and time.time() < until:
        if path.exists():
            written.add(path.stat().st_mtime_ns)
            expect_in("zt_num_networks ", path.read_text())  # never half of it
        time.sleep(0.05)
    expect(len(written), 2, "it is written again and again")


def metrics_count_what_the_controller_decides(service):
    names = ("network_change_count", "member_change_count", "member_auth_count",
             "member_deauth_count")
    before = [service.metric(f"controller_{name}") for name in names]
    nwid = service.new_network(name="counted")
    path = f"/controller/network/{nwid}/member/0651022d1b"
    service.post(path, {"authorized": True})
    service.post(path, {"authorized": True})
    service.post(path, {"authorized": False})
    service.post(path, {"authorized": True})
    service.ask("DELETE", path)
    service.ask("DELETE", f"/controller/network/{nwid}")
    after = [service.metric(f"controller_{name}") for name in names]
    expect([b - a for a, b in zip(before, after)], [2, 4, 2, 2])
    expect(service.metric("controller_network_config_request_threads"), 1)
    expect(service.metric("controller_network_config_request_queue"), 0)


def metrics_count_requests_and_frames_of_a_network(service):
    before = service.metric("controller_network_config_request")
    nwid = service.new_network(name="joined", private=False)
    service.post(f"/network/{nwid}", {})
    for _ in range(lab.SECONDS * 10):
        if service.metric("controller_network_config_request") > before:
            break
        time.sleep(0.1)
    expect(service.metric("controller_network_config_request") > before, True)
    for direction in ("rx", "tx"):
        for accepted in ("yes", "no"):
            expect(service.metric(f'zt_network_packets{{direction="{direction}",'
                                   f'network_id="{nwid}",accepted="{accepted}"}}'), 0)
    service.ask("DELETE", f"/network/{nwid}")


def an_unknown_peer_is_an_empty_object(service):
    expect(service.get("/peer/0123456789"), {})
    expect(service.ask("GET", "/peer/012345678").status, 404)
    expect(isinstance(service.get("/peer"), list), True)


def a_moon_is_followed_and_forgotten(service):
    expect(service.get("/moon"), [])
    waiting = service.post("/moon/3c2ef31ce9", {"seed": "3c2ef31ce9"})
    expect(waiting, {"id": "0000003c2ef31ce9", "timestamp": 0, "signature": None,
                     "updatesMustBeSignedBy": None, "roots": [], "waiting": True})
    expect(service.get("/moon/0000003c2ef31ce9"), waiting)
    expect(len(service.get("/moon")), 1)
    expect(service.ask("DELETE", "/moon/3c2ef31ce9").json, {"result": True})
    expect(service.ask("DELETE", "/moon/3c2ef31ce9").json, {})
    expect(service.get("/moon/3c2ef31ce9"), {})
    refused = service.ask("POST", "/moon/3c2ef31ce9", {"seed": "nobody"})
    expect(refused.status, 400)
    expect_in("seed", refused.json["description"])


def a_network_is_joined_and_left(service):
    nwid = service.new_network(name="own", private=False)
    expect(service.ask("GET", f"/network/{nwid}").status, 404)
    expect(service.ask("GET", f"/network/{nwid}").json, {})
    joined = service.post(f"/network/{nwid}", {})
    expect(joined["nwid"], nwid)
    expect_in(joined["status"], ("REQUESTING_CONFIGURATION", "OK"))
    expect([one["id"] for one in service.get("/network")], [nwid])
    expect(service.ask("DELETE", f"/network/{nwid}").json, {"result": True})
    expect(service.ask("DELETE", f"/network/{nwid}").json, {})


def the_example_of_the_specification_works(service):
    made = service.post(f"/controller/network/{service.address}______", {
        "name": "lab", "private": True, "v4AssignMode": {"zt": True},
        "routes": [{"target": "10.147.20.0/24", "via": None}],
        "ipAssignmentPools": [{"ipRangeStart": "10.147.20.1", "ipRangeEnd": "10.147.20.254"}]})
    nwid = made["id"]
    expect(nwid[:10], service.address)
    expect(made["revision"], 1)
    expect(made["routes"], [{"target": "10.147.20.0/24", "via": None}])
    expect_in(nwid, service.get("/controller/network"))
    member = service.post(f"/controller/network/{nwid}/member/0651022d1b", {"authorized": True})
    expect(member["authorized"], True)
    expect(service.get(f"/controller/network/{nwid}/member"), {"0651022d1b": member["revision"]})
    again = service.post(f"/controller/network/{nwid}", {"name": "lab"})
    expect(again["revision"], 1, "a change of nothing")
    gone = service.ask("DELETE", f"/controller/network/{nwid}/member/0651022d1b")
    expect((gone.status, gone.json["id"]), (200, "0651022d1b"))
    gone = service.ask("DELETE", f"/controller/network/{nwid}")
    expect((gone.status, gone.json["id"]), (200, nwid))
    expect(service.ask("GET", f"/controller/network/{nwid}").status, 404)


def put_is_post(service):
    nwid = service.new_network()
    expect(service.ask("PUT", f"/controller/network/{nwid}", {"name": "put"}).json["name"], "put")


def head_is_get_without_a_body(service):
    answer = service.curl("/status", "-I", "-H", f"X-ZT1-Auth: {service.token}")
    expect((answer.status, answer.text), (200, ""))


def the_label_of_a_body_does_not_matter(service):
    source = "#" + "x" * 20000
    for label in ("application/json", "application/x-www-form-urlencoded", "text/plain", ""):
        made = service.ask("POST", "/controller/network", {"rulesSource": source},
                           [f"Content-Type: {label}" if label else "Content-Type:"])
        expect((made.status, made.json["rulesSource"]), (200, source), label)


def jsonp_wraps_what_is_json(service):
    wrapped = service.curl(f"/controller?auth={service.token}&jsonp=callback")
    expect(wrapped.headers["content-type"], "application/javascript")
    expect(json.loads(re.fullmatch(r"callback\((.*)\);", wrapped.text)[1])["controller"], True)
    nwid = service.new_network()
    service.post(f"/controller/network/{nwid}/member/0651022d1b", {})
    wrapped = service.curl(f"/api/v1/network/{nwid}/member?auth={service.token}&jsonp=f")
    expect(json.loads(re.fullmatch(r"f\((.*)\);", wrapped.text)[1])[0]["networkId"], nwid)
    for name in ("alert(1)//", "", "1a", "a" * 65, "a%0Ab"):
        refused = service.curl(f"/controller?auth={service.token}&jsonp={name}")
        expect(refused.status, 400, name)


def answers_are_compact_json_and_not_cached(service):
    answer = service.ask("GET", "/controller")
    expect(answer.headers["content-type"], "application/json")
    expect(answer.headers["cache-control"], "no-store")
    expect_in('"controller":true', answer.text)
    expect("access-control-allow-origin" in answer.headers, False)


def a_slash_at_the_end_or_a_bad_id_is_no_path(service):
    nwid = service.new_network()
    for path in ("/status/", "/controller/", "/controller/network/", "/peer/", "/moon/",
                 f"/controller/network/{nwid}/", f"/controller/network/{nwid}/member/",
                 f"/controller/network/{nwid[:-1]}", "/controller/network/zzzzzzzzzzzzzzzz",
                 f"/controller/network/{nwid}/member/12345", "/", "/nonsense", "/counters",
                 "/rules", "/controllers", "/app", "/app/index.html", "/status%00",
                 "/controller%2fnetwork%00"):
        expect(service.ask("GET", path).status, 404, path)


def a_method_that_a_path_does_not_know_is_refused(service):
    for method, path in (("POST", "/status"), ("DELETE", "/health"), ("POST", "/peer"),
                         ("PATCH", "/controller/network"), ("DELETE", "/config/settings"),
                         ("POST", "/metrics"), ("POST", "/network"), ("DELETE", "/moon")):
        expect(service.ask(method, path).status, 405, f"{method} {path}")
    for method, path in (("POST", "/statusx"), ("DELETE", "/peer/a/b"), ("POST", "/unstable/controller/networkx")):
        expect(service.ask(method, path).status, 404, f"{method} {path}: there is no such path to know any")


def what_is_not_here_says_so(service):
    expect(service.ask("GET", f"/bond/show/{service.address}").status, 400)
    expect(service.ask("POST", f"/bond/rotate/{service.address}").status, 400)
    expect(service.curl("/sso?code=1&state=2").status, 500)


def another_server_has_the_port(service):
    lab.lend_identity(service.home / "second")
    done = subprocess.run([f"{sys.argv[1]}/zt", "controller", "-H", service.home / "second", "-p", "0",
                           "-b", "127.0.0.1", "--allow-loopback", "--http", f"127.0.0.1:{service.http}"],
                          capture_output=True, text=True, timeout=lab.SECONDS)
    expect(done.returncode, 1)
    expect_in(f"127.0.0.1/{service.http}: Address already in use", done.stderr)


if __name__ == "__main__":
    lab.run([value for value in list(globals().values())
             if callable(value) and getattr(value, "__module__", "") == "__main__"])
