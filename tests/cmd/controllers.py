# SPDX-License-Identifier: Apache-2.0
"""What the tests of running controllers share: a controller, asking it, a PostgreSQL server."""
import glob
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 30  # seconds


class Line(http.client.HTTPConnection):
    """HTTP by the socket in a state directory."""

    def __init__(self, home):
        super().__init__("localhost", timeout=PATIENCE)
        self.home = home

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(f"{self.home}/control.sock")


def ask(home, method, path, body=None):
    """Status and body; None if nobody is there or the answer did not come whole."""
    line = Line(home)
    try:
        line.request(method, path, json.dumps(body) if body is not None else None)
        answer = line.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return answer.status, json.loads(text)


class Controller:
    def __init__(self, build, home, store):
        self.home = home
        self.command = [f"{build}/zt", "controller", "-H", home, "-p", "0", "--allow-loopback", "--no-http",
                        "--store", store]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        until = time.time() + PATIENCE
        while ask(self.home, "GET", "/controller") is None:
            if self.process.poll() is not None or time.time() > until:
                sys.exit(f"the controller did not start: {self.process.poll()}")
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=PATIENCE) != 0:
            sys.exit(f"the controller ended with {self.process.returncode}")
        self.process.stdout.close()


class Postgres:
    """A cluster of the test's own, on a Unix socket in its folder: a new one, or a standby of another."""

    def __init__(self, folder, programs, primary=None):
        self.folder, self.programs = folder, programs
        self.lend = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self.lend:
            shutil.chown(folder, "nobody")
        self.store = f"postgres:host={folder} user=zt dbname=postgres"
        if primary:
            self.copy(primary)
        else:
            self.run("initdb", "-D", "data", "-A", "trust", "-U", "zt", "-E", "UTF8", "--locale=C")

    def copy(self, primary):
        """In place of what was there, if anything."""
        shutil.rmtree(f"{self.folder}/data", ignore_errors=True)
        self.run("pg_basebackup", "-h", primary.folder, "-U", "zt", "-D", "data", "-R", "-c", "fast")

    def run(self, program, *arguments):
        subprocess.run([*self.lend, f"{self.programs}/{program}", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.run("pg_ctl", "-s", "-w", "-D", "data", "-l", "log", "-o",
                 f"-k {self.folder} -c listen_addresses='' -c shared_buffers=16MB", "start")

    def stop(self, how):
        self.run("pg_ctl", "-s", "-w", "-D", "data", "-m", how, "stop")

    def promote(self):
        self.run("pg_ctl", "-s", "-w", "-D", "data", "promote")

    def signal(self, number):
        """To all processes of the server."""
        with open(f"{self.folder}/data/postmaster.pid", encoding="ascii") as file:
            main = file.readline().strip()
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", main], check=False, stdout=subprocess.PIPE, text=True)
        for process in [main, *found.stdout.split()]:
            try:
                os.kill(int(process), number)
            except ProcessLookupError:
                pass  # it has just ended

    def sql(self, command):
        """What it tells, as text."""
        return subprocess.run([f"{self.programs}/psql", "-v", "ON_ERROR_STOP=1", "-Atqc", command, "-h", self.folder,
                               "-U", "zt", "postgres"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def find_postgres(folder, primary=None):
    """None if PostgreSQL is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
    return Postgres(folder, os.path.dirname(found[-1]), primary) if found else None


def wait_until(is_so, what):
    until = time.time() + PATIENCE
    while not is_so():
        if time.time() > until:
            sys.exit(f"it took too long until {what}")
        time.sleep(0.05)
