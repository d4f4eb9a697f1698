#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node that has nothing to do takes little memory, also after it has met others.

    root   controller   first   second   third
      |        |          |       |        |
      +--------+---bridge-+-------+--------+
"""
import json
import pathlib
import subprocess
import sys
import time

from lab import Failed, Lab
from nodes import create_network

IDLE_SECONDS = 10
MOST_BYTES = 6_000_000
EXCHANGES = 20


class Member:
    """A member by the benchmark's program: linked with libzt.a, or with libzt.so."""

    def __init__(self, lab, network, host, program, role):
        home = lab.work / host
        home.mkdir(mode=0o700)
        lab.zt("id", "new", home / "identity.secret")
        address = (home / "identity.secret").read_text()[:10]
        lab.zt("member", "authorize", "-H", lab.work / "controller", network, address)
        self.host = host
        self.process = lab.spawn(host, f"{host}.log", lab.build / "bench" / program, role, home,
                                 lab.work / "root/planet", network, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        self.ip = self.answer()["address"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{self.host} died")
        return json.loads(line)

    def meet(self, other):
        self.process.stdin.write(f"latency ours {other.ip} {EXCHANGES}\n")
        self.process.stdin.flush()
        self.answer()

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        raise Failed(f"{self.host} is gone")


def check(lab, members, when):
    time.sleep(IDLE_SECONDS)
    for member, library in members:
        resident = member.resident_bytes()
        lab.report(f"{member.host}, {library}, {when}", f"{resident / 1e6:.2f} MB")
        if resident >= MOST_BYTES:
            raise Failed(f"{member.host} takes {resident} bytes")


def scenario(lab):
    lab.start_root()
    lab.start_controller()
    network = create_network(lab)
    first = Member(lab, network, "first", "ztmeasure-shared", "serve")
    second = Member(lab, network, "second", "ztmeasure", "measure")
    third = Member(lab, network, "third", "ztmeasure-shared", "measure")
    members = [(first, "libzt.so"), (second, "libzt.a"), (third, "libzt.so")]
    check(lab, members, "idle")
    # Whom one meets first one proves; the second proof is the one that malloc would keep the memory of.
    second.meet(first)
    third.meet(first)
    check(lab, members, "idle again")


if __name__ == "__main__":
    Lab("idle", sys.argv[1], ["root", "controller", "first", "second", "third"]).run(scenario)
