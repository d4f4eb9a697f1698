#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The client under its classic name against a running service, as scripts use it: BUILD."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import lab
from lab import expect, expect_in

FOLDER = tempfile.TemporaryDirectory(prefix="zt-classic-")
CLI = pathlib.Path(FOLDER.name, "zerotier-cli")
MOON = "89e92ceee5"


def cli(service, *words, code=0):
    done = subprocess.run([CLI, *words], env={**os.environ, "ZEROTIER_HOME": str(service.home)}, text=True,
                          capture_output=True, timeout=lab.SECONDS)
    expect(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
    return done.stdout


def complaint(service, words, code):
    done = subprocess.run([CLI, *words], env={**os.environ, "ZEROTIER_HOME": str(service.home)}, text=True,
                          capture_output=True, timeout=lab.SECONDS)
    expect((done.returncode, done.stdout), (code, ""), f"{words}")
    return done.stderr


def until(said, what):
    end = time.time() + lab.SECONDS
    while not said():
        if time.time() > end:
            raise AssertionError(what)
        time.sleep(0.05)


def info_says_address_version_and_state(service):
    until(lambda: cli(service, "info").endswith("ONLINE\n"), "it gets online")
    expect(bool(re.fullmatch(rf"200 info {service.address} \d+\.\d+\.\d+ ONLINE\n", cli(service, "status"))), True)
    expect(json.loads(cli(service, "-j", "info"))["address"], service.address)


def port_token_and_home_may_be_given(service):
    wanted = cli(service, "info")
    expect(cli(service, f"-p{service.http}", f"-T{service.token}", "info"), wanted)
    expect(cli(service, f"-D{service.home}", "-H127.0.0.1", "info"), wanted)
    expect_in("401", cli(service, "-Twrong", "info", code=1))


def a_network_is_joined_read_and_left(service):
    nwid = service.post("/controller/network", {
        "name": "classic", "private": False, "routes": [{"target": "10.9.8.0/24"}], "v4AssignMode": {"zt": True},
        "ipAssignmentPools": [{"ipRangeStart": "10.9.8.1", "ipRangeEnd": "10.9.8.9"}],
        "v6AssignMode": {"rfc4193": True, "6plane": True, "zt": False}})["id"]
    expect(cli(service, "join", nwid), "200 join OK\n")
    until(lambda: cli(service, "get", nwid, "status") == "OK\n", "its own controller admits it")
    line = next(line for line in cli(service, "listnetworks").splitlines() if nwid in line)
    expect(bool(re.match(rf"200 listnetworks {nwid} classic [0-9a-f:]{{17}} OK PUBLIC ", line)), True, line)
    expect(bool(re.fullmatch(r"10\.9\.8\.\d\n", cli(service, "get", nwid, "ip4"))), True)
    expect(cli(service, "get", nwid, "ip6").count("\n"), 2)
    expect(cli(service, "get", nwid, "ip").count("\n"), 3)
    expect(cli(service, "get", nwid, "ip6plane")[:2], "fc")
    expect(len(cli(service, "get", nwid, "ip6prefix")), 25)
    expect(cli(service, "get", nwid, "broadcastEnabled"), "1\n")
    expect(cli(service, "get", nwid, "nonsense"), "error, unknown property name\n")
    expect(json.loads(cli(service, "-j", "listnetworks"))[0]["nwid"], nwid)
    expect(json.loads(cli(service, "set", nwid, "allowDNS=true"))["nwid"], nwid)
    expect(cli(service, "set", nwid, "nonsense=1"), "")
    expect(cli(service, "leave", nwid), "200 leave OK\n")
    expect_in("404", cli(service, "get", nwid, "status", code=1))
    expect(cli(service, "leave", nwid), "200 leave OK\n")


def wrong_words_are_told(service):
    cli(service, "join", "123", code=2)
    cli(service, "join", code=2)
    cli(service, "orbit", "xyz", MOON, code=2)
    cli(service, "nonsense")
    for words, code, why in ((["nonsense"], 0, "unknown command nonsense"), (["join"], 2, "join: an argument is missing"),
                             ([], 2, "a command is missing"), (["-Z", "info"], 2, "-Z: not a switch"),
                             (["-p99999", "info"], 2, "-p99999: not a switch, or its value is missing or wrong"),
                             (["set", "1" * 16, "x=y"], 0, "x=y: no such setting"),
                             (["/" + "x" * 9000], 1, "the path, is too long")):
        expect_in(why, complaint(service, words, code))


def a_moon_is_orbited_and_forgotten(service):
    expect(cli(service, "orbit", MOON, MOON), "200 orbit OK\n")
    moons = json.loads(cli(service, "listmoons"))
    expect([(moon["id"], moon["waiting"]) for moon in moons], [("000000" + MOON, True)])
    expect(cli(service, "deorbit", MOON), "200 deorbit OK\n")
    expect(json.loads(cli(service, "listmoons")), [])


def peers_are_listed(service):
    expect(cli(service, "listpeers").splitlines()[0], "200 listpeers <ztaddr> <path> <latency> <version> <role>")
    expect(cli(service, "peers").splitlines()[0], "200 peers")
    expect(isinstance(json.loads(cli(service, "-j", "peers")), list), True)


def nothing_is_bonded_and_that_is_said(service):
    header = "200 listbonds <ztaddr> <policy> <alive links> <total links>\n"
    expect((cli(service, "listbonds"), cli(service, "bond", "list")), (header, header))
    expect([peer for peer in json.loads(cli(service, "-j", "bond", "list")) if peer["isBonded"]], [])
    for switch in ([], ["-j"]):
        for words in ((MOON, "show"), (MOON, "rotate"), ("setmtu", "1400", "eth0", "10.0.0.1")):
            said = cli(service, *switch, "bond", *words, code=1)
            expect(said[:10], "400 bond {", words)
            expect(json.loads(said[9:])["error"], 400, words)


def a_dump_tells_of_the_service_but_not_its_token(service):
    home = {**os.environ, "ZEROTIER_HOME": str(service.home)}
    done = subprocess.run([CLI, "dump"], env=home, cwd=FOLDER.name, text=True, capture_output=True, timeout=lab.SECONDS)
    expect((done.returncode, done.stdout, done.stderr), (0, "zerotier_dump.txt\n", ""))
    text = pathlib.Path(FOLDER.name, "zerotier_dump.txt").read_text()
    status = json.loads(text.split("\n== /status\n")[1].split("\n== /network\n")[0])
    expect((status["address"], status["config"]["settings"]["primaryPort"]), (service.address, service.port))
    expect(service.token in text or (service.home / "metricstoken.secret").read_text() in text, False)


def a_path_is_a_get_of_the_api(service):
    expect(json.loads(cli(service, "/status"))["address"], service.address)
    expect(cli(service, "/nowhere", code=1)[:14], "404 /nowhere {")


CLI.symlink_to(pathlib.Path(sys.argv[1]).resolve() / "zt")
try:
    lab.run([info_says_address_version_and_state, port_token_and_home_may_be_given, a_network_is_joined_read_and_left,
             wrong_words_are_told, a_moon_is_orbited_and_forgotten, peers_are_listed, nothing_is_bonded_and_that_is_said,
             a_dump_tells_of_the_service_but_not_its_token, a_path_is_a_get_of_the_api])
finally:
    FOLDER.cleanup()
