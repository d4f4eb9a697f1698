#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A private network, all over one switch.

    root   controller   a     b
      |        |        |     |
      +--------+-bridge-+-----+
"""
import sys
import time

from lab import Failed, Lab
from nodes import Node, authorize, connect, create_network, transfer

ADHOC = "ff13881392000000"
WAITING = "2"  # access denied, as a private network says until the member is authorised


def join_and_wait(lab, network, host):
    """An unknown node waits, and gets its configuration the moment it is authorised."""
    node = Node(lab, host)
    node.go_online()
    node.do("join", network)
    lab.wait_until(lambda: node.do("status", network) == WAITING, 10, f"{host} is refused")
    began = time.time()
    authorize(lab, network, node)
    node.learn_addresses(network, 1.5)
    lab.report(f"{host} authorised, configured", f"{(time.time() - began) * 1000:.0f} ms")
    return node


def exchange(lab, one, other, port):
    for family in "46":
        port += 1
        connect(one, other, family, port)
        for sender, receiver in ((one, other), (other, one)):
            rate = transfer(sender, receiver, 16)
            lab.report(f"TCP IPv{family} {sender.host} -> {receiver.host}, 16 MiB", rate)
        one.do("close")
        other.do("close")
        other.do("udp-bind", family, port)
        other.do("udp-serve")
        for size in (64, 1400, 8000):
            lab.report(f"UDP IPv{family} {one.host} -> {other.host} and back, {size} bytes",
                       one.do("udp-ask", other.ips[family], port, 50, size))
        one.do("udp-stop", other.ips[family], port)
        other.do("close")


def reach_own_address(node):
    for family in "46":
        node.do("udp-bind", family, 900)
        node.do("udp-serve")
        if node.do("udp-try", node.ips[family], 900, 2) != "answered":
            raise Failed(f"{node.host} doesn't reach its own IPv{family} address")
        node.do("udp-stop", node.ips[family], 900)
        node.do("close")


def meet_without_controller(lab, a, b):
    """An ad-hoc network, which allows TCP to ports 5000 to 5010: addresses by the members' ids, a /80 each."""
    for node in (a, b):
        node.do("join", ADHOC)
    for node in (a, b):
        lab.wait_until(lambda: node.do("ready", ADHOC, "6") == "1", 5, f"{node.host} gets an address")
        node.ips = {"6": node.do("address", "6")}
    connect(a, b, "6", 5010)
    lab.report("ad-hoc network, 16 MiB", transfer(a, b, 16))
    for node in (a, b):
        node.do("close")
        node.do("leave", ADHOC)


def scenario(lab):
    lab.start_root()
    lab.start_controller()
    network = create_network(lab)
    a = join_and_wait(lab, network, "a")
    b = join_and_wait(lab, network, "b")
    exchange(lab, a, b, 8000)
    exchange(lab, b, a, 8100)
    for one, other in ((a, b), (b, a)):
        lab.wait_until(lambda: one.has_direct_path_to(other), 5, "a direct path")
        reach_own_address(one)
    lab.report("direct path, own address", a.do("paths", b.id))
    meet_without_controller(lab, a, b)
    for node in (a, b):
        node.quit()


if __name__ == "__main__":
    Lab("basic", sys.argv[1], ["root", "controller", "a", "b"]).run(scenario)
