#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each C example runs clean under valgrind, with what it talks to, in a network on loopback: BUILD, without
sanitizers. Nothing is read that was never written, and nothing is lost when the node goes."""
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from examples import FAMILIES, Network, finish, wait_until

WATCHER = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full",
           "--errors-for-leak-kinds=definite,indirect", "--show-leak-kinds=definite,indirect"]


class Watched(Network):
    """Its examples run under valgrind. Two at most run at once, and have the identities of two members,
    as making one takes a minute there."""

    def __init__(self, build, folder):
        super().__init__(build, folder)
        self.identities = [self.zt("id", "new") for _ in range(2)]
        self.count = 0

    def start(self, name, *command):
        if pathlib.Path(command[0]).parent.name != "examples":
            return super().start(name, *command)
        home = self.folder / f"home-{name}"
        home.mkdir()
        (home / "identity.secret").write_text(self.identities[self.count % 2])
        self.count += 1
        return super().start(name, *WATCHER, *command, "-H", home)


def run_alone(network, name, *words, needed):
    said = finish(network, name, network.example(name, name, *words))
    if needed not in said:
        sys.exit(f"{name}: no {needed!r} in\n{said}")
    print(f"{name}: clean", flush=True)


def run_until_told(network, name):
    """One that goes on until its input ends."""
    process = network.example(name, name)
    wait_until(lambda: "address 4" in network.log_of(name), name)
    finish(network, name, process)
    print(f"{name}: clean", flush=True)


def run_until_interrupted(network, name):
    process = network.example(name, name)
    wait_until(lambda: "ping me" in network.log_of(name), name)
    process.send_signal(signal.SIGINT)
    finish(network, name, process)
    print(f"{name}: clean", flush=True)


def run_pair(network, server, client, family, needed, data=b""):
    number, anywhere = family
    name = f"{server[0]}-{number}"
    serving = network.example(name, *server, anywhere, 8000)
    wait_until(lambda: "listening" in network.log_of(name), name)
    address = re.search(rf"address {number}: (\S+)", network.log_of(name))[1]
    asking = network.example(f"client-{name}", *client, address, 8000)
    said = finish(network, f"client-{name}", asking, data)
    if needed not in said:
        sys.exit(f"{name}: of {len(needed)} characters needed, {len(said)} came: {said[-300:]}")
    finish(network, name, serving)
    print(f"{server[0]} and {client[0]}, IPv{number}: clean", flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing; scripts/setup test installs it")
    talk = ["--message", "One, two."]
    lines = "".join(f"{i:063}\n" for i in range(2000))
    with tempfile.TemporaryDirectory() as folder:
        network = Watched(build, pathlib.Path(folder))
        try:
            run_until_interrupted(network, "pingable-node")
            run_until_told(network, "events")
            run_alone(network, "callback", needed="ready: examples")
            run_alone(network, "statistics", "--count", "1", needed="etharp")
            run_alone(network, "adhoc", "5000", "5010", needed="computed: FC")
            run_pair(network, ["udp", "serve", "--count", "1"], ["udp", "send", *talk], FAMILIES[0], "One, two.")
            run_pair(network, ["server", "--count", "1"], ["client", *talk], FAMILIES[1], "One, two.")
            run_pair(network, ["nonblocking-server", "--count", "1"], ["nonblocking-client", *talk],
                     FAMILIES[0], "One, two.")
            for program, words in (("epoll", ["serve"]), ("libuv", [])):
                if (build / "examples" / program).exists():
                    run_pair(network, [program, *words], ["epoll", "connect"], FAMILIES[0], lines, lines.encode())
        finally:
            network.end()


if __name__ == "__main__":
    main()
