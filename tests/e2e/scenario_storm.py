#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many ask a controller at once, for the first time; it dies among them, and again when all know it. Nobody is
lost, and nobody has a configuration that the controller forgot.

    root   controller   crowd: MEMBERS nodes, 172.16.N.1 each
      |        |          |
      +--------+-bridge---+
"""
import sys
import time

from crowd import Crowd, create_public_network, members_of, resident_kib, route, write_cache
from lab import Failed, Lab

MEMBERS = 1200
PATIENCE = 120  # seconds; a member asks again after five, and a loaded machine is slow


def restart(lab):
    lab.controller.kill()
    lab.controller.wait()
    lab.controller = lab.start_controller()


def kill_among_first_requests(lab, crowd, network):
    """Whoever has a configuration was told so after its record was on the disk."""
    crowd.ask("join", network)
    lab.wait_until(lambda: crowd.ask("wait", network, 20)["there"] > 0, PATIENCE, "the first is served")
    lab.controller.kill()
    lab.controller.wait()
    crowd.ask("run", 100)
    served = set(crowd.ask("have", network)["have"])
    lab.controller = lab.start_controller()
    lost = served - members_of(lab, network)
    if lost:
        raise Failed(f"{len(lost)} have a configuration and no record: {sorted(lost)[:5]}")
    lab.report("killed among first requests", f"{len(served)} served, all on record")


def scenario(lab):
    route(lab, "crowd", "root", "controller")
    write_cache(lab, lab.work / "root", MEMBERS)
    lab.root = lab.start_root()
    lab.controller = lab.start_controller()
    network = create_public_network(lab)
    crowd = Crowd(lab, "crowd", "made")
    told = crowd.ask("greet", MEMBERS)
    lab.report(f"{MEMBERS} nodes have greeted the root", f"{told['seconds']:.1f} s")

    kill_among_first_requests(lab, crowd, network)
    told = crowd.wait_all(network, PATIENCE)
    lab.report("all are members", f"{told['seconds']:.1f} s")

    began = time.time()
    crowd.ask("again")
    crowd.ask("join", network)
    restart(lab)
    told = crowd.wait_all(network, PATIENCE)
    lab.report("all and the controller started anew, all are back",
               f"{time.time() - began:.1f} s, p99 {told['p99_ms'] / 1000:.1f} s")
    if len(members_of(lab, network)) != MEMBERS:
        raise Failed("the controller has more members than there are")
    lab.report("resident", f"root {resident_kib(lab.root)} KiB, "
               f"controller {resident_kib(lab.controller)} KiB")


if __name__ == "__main__":
    Lab("storm", sys.argv[1], ["root", "controller", "crowd"]).run(scenario)
