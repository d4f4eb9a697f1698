#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples that wait for the network and the system at once, in a network on loopback: BUILD."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402

SECONDS = 100
TOP = pathlib.Path(__file__).resolve().parents[2]
# Made before: making one takes long on a busy machine with sanitizers.
IDENTITIES = [line for line in (TOP / "tests/service/identities.txt").read_text().splitlines()
              if not line.startswith("#")]
FAMILIES = ((4, "0.0.0.0"), (6, "::"))


class Network:
    """A root, a controller and a public network."""

    def __init__(self, build, folder):
        self.build, self.folder, self.running = build, folder, []
        try:
            self.found()
        except BaseException:
            self.end()
            raise

    def found(self):
        port = free_port()
        self.endpoint = f"127.0.0.1/{port}"
        self.serve("root", "-p", port, "-e", self.endpoint)
        self.serve("controller", "-p", free_port(), "--planet", f"{self.folder}/root/planet")
        told = self.zt("network", "create", "-j", "-H", f"{self.folder}/controller", "--public", "--name",
                       "examples", "--route", "10.9.0.0/24", "--pool", "10.9.0.1-10.9.0.99", "--rfc4193")
        self.id = json.loads(told)["id"]

    def zt(self, *words):
        return subprocess.run([self.build / "zt", *map(str, words)], check=True, capture_output=True,
                              text=True).stdout

    def serve(self, kind, *words):
        home = self.folder / kind
        home.mkdir()
        (home / "identity.secret").write_text(IDENTITIES[len(self.running)])
        self.start(kind, self.build / "zt", kind, "-H", home, "--allow-loopback", *words)
        wait_until(lambda: self.is_online(home), f"the {kind}")

    def is_online(self, home):
        for name, process in self.running:
            if process.poll() is not None:
                sys.exit(f"the {name} ended with {process.returncode}:\n{self.log_of(name)}")
        done = subprocess.run([self.build / "zt", "status", "-j", "-H", home], capture_output=True,
                              text=True, check=False)
        return done.returncode == 0 and json.loads(done.stdout)["status"]["online"]

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text()

    def start(self, name, *command):
        log = open(self.folder / f"{name}.log", "w", encoding="utf-8")
        process = subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.running.append((name, process))
        return process

    def example(self, name, program, *words):
        return self.start(name, self.build / "examples" / program, "-n", self.id, "-R",
                          self.folder / "root/planet", "-P", free_port(), "--loopback", *words)

    def end(self):
        for _, process in self.running:
            process.terminate()
        for _, process in self.running:
            process.wait(timeout=SECONDS)


def wait_until(claim, what):
    until = time.time() + SECONDS
    while not claim():
        if time.time() > until:
            sys.exit(f"not in time: {what}")
        time.sleep(0.02)


def finish(network, name, process, data=b""):
    """Gives the program its input, waits for its end and returns what it printed."""
    process.communicate(data, timeout=SECONDS)
    if process.returncode != 0:
        sys.exit(f"{name} ended with {process.returncode}:\n{network.log_of(name)}")
    return network.log_of(name)


def check_server(network, program, words, family):
    """A server that echoes to two clients at once, more than any buffer holds."""
    number, anywhere = family
    name = f"{program}-{number}"
    server = network.example(name, program, *words, anywhere, 8000)
    wait_until(lambda: "listening at" in network.log_of(name), name)
    address = re.search(rf"address {number}: (\S+)", network.log_of(name))[1]
    lines = "".join(f"{i:063}\n" for i in range(100000)).encode()
    clients = [network.example(f"client-{name}-{i}", "epoll", "connect", address, 8000)
               for i in range(2)]
    for i, client in enumerate(clients):
        said = finish(network, f"client-{name}-{i}", client, lines if i else b"Hello, network!\n")
        expected = lines.decode() if i else "Hello, network!\n"
        if not said.endswith(expected):
            sys.exit(f"{name}: client {i} was answered with {len(said)} bytes: {said[:300]}")
        print(f"{name}: {len(expected)} bytes came back")
    said = finish(network, name, server)
    if said.count("connection from") != 2:
        sys.exit(f"{name} saw other clients than two:\n{said}")


def fill(pipe):
    """Writes lines until nobody takes any more; returns them."""
    os.set_blocking(pipe.fileno(), False)
    blocks, refusals = [], 0
    while refusals < 10:
        block = f"{len(blocks):063}\n".encode() * 64  # so short that a pipe takes all or nothing
        try:
            os.write(pipe.fileno(), block)
            blocks.append(block)
            refusals = 0
        except BlockingIOError:
            refusals += 1
            time.sleep(0.05)
    return b"".join(blocks)


def check_end_of_input(network):
    """The input ends while a piece of it still waits for a server that takes nothing for a while."""
    server = network.example("slow", "epoll", "serve", "0.0.0.0", 8001)
    wait_until(lambda: "listening at" in network.log_of("slow"), "the slow server")
    address = re.search(r"address 4: (\S+)", network.log_of("slow"))[1]
    client = network.example("client-slow", "epoll", "connect", address, 8001)
    wait_until(lambda: "connection from" in network.log_of("slow"), "a connection")
    server.send_signal(signal.SIGSTOP)
    try:
        lines = fill(client.stdin)
        client.stdin.close()
        client.stdin = None
        time.sleep(0.2)
    finally:
        server.send_signal(signal.SIGCONT)
    said = finish(network, "client-slow", client)
    if not said.endswith(lines.decode()):
        sys.exit(f"of {len(lines)} bytes before the end, {len(said)} came back")
    print(f"slow: {len(lines)} bytes came back")
    finish(network, "slow", server)


def ask_stopper(network, name, manner, count):
    """What a client gets from a server that closes and stops its node at once."""
    server = network.example(name, "../tests/programs/stopper", 8002, count, manner)
    wait_until(lambda: "listening at" in network.log_of(name), name)
    address = re.search(r"address 4: (\S+)", network.log_of(name))[1]
    client = network.example(f"client-{name}", "epoll", "connect", address, 8002)
    client.wait(timeout=SECONDS)
    finish(network, name, server)
    return network.log_of(f"client-{name}")


def check_stopper(network, manner):
    """The answer is on its way, and arrives; a stop waits a moment, which may be short on a busy machine."""
    lines = "".join(f"{i:063}\n" for i in range(2000))
    for i in range(3):
        said = ask_stopper(network, f"stopper-{manner}-{i}", manner, 2000)
        if said.endswith(lines):
            print(f"stopper, {manner}: {len(lines)} bytes came")
            return
    sys.exit(f"stopper, {manner}: {len(said)} bytes came of {len(lines)}, then: {said[-60:]}")


def check_group(network, address, port):
    """Who joined a group before it was in the network hears what another member says to it."""
    hearer = network.example(f"hear-{port}", "../tests/programs/group", "hear", address, port)
    wait_until(lambda: "listening at" in network.log_of(f"hear-{port}"), "who hears")
    network.example(f"say-{port}", "../tests/programs/group", "say", address, port)
    if not finish(network, f"hear-{port}", hearer).endswith("heard words\n"):
        sys.exit(f"{address} was not heard")
    print(f"{address}: heard")


def check_events(network):
    events = network.example("events", "events")
    wait_until(lambda: "address 4" in network.log_of("events"), "events")
    said = finish(network, "events", events)
    for needed in ("event 200 ", "event 201 ", "event 213 ", "event 260 10.9.0.", "event 203 "):
        if needed not in said:
            sys.exit(f"events: no {needed!r} in\n{said}")
    print(f"events: {said.count('event ')} of them")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        network = Network(build, pathlib.Path(folder))
        try:
            check_events(network)
            check_group(network, "239.1.2.3", 8003)
            check_group(network, "ff02::4321", 8004)
            check_end_of_input(network)
            check_stopper(network, "plain")
            check_stopper(network, "exported")
            check_stopper(network, "leaving")
            for program, words in (("epoll", ["serve"]), ("libuv", [])):
                if (build / "examples" / program).exists():
                    for family in FAMILIES:
                        check_server(network, program, words, family)
        finally:
            network.end()


if __name__ == "__main__":
    main()
