#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The README's network of one's own, command by command as it stands there, on loopback: BUILD.

Replaced are only the placeholders and what belongs to one machine: addresses and ports."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pages

README = pages.TOP / "README.md"
SECONDS = 20


def free_ports(count):
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Session:
    """One folder in which the commands run, the servers in the background."""

    def __init__(self, build, folder):
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{build}:{os.environ['PATH']}"}
        self.root_port, self.controller_port = free_ports(2)
        self.words = {}
        self.servers = []

    def adapt(self, line):
        line = re.sub(r"\d+\.\d+\.\d+\.\d+/9993", f"127.0.0.1/{self.root_port}", line)
        line = re.sub(r"-p 9994\b", f"-p {self.controller_port}", line)
        if line.startswith("zt root"):
            line += f" -p {self.root_port}"
        if line.startswith(("zt root", "zt controller")):
            line += " --allow-loopback"
        return " ".join(self.words.get(word, word) for word in line.split())

    def zt(self, line):
        return pages.run(line, shell=True, cwd=self.folder, env=self.environment)

    def serve(self, line):
        server = subprocess.Popen(line.split(), cwd=self.folder, env=self.environment,
                                  stdout=subprocess.PIPE, text=True)
        self.servers.append(server)
        home = re.search(r"-H (\S+)", line)[1]
        until = time.time() + SECONDS
        while not self.is_online(home):
            if time.time() > until or server.poll() is not None:
                sys.exit(f"not online: {line}")
            time.sleep(0.05)

    def is_online(self, home):
        done = subprocess.run(f"zt status -j -H {home}", shell=True, cwd=self.folder,
                              env=self.environment, capture_output=True, text=True)
        return done.returncode == 0 and json.loads(done.stdout)["status"]["online"]

    def obey(self, line):
        line = self.adapt(line)
        print(line, flush=True)
        if line.startswith(("zt root", "zt controller")):
            return self.serve(line)
        told = self.zt(line)
        if line.startswith("zt network create"):
            self.words["NETWORK"] = re.search(r"\b[0-9a-f]{16}\b", told)[0]
        return None

    def check(self):
        """The member named in the README's command is in."""
        told = self.zt(f"zt member show -H controller {self.words['NETWORK']} {self.words['ADDRESS']}")
        if json.loads(told)["authorized"] is not True:
            sys.exit(f"the member is not authorised:\n{told}")

    def end(self):
        for server in self.servers:
            server.send_signal(signal.SIGTERM)
        for server in self.servers:
            if server.wait(timeout=10) != 0:
                sys.exit(f"a server ended with {server.returncode}")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    block = pages.block_with(README, "sh", "zt root")
    with tempfile.TemporaryDirectory() as folder:
        session = Session(build, folder)
        session.words["ADDRESS"] = session.zt("zt id new some-node && cut -c1-10 some-node").strip()[-10:]
        try:
            for line in pages.commands(block):
                session.obey(line)
            session.check()
        finally:
            session.end()


main()
