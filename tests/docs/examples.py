#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each C example does what it says, in a network on loopback; what runs alone also runs clean under valgrind:
BUILD [SANITIZERS]."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pages

sys.path.insert(0, str(pages.TOP / "tests/zts"))
from examples import Network, finish, free_port, wait_until  # noqa: E402

VALGRIND = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"]
WRONG = (["--no-such-option"], ["-n", "123"], ["-P", "70000"])


def names():
    """As the list of what is built says."""
    text = (pages.TOP / "examples/c/CMakeLists.txt").read_text()
    return re.search(r"set\(examples ([^)]*)\)", text)[1].split()


def check_usage(build):
    """--help is an answer; a wrong option is an error that says how it is used."""
    for name in names():
        program = build / "examples" / name
        if not pages.run(program, "--help").startswith(f"Usage: {name} "):
            sys.exit(f"{name} --help does not say how it is used")
        for words in (*WRONG, ["-n", "8056c2e21c000001", *["junk"] * 4]):
            if name in ("pingable-node", "callback", "statistics", "events", "custom-roots") and "junk" in words:
                continue  # these take no arguments, or any
            done = subprocess.run([program, *words], capture_output=True, text=True, timeout=20)
            if done.returncode != 2 or "Usage:" not in done.stderr:
                sys.exit(f"{name} {' '.join(words)}: {done.returncode}\n{done.stderr}")
    print(f"{len(names())} examples say how they are used")


def said_by(network, name, program, *words, needed):
    log = finish(network, name, network.example(name, program, *words))
    for text in needed:
        if text not in log:
            sys.exit(f"{name}: no {text!r} in\n{log}")
    print(f"{name}: {needed}")
    return log


def check_pair(network, server, client, addresses):
    """Server and client, for each family."""
    for number, anywhere in addresses:
        name = f"{server[0]}-{number}"
        running = network.example(name, *server, "--count", "1", anywhere, "8000")
        wait_until(lambda: "listening" in network.log_of(name), name)
        address = re.search(rf"address {number}: (\S+)", network.log_of(name))[1]
        said_by(network, f"{client[0]}-client-{number}", *client, "--message", "One, two.", address, "8000",
                needed=["answer: One, two."])
        finish(network, name, running)


def check_network_examples(network):
    said_by(network, "callback", "callback",
            needed=["online: ", "address: 10.9.0.", "address: FD", "ready: examples", "down"])
    said_by(network, "statistics", "statistics", "--count", "1", needed=["etharp", "tcp", "nd6"])
    said_by(network, "adhoc", "adhoc", "5000", "5010", needed=["network: ff1388139200000", "computed: FC"])
    both = ((4, "0.0.0.0"), (6, "::"))
    check_pair(network, ["udp", "serve"], ["udp", "send"], both)
    check_pair(network, ["nonblocking-server"], ["nonblocking-client"], both)
    check_pair(network, ["server"], ["client"], both)


def alone(build, sanitize, *words, expect=0):
    """Runs by itself, under valgrind unless a sanitizer watches already."""
    watcher = [] if sanitize else VALGRIND
    done = subprocess.run([*map(str, [*watcher, build / "examples" / words[0], *words[1:]])],
                          capture_output=True, text=True, timeout=100)
    if done.returncode != expect:
        sys.exit(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
    print(f"{words[0]} {words[1]}: clean")
    return done.stdout


def check_alone(build, sanitize, network, folder):
    known = folder / "root" / "identity.secret"
    other = folder / "no-identity"
    other.write_text("junk\n")
    made = folder / "made"
    made.write_text(pages.run(build / "examples/identity", "new"))
    alone(build, sanitize, "identity", "check", made)
    alone(build, sanitize, "identity", "check", other, expect=1)
    address = made.read_text()[:10]
    if f"node: {address}" not in alone(build, sanitize, "identity", "memory", made):
        sys.exit("identity memory runs as somebody else")
    home = folder / "home"
    first = pages.run(build / "examples/identity", "-H", home, "storage")
    if "new, keep it secret: 270" not in first or "new, public: " not in first:
        sys.exit(f"identity storage made none:\n{first}")
    if alone(build, sanitize, "identity", "-H", home, "storage") not in first:
        sys.exit("identity storage runs as somebody else the second time")
    endpoint = network.endpoint
    said = alone(build, sanitize, "custom-roots", "--loopback", "-P", free_port(),
                 known.with_name("identity.public"), endpoint)
    if not said.endswith("online\n") or "reached" not in said:
        sys.exit(f"custom-roots did not reach its root:\n{said}")


def main():
    build, sanitize = pathlib.Path(sys.argv[1]).resolve(), "".join(sys.argv[2:])
    if not sanitize and not shutil.which("valgrind"):
        sys.exit("valgrind is missing; scripts/setup test installs it")
    check_usage(build)
    with tempfile.TemporaryDirectory() as folder:
        network = Network(build, pathlib.Path(folder))
        try:
            check_network_examples(network)
            check_alone(build, sanitize, network, pathlib.Path(folder))
        finally:
            network.end()


main()
