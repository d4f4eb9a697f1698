#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A machine that does not help: taken ports, full disks, damaged files, no network, garbage from outside.

    root   controller   a     b     c     d
      |        |        |     |     |     |
      +--------+-bridge-+-----+-----+-----+       c, d: the machines where things are wrong
"""
import contextlib
import subprocess
import sys
import time

from lab import TOP, Failed, Lab
from nodes import (MIB, Node, authorize, begin_transfer, connect, create_network, end_transfer,
                   raise_members)

FATAL = "204"
FLOOD = 200000  # datagrams to each port
ROOM_KIB = 16384  # what a flood may cost in memory


def fails(lab, *words, text):
    """The command ends by itself, not well, and says so."""
    status, _, err = lab.call("c", lab.build / "zt", *words, timeout=10)
    if status != 1 or text not in err:
        raise Failed(f"zt {words[0]}: status {status}, {err.strip()!r} instead of {text!r}")


def node_fails(lab, home, text):
    """A node that can't work says so once, by its event and by a line that names the cause."""
    node = Node(lab, "c", home)
    node.launch()
    lab.wait_until(lambda: FATAL in node.do("events"), 5, f"{home}: a fatal event")
    lab.wait_until(lambda: text in lab.text_of("c.log"), 1, f"{home}: the text {text!r}")
    node.do("stop-now")
    if node.quit() != 0:
        raise Failed(f"{home}: the process did not end well")
    lab.report(f"refused: {home}", text)


@contextlib.contextmanager
def mounted(lab, name, *options):
    point = lab.work / name
    point.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", point], check=True)
    try:
        yield point
    finally:
        subprocess.run(["umount", "--lazy", point], check=False)


def taken_port(lab):
    holder = lab.spawn("c", "holder.log", "/usr/bin/python3", "-c",
                       "import socket, time; s = socket.socket(2, 2); s.bind(('0.0.0.0', 9993)); "
                       "print('bound', flush=True); time.sleep(600)", stdout=subprocess.PIPE, text=True)
    holder.stdout.readline()
    node_fails(lab, "taken", "can't bind UDP port 9993: Address already in use")
    fails(lab, "root", "-H", lab.work / "taken-root", "-p", 9993, "-e", "10.98.5.1/9993",
          text="can't bind UDP port 9993: Address already in use")
    holder.kill()


def bad_storage(lab):
    (lab.work / "file").write_text("")
    node_fails(lab, "file/inside", "Not a directory")
    fails(lab, "controller", "-H", lab.work / "file/inside", text="Not a directory")
    with mounted(lab, "sealed", "-o", "ro"):
        node_fails(lab, "sealed", "Read-only file system")
    with mounted(lab, "tiny", "-o", "size=64k") as point:
        fill(point)
        node_fails(lab, "tiny", "identity.secret: No space left on device")
        left = [path.name for path in point.rglob("*") if path.name != "filler"]
        if left:
            raise Failed(f"left on the full disk: {left}")


def fill(point):
    with contextlib.suppress(OSError), open(point / "filler", "wb", buffering=0) as filler:
        while filler.write(bytes(1024)):
            pass


def contents(point):
    return {path: path.read_bytes() for path in point.rglob("*")
            if path.is_file() and path.name != "filler"}


def disk_fills_up(lab, network, a):
    """The disk is full once it runs: it works on and says what it can't keep; what was there stays."""
    with mounted(lab, "filling", "-o", "size=64k") as point:
        node = Node(lab, "d", "filling")
        node.go_online()
        fill(point)
        before = contents(point)
        node.do("join", network)
        authorize(lab, network, node)
        node.learn_addresses(network)
        lab.wait_until(lambda: node.reaches(a), 5, "a node with a full disk works")
        lab.wait_until(lambda: "No space left on device" in lab.text_of("d.log"), 5, "and complains")
        node.do("stop-now")
        node.quit()
        after = contents(point)
        if {path: after.get(path) for path in before} != before:
            raise Failed("files changed on a full disk")
        if any(path.name.endswith(".new") for path in after):
            raise Failed("half files are left")
        (point / "filler").unlink()
        node = Node(lab, "d", "filling")
        if node.go_online() not in before[point / "identity.public"].decode():
            raise Failed("another identity")
        node.quit()
    lab.report("disk filled up: works on, says so, loses nothing")


def damaged_identity(lab):
    home = lab.work / "harmed"
    home.mkdir()
    lab.zt("id", "new", home / "identity.secret")
    whole = (home / "identity.secret").read_text()
    for damage in ("", whole[:-1], whole.replace(":0:", ":1:", 1), whole[:-4] + "zzzz",
                   ("1" if whole[0] == "0" else "0") + whole[1:], "x" * 5000):
        (home / "identity.secret").write_text(damage)
        node_fails(lab, "harmed", "harmed/identity.secret")
        fails(lab, "root", "-H", home, "-e", "10.98.5.1/9993", text="identity.secret")
        if (home / "identity.secret").read_text() != damage:
            raise Failed("the damaged identity was touched")


def damaged_caches(lab, network, b):
    """Each is set aside and reported; the node is the same and finds its way again."""
    node = Node(lab, "d")
    first = node.go_online()
    node.do("join", network)
    authorize(lab, network, node)
    node.learn_addresses(network)
    node.do("stop-now")
    node.quit()
    moons = node.home / "moons.d"
    moons.mkdir(exist_ok=True)
    moon = moons / "000000deadbeef00.moon"
    moon.write_bytes(b"")
    harmed = [moon, node.home / "networks.d" / f"{network}.conf", *(node.home / "peers.d").glob("*.peer")]
    if len(harmed) < 3:
        raise Failed("no peer was kept")
    for path in harmed:
        path.write_bytes(b"\x7fgarbage\x00" * 20)
    (node.home / "roots").write_bytes(b"\x01" * 300)
    node = Node(lab, "d")
    node.do("launch", node.home, "-", 9993)
    lab.wait_until(lambda: "roots is damaged" in lab.text_of("d.log"), 2, "damaged roots are reported")
    if FATAL in node.do("events") or not (node.home / "roots.damaged").exists():
        raise Failed("damaged roots: not set aside, or fatal")
    node.do("stop-now")
    if node.quit() != 0:
        raise Failed("damaged roots: ended badly")
    for path in harmed:
        path.write_bytes(b"\x7fgarbage\x00" * 20)
        path.with_name(path.name + ".damaged").unlink()
    node = Node(lab, "d")
    if node.go_online() != first:
        raise Failed("another identity")
    for path in harmed:
        aside = path.with_name(path.name + ".damaged")
        lab.wait_until(aside.exists, 2, f"{path.name} is set aside")
        lab.wait_until(lambda: f"{path.name} is damaged" in lab.text_of("d.log"), 2, "and reported")
    node.learn_addresses(network)
    lab.wait_until(lambda: node.reaches(b), 5, "it reaches others")
    lab.report("damaged caches are set aside", f"{len(harmed)} files")
    node.quit()


def no_interface(lab):
    netns = lab.netns("c")
    lab.ip("-n", netns, "addr", "flush", "dev", "eth0")
    lab.ip("-n", netns, "link", "set", "dev", "eth0", "down")
    node = Node(lab, "c", "lonely")
    node.launch()
    time.sleep(1)
    if node.is_online() or FATAL in node.do("events"):
        raise Failed("without an interface a node just waits")
    lab.ip("-n", netns, "link", "set", "dev", "eth0", "up")
    lab.ip("-n", netns, "addr", "add", f"{lab.hosts['c']}/16", "dev", "eth0")
    began = time.time()
    lab.wait_until(node.is_online, 15, "an interface appears, the node goes online")
    lab.report("interface appears: online", f"{time.time() - began:.2f} s")
    node.quit()


def address_changes(lab, a, b):
    """It is found again from where it is now; existing paths lead to where it was."""
    netns = lab.netns("b")
    was = lab.hosts["b"]
    for address in ("10.98.104.1", "10.98.114.1", was):
        lab.ip("-n", netns, "addr", "flush", "dev", "eth0")
        lab.ip("-n", netns, "addr", "add", f"{address}/16", "dev", "eth0")
        began = time.time()
        lab.wait_until(lambda: a.reaches(b, seconds=0.1), 10, f"b is found at {address}")
        lab.wait_until(lambda: b.reaches(a, seconds=0.1), 10, f"and reaches others from {address}")
        lab.report(f"b moves to {address}", f"{time.time() - began:.2f} s")


def starts_anew_at_once(lab, a, b):
    """With all in its cache, a member that restarts is there again after moments, however soon it comes."""
    for gap in (1, 0.1, 0.1, 0, 0):
        ips, address = b.ips, b.id
        b.do("stop-now")
        b.quit()
        time.sleep(gap)
        began = time.time()
        b = Node(lab, "b")
        b.launch()
        b.ips, b.id = ips, address
        lab.wait_until(lambda: b.reaches(a, seconds=0.05), 3, f"b works again, {gap} s after its end")
        lab.report(f"restart after {gap} s: first answer", f"{time.time() - began:.2f} s")
        b.do("echo", 7)
    return b


def ports_of(lab, host):
    """The UDP endpoints bound at the host's address."""
    lines = lab.check_call(host, "ss", "-Huln4").splitlines()
    return [line.split()[3].replace(":", "/") for line in lines]


def resident(process):
    fields = dict(line.split(":", 1) for line in open(f"/proc/{process.pid}/status"))
    return int(fields["VmRSS"].split()[0])


def flood(lab, a, b):
    processes = {"root": lab.root, "controller": lab.controller, "a": a.process, "b": b.process}
    samples = lab.work / "samples"
    capture = lab.spawn("bridge", "capture.log", "/usr/bin/python3", TOP / "tests/e2e/capture.py", samples, 500)
    connect(a, b, "4", 8000)
    begin_transfer(a, b, 16)
    end_transfer(a, b)
    capture.kill()
    before = {name: resident(process) for name, process in processes.items()}
    ports = [port for host in processes for port in ports_of(lab, host)]
    attacker = lab.spawn("d", "flood.log", "/usr/bin/python3", TOP / "tests/e2e/flood.py", FLOOD, samples, *ports)
    moved = 0
    began = time.time()
    while attacker.poll() is None:
        begin_transfer(a, b, 16)
        end_transfer(a, b)
        moved += 16
    if attacker.returncode != 0:
        raise Failed("the flood failed")
    lab.report(f"{FLOOD} datagrams to each of {len(ports)} ports", f"{time.time() - began:.1f} s")
    lab.report("transferred meanwhile", f"{moved * MIB * 8 / 1e6 / (time.time() - began):.0f} Mbit/s")
    for name, process in processes.items():
        if process.poll() is not None:
            raise Failed(f"{name} died of the flood")
        grown = resident(process) - before[name]
        lab.report(f"memory of {name}", f"{before[name]} + {grown} KiB")
        if grown > ROOM_KIB:
            raise Failed(f"{name} grew by {grown} KiB")
    if moved == 0 or not (a.is_online() and b.is_online()):
        raise Failed("the flood stopped the nodes")


def scenario(lab):
    lab.root = lab.start_root()
    lab.controller = lab.start_controller()
    network = create_network(lab)
    a, b = raise_members(lab, network, "a", "b")
    taken_port(lab)
    bad_storage(lab)
    damaged_identity(lab)
    disk_fills_up(lab, network, a)
    damaged_caches(lab, network, b)
    no_interface(lab)
    address_changes(lab, a, b)
    b = starts_anew_at_once(lab, a, b)
    flood(lab, a, b)
    for node in (a, b):
        node.quit()


if __name__ == "__main__":
    Lab("surroundings", sys.argv[1], ["root", "controller", "a", "b", "c", "d"]).run(scenario)
