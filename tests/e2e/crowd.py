# SPDX-License-Identifier: Apache-2.0
"""Thousands of nodes on one host, in one process (tests/bench/crowd.c), each with an address of its own."""
import json
import pathlib
import subprocess

from lab import TOP, Failed

ADDRESSES = "172.16.0.0/12"  # of all that the crowd's host stands for
IDENTITIES = TOP / "tests/sim/identities.txt"


def route(lab, host, *others):
    """Lets the host have all these addresses, and the others reach them there."""
    lab.ip("-n", lab.netns(host), "route", "add", "local", ADDRESSES, "dev", "lo")
    for other in others:
        lab.ip("-n", lab.netns(other), "route", "add", ADDRESSES, "via", lab.hosts[host])


def write_cache(lab, home, count):
    """The server will know so many made identities when it starts."""
    home.mkdir(mode=0o700, exist_ok=True)
    subprocess.run([lab.build / "bench/crowd", "cache", home / "peers.d", str(count)], check=True)


class Crowd:
    """Driven by lines. identities: a file, or "made" for such as only who has them in its cache believes."""

    def __init__(self, lab, host, identities=IDENTITIES):
        program = lab.build / "bench/crowd"
        if not program.exists():
            raise Failed(f"{program} is missing; configure with -DZT_TESTS=ON")
        self.process = lab.spawn(host, f"{host}.log", program, lab.work / "root/planet", identities,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def end(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the crowd has died")
        return json.loads(line)

    def ask(self, *words):
        self.begin(*words)
        return self.end()

    def wait_all(self, network, seconds):
        told = self.ask("wait", network, seconds * 1000)
        if told["there"] < told["of"]:
            raise Failed(f"after {seconds} s only {told['there']} of {told['of']} have a configuration")
        return told


def resident_kib(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise Failed(f"process {process.pid} is gone")


def counters(lab, home):
    return json.loads(lab.zt("status", "-j", "-H", lab.work / home))["status"]["counters"]


def create_public_network(lab):
    return json.loads(lab.zt("network", "create", "-j", "-H", lab.work / "controller", "--name", "crowd",
                             "--public", "--route", "10.128.0.0/10", "--pool",
                             "10.128.0.1-10.191.255.254", "--rfc4193"))["id"]


def members_of(lab, network):
    """As the controller has them on record."""
    told = json.loads(lab.zt("member", "list", "-j", "-H", lab.work / "controller", network))
    return {member["address"] for member in told}
