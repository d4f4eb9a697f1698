#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No change that a controller has acknowledged is lost: BUILD sqlite|postgres|disk [ROUNDS].

sqlite    the controller is killed in the middle of writes, again and again
postgres  so is it, and so is the server, by turns
disk      the disk is full: changes are refused, nothing is lost, and with room all goes on"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

from controllers import Controller, ask, find_postgres, wait_until

CLIENTS = 4
MEMBERS = 5  # of each client


class Client(threading.Thread):
    """Changes members one after the other, and remembers what they may be called: as was acknowledged, or as
    was asked since then. A server that dies may have done what it could not acknowledge any more."""

    def __init__(self, home, nwid, number):
        super().__init__()
        self.home, self.nwid = home, nwid
        self.mine = [f"{0x10 + number * MEMBERS + i:010x}" for i in range(MEMBERS)]
        self.names = {member: {None} for member in self.mine}
        self.counter = 0
        self.stop = False

    def again(self):
        """The same client with a new thread."""
        next_one = Client(self.home, self.nwid, 0)
        next_one.mine, next_one.names = self.mine, self.names
        next_one.counter = self.counter
        return next_one

    def run(self):
        while not self.stop:
            self.counter += 1
            member, value = self.mine[self.counter % MEMBERS], f"value {self.counter}"
            self.names[member].add(value)
            answer = ask(self.home, "POST", f"/controller/network/{self.nwid}/member/{member}",
                         {"name": value, "ipAssignments": [f"10.0.{self.counter % 200}.1"]})
            if answer is None:
                return  # whether it was done is not known
            if answer[0] == 200:
                self.names[member] = {value}
            elif answer[0] == 500:
                self.names[member].remove(value)  # refused for good
            else:
                time.sleep(0.01)

    def check(self):
        for member in self.mine:
            answer = ask(self.home, "GET", f"/controller/network/{self.nwid}/member/{member}")
            found = answer[1].get("name") if answer and answer[0] == 200 else None
            if found not in self.names[member]:
                sys.exit(f"member {member} is called {found!r}, not one of {self.names[member]}")
            self.names[member] = {found}


def create_network(home):
    status, body = ask(home, "POST", "/controller/network", {"name": "crash"})
    if status != 200:
        sys.exit(f"no network: {body}")
    return body["id"]


def run_rounds(controller, rounds, seed, disturb):
    """Each round: load, disturb(number), check."""
    controller.start()
    try:
        return disturb_rounds(controller, rounds, random.Random(seed), disturb)
    finally:
        controller.end()


def disturb_rounds(controller, rounds, dice, disturb):
    nwid = create_network(controller.home)
    clients = [Client(controller.home, nwid, i) for i in range(CLIENTS)]
    for number in range(rounds):
        clients = [client.again() for client in clients]
        for client in clients:
            client.start()
        time.sleep(dice.uniform(0.005, 0.12))
        disturb(number)
        for client in clients:
            client.stop = True
        for client in clients:
            client.join()
        for client in clients:
            client.check()
    return sum(client.counter for client in clients)


def kill_and_start(controller):
    controller.kill()
    controller.start()


def is_ready(controller):
    return ask(controller.home, "GET", "/controller")[1]["databaseReady"]


def sqlite(build, folder, rounds):
    controller = Controller(build, f"{folder}/home", f"sqlite:{folder}/records.db")
    changes = run_rounds(controller, rounds, 1, lambda number: kill_and_start(controller))
    print(f"{changes} changes, killed {rounds} times: nothing lost")


def postgres(build, folder, rounds):
    server = find_postgres(f"{folder}/postgres")
    if not server:
        print("PostgreSQL is not installed: skipped")
        sys.exit(77)
    controller = Controller(build, f"{folder}/home", server.store)

    def disturb(number):
        if number % 3 == 0:
            kill_and_start(controller)
            return
        server.stop("immediate" if number % 3 == 1 else "fast")
        time.sleep(0.05)
        if ask(controller.home, "GET", "/controller/network")[0] != 200:
            sys.exit("what is known is not shown while the database is away")
        server.start()
        wait_until(lambda: is_ready(controller), "the controller finds the database again")

    server.start()
    try:
        changes = run_rounds(controller, rounds, 2, disturb)
    finally:
        server.stop("immediate")
    print(f"{changes} changes, controller and server stopped by turns {rounds} times: nothing lost")


def fill(path):
    """Takes the rest of the disk."""
    with open(path, "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return


def disk(build, folder, rounds):
    """Runs in a mount namespace of its own, where the disk is small."""
    if "ZT_INSIDE" not in os.environ:
        namespace = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
        if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode != 0:
            print("no mount namespaces here: skipped")
            sys.exit(77)
        sys.exit(subprocess.run([*namespace, sys.executable, __file__, build, "disk", str(rounds)],
                                env={**os.environ, "ZT_INSIDE": "1"}, check=False).returncode)
    small = f"{folder}/small"
    os.mkdir(small)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], check=True)
    controller = Controller(build, f"{folder}/home", f"sqlite:{small}/records.db")
    refused = 0

    def disturb(number):
        nonlocal refused
        fill(f"{small}/filler")
        before = time.time()
        while time.time() < before + 5:
            answer = ask(controller.home, "POST", "/controller/network", {"rulesSource": "x" * 60000})
            if answer[0] == 500:
                break
        else:
            sys.exit("a full disk was not noticed")
        refused += 1
        if "full" not in answer[1]["description"]:
            sys.exit(f"the disk is full, but told was: {answer[1]}")
        if number % 2:
            kill_and_start(controller)
        os.unlink(f"{small}/filler")
        networks = ask(controller.home, "GET", "/controller/network")[1]
        for nwid in networks:
            network = ask(controller.home, "GET", f"/controller/network/{nwid}")[1]
            if network["rulesSource"]:
                ask(controller.home, "DELETE", f"/controller/network/{nwid}")

    try:
        changes = run_rounds(controller, rounds, 3, disturb)
    finally:
        subprocess.run(["umount", small], check=True)
    print(f"{changes} changes, the disk full {refused} times: nothing lost")


def main():
    build = str(pathlib.Path(sys.argv[1]).resolve())
    scenario = {"sqlite": sqlite, "postgres": postgres, "disk": disk}[sys.argv[2]]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 12
    with tempfile.TemporaryDirectory(prefix="zt-crash-") as folder:
        os.chmod(folder, 0o755)
        os.mkdir(f"{folder}/home")
        os.mkdir(f"{folder}/postgres")
        scenario(build, folder, rounds)


main()
