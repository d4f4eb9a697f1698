# SPDX-License-Identifier: Apache-2.0
"""What the tests of running controllers share: a controller, asking it, a PostgreSQL server."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 30  # seconds


def ask(home, method, path, body=None):
    """Status and body; None if nobody is there or the answer did not come whole."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        try:
            line.connect(f"{home}/control.sock")
            line.sendall(json.dumps({"method": method, "path": path, "body": body}).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                more = line.recv(1 << 20)
                if not more:
                    return None
                answer += more
        except OSError:
            return None
    answer = json.loads(answer)
    return answer["status"], answer["body"]


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
    """A cluster of the test's own, on a Unix socket in its folder."""

    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.lend = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self.lend:
            shutil.chown(folder, "nobody")
        self.run("initdb", "-D", "data", "-A", "trust", "-U", "zt", "-E", "UTF8", "--locale=C")
        self.store = f"postgres:host={folder} user=zt dbname=postgres"

    def run(self, program, *arguments):
        subprocess.run([*self.lend, f"{self.programs}/{program}", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.run("pg_ctl", "-s", "-w", "-D", "data", "-l", "log", "-o",
                 f"-k {self.folder} -c listen_addresses='' -c shared_buffers=16MB", "start")

    def stop(self, how):
        self.run("pg_ctl", "-s", "-w", "-D", "data", "-m", how, "stop")


def find_postgres(folder):
    """None if PostgreSQL is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
    return Postgres(folder, os.path.dirname(found[-1])) if found else None


def wait_until(is_so, what):
    until = time.time() + PATIENCE
    while not is_so():
        if time.time() > until:
            sys.exit(f"it took too long until {what}")
        time.sleep(0.05)
