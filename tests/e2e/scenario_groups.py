#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One datagram for all: who broadcasts in a network is heard by each member, itself included.

    root   controller   a     b     c
      |        |        |     |     |
      +--------+-bridge-+-----+-----+
"""
import sys

from lab import Failed, Lab
from nodes import create_network, raise_members

BROADCASTS = ("10.147.20.255", "255.255.255.255")
ECHO = 7


def asks_all(node, address, members):
    """As many answers as there are members, each from its own address."""
    answers = node.do("udp-ask-all", address, ECHO, 5, len(members)).split()
    expected = sorted(member.ips["4"] for member in members)
    if sorted(answers) != expected:
        raise Failed(f"{node.host} asked {address}: {answers} answered, not {expected}")


def scenario(lab):
    lab.start_root()
    lab.start_controller()
    members = raise_members(lab, create_network(lab), "a", "b", "c")
    for node in members:
        for address in BROADCASTS:
            asks_all(node, address, members)
        lab.report(f"{node.host} broadcasts, {len(members)} answer")


def main():
    lab = Lab("groups", sys.argv[1], ["root", "controller", "a", "b", "c"])
    lab.run(scenario)


if __name__ == "__main__":
    main()
