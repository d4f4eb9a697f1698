#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A network of many members in the lists of both APIs; the times are shown, not judged: BUILD [COUNT]."""
import asyncio
import http.client
import json
import sys
import time

import lab
from lab import expect

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 2000


def timed(wire, path, headers):
    before = time.perf_counter()
    wire.request("GET", path, headers=headers)
    answer = wire.getresponse()
    text = answer.read()
    took = time.perf_counter() - before
    expect(answer.status, 200, path)
    print(f"{took * 1000:7.1f} ms {len(text):9} bytes {path.replace(path.split('/')[-2], 'NETWORK')}")
    return json.loads(text)


def many_members_are_listed(service):
    nwid = service.new_network()
    headers = {"X-ZT1-Auth": service.token}
    wire = http.client.HTTPConnection("127.0.0.1", service.http, timeout=lab.SECONDS)
    for i in range(COUNT):
        wire.request("POST", f"/controller/network/{nwid}/member/{0x1000000000 + i:010x}",
                     json.dumps({"authorized": i % 2 == 0, "name": f"member {i}",
                                 "ipAssignments": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"]}), headers)
        answer = wire.getresponse()
        answer.read()
        expect(answer.status, 200)
    for _ in range(3):
        expect(len(timed(wire, f"/controller/network/{nwid}/member", headers)), COUNT)
        whole = timed(wire, f"/unstable/controller/network/{nwid}/member", headers)
        expect((len(whole["data"]), whole["meta"]["authorizedCount"]), (COUNT, (COUNT + 1) // 2))
        expect(len(timed(wire, f"/api/v1/network/{nwid}/member", headers)), COUNT)
    wire.close()


def a_page_opens_a_connection_for_each_member(service):
    """As consoles do whose HTTP client knows no bound: all at once, none kept."""
    nwid = service.new_network()
    service.post(f"/controller/network/{nwid}/member/0651022d1b", {})
    request = (f"GET /controller/network/{nwid}/member/0651022d1b HTTP/1.1\r\nHost: x\r\n"
               f"X-ZT1-Auth: {service.token}\r\nConnection: close\r\n\r\n").encode()

    async def ask():
        reader, writer = await asyncio.open_connection("127.0.0.1", service.http)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer[:15]

    async def ask_all():
        return await asyncio.gather(*(ask() for _ in range(400)))

    expect(set(asyncio.run(ask_all())), {b"HTTP/1.1 200 OK"})


if __name__ == "__main__":
    lab.run([many_members_are_listed, a_page_opens_a_connection_for_each_member], "--memory")
