#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The README's network of one's own, command by command as it stands there, on loopback: BUILD.

Replaced are only the placeholders and what belongs to one machine: addresses, ports and the database, a
cluster of the test's own; without PostgreSQL's programs its two lines are left out, which is told."""
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

import pages

sys.path.insert(0, str(pages.TOP / "tests/cmd"))
from controllers import find_postgres  # noqa: E402
sys.path.insert(0, str(pages.TOP / "tests"))
from ports import free_port  # noqa: E402

README = pages.TOP / "README.md"
SECONDS = 60
SERVERS = ("zt up", "zt root", "zt controller -H")


class Session:
    """One folder in which the commands run, the servers in the background."""

    def __init__(self, build, folder, database):
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{build}:{os.environ['PATH']}"}
        self.root_port, self.controller_port = free_port(), free_port()
        self.words = {}
        self.servers = {}
        self.database = database

    def adapt(self, line):
        line = re.sub(r"\d+\.\d+\.\d+\.\d+/9993", f"127.0.0.1/{self.root_port}", line)
        line = re.sub(r"-p 9994\b", f"-p {self.controller_port}", line)
        if line.startswith(("zt root", "zt up")):
            line += f" -p {self.root_port}"
        if line.startswith(SERVERS):
            line += " --allow-loopback"
        if self.database:
            line = line.replace("postgres:postgresql:///zt", shlex.quote(self.database.store))
        return " ".join(self.words.get(word, word) for word in line.split(" "))

    def zt(self, line):
        return pages.run(line, shell=True, cwd=self.folder, env=self.environment)

    def serve(self, line):
        home = re.search(r"-H (\S+)", line)[1]
        if home in self.servers:
            self.end(home)
        server = subprocess.Popen(shlex.split(line), cwd=self.folder, env=self.environment,
                                  stdout=subprocess.PIPE, text=True)
        self.servers[home] = server
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
        if "postgres:" in line and not self.database:
            print(f"left out, PostgreSQL is not installed: {line}")
            return
        line = self.adapt(line)
        print(line, flush=True)
        if line.startswith(SERVERS):
            self.serve(line)
            return
        told = self.zt(line)
        if line.startswith("zt network create"):
            self.words["NETWORK"] = re.search(r"\b[0-9a-f]{16}\b", told)[0]

    def check_up(self):
        """The printed line is there, and a program's directory can be made by it."""
        told = self.servers["home"].stdout
        line = next(line for line in told if line.startswith("join it: "))
        done = self.zt(line.removeprefix("join it: ").strip() + " --allow-loopback --wait 0 || true")
        if "not authorized yet" not in done:
            sys.exit(f"the line did not bring the node to the controller:\n{done}")

    def check(self):
        """Of the members named in the README's commands one is in and one is not, wherever the records are."""
        for word, wanted in (("ADDRESS", True), ("OTHER", False)):
            told = self.zt(f"zt member show -H controller {self.words['NETWORK']} {self.words[word]}")
            if json.loads(told)["authorized"] is not wanted:
                sys.exit(f"{word} should be authorised: {wanted}\n{told}")

    def end(self, home):
        server = self.servers.pop(home)
        server.send_signal(signal.SIGTERM)
        if server.wait(timeout=10) != 0:
            sys.exit(f"a server ended with {server.returncode}")

    def obey_all(self, block):
        try:
            for line in pages.commands(block):
                self.obey(line)
            self.check_up() if "home" in self.servers else self.check()
        finally:
            for home in list(self.servers):
                self.end(home)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as records:
        database = find_postgres(records)
        session = Session(build, folder, database)
        pathlib.Path(folder, "rules.txt").write_text(pages.block_with(README, "rules", "accept"))
        for word in ("ADDRESS", "OTHER"):
            session.words[word] = session.zt(f"zt id new {word} && cut -c1-10 {word}").strip()[-10:]
        if database:
            database.start()
        try:
            session.obey_all(pages.block_with(README, "sh", "zt up"))
            session.obey_all(pages.block_with(README, "sh", "zt root"))
        finally:
            if database:
                database.stop("immediate")


main()
