#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""local.conf of the state directory: what it says is done, what is wrong in it is named; and what is told there of
who serves it: BUILD."""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
import lab
from lab import expect, expect_in

BUILD = pathlib.Path(sys.argv[1]).resolve()
LOOPBACK = ("-b", "127.0.0.1", "--allow-loopback")


class Node:
    """A root with a controller, or without --root another node, from a folder with this local.conf."""

    def __init__(self, conf, *words):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-conf-")
        self.home = pathlib.Path(self.folder.name, "home")
        lab.lend_identity(self.home)
        if conf is not None:
            (self.home / "local.conf").write_text(conf if isinstance(conf, str) else json.dumps(conf))
        self.process = subprocess.Popen([BUILD / "zt", "controller", "-H", self.home, "-j", "--memory", *words],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=lab.SECONDS)
        self.folder.cleanup()

    def ready(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"it did not start: {self.process.stderr.read()}")
        self.told = json.loads(line)
        return self.told

    def get(self, path):
        """From the local API."""
        done = subprocess.run(["curl", "-s", "-H", f"X-ZT1-Auth: {(self.home / 'authtoken.secret').read_text()}",
                               f"http://127.0.0.1:{self.told['http']}{path}"], capture_output=True, text=True,
                              timeout=lab.SECONDS)
        return json.loads(done.stdout)

    @property
    def listening(self):
        return self.get("/status")["config"]["settings"]["listeningOn"]

    def refused(self):
        said, errors = self.process.communicate(timeout=lab.SECONDS)
        expect((self.process.returncode, said), (1, ""), errors)
        return errors


def until(said, what):
    end = time.time() + lab.SECONDS
    while not said():
        if time.time() > end:
            raise AssertionError(what)
        time.sleep(0.05)


def the_port_is_that_of_the_file_unless_the_command_line_names_one():
    port, other = lab.free_port(), lab.free_port()
    conf = {"settings": {"primaryPort": port, "bind": ["127.0.0.1"]}}
    with Node(conf, "--root", "--allow-loopback") as node:
        expect((node.ready()["port"], node.told["http"]), (port, port))
        expect(node.get("/status")["config"]["settings"]["primaryPort"], port)
    with Node(conf, "--root", "--allow-loopback", "-p", str(other)) as node:
        expect(node.ready()["port"], other)


def addresses_to_bind_to_are_those_of_the_file():
    conf = {"settings": {"primaryPort": lab.free_port(), "bind": ["127.0.0.2"]}}
    with Node(conf, "--root", "--allow-loopback") as node:
        node.ready()
        expect(node.listening, [f"127.0.0.2/{node.told['port']}"])
    with Node(conf, "--root", *LOOPBACK) as node:
        node.ready()
        expect(node.listening, [f"127.0.0.1/{node.told['port']}"])


def an_address_that_this_machine_has_not_is_named():
    conf = {"settings": {"bind": ["192.0.2.7", "127.0.0.1"]}}
    with Node(conf, "--allow-loopback", "-p", str(lab.free_port())) as node:
        node.ready()
        expect(node.listening, [f"127.0.0.1/{node.told['port']}"])
        node.process.terminate()
        told = [line for line in node.process.stderr if line.startswith("error ")]
        expect(len(told), 1, str(told))
        expect_in("192.0.2.7 is no address of this machine", told[0])


def paths_of(node, address):
    peers = [one for one in node.get("/peer") if one["address"] == address]
    return peers[0]["paths"] if peers else []


def greet(first, second):
    """Both conf; the second meets the first as its root. The two nodes are given to the caller's function."""
    def run(look):
        with Node(first, "--root", *LOOPBACK, "-p", str(lab.free_port())) as root:
            root.ready()
            with Node(second, "--planet", root.home / "planet", *LOOPBACK, "-p", str(lab.free_port())) as node:
                node.ready()
                look(root, node)
    return run


def a_trusted_path_is_one_on_both_sides():
    conf = {"physical": {"127.0.0.0/8": {"trustedPathId": 101010}}}

    def look(root, node):
        until(lambda: [one["trustedPathId"] for one in paths_of(node, root.told["address"])] == [101010],
              "the path is trusted here")
        until(lambda: [one["trustedPathId"] for one in paths_of(root, node.told["address"])] == [101010],
              "the path is trusted there")
        until(lambda: node.get("/status")["online"], "packets come over it")
        expect([one["localPort"] for one in paths_of(node, root.told["address"])], [node.told["port"]])
    greet(conf, conf)(look)


def an_address_that_is_blacklisted_is_not_bound():
    conf = {"physical": {"127.0.0.0/8": {"blacklist": True}}, "settings": {"primaryPort": lab.free_port()}}
    with Node(conf, "--allow-loopback") as node:
        node.ready()
        expect([one for one in node.listening if one.startswith("127.")], [])


def an_endpoint_that_is_blacklisted_is_no_path():
    """The root is known by its planet only: no word of the other reaches it."""
    conf = {"physical": {"127.0.0.0/8": {"blacklist": True}}}
    with Node(conf, "--root", *LOOPBACK, "-p", str(lab.free_port())) as root:
        root.ready()
        with Node(None, "--planet", root.home / "planet", *LOOPBACK, "-p", str(lab.free_port())) as node:
            node.ready()
            until(lambda: root.get("/status")["counters"]["datagramsIn"] > 0, "the root hears it")
            expect(paths_of(root, node.told["address"]), [])


def an_endpoint_of_a_peer_is_tried():
    """Of a controller that nobody has met yet; who listens there is the test."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.settimeout(lab.SECONDS)
        known = f"127.0.0.1/{there.getsockname()[1]}"

        def look(root, controller):
            address = controller.told["address"]
            joining = pathlib.Path(root.folder.name, "joining")
            lab.lend_identity(joining)
            (joining / "local.conf").write_text(json.dumps({"virtual": {address: {"try": [known]}}}))
            node = subprocess.Popen([BUILD / "zt", "join", "-H", joining, "--planet", root.home / "planet",
                                     "--allow-loopback", address + "000001"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                expect(len(there.recvfrom(2048)[0]) > 28, True, "it knocks")
            finally:
                node.terminate()
                node.wait(timeout=lab.SECONDS)
        greet(None, None)(look)


def what_is_wrong_is_named():
    for conf, words in (
            ('{"settings": {', "line 1"), ("[]", "not an object"), ('{"settings": 7}', "settings: not an object"),
            ({"settings": {"primaryPort": "9993"}}, "settings.primaryPort: not a number from 0 to 65535"),
            ({"settings": {"primaryPort": 65536}}, "settings.primaryPort: not a number from 0 to 65535"),
            ({"settings": {"primaryPort": -1}}, "settings.primaryPort: "),
            ({"settings": {"primaryPort": 9993.5}}, "settings.primaryPort: "),
            ({"settings": {"primaryPort": 0}}, "settings.primaryPort: a root needs a port that stays"),
            ({"settings": {"bind": "127.0.0.1"}}, "settings.bind: not an array"),
            ({"settings": {"bind": ["localhost"]}}, "settings.bind: localhost is not an IP address"),
            ({"settings": {"bind": ["127.0.0.1"] * 33}}, "settings.bind: not an array of at most 32"),
            ({"settings": {"bind": [7]}}, "settings.bind: an entry"),
            ({"settings": {"interfacePrefixBlacklist": [""]}}, "settings.interfacePrefixBlacklist: an entry"),
            ({"settings": {"lowBandwidthMode": "yes"}}, "settings.lowBandwidthMode: not a boolean"),
            ({"physical": []}, "physical: not an object"),
            ({"physical": {"10.0.0.0/33": {}}}, "physical.10.0.0.0/33: not IP/BITS"),
            ({"physical": {"all": {}}}, "physical.all: not IP/BITS"),
            ({"physical": {"10.0.0.0/8": True}}, "physical.10.0.0.0/8: not an object"),
            ({"physical": {"10.0.0.0/8": {"mtu": -1}}}, "physical.10.0.0.0/8.mtu: not a number"),
            ({"physical": {"10.0.0.0/8": {"mtu": 70000}}}, "physical.10.0.0.0/8.mtu: not a number from 0 to 65535"),
            ({"physical": {"10.0.0.0/8": {"trustedPathId": "x"}}}, "physical.10.0.0.0/8.trustedPathId: not a number"),
            ({"physical": {"10.0.0.0/8": {"blacklist": 1}}}, "physical.10.0.0.0/8.blacklist: not a boolean"),
            ({"physical": {f"10.0.{i}.0/24": {} for i in range(33)}}, "physical: not an object of at most 32"),
            ({"virtual": {"xyz": {}}}, "virtual.xyz: not the address of a node"),
            ({"virtual": {"ff00000000": {}}}, "virtual.ff00000000: not the address"),
            ({"virtual": {"0651022d1b": []}}, "virtual.0651022d1b: not an object"),
            ({"virtual": {"0651022d1b": {"try": "10.0.0.1/9993"}}}, "virtual.0651022d1b.try: not an array"),
            ({"virtual": {"0651022d1b": {"try": ["10.0.0.1"]}}}, "virtual.0651022d1b.try: 10.0.0.1 is not IP/PORT"),
            ({"virtual": {"0651022d1b": {"try": [None]}}}, "virtual.0651022d1b.try: an entry is not IP/PORT"),
            ({"virtual": {f"065102{i:04x}": {"try": ["10.0.0.1/1", "10.0.0.1/2"]} for i in range(33)}},
             "there are more than 64 in all"),
            ({"virtual": {"0651022d1b": {"blacklist": ["10.0.0.0/8"]}}}, "virtual.0651022d1b.blacklist: "),
            ({"a": 1, "settings": {"a": 1}, "physical": {"x" * 5000: {}}}, "not IP/BITS")):
        with Node(conf, "--root", *LOOPBACK, "--no-http") as node:
            said = node.refused()
            expect_in("local.conf: ", said)
            expect_in(words, said)


def what_has_no_effect_is_named():
    conf = {"settings": {"multicoreEnabled": True, "secondaryPort": 0, "portMappingEnabled": False, "policies": {},
                         "softwareUpdate": "disable", "controllerDbPath": "postgres:dbname=x", "lowBandwidthMode": True,
                         "allowManagementFrom": [], "bind": [], "interfacePrefixBlacklist": ["docker"]},
            "physical": {"10.0.0.0/8": {"blacklist": True, "mtu": 1500, "speed": 9}}, "colour": "blue",
            "virtual": {"0651022d1b": {"try": ["10.0.0.1/1"], "role": "LEAF"}}}
    with Node(conf, *LOOPBACK, "-p", str(lab.free_port())) as node:
        node.ready()
        node.process.terminate()
        told = [line.split(": ")[1] for line in node.process.stderr if "has no effect here" in line]
        expect(told, [f"{field} has no effect here\n" for field in (
            "colour", "settings.multicoreEnabled", "settings.secondaryPort", "settings.controllerDbPath",
            "physical.10.0.0.0/8.speed", "virtual.0651022d1b.role")])


def pages_are_served_if_asked_for():
    """Of the folder app, without a token; what is hidden or outside is not there."""
    pages = {"app/index.html": b"home", "app/ui/index.html": b"<p>ui", "app/ui/a.js": b"a()\0b", "app/.hidden": b"no"}
    cases = (("", b"home", "text/html"), ("/", b"home", "text/html"), ("/index.html", b"home", "text/html"),
             ("/ui", b"<p>ui", "text/html"), ("/ui/", b"<p>ui", "text/html"), ("/ui/a.js", b"a()\0b", "text/javascript"),
             ("/ui/members/7", b"<p>ui", "text/html"))
    absent = ("/.hidden", "/../authtoken.secret", "/%2e%2e/authtoken.secret", "/..%2fauthtoken.secret", "//etc/passwd",
              "/ui/b.js", "/nothing", "/" + "x" * 600, "/ui/../../authtoken.secret", "/./index.html")

    def ask(node, path, *words):
        asked = [*words, f"http://127.0.0.1:{node.told['http']}/app{path}"]
        done = subprocess.run(["curl", "-s", "--path-as-is", "-w", "\n%{http_code} %{content_type} %{header_json}", *asked],
                              capture_output=True, timeout=lab.SECONDS)
        body, _, tail = done.stdout.partition(b"\n")
        status, kind, headers = tail.decode().split(" ", 2)
        return int(status), kind, body, json.loads(headers)

    with Node({"settings": {"enableWebServer": True}}, *LOOPBACK, "-p", str(lab.free_port())) as node:
        for name, content in pages.items():
            (node.home / name).parent.mkdir(parents=True, exist_ok=True)
            (node.home / name).write_bytes(content)
        node.ready()
        for path, content, kind in cases:
            expect(ask(node, path)[:3], (200, kind, content), path)
        for path in absent:
            expect(ask(node, path)[0], 404, path)
        status, _, _, headers = ask(node, "/", "-X", "DELETE")
        expect((status, headers["allow"]), (405, ["GET, HEAD"]))
        (node.home / "local.conf").write_text("{}")
        expect(ask(node, "/")[0], 404)


def who_serves_a_folder_is_told_in_it():
    with Node(None, *LOOPBACK, "-p", str(lab.free_port())) as node:
        node.ready()
        expect((node.home / "zerotier-one.pid").read_text(), str(node.process.pid))
        expect(node.get("/status")["config"]["settings"]["homeDir"], str(node.home))
        second = subprocess.run([BUILD / "zt", "controller", "-H", node.home, "-p", "0"], capture_output=True,
                                text=True, timeout=lab.SECONDS)
        expect((second.returncode, second.stdout), (1, ""))
        expect_in(f"another process serves this directory: number {node.process.pid}", second.stderr)
        expect((node.home / "zerotier-one.pid").read_text(), str(node.process.pid), "of the first still")
        node.process.terminate()
        node.process.wait(timeout=lab.SECONDS)
        expect((node.home / "zerotier-one.pid").exists(), False)


def a_home_is_told_from_the_root_of_the_files():
    with tempfile.TemporaryDirectory(prefix="zt-conf-") as folder:
        home = pathlib.Path(folder).resolve() / "home"
        lab.lend_identity(home)
        with subprocess.Popen([BUILD / "zt", "controller", "-H", "home", "-j", "--memory", *LOOPBACK, "-p",
                               str(lab.free_port())], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            told = subprocess.run(["curl", "-s", "--unix-socket", home / "control.sock", "http://localhost/status"],
                                  capture_output=True, text=True, timeout=lab.SECONDS).stdout
            process.terminate()
            expect(json.loads(told)["config"]["settings"]["homeDir"], str(home))


def records_of_another_program_are_pointed_out():
    def told(home):
        with subprocess.Popen([BUILD / "zt", "controller", "-H", home, "-j", *LOOPBACK, "-p", str(lab.free_port())],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            process.terminate()
            return process.communicate(timeout=lab.SECONDS)[1]

    with tempfile.TemporaryDirectory(prefix="zt-conf-") as folder:
        home = pathlib.Path(folder, "home")
        lab.lend_identity(home)
        networks = home / "controller.d/network"
        networks.mkdir(parents=True)
        nwid = (home / "identity.secret").read_text()[:10] + "000001"
        (networks / f"{nwid}.json").write_text(json.dumps({"id": nwid, "nwid": nwid, "name": "moved"}))
        way = f"zt controller import -H {home} {home}/controller.d"
        expect_in(f"`{way}`", told(home))
        expect(subprocess.run([BUILD / "zt", *way.split()[1:]], capture_output=True, timeout=lab.SECONDS).returncode, 0)
        expect("controller.d" in told(home), False)


def a_wrong_command_makes_no_folder():
    with tempfile.TemporaryDirectory(prefix="zt-conf-") as folder:
        done = subprocess.run([BUILD / "zt", "up", "-H", "new"], cwd=folder, capture_output=True, timeout=lab.SECONDS)
        expect(done.returncode, 2)
        expect(pathlib.Path(folder, "new").exists(), False)


if __name__ == "__main__":
    for claim in (the_port_is_that_of_the_file_unless_the_command_line_names_one,
                  addresses_to_bind_to_are_those_of_the_file, an_address_that_this_machine_has_not_is_named,
                  a_trusted_path_is_one_on_both_sides, an_address_that_is_blacklisted_is_not_bound,
                  an_endpoint_that_is_blacklisted_is_no_path,
                  an_endpoint_of_a_peer_is_tried, what_is_wrong_is_named, what_has_no_effect_is_named,
                  pages_are_served_if_asked_for,
                  who_serves_a_folder_is_told_in_it, a_home_is_told_from_the_root_of_the_files,
                  records_of_another_program_are_pointed_out, a_wrong_command_makes_no_folder):
        claim()
        print("ok:", claim.__name__.replace("_", " "), flush=True)
