#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is refused, with the reason, and with nothing half applied; and clients that mean no good: BUILD."""
import json
import socket
import tempfile

import lab
from lab import expect, expect_in

MEMBER = "0651022d1b"
RULE = {"type": "ACTION_ACCEPT"}


def refuses(service, path, body, *words, status=400):
    refused = service.ask("POST", path, body)
    expect(refused.status, status, f"{path} {str(body)[:80]}")
    for word in words:
        expect_in(word, refused.json["description"])


def a_body_that_is_no_json_object_is_told_where(service):
    nwid = service.new_network(name="before")
    for path in ("/controller/network", f"/controller/network/{nwid}", "/config/settings",
                 f"/controller/network/{nwid}/member/{MEMBER}", "/moon/3c2ef31ce9"):
        refuses(service, path, '{"name":', "line 1")
        refuses(service, path, "{\n'name': 1}", "line 2")
        refuses(service, path, '{"name": "a", "name": "b"}', "duplicate", "name")
        refuses(service, path, '{"name": "a"} x', "end of file")
        refuses(service, path, '{"name": "\\u0000"}', "line 1")
        refuses(service, path, '{"name": 1e999}', "line 1")
        refuses(service, path, "[]", "object")
        refuses(service, path, '"name"', "line 1")
        refuses(service, path, "[" * 5000, "nested")
    expect(service.get(f"/controller/network/{nwid}")["name"], "before")


def nothing_sent_is_an_empty_object(service):
    for body in ("", " \r\n"):
        expect(service.ask("POST", "/controller/network", body).status, 200)
    expect(service.ask("POST", "/controller/network").status, 200)


def a_wrong_field_is_named_and_no_other_is_applied(service):
    nwid = service.new_network(name="before")
    path = f"/controller/network/{nwid}"
    before = service.get(path)
    for field, value in (("private", []), ("mtu", "big"), ("multicastLimit", -1), ("name", {}),
                         ("routes", {}), ("routes", [{"target": "10.0.0.0/8"}] * 129),
                         ("ipAssignmentPools", 1),
                         ("ipAssignmentPools", [{"ipRangeStart": f"10.{i >> 8}.{i & 255}.1", "ipRangeEnd":
                                                 f"10.{i >> 8}.{i & 255}.2"} for i in range(257)]),
                         ("rules", [RULE] * 1025), ("rules", [{"type": "NONSENSE"}]), ("rules", [7]),
                         ("capabilities", [{"id": 1, "rules": [RULE] * 65}]), ("capabilities", [{}]),
                         ("capabilities", [{"id": i} for i in range(129)]),
                         ("tags", [{"default": 1}]), ("tags", [{"id": i} for i in range(129)]),
                         ("dns", {"domain": "x" * 128, "servers": []}), ("dns", {"servers": ["10.0.0.1", "x"]}), ("extra", 1),
                         ("rulesSource", "x" * 65537)):
        refuses(service, path, {"name": "after", field: value}, field + ":")
    expect(service.get(path), before)


def what_can_not_be_meant_is_refused_by_entry(service):
    nwid = service.new_network(name="before")
    path = f"/controller/network/{nwid}"
    before = service.get(path)
    good = {"ipRangeStart": "10.0.0.1", "ipRangeEnd": "10.0.0.9"}
    for field, entries, words in (
            ("routes", [{"target": "10.0.0.0/8"}, {"target": "10.0.0.0/33"}], "entry 1: target"),
            ("routes", [{"target": "10.0.0.0"}], "entry 0: target"), ("routes", [{}], "entry 0: target"),
            ("routes", [7], "entry 0: target"),
            ("routes", [{"target": "10.0.0.0/8", "via": "nobody"}], "entry 0: via"),
            ("routes", [{"target": "10.0.0.0/8", "via": "fd00::1"}], "entry 0: via"),
            ("ipAssignmentPools", [good, {}], "entry 1: ipRangeStart"),
            ("ipAssignmentPools", [{"ipRangeStart": "10.0.0.1"}], "entry 0: ipRangeEnd"),
            ("ipAssignmentPools", [{**good, "ipRangeEnd": "fd00::1"}], "entry 0: ipRangeEnd"),
            ("ipAssignmentPools", [{**good, "ipRangeEnd": "10.0.0.0"}], "entry 0: ipRangeEnd: before"),
            ("ipAssignmentPools", [good, {"ipRangeStart": "10.0.0.9", "ipRangeEnd": "10.0.0.12"}],
             "entry 1: overlaps entry 0")):
        refuses(service, path, {"name": "after", field: entries}, f"{field}: {words}")
        refuses(service, f"/api/v1/network/{nwid}", {"config": {"name": "after", field: entries}},
                f"{field}: {words}")
    expect(service.get(path), before)
    apart = [good, {"ipRangeStart": "10.0.0.10", "ipRangeEnd": "10.0.0.12"},
             {"ipRangeStart": "fd00::1", "ipRangeEnd": "fd00::9"}]
    expect(service.post(path, {"ipAssignmentPools": apart})["ipAssignmentPools"], apart)
    routes = [{"target": "10.0.0.0/8", "via": None}, {"target": "fd00::/8", "via": "fd00::1"}]
    expect(service.post(path, {"routes": routes})["routes"], routes)


def a_wrong_field_of_a_member_is_named(service):
    nwid = service.new_network()
    path = f"/controller/network/{nwid}/member/{MEMBER}"
    before = service.post(path, {"name": "before"})
    for field, value in (("authorized", []), ("ipAssignments", "10.0.0.1"), ("ipAssignments", [1]),
                         ("ipAssignments", ["10.0.0.1"] * 33), ("tags", [[1]]), ("tags", {}),
                         ("capabilities", ["x"]), ("capabilities", list(range(129))), ("name", []),
                         ("activeBridge", {}), ("hidden", []), ("description", [])):
        refuses(service, path, {"name": "after", field: value}, field + ":")
    expect(service.get(path), before)
    refuses(service, f"/controller/network/{nwid}/member/ff00000000", {}, "ff00000000")


def a_network_of_another_controller_is_not_made(service):
    refuses(service, "/controller/network/8056c2e21c000001", {}, "8056c2e21c000001")


def ids_are_texts_in_all_answers(service):
    nwid = service.new_network()
    service.post(f"/controller/network/{nwid}/member/{MEMBER}", {})
    text = service.ask("GET", f"/unstable/controller/network/{nwid}/member").text
    for key in ("id", "address", "nwid"):
        expect(all(isinstance(one[key], str) for one in json.loads(text)["data"]), True, key)


def a_body_over_the_limit_is_refused_announced_or_not(service):
    with tempfile.NamedTemporaryFile() as large:
        large.write(b'{"name":"' + b"x" * (4 << 20) + b'"}')
        large.flush()
        for header in ("Content-Length", "Transfer-Encoding"):
            options = [] if header == "Content-Length" else ["-H", "Transfer-Encoding: chunked"]
            refused = service.curl("/controller/network", "-H", f"X-ZT1-Auth: {service.token}",
                                   "--data-binary", f"@{large.name}", "-H", "Expect: 100-continue", *options)
            expect(refused.status, 413, header)
            expect_in("4194304", refused.json["description"])
        refused = service.curl("/controller/network", "--data-binary", f"@{large.name}",
                               "-H", "Expect: 100-continue")
        expect(refused.status, 401, "without a token nothing is read")


def speak(service, text):
    """What the server answers to these very bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", service.http), timeout=lab.SECONDS) as wire:
        answer = b""
        try:
            wire.sendall(text)
            wire.shutdown(socket.SHUT_WR)
            while piece := wire.recv(65536):
                answer += piece
        except OSError:  # it may close before all was sent
            pass
        return answer


def bytes_that_are_no_request_get_an_error_or_the_end(service):
    for text in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
                 b"GET / HTTP/9.9\r\n\r\n", b"GET /status HTTP/1.1\r\nConnection: close\r\n\r\n",
                 b"POST /status HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 b"GET /" + b"x" * 60000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 20000 + b"\r\n"):
        answer = speak(service, text)
        if answer and not (answer.startswith(b"HTTP/1.") and answer[9:10] == b"4"
                           or answer.startswith(b"HTTP/1.1 505")):
            raise AssertionError(f"{text[:40]}: {answer[:60]}")
    expect(service.get("/controller")["controller"], True)


def a_crowd_of_silent_clients_does_not_lock_others_out(service):
    crowd = []
    try:
        for i in range(2000):
            one = socket.create_connection(("127.0.0.1", service.http), timeout=lab.SECONDS)
            one.sendall(b"GET /status HTTP/1.1\r\nHost:")
            crowd.append(one)
            if i % 250 == 249:
                expect(service.get("/controller")["controller"], True, f"after {i + 1}")
            if len(crowd) > 500:
                crowd.pop(0).close()
    finally:
        for one in crowd:
            one.close()
    expect(service.get("/controller")["controller"], True)


def many_requests_on_one_connection_are_answered(service):
    with socket.create_connection(("127.0.0.1", service.http), timeout=lab.SECONDS) as wire:
        wire.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n" * 99 +
                     b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := wire.recv(65536):
            answer += piece
    expect(answer.count(b"HTTP/1.1 200 OK"), 100)


if __name__ == "__main__":
    lab.run([value for value in list(globals().values()) if callable(value) and
             getattr(value, "__module__", "") == "__main__" and value not in (refuses, speak)])
