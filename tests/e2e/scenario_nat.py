#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two nodes behind NATs that let in answers only: direct if the NATs keep the port, relayed if not.

    root   controller   na ---- a      nb ---- b      nc ---- c      nd ---- d
      |        |        |  keeps       |  keeps       |  random      |  random
      +--------+-bridge-+--------------+--------------+--------------+

A root that introduces a and b tells each the other's outer endpoint. The endpoint that a root sees of c is
of no use to d, as c's NAT takes another port for each destination.
"""
import sys
import time

from lab import Failed, Lab
from nodes import connect, create_network, raise_members, transfer

RANDOM = "masquerade fully-random"


def meet_directly(lab, a, b):
    began = time.time()
    lab.wait_until(lambda: b.reaches(a), 10, "a datagram gets through")
    lab.report("a and b meet", f"{time.time() - began:.2f} s")
    lab.wait_until(lambda: b.reaches(a) and a.has_direct_path_to(b) and b.has_direct_path_to(a), 20,
                   "a direct path")
    lab.report("direct through both NATs", f"{a.do('paths', b.id)} ({time.time() - began:.2f} s)")
    connect(a, b)
    lab.report("TCP, 16 MiB", transfer(a, b, 16))


def meet_by_relay(lab, c, d):
    lab.wait_until(lambda: d.reaches(c), 10, "a datagram gets through the relay")
    connect(c, d)
    lab.report("TCP through the relay, 8 MiB", transfer(c, d, 8))
    if c.has_direct_path_to(d) or d.has_direct_path_to(c):
        raise Failed("a direct path between random NATs: is the topology what it says?")
    lab.report("random NATs: relayed")


def scenario(lab):
    for name, masquerade in (("a", "masquerade"), ("b", "masquerade"), ("c", RANDOM), ("d", RANDOM)):
        lab.add_behind(f"n{name}", name, masquerade)
    lab.start_root()
    lab.start_controller()
    network = create_network(lab)
    a, b, c, d = raise_members(lab, network, "a", "b", "c", "d")
    meet_directly(lab, a, b)
    meet_by_relay(lab, c, d)
    for node in (a, b, c, d):
        node.quit()


if __name__ == "__main__":
    Lab("nat", sys.argv[1], ["root", "controller", "na", "nb", "nc", "nd"]).run(scenario)
