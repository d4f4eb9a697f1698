#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes die, cables are pulled, addresses change, members are put out; each heals by itself.

    root   controller   a     b
      |        |        |     |
      +--------+-bridge-+-----+
"""
import json
import sys
import time

from lab import Failed, Lab
from nodes import (Node, authorize, begin_transfer, connect, create_network, end_transfer,
                   raise_members, transfer)

OUTAGE = 5  # seconds


def timed(lab, seconds, what, claim):
    began = time.time()
    lab.wait_until(claim, seconds, what)
    lab.report(what, f"{time.time() - began:.2f} s")


def knows(lab, home, *nodes):
    """Has the server heard of all of them lately, over a path of theirs?"""
    peers = json.loads(lab.zt("status", "-j", "-H", lab.work / home))["peers"]
    alive = {peer["address"] for peer in peers if peer["paths"]}
    return all(node.id in alive for node in nodes)


def pull_cable_in_transfer(lab, a, b):
    connect(a, b, "4", 8000)
    begin_transfer(a, b, 384)
    if b.is_done(0.5):
        raise Failed("the transfer is too short to be disturbed")
    lab.plug("b", False)
    time.sleep(OUTAGE)
    if b.is_done():
        raise Failed("the transfer went on without a cable")
    lab.plug("b", True)
    began = time.time()
    rate = end_transfer(a, b)
    lab.report(f"384 MiB with {OUTAGE} s of outage", f"{rate}, {time.time() - began:.1f} s after it")
    a.do("close")
    b.do("close")


def change_address(lab, a, b):
    """b follows its address at once. Nobody tells a: it must find out that its path is mute."""
    netns = lab.netns("b")
    lab.ip("-n", netns, "addr", "del", f"{lab.hosts['b']}/16", "dev", "eth0")
    lab.ip("-n", netns, "addr", "add", "10.98.77.1/16", "dev", "eth0")
    timed(lab, 30, "b's address changed: a reaches it", lambda: a.reaches(b))
    timed(lab, 15, "and directly", lambda: b.reaches(a) and "10.98.77.1" in a.do("paths", b.id))


def kill_node(lab, network, a, b):
    """It comes back from its files alone: the controller can't be reached meanwhile."""
    b.kill()
    lab.plug("controller", False)
    b = Node(lab, "b")
    old_id, began = a.do("id"), time.time()
    id_before = (b.home / "identity.public").read_text()[:10]
    if b.go_online() != id_before or id_before == old_id:
        raise Failed("another identity")
    b.learn_addresses(network, 5)
    a.learn_addresses(network)
    connect(a, b, "6", 8002)
    transfer(a, b, 1)
    lab.report("killed node is back and connected", f"{time.time() - began:.2f} s")
    lab.plug("controller", True)
    a.do("close")
    b.do("close")
    b.do("echo", 7)
    return b


def kill_root(lab, a, b):
    address = json.loads(lab.zt("status", "-j", "-H", lab.work / "root"))["status"]["address"]
    lab.root.kill()
    lab.root.wait()
    if not b.reaches(a, seconds=1):
        raise Failed("direct paths don't need the root")
    lab.root = lab.start_root()
    if json.loads(lab.zt("status", "-j", "-H", lab.work / "root"))["status"]["address"] != address:
        raise Failed("the root has another address")
    timed(lab, 30, "nodes are back at the killed root", lambda: knows(lab, "root", a, b))
    lab.wait_until(lambda: a.is_online() and b.is_online(), 5, "online")


def unplug_and_plug(lab, host, meanwhile=lambda: None):
    """Returns when datagrams of the host get through again."""
    lab.plug(host, False)
    meanwhile()
    time.sleep(0.5)
    lab.plug(host, True)
    lab.check_call(host, "ping", "-c", 1, "-W", 5, lab.hosts["controller"])


def kill_controller(lab, network, a, b):
    """Then it puts out a member that hears nothing of it: the others must know, though they did not yet
    ask the new process anything."""
    lab.controller.kill()
    lab.controller.wait()
    lab.controller = lab.start_controller()
    members = lab.zt("member", "list", "-j", "-H", lab.work / "controller", network)
    if a.id not in members or b.id not in members:
        raise Failed("the controller forgot a member")
    lab.report("killed controller has its members")
    unplug_and_plug(lab, "b")
    lab.wait_until(lambda: b.reaches(a), 5, "b reaches a")
    unplug_and_plug(lab, "b", lambda: authorize(lab, network, b, "deauthorize"))
    for _ in range(10):
        if b.reaches(a):
            raise Failed("a does not know that b is no member any more")
    lab.report("restarted controller puts out who can't hear it")


def put_out(lab, network, a, b):
    lab.wait_until(lambda: b.reaches(a), 5, "b reaches a")
    authorize(lab, network, b, "deauthorize")
    timed(lab, 2, "deauthorised member is cut off", lambda: not b.reaches(a))
    time.sleep(1)
    if b.reaches(a):
        raise Failed("cut off, and then not")
    authorize(lab, network, b)
    timed(lab, 5, "authorised again, it is back", lambda: b.reaches(a))


def leave_and_rejoin(lab, network, a, b):
    time.sleep(1.1)  # a controller ignores a member that asks twice within a second
    b.do("leave", network)
    lab.wait_until(lambda: not b.is_ready(network), 2, "b has no address")
    b.do("join", network)
    timed(lab, 5, "left and joined again", lambda: b.is_ready(network) and b.reaches(a))


def scenario(lab):
    lab.root = lab.start_root()
    lab.controller = lab.start_controller()
    network = create_network(lab)
    a, b = raise_members(lab, network, "a", "b")
    lab.wait_until(lambda: b.reaches(a) and a.has_direct_path_to(b), 10, "a direct path")
    leave_and_rejoin(lab, network, a, b)
    pull_cable_in_transfer(lab, a, b)
    put_out(lab, network, a, b)
    kill_root(lab, a, b)
    b = kill_node(lab, network, a, b)
    lab.wait_until(lambda: b.reaches(a), 5, "b reaches a")
    change_address(lab, a, b)
    kill_controller(lab, network, a, b)
    for node in (a, b):
        node.quit()


if __name__ == "__main__":
    Lab("faults", sys.argv[1], ["root", "controller", "a", "b"]).run(scenario)
