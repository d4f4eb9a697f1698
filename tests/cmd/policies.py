#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The local settings of a joined network: set, shown, kept, and what they let be listed; and what is shown of single
sign-on: BUILD."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
import lab
from lab import expect, expect_in

BUILD = pathlib.Path(sys.argv[1]).resolve()
NAMES = ("allowManaged", "allowGlobal", "allowDefault", "allowDNS")
DEFAULTS = (True, False, False, False)
NOBODY = "1122334455000001"  # a network whose controller never answers


def until(said, what):
    end = time.time() + lab.SECONDS
    while not said():
        if time.time() > end:
            raise AssertionError(what)
        time.sleep(0.05)


class Home:
    """A folder, in which a root with a controller is started again and again; what it logs is in a file."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-policies-")
        self.path = pathlib.Path(self.folder.name, "home")
        self.path.mkdir()
        self.log = pathlib.Path(self.folder.name, "log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def start(self):
        saved = os.dup(2)
        with self.log.open("w") as log:
            os.dup2(log.fileno(), 2)
            try:
                return lab.Service(BUILD, home=self.path)
            finally:
                os.dup2(saved, 2)
                os.close(saved)

    def run(self, look):
        service = self.start()
        try:
            return look(service)
        finally:
            service.stop()

    def file(self, nwid):
        return self.path / f"networks.d/{nwid}.local.conf"

    def put(self, nwid, text):
        """A network that is joined, with these settings."""
        self.file(nwid).parent.mkdir(exist_ok=True)
        (self.path / f"networks.d/{nwid}.conf").write_text("\n")
        self.file(nwid).write_bytes(text if isinstance(text, bytes) else text.encode())

    @property
    def told(self):
        return [line for line in self.log.read_text().splitlines() if line.startswith("error policy ")]


def settings(network):
    return tuple(network[name] for name in NAMES)


def settings_are_taken_shown_and_kept():
    def first(service):
        expect(settings(service.post(f"/network/{NOBODY}", {})), DEFAULTS)
        expect(home.file(NOBODY).exists(), False, "nothing was set")
        shown = service.post(f"/network/{NOBODY}", {"allowDNS": True, "allowManaged": False})
        expect(settings(shown), (False, False, False, True))
        expect(home.file(NOBODY).read_text(), "allowManaged=0\nallowGlobal=0\nallowDefault=0\nallowDNS=1\n")
        expect(settings(service.get(f"/network/{NOBODY}")), (False, False, False, True))
        expect(settings(service.get("/network")[0]), (False, False, False, True))

    def second(service):
        expect(settings(service.get(f"/network/{NOBODY}")), (False, False, False, True), "after a restart")
        shown = service.post(f"/network/{NOBODY}", {"allowGlobal": True, "allowDefault": True, "allowManaged": True})
        expect(settings(shown), (True, True, True, True))

    with Home() as home:
        home.run(first)
        home.run(second)
        expect(home.run(lambda service: settings(service.get(f"/network/{NOBODY}"))), (True, True, True, True))
        expect(home.told, [])


def only_real_booleans_count():
    def look(service):
        for value in ("true", "1", 1, 0, None, [], {"allowDNS": True}, 1.0):
            shown = service.post(f"/network/{NOBODY}", {**dict.fromkeys(NAMES, value), "colour": "blue", "name": "x"})
            expect((settings(shown), shown["name"]), (DEFAULTS, ""), value)
        expect(home.file(NOBODY).exists(), False)
        expect(settings(service.post(f"/network/{NOBODY}", {"allowDNS": True, "allowGlobal": "true"})),
               (True, False, False, True))

    with Home() as home:
        home.run(look)


def many_change_at_once_and_none_is_lost():
    def look(service):
        for value in (True, False) * 5:
            asking = [subprocess.Popen(
                ["curl", "-sf", "-o", "/dev/null", "-H", f"X-ZT1-Auth: {service.token}", "-d",
                 f'{{"{name}": {str(value).lower()}}}', f"{service.url}/network/{NOBODY}"]) for name in NAMES]
            expect([one.wait(timeout=lab.SECONDS) for one in asking], [0] * 4)
            expect(settings(service.get(f"/network/{NOBODY}")), (value,) * 4)
            expect(home.file(NOBODY).read_text(), "".join(f"{name}={int(value)}\n" for name in NAMES))

    with Home() as home:
        home.run(look)


def leaving_keeps_the_settings_for_when_it_is_joined_again():
    def look(service):
        service.post(f"/network/{NOBODY}", {"allowManaged": False})
        for _ in range(20):
            expect(service.ask("DELETE", f"/network/{NOBODY}").json, {"result": True})
            expect(service.ask("GET", f"/network/{NOBODY}").status, 404)
            expect(settings(service.post(f"/network/{NOBODY}", {})), (False, False, False, False))
        service.ask("DELETE", f"/network/{NOBODY}")
        until(lambda: not (home.path / f"networks.d/{NOBODY}.conf").exists(), "it is left")

    def later(service):
        expect(service.get("/network"), [])
        home.file(NOBODY).write_text("allowGlobal=1\n")
        expect(settings(service.post(f"/network/{NOBODY}", {"allowDNS": True})), (True, True, False, True))

    with Home() as home:
        home.run(look)
        expect(home.file(NOBODY).read_text(), "allowManaged=0\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n")
        home.run(later)


def new_network(service, **fields):
    return service.new_network(**{
        "private": False, "v4AssignMode": {"zt": True}, "v6AssignMode": {"rfc4193": True, "6plane": False, "zt": False},
        "routes": [{"target": "10.9.8.0/24"}, {"target": "8.8.4.0/24"}, {"target": "0.0.0.0/0", "via": "10.9.8.254"},
                   {"target": "172.16.0.0/12", "via": "10.9.8.254"}],
        "ipAssignmentPools": [{"ipRangeStart": "10.9.8.1", "ipRangeEnd": "10.9.8.1"}],
        "dns": {"domain": "x.example", "servers": ["10.9.8.53"]}, **fields})


def join(service, nwid, state="OK"):
    service.post(f"/network/{nwid}", {})
    until(lambda: service.get(f"/network/{nwid}")["status"] == state, f"its state is {state}")


def addresses_and_routes_are_shown_as_received():
    """Whatever the settings: they are for interfaces of the system, and no network has one here."""
    def look(service):
        nwid = new_network(service)
        service.post(f"/controller/network/{nwid}/member/{service.address}",
                     {"ipAssignments": ["10.9.8.1", "8.8.4.4"]})
        join(service, nwid)
        for given in ({}, {"allowGlobal": True}, {"allowDefault": True}, {"allowManaged": False}):
            shown = service.post(f"/network/{nwid}", given)
            expect(sorted(one for one in shown["assignedAddresses"] if ":" not in one), ["10.9.8.1/24", "8.8.4.4/24"])
            expect(sorted(route["target"] for route in shown["routes"]),
                   ["0.0.0.0/0", "10.9.8.0/24", "172.16.0.0/12", "8.8.4.0/24"])
            expect(shown["dns"], {"domain": "x.example", "servers": ["10.9.8.53"]})
            expect(service.get("/network")[0], shown)

    with Home() as home:
        home.run(look)


def a_list_of_networks_is_kept_until_the_setting_is_set():
    def look(after, change):
        def look_once(service):
            expect(settings(service.post(f"/network/{NOBODY}", change))[0], True)
            expect(home.file(NOBODY).read_text().splitlines()[0], after)
        return look_once

    with Home() as home:
        home.put(NOBODY, "allowManaged=172.16.0.0/13,10.9.8.0/25\nallowGlobal=1\n")
        home.run(look("allowManaged=172.16.0.0/13,10.9.8.0/25", {"allowDNS": True}))
        home.run(look("allowManaged=1", {"allowManaged": True}))


def what_is_damaged_is_told_and_set_aside():
    whole = ("1" * 15 + "1", "2" * 16, "3" * 16, "4" * 16)
    texts = ("allowDNS=1\nallowManaged=maybe\n", b"allowDNS=1\0", "x" * 65537, "allowGlobal=2\n")
    reasons = ("allowManaged: maybe is not 0, 1 or a list of IP/BITS", "is no text", "is longer than 65536 bytes",
               "allowGlobal: 2 is not 0 or 1")

    def look(service):
        for nwid in whole:
            expect(settings(service.get(f"/network/{nwid}")), DEFAULTS)
        service.post(f"/network/{whole[0]}", {"allowDNS": True})

    with Home() as home:
        for nwid, text in zip(whole, texts):
            home.put(nwid, text)
        home.run(look)
        for nwid, text, reason in zip(whole, texts, reasons):
            name = f"networks.d/{nwid}.local.conf"
            expect([line for line in home.told if name in line],
                   [f"error policy {home.path}/{name}: {reason}; it is now {name}.damaged, and the defaults hold"])
            kept = (home.path / f"{name}.damaged").read_bytes()
            expect(kept, text if isinstance(text, bytes) else text.encode())
        expect(home.file(whole[0]).read_text(), "allowManaged=1\nallowGlobal=0\nallowDefault=0\nallowDNS=1\n")
        home.run(lambda service: None)
        expect(home.told, [], "it is not met again")


def what_cannot_be_read_is_told_and_left_alone():
    def look(service):
        home.file(NOBODY).mkdir(parents=True)
        expect(settings(service.post(f"/network/{NOBODY}", {})), DEFAULTS)
        until(lambda: home.told, "it is told")
        expect_in(f"{home.file(NOBODY)}: ", home.told[0])
        expect_in("; the defaults hold", home.told[0])
        refused = service.ask("POST", f"/network/{NOBODY}", {"allowDNS": True})
        expect(refused.status, 503, refused.text)
        expect_in(f"{home.file(NOBODY)}: ", refused.json["description"])
        expect(settings(service.get(f"/network/{NOBODY}")), DEFAULTS, "nothing of it is applied")
        expect(home.file(NOBODY).is_dir(), True)
        other = "7" * 16
        home.file(other).mkdir()
        expect(service.ask("POST", f"/network/{other}", {"allowDNS": True}).status, 503)
        expect(service.ask("GET", f"/network/{other}").status, 404, "nor is it joined without its settings")
        home.file(NOBODY).rmdir()
        expect(settings(service.post(f"/network/{NOBODY}", {"allowDNS": True})), (True, False, False, True))

    with Home() as home:
        home.run(look)


def the_classic_client_sets_and_gets_them():
    def look(service):
        cli = home.path.parent / "zerotier-cli"
        cli.symlink_to(BUILD / "zt")

        def said(*words):
            done = subprocess.run([cli, f"-D{home.path}", *words], capture_output=True, text=True, timeout=lab.SECONDS)
            expect((done.returncode, done.stderr), (0, ""), words)
            return done.stdout

        expect(said("join", NOBODY), "200 join OK\n")
        expect([said("get", NOBODY, name) for name in NAMES], ["1\n", "0\n", "0\n", "0\n"])
        expect_in('"allowGlobal": true', said("set", NOBODY, "allowGlobal=1"))
        expect_in('"allowManaged": false', said("set", NOBODY, "allowManaged=0"))
        expect([said("get", NOBODY, name) for name in NAMES], ["0\n", "1\n", "0\n", "0\n"])

    with Home() as home:
        home.run(look)


def single_sign_on_is_shown_where_it_is_on():
    fields = ("ssoEnabled", "authenticationURL", "authenticationExpiryTime")
    url = "https://idp.example/?who=me"
    expiry = (int(time.time()) + 7200) * 1000

    def shown(service, nwid):
        network = service.get(f"/network/{nwid}")
        return tuple(network.get(field) for field in fields)

    def look(service):
        for fields_of_it, state in (({"private": False}, "OK"), ({"private": True}, "ACCESS_DENIED")):
            nwid = service.new_network(**fields_of_it)
            join(service, nwid, state)
            expect(shown(service, nwid), (None, None, None))
        nwid = service.new_network(private=True, ssoEnabled=True, authorizationEndpoint=url)
        service.post(f"/controller/network/{nwid}/member/{service.address}", {"authorized": True})
        join(service, nwid, "AUTHENTICATION_REQUIRED")
        expect(shown(service, nwid), (True, url, 0))
        service.post(f"/controller/network/{nwid}/member/{service.address}", {"authenticationExpiryTime": expiry})
        until(lambda: service.get(f"/network/{nwid}")["status"] == "OK", "it is admitted")
        expect(shown(service, nwid), (True, url, expiry))
        service.post(f"/controller/network/{nwid}/member/{service.address}", {"authenticationExpiryTime": 1})
        return nwid

    def later(service):
        until(lambda: service.get(f"/network/{nwid}")["status"] == "AUTHENTICATION_REQUIRED", "it is refused again")
        expect(shown(service, nwid), (True, url, 0), "though a configuration is held")

    with Home() as home:
        nwid = home.run(look)
        home.run(later)


for claim in (settings_are_taken_shown_and_kept, only_real_booleans_count, many_change_at_once_and_none_is_lost,
              leaving_keeps_the_settings_for_when_it_is_joined_again, addresses_and_routes_are_shown_as_received,
              a_list_of_networks_is_kept_until_the_setting_is_set,
              what_is_damaged_is_told_and_set_aside, what_cannot_be_read_is_told_and_left_alone,
              the_classic_client_sets_and_gets_them, single_sign_on_is_shown_where_it_is_on):
    claim()
    print("ok:", claim.__name__.replace("_", " "), flush=True)
