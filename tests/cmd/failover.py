#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL fails over to a standby under controllers that work: BUILD switch|readonly|frozen|alone.

switch    under load the primary is killed and the standby promoted, and the same back: no acknowledged change is
          lost, and two controllers go on together
readonly  a server that only can be read from is met: changes are refused until it can be written to
frozen    the primary stands still, as a machine does that is cut off: the other server is found
alone     the primary waits for a standby that is gone: changes are refused until it is back"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

from controllers import Controller, PATIENCE, ask, find_postgres, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402

CLIENTS = 2  # of each controller
MEMBERS = 4  # of each client
LOAD = 25    # changes that each client gets acknowledged before the next thing happens
READ_ONLY, WAITS = "can only be read from", "does the server wait for a standby?"
LINES = 15   # of a log, at most; there are hundreds of refusals


class Lab:
    """Two servers, the second a standby of the first, and controllers that know both."""

    def __init__(self, build, folder, more=""):
        for name in ("one", "two", "x", "y"):
            os.mkdir(f"{folder}/{name}")
        self.build, self.folder = build, folder
        self.primary = find_postgres(f"{folder}/one")
        if not self.primary:
            print("PostgreSQL is not installed: skipped")
            sys.exit(77)
        self.primary.start()
        self.standby = find_postgres(f"{folder}/two", self.primary)
        self.running = [self.primary]
        self.store = f"postgres:host={self.primary.folder},{self.standby.folder} user=zt dbname=postgres {more}"
        self.controllers = []

    def start_standby(self):
        """From then on what the primary acknowledges is on the standby too."""
        self.standby.start()
        self.running.append(self.standby)
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        wait_until(lambda: self.primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync",
                   "the standby follows")

    def kill_primary(self):
        self.primary.signal(signal.SIGKILL)
        self.running.remove(self.primary)

    def promote(self):
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def start_controller(self, name):
        """A root too, so that nodes find it. Its log is in its home."""
        home, port = f"{self.folder}/{name}", free_port()
        controller = Controller(self.build, home, self.store)
        controller.command = ["sh", "-c", 'exec "$@" 2>>"$0"', f"{home}/log", *controller.command, "--root",
                              "-p", str(port), "-e", f"127.0.0.1/{port}", "-b", "127.0.0.1"]
        self.controllers.append(controller)
        controller.start()
        return controller

    def is_ready(self):
        return all(ask(one.home, "GET", "/controller")[1]["databaseReady"] for one in self.controllers)

    def wait_until_ready(self):
        wait_until(self.is_ready, "the controllers have a database again")

    def check_logs(self):
        """What happens to the database is told once, not with each refusal."""
        for one in self.controllers:
            lines = pathlib.Path(f"{one.home}/log").read_text().splitlines()
            if len(lines) > LINES:
                sys.exit("\n".join([f"{len(lines)} lines in the log", *lines[:LINES], "..."]))

    def end(self):
        for one in self.controllers:
            one.end()

    def clear(self):
        for one in self.controllers:
            if one.process and one.process.poll() is None:
                one.kill()
        for server in self.running:
            server.signal(signal.SIGKILL)


def expect(status, answer, what):
    if answer is None or answer[0] != status:
        sys.exit(f"{what}: {answer}")
    return answer[1]


def create_network(controller, **fields):
    return expect(200, ask(controller.home, "POST", "/controller/network", fields), "no network")["id"]


def name_of(controller, path):
    """Of a network, or of NETWORK/member/ADDRESS; empty if there is none."""
    return ask(controller.home, "GET", f"/controller/network/{path}")[1].get("name", "")


class Client(threading.Thread):
    """Changes members one after the other, and remembers how they may be: as was acknowledged, or as was asked
    since then. A server that dies may have done what it could not acknowledge any more."""

    def __init__(self, home, nwid, number):
        super().__init__()
        self.home, self.nwid = home, nwid
        self.mine = [f"{0x10 + number * MEMBERS + i:010x}" for i in range(MEMBERS)]
        self.may_be = {member: {None} for member in self.mine}
        self.counter = self.acknowledged = 0
        self.refusals = set()  # their reasons
        self.strange = None
        self.stop = False

    def run(self):
        while not self.stop and not self.strange:
            self.counter += 1
            self.change(self.mine[self.counter % MEMBERS], f"value {self.counter}",
                        f"10.{self.counter >> 8}.{self.counter & 255}.1")

    def change(self, member, name, ip):
        self.may_be[member].add((name, ip))
        answer = ask(self.home, "POST", f"/controller/network/{self.nwid}/member/{member}",
                     {"name": name, "ipAssignments": [ip]})
        if answer and answer[0] == 200:
            self.may_be[member] = {(name, ip)}
            self.acknowledged += 1
        elif answer and answer[0] == 503:
            self.refusals.add(answer[1]["description"])
            time.sleep(0.01)
        else:
            self.strange = answer or "no answer"

    def check(self, controller):
        """The name and the address are of the same change."""
        for member in self.mine:
            answer = ask(controller.home, "GET", f"/controller/network/{self.nwid}/member/{member}")
            found = (answer[1]["name"], answer[1]["ipAssignments"][0]) if answer[0] == 200 else None
            if found not in self.may_be[member]:
                sys.exit(f"member {member} is {found} at {controller.home}, not one of {self.may_be[member]}")


class Load:
    """Clients at all controllers, each with members of its own."""

    count = 0

    def __init__(self, lab, nwid):
        self.lab, self.nwid = lab, nwid
        self.clients = []
        for one in lab.controllers:
            for _ in range(CLIENTS):
                self.clients.append(Client(one.home, nwid, Load.count))
                Load.count += 1
        for client in self.clients:
            client.start()

    def run(self):
        """Until each client has done its share."""
        wanted = {client: client.acknowledged + LOAD for client in self.clients}
        wait_until(lambda: all(client.strange or client.acknowledged >= wanted[client] for client in self.clients),
                   "changes are acknowledged")
        self.judge()

    def refuse(self):
        """Until each client was refused."""
        wait_until(lambda: all(client.strange or client.refusals for client in self.clients), "changes are refused")
        self.judge()

    def judge(self):
        for client in self.clients:
            if client.strange:
                sys.exit(f"a client was told: {client.strange}")

    def halt(self):
        for client in self.clients:
            client.stop = True
        for client in self.clients:
            client.join()

    def stop(self):
        self.halt()
        self.judge()

    def check(self):
        """What was acknowledged is there, and all controllers show what the database holds."""
        for one in self.lab.controllers:
            wait_until(lambda at=one: self.is_shown(at), "all show what is stored")
            for client in self.clients:
                client.check(one)

    def is_shown(self, controller):
        stored = json.loads(self.lab.primary.sql("SELECT jsonb_object_agg(address, record->'name') FROM zt_member"
                                                 f" WHERE nwid = '{self.nwid}'"))
        return all(stored.get(member, "") == name_of(controller, f"{self.nwid}/member/{member}")
                   for client in self.clients for member in client.mine)


def join(lab, controller, nwid):
    """A node asks for its configuration; a member that was in before has to be told again."""
    pathlib.Path(f"{lab.folder}/node/networks.d/{nwid}.conf").unlink(missing_ok=True)
    done = subprocess.run([f"{lab.build}/zt", "join", "-H", f"{lab.folder}/node", "--planet",
                           f"{controller.home}/planet", "--allow-loopback", "--wait", str(PATIENCE), nwid],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"a member is not answered: {done.stdout}{done.stderr}")


def tell_each_other(x, y, lab, nwid, name):
    """What is changed at one, or by hand in the database, the other learns."""
    expect(200, ask(y.home, "POST", f"/controller/network/{nwid}", {"name": name}), "a change")
    wait_until(lambda: name_of(x, nwid) == name, "a change reaches the other controller")
    lab.primary.sql(f"UPDATE zt_network SET record = record || '{{\"name\": \"{name} by hand\"}}'")
    for one in (x, y):
        wait_until(lambda at=one: name_of(at, nwid) == f"{name} by hand", "a change by hand is seen")


def switch_once(lab, nwid, loads):
    """Changes go on while the primary dies; others begin before there is a new one. """
    before = Load(lab, nwid)
    loads.append(before)
    before.run()
    lab.kill_primary()
    before.refuse()
    before.stop()
    join(lab, lab.controllers[0], nwid)
    after = Load(lab, nwid)
    loads.append(after)
    after.refuse()
    lab.promote()
    lab.wait_until_ready()
    before.check()
    after.run()
    after.stop()
    after.check()


def switch(build, folder):
    lab = Lab(build, folder)
    loads = []
    try:
        lab.start_standby()
        x, y = lab.start_controller("x"), lab.start_controller("y")
        nwid = create_network(x, private=False)
        join(lab, x, nwid)
        for number in range(2):
            switch_once(lab, nwid, loads)
            tell_each_other(x, y, lab, nwid, f"after {number}")
            lab.standby.copy(lab.primary)
            lab.start_standby()
        for load in loads:
            load.check()
        lab.check_logs()
        lab.end()
    finally:
        for load in loads:
            load.halt()
        lab.clear()
    acknowledged = sum(client.acknowledged for load in loads for client in load.clients)
    reasons = {reason for load in loads for client in load.clients for reason in client.refusals}
    print(f"{acknowledged} changes, failed over twice: nothing lost; refused meanwhile:", *sorted(reasons), sep="\n  ")


def refusal(controller, nwid, name):
    """Why a change is refused."""
    return expect(503, ask(controller.home, "POST", f"/controller/network/{nwid}", {"name": name}),
                  "a change that can't be stored")["description"]


def wait_until_refused(controller, nwid, reason):
    """At first the reason may be another, as long as nobody has looked; and no change is lost on the way."""
    wait_until(lambda: reason in refusal(controller, nwid, "refused"), f"changes are refused: {reason}")
    for number in range(100):
        if reason not in refusal(controller, nwid, f"refused {number}"):
            sys.exit(f"a change is refused for another reason: {refusal(controller, nwid, 'refused')}")


def read_only(build, folder):
    """One that keeps us on a server that can't be written to, as the user wants it so."""
    lab = Lab(build, folder, "target_session_attrs=any")
    try:
        lab.start_standby()
        x = lab.start_controller("x")
        nwid = create_network(x, private=False, name="before")
        join(lab, x, nwid)
        lab.primary.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        lab.primary.sql("SELECT pg_reload_conf()")
        wait_until_refused(x, nwid, READ_ONLY)
        join(lab, x, nwid)
        lab.primary.sql("ALTER SYSTEM RESET default_transaction_read_only")
        lab.primary.sql("SELECT pg_reload_conf()")
        lab.wait_until_ready()
        expect(200, ask(x.home, "POST", f"/controller/network/{nwid}", {"name": "writable again"}), "a change")
        lab.kill_primary()
        wait_until_refused(x, nwid, READ_ONLY)
        start_is_refused(lab)
        if name_of(x, nwid) != "writable again":
            sys.exit(f"a change that was refused is shown: {name_of(x, nwid)}")
        lab.promote()
        lab.wait_until_ready()
        expect(200, ask(x.home, "POST", f"/controller/network/{nwid}", {"name": "after"}), "a change")
        lab.check_logs()
        lab.end()
    finally:
        lab.clear()
    print("a server that can only be read from: refused until it can be written to")


def start_is_refused(lab):
    os.mkdir(f"{lab.folder}/z")
    done = subprocess.run([f"{lab.build}/zt", "controller", "-H", f"{lab.folder}/z", "-p", "0", "--allow-loopback",
                           "--no-http", "--store", lab.store], capture_output=True, text=True, check=False)
    if done.returncode != 1 or READ_ONLY not in done.stderr:
        sys.exit(f"a start on a standby: {done.returncode} {done.stderr}")


def frozen(build, folder):
    """Who can be connected to, and never answers, is not waited for again and again."""
    lab = Lab(build, folder)
    try:
        lab.start_standby()
        x = lab.start_controller("x")
        nwid = create_network(x, private=False, name="before")
        join(lab, x, nwid)
        lab.primary.signal(signal.SIGSTOP)
        wait_until_refused(x, nwid, "the server does not answer")
        join(lab, x, nwid)
        lab.promote()
        lab.wait_until_ready()
        expect(200, ask(x.home, "POST", f"/controller/network/{nwid}", {"name": "after"}), "a change")
        lab.check_logs()
        lab.end()
    finally:
        lab.clear()
    print("a server that stands still: the other is found")


def alone(build, folder):
    lab = Lab(build, folder)
    try:
        lab.start_standby()
        x, y = lab.start_controller("x"), lab.start_controller("y")
        nwid = create_network(x, private=False, name="before")
        join(lab, x, nwid)
        lab.standby.signal(signal.SIGKILL)
        lab.running.remove(lab.standby)
        wait_until_refused(x, nwid, WAITS)
        join(lab, x, nwid)
        lab.start_standby()
        lab.wait_until_ready()
        tell_each_other(x, y, lab, nwid, "after")
        lab.check_logs()
        lab.end()
    finally:
        lab.clear()
    print("a primary without its standby: refused until that is back")


def main():
    build = str(pathlib.Path(sys.argv[1]).resolve())
    scenario = {"switch": switch, "readonly": read_only, "frozen": frozen, "alone": alone}[sys.argv[2]]
    with tempfile.TemporaryDirectory(prefix="zt-failover-") as folder:
        os.chmod(folder, 0o755)
        scenario(build, folder)


main()
