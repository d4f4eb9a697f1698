#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A root is flooded by newcomers who did not work for their addresses, and by garbage and replays from many
sources, while two that have no direct path talk through it.

    root   controller   a  x  b     crowd: STRANGERS nodes, 172.16.N.1 each, and the sources of garbage
      |        |        |     |       |
      +--------+-bridge-+-----+-------+
"""
import json
import sys
import time

from crowd import Crowd, counters, resident_kib, route
from lab import TOP, Failed, Lab
from nodes import create_network, raise_members

STRANGERS = 3000
STRANGERS_LAST = 6000  # ms
GARBAGE = 100000
SOURCES = 500
SAMPLES = 300
ROOM_KIB = 32768  # what the first flood may cost in memory
MORE_KIB = 8192  # and one like it again
SEEN = ("BAD_PROOF", "BAD_MAC", "SHORT_DATAGRAM", "RATE_LIMITED", "NO_ROUTE")
NEWCOMERS = 20


def keep_apart(lab, a, b):
    """Neither hears the other's address, so that the root is their only way."""
    for node, other in ((a, b), (b, a)):
        lab.check_call(node.host, "nft", f"""
            add table ip apart
            add chain ip apart in {{ type filter hook input priority 0; }}
            add rule ip apart in ip saddr {lab.hosts[other.host]} drop""")


def peers(lab):
    told = json.loads(lab.zt("status", "-j", "-H", lab.work / "root"))["peers"]
    return {peer["address"] for peer in told}


def raise_and_capture(lab, network):
    """The pair, and what the root was sent while it came up: greetings, questions, and frames to be relayed."""
    samples = lab.work / "samples"
    capture = lab.spawn("root", "capture.log", "/usr/bin/python3", TOP / "tests/e2e/capture.py", samples, SAMPLES)
    a, b = raise_members(lab, network, "a", "b")
    keep_apart(lab, a, b)
    lab.wait_until(lambda: a.reaches(b, seconds=2), 60, "a reaches b through the root")
    lab.wait_until(lambda: a.reaches(b) and capture.poll() is not None, 30, "enough was captured")
    return a, b, samples


def flood_once(lab, a, b, samples):
    """How many pings were answered meanwhile, and how many were sent."""
    crowd = Crowd(lab, "crowd", "made")
    crowd.ask("start", STRANGERS)
    crowd.begin("run", STRANGERS_LAST)
    garbage = lab.spawn("crowd", "flood.log", "/usr/bin/python3", TOP / "tests/e2e/flood.py", "--from", SOURCES,
                        GARBAGE, samples, f"{lab.hosts['root']}/9993")
    answered, until = [], time.time() + STRANGERS_LAST / 1000
    while time.time() < until or garbage.poll() is None:
        answered.append(a.reaches(b, seconds=2))
    crowd.end()
    crowd.process.kill()
    crowd.process.wait()
    if garbage.returncode != 0:
        raise Failed("the flood failed")
    return sum(answered), len(answered)


def flood_twice(lab, a, b, samples):
    known, resident = peers(lab), resident_kib(lab.root)
    relayed = counters(lab, "root")["relayed"]
    for room in (ROOM_KIB, MORE_KIB):
        answered, asked = flood_once(lab, a, b, samples)
        if lab.root.poll() is not None:
            raise Failed("the root died of the flood")
        if counters(lab, "root")["relayed"] - relayed < 2 * answered:
            raise Failed("the pair did not talk through the root")
        relayed = counters(lab, "root")["relayed"]
        grown = resident_kib(lab.root) - resident
        lab.report("flooded; pings answered through the root", f"{answered} of {asked}")
        lab.report("memory of the root", f"{resident} + {grown} KiB")
        if answered * 2 < asked:
            raise Failed("the flood keeps others from talking")
        if grown > room:
            raise Failed(f"the root grew by {grown} KiB")
        resident += grown
    if peers(lab) != known:
        raise Failed(f"strangers became peers: {sorted(peers(lab) - known)[:5]}")


def judge_counters(lab):
    drops = counters(lab, "root")["drops"]
    lab.report("dropped", " ".join(f"{name} {count}" for name, count in drops.items()))
    missing = [name for name in SEEN if not drops.get(name)]
    if missing:
        raise Failed(f"nothing was counted as {missing}")


def scenario(lab):
    route(lab, "crowd", "root", "controller")
    lab.root = lab.start_root()
    lab.controller = lab.start_controller()
    network = create_network(lab)
    a, b, samples = raise_and_capture(lab, network)
    flood_twice(lab, a, b, samples)
    judge_counters(lab)
    # Those who did the work are let in when the flood has passed.
    told = Crowd(lab, "crowd").ask("greet", NEWCOMERS)
    lab.report(f"{NEWCOMERS} newcomers after it", f"{told['seconds']:.1f} s")
    if not (a.is_online() and b.is_online() and a.reaches(b, seconds=2)):
        raise Failed("the pair did not survive the flood")
    for node in (a, b):
        node.quit()


if __name__ == "__main__":
    Lab("flood", sys.argv[1], ["root", "controller", "a", "b", "crowd"]).run(scenario)
