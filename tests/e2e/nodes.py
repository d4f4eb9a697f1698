# SPDX-License-Identifier: Apache-2.0
"""Nodes, their network, and what tests ask of them."""
import json
import select
import subprocess

from lab import TOP, Failed

MIB = 1 << 20


class Node:
    """A node process on a host, driven by lines (node.py). Its state is in the directory of its name.
    Ours, unless another library is given with what its environment must hold."""

    def __init__(self, lab, host, home=None, library=None, environment=None):
        self.lab = lab
        self.host = host
        self.home = lab.work / (home or host)
        self.process = lab.spawn(host, f"{host}.log", "/usr/bin/python3", "-u",
                                 TOP / "tests/e2e/node.py",
                                 library or lab.build / "libzt.so", env=environment,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def is_done(self, seconds=0):
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def end(self, what="", seconds=60):
        if not self.is_done(seconds):
            raise Failed(f"{self.host}: {what}: no answer within {seconds} s")
        answer = self.process.stdout.readline().strip()
        if not answer.startswith("ok"):
            raise Failed(f"{self.host}: {what}: {answer or 'died'}")
        return answer[3:]

    def do(self, *words, seconds=60):
        self.begin(*words)
        return self.end(" ".join(map(str, words)), seconds)

    def launch(self, port=9993):
        self.do("launch", self.home, self.lab.work / "root/planet", port)

    def is_online(self):
        return self.do("online") == "1"

    def is_ready(self, network):
        return all(self.do("ready", network, family) == "1" for family in "46")

    def go_online(self, port=9993):
        """Launches and waits; returns the address."""
        self.launch(port)
        self.lab.wait_until(self.is_online, 15, f"{self.host} goes online")
        self.id = self.do("id")
        return self.id

    def learn_addresses(self, network, seconds=15):
        self.lab.wait_until(lambda: self.is_ready(network), seconds, f"{self.host} gets addresses")
        self.ips = {family: self.do("address", family) for family in "46"}

    def kill(self):
        self.process.kill()
        self.process.wait()

    def quit(self):
        self.process.stdin.close()
        return self.process.wait(timeout=15)

    def has_direct_path_to(self, other):
        return int(self.do("paths", other.id).split()[0]) > 0

    def reaches(self, other, family="4", seconds=0.3):
        """One datagram there and back; the other echoes at port 7."""
        return self.do("udp-try", other.ips[family], 7, seconds) == "answered"

    def resources(self):
        return tuple(map(int, self.do("resources").split()))


def create_network(lab, *options):
    return json.loads(lab.zt("network", "create", "-j", "-H", lab.work / "controller", "--name", "e2e",
                             "--private", "--route", "10.147.20.0/24", "--pool",
                             "10.147.20.1-10.147.20.254", "--rfc4193", *options))["id"]


def authorize(lab, network, node, verb="authorize"):
    lab.zt("member", verb, "-H", lab.work / "controller", network, node.id)


def raise_members(lab, network, *hosts, port=9993):
    """Nodes that are online, members of the network, and echo."""
    nodes = [Node(lab, host) for host in hosts]
    for node in nodes:
        node.launch(port)
    for node in nodes:
        lab.wait_until(node.is_online, 15, f"{node.host} goes online")
        node.id = node.do("id")
        node.do("join", network)
        authorize(lab, network, node)
    for node in nodes:
        node.learn_addresses(network)
        node.do("echo", 7)
    return nodes


def connect(client, server, family="4", port=8000):
    """A TCP connection; both sides keep it as theirs."""
    server.do("tcp-listen", family, port)
    server.begin("accept")
    client.do("tcp-connect", server.ips[family], port, 15)
    server.end("accept")


def begin_transfer(sender, receiver, mib, seed=1):
    receiver.begin("recv-bulk", mib * MIB, seed)
    sender.begin("send-bulk", mib * MIB, seed)


def end_transfer(sender, receiver, seconds=60):
    """Returns the rate; both have compared the bytes."""
    sent = sender.end("send-bulk", seconds).split()
    if receiver.end("recv-bulk", seconds) != sent[0]:
        raise Failed("checksum differs")
    return " ".join(sent[1:])


def transfer(sender, receiver, mib, seed=1):
    begin_transfer(sender, receiver, mib, seed)
    return end_transfer(sender, receiver)
