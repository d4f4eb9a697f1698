#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything stops when told to, at once and without a trace.

    root   controller   a     b
      |        |        |     |
      +--------+-bridge-+-----+
"""
import signal
import socket
import subprocess
import sys
import time

from lab import Failed, Lab
from nodes import Node, create_network, raise_members

SERVER_PHASES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # seconds after the start
CYCLES = 200
PROCESSES = 50


def ends_at_once(process, what, seconds=1.0):
    began = time.time()
    process.send_signal(signal.SIGTERM)
    try:
        status = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        raise Failed(f"{what}: SIGTERM does not end it") from None
    took = time.time() - began
    if status not in (0, -signal.SIGTERM) or took > seconds:
        raise Failed(f"{what}: status {status} after {took:.2f} s")
    return status, took


def stop_server_in_each_phase(lab, kind):
    """Before main has run there is nobody to catch the signal; from then on the status is 0."""
    slowest = 0.0
    for phase in SERVER_PHASES:
        home = lab.work / f"{kind}-{phase}"
        words = ["-e", "10.98.3.1/9993"] if kind == "root" else ["--planet", lab.work / "root/planet"]
        process = lab.spawn("a", f"{kind}-stop.log", lab.build / "zt", kind, "-H", home, "-p", 9993, *words)
        time.sleep(phase)
        status, took = ends_at_once(process, f"zt {kind} {phase} s after its start")
        if status != 0 and phase >= 0.1:
            raise Failed(f"zt {kind} {phase} s after its start: status {status}")
        slowest = max(slowest, took)
    lab.report(f"zt {kind} ends in each phase", f"at most {slowest * 1000:.0f} ms")


def stop_with_waiting_client(lab, network):
    """A client of the control socket that says half a request must not hold up the end."""
    process = lab.spawn("a", "held.log", lab.build / "zt", "controller", "-H", lab.work / "held", "-p", 9994,
                        "--planet", lab.work / "root/planet")
    lab.wait_until(lambda: lab.zt("status", "-H", lab.work / "held"), 10, "a controller")
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(lab.work / "held/control.sock"))
    client.send(b"GET /status HTTP/1.1\r\nHost:")
    status, took = ends_at_once(process, "a controller with a slow client")
    client.close()
    if status != 0:
        raise Failed(f"a controller with a slow client: status {status}")
    lab.report("controller with a slow client ends", f"{took * 1000:.0f} ms")


def cycle_in_one_process(lab):
    node = Node(lab, "a", "cycled")
    words = node.do("cycle", CYCLES, node.home, lab.work / "root/planet", seconds=60).split()
    fds, threads, kib, fds_after, threads_after, kib_after = map(int, words[:6])
    lab.report(f"{CYCLES} starts and stops in one process",
               f"fds {fds} -> {fds_after}, threads {threads} -> {threads_after}, "
               f"{kib} -> {kib_after} KiB, slowest stop {words[6]} s")
    if fds_after > fds or threads_after > threads:
        raise Failed("descriptors or threads are left over")
    if kib_after > kib + 4096:
        raise Failed("memory is left over")
    if float(words[6]) > 1:
        raise Failed("a stop took more than a second")
    node.go_online()
    node.do("stop-now")
    node.quit()


def cycle_processes(lab):
    """Whatever it does when it is ended, the next start finds its files in order."""
    first = None
    for number in range(PROCESSES):
        node = Node(lab, "a", "again")
        node.launch()
        if number % 5 == 0:
            lab.wait_until(node.is_online, 10, "online")
            first = first or node.do("id")
            if node.do("id") != first:
                raise Failed("the identity changed")
        if number % 3 == 0:
            node.do("stop-now")
        if number % 2:
            node.kill()
        elif node.quit() != 0:
            raise Failed(f"process {number} ended badly")
    lab.report(f"{PROCESSES} node processes in a row", f"always {first}")


def scenario(lab):
    lab.root = lab.start_root()
    lab.controller = lab.start_controller()
    network = create_network(lab)
    a, b = raise_members(lab, network, "a", "b")
    lab.wait_until(lambda: b.reaches(a), 10, "b reaches a")
    for node in (a, b):
        node.quit()
    for kind in ("root", "controller"):
        stop_server_in_each_phase(lab, kind)
    stop_with_waiting_client(lab, network)
    cycle_in_one_process(lab)
    cycle_processes(lab)
    for process, what in ((lab.controller, "the controller"), (lab.root, "the root")):
        if ends_at_once(process, what)[0] != 0:
            raise Failed(f"{what}: status is not 0")


if __name__ == "__main__":
    Lab("stop", sys.argv[1], ["root", "controller", "a", "b"]).run(scenario)
