# SPDX-License-Identifier: Apache-2.0
"""Hosts in network namespaces on one bridge, and the processes on them. Needs root.

    name A        name B                one namespace each, address 10.98.N.1/16 on eth0;
      |             |                   a /24 each, since nodes limit strangers by /24
      +--- bridge --+--- ...
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A step did not do what it should."""


class Lab:
    def __init__(self, title, build, hosts):
        if os.geteuid() != 0:
            sys.exit(f"{title}: network namespaces need root")
        self.title = title
        self.build = pathlib.Path(build).resolve()
        self.tag = f"zt{os.getpid() % 100000}"
        self.hosts = {name: f"10.98.{number}.1" for number, name in enumerate(hosts, 1)}
        self.work = pathlib.Path(tempfile.mkdtemp(prefix=f"zt-{title}-"))
        self.processes = []
        self.began = time.time()

    # network

    def ip(self, *words):
        subprocess.run(["ip", *map(str, words)], check=True)

    def netns(self, host):
        return f"{self.tag}-{host}"

    def raise_network(self):
        bridge = self.netns("bridge")
        self.ip("netns", "add", bridge)
        self.ip("-n", bridge, "link", "add", "name", "bridge0", "type", "bridge")
        self.ip("-n", bridge, "link", "set", "bridge0", "up")
        for name, address in self.hosts.items():
            self.ip("netns", "add", self.netns(name))
            self.ip("-n", bridge, "link", "add", "name", name, "type", "veth", "peer", "name", "eth0",
                    "netns", self.netns(name))
            self.ip("-n", bridge, "link", "set", "dev", name, "master", "bridge0", "up")
            self.ip("-n", self.netns(name), "link", "set", "lo", "up")
            self.ip("-n", self.netns(name), "addr", "add", f"{address}/16", "dev", "eth0")
            self.ip("-n", self.netns(name), "link", "set", "eth0", "up")

    def add_behind(self, router, name, masquerade="masquerade"):
        """A host whose only way out is through this host of the bridge, which becomes a NAT that drops
        whatever nobody inside asked for:  name 192.168.N.2 --- 192.168.N.1 router 10.98.N.1 --- bridge"""
        number = self.hosts[router].split(".")[2]
        inside, outside = self.netns(name), self.netns(router)
        self.hosts[name] = f"192.168.{number}.2"
        self.ip("netns", "add", inside)
        self.ip("-n", outside, "link", "add", "name", "lan", "type", "veth", "peer", "name", "eth0",
                "netns", inside)
        self.ip("-n", outside, "addr", "add", f"192.168.{number}.1/24", "dev", "lan")
        self.ip("-n", inside, "addr", "add", f"192.168.{number}.2/24", "dev", "eth0")
        for netns, device in ((outside, "lan"), (inside, "eth0"), (inside, "lo")):
            self.ip("-n", netns, "link", "set", "dev", device, "up")
        self.ip("-n", inside, "route", "add", "default", "via", f"192.168.{number}.1")
        self.check_call(router, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.check_call(router, "nft", f"""
            add table ip nat
            add chain ip nat out {{ type nat hook postrouting priority srcnat; }}
            add rule ip nat out oifname eth0 {masquerade}
            add table ip guard
            add chain ip guard in {{ type filter hook input priority 0; }}
            add chain ip guard through {{ type filter hook forward priority 0; }}
            add rule ip guard in iifname eth0 ct state new drop
            add rule ip guard through iifname eth0 ct state new drop""")

    def plug(self, host, on):
        """Pulls or plugs the host's cable."""
        self.ip("-n", self.netns("bridge"), "link", "set", "dev", host, "up" if on else "down")

    def remove_network(self):
        for name in [*self.hosts, "bridge"]:
            subprocess.run(["ip", "netns", "del", self.netns(name)], check=False,
                           stderr=subprocess.DEVNULL)

    # processes

    def spawn(self, host, log, *command, env=None, **pipes):
        pipes.setdefault("stdout", open(self.work / log, "a"))
        process = subprocess.Popen(["ip", "netns", "exec", self.netns(host), *map(str, command)],
                                   stderr=open(self.work / log, "a"),
                                   env={**os.environ, **(env or {})}, **pipes)
        self.processes.append(process)
        return process

    def call(self, host, *command, timeout=60):
        done = subprocess.run(["ip", "netns", "exec", self.netns(host), *map(str, command)],
                              capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def check_call(self, host, *command):
        status, out, err = self.call(host, *command)
        if status:
            raise Failed(f"{host}: {' '.join(map(str, command))}: {out}{err}")
        return out

    def zt(self, *words):
        done = subprocess.run([self.build / "zt", *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"zt {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def start_root(self, host="root"):
        process = self.spawn(host, "root.log", self.build / "zt", "root", "-H", self.work / "root", "-p",
                             9993, "-e", f"{self.hosts[host]}/9993")
        self.wait_until(lambda: self.zt("status", "-H", self.work / "root"), 20, "the root")
        return process

    def start_controller(self, host="controller"):
        process = self.spawn(host, "controller.log", self.build / "zt", "controller", "-H",
                             self.work / "controller", "-p", 9993, "--planet",
                             self.work / "root/planet")
        self.wait_until(lambda: self.zt("status", "-H", self.work / "controller"), 20,
                        "the controller")
        return process

    def text_of(self, log):
        path = self.work / log
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_until(self, claim, seconds, what):
        until = time.time() + seconds
        while True:
            try:
                value = claim()
                if value:
                    return value
            except (Failed, OSError, ValueError, KeyError, IndexError):
                pass
            if time.time() > until:
                raise Failed(f"timed out after {seconds} s: {what}")
            time.sleep(0.05)

    def report(self, what, result=""):
        print(f"{time.time() - self.began:7.2f} s  {what:50} {result}", flush=True)

    # the whole run

    def run(self, scenario):
        """Raises the network, runs, prints OK or what failed with the ends of the logs; exits."""
        status = 1
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
        try:
            self.raise_network()
            scenario(self)
            status = 0
        except BaseException as problem:  # whatever it is, the network must go
            print(f"{self.title}: FAILED: {type(problem).__name__}: {problem}; logs are in {self.work}",
                  file=sys.stderr)
            for log in sorted(self.work.glob("*.log")):
                print(f"--- the end of {log.name}\n{log.read_text(errors='replace')[-2000:]}",
                      file=sys.stderr)
        finally:
            self.end_processes()
            self.remove_network()
        if status == 0:
            shutil.rmtree(self.work)
            print(f"{self.title}: OK")
        sys.exit(status)

    def end_processes(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
