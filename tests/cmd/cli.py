#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cli.py ZT: each command of the classic client against a service that answers what the test wants, so that also
what a service of ours never says is shown as it should be: bonds, tunnels, single sign-on, broken answers."""
import http.server
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ZT = pathlib.Path(sys.argv[1]).resolve()
SECONDS = 60
TOKEN = "t0kent0kent0kent0kent0ke"
NWID = "8056c2e21c000001"
ADDRESS = "89e92ceee5"
STATUS = {"address": ADDRESS, "version": "1.14.2", "online": True, "tcpFallbackActive": False, "clock": 1000000}
NETWORK = {"nwid": NWID, "id": NWID, "name": "earth", "mac": "02:9d:fd:72:be:de", "status": "OK", "type": "PUBLIC",
           "portDeviceName": "ztly5w3z4b", "assignedAddresses": ["10.1.2.3/24", "fc12::1/40", "fd80:56c2::1/88"],
           "mtu": 2800, "allowDNS": False, "broadcastEnabled": True, "routes": [], "dns": None}
PATH = {"address": "10.0.0.1/9993", "lastSend": 999000, "lastReceive": 0, "preferred": True}
PEERS = [{"address": ADDRESS, "version": "1.14.2", "latency": 7, "role": "LEAF", "isBonded": False,
          "paths": [{**PATH, "address": "10.9.9.9/1", "preferred": False}, PATH]},
         {"address": "778cde7190", "version": "-1.-1.-1", "latency": -1, "role": "PLANET", "isBonded": False,
          "paths": []},
         {"address": "1234567890", "version": "1.12.0", "latency": 3, "role": "LEAF", "isBonded": True,
          "bondingPolicyStr": "balance-rr", "numAliveLinks": 1, "numTotalLinks": 2,
          "paths": [{**PATH, "ifname": "eth0", "bonded": True, "eligible": False, "latencyMean": 3.5,
                     "latencyVariance": 0, "packetLossRatio": 0.25, "packetErrorRatio": 0}]}]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        self.server.asked.append((self.command, self.path, body))
        status, text = self.server.answers.get(f"{self.command} {self.path}", (404, "{}"))
        if self.headers["X-ZT1-Auth"] != TOKEN:
            status, text = 401, "{}"
        text = text if isinstance(text, str) else json.dumps(text)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-cli-")
        self.work = pathlib.Path(self.folder.name)
        self.home = self.work / "home"
        self.home.mkdir()
        self.tool = self.work / "zerotier-cli"
        self.tool.symlink_to(ZT)
        self.service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.service.asked = []
        self.service.answers = {"GET /status": (200, STATUS), "GET /peer": (200, PEERS),
                                "GET /network": (200, [NETWORK]), f"GET /network/{NWID}": (200, NETWORK)}
        threading.Thread(target=self.service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.port = self.service.server_address[1]
        (self.home / "zerotier-one.port").write_text(f"{self.port}\n")
        (self.home / "authtoken.secret").write_text(f" {TOKEN}\n")

    def tearDown(self):
        self.service.shutdown()
        self.service.server_close()
        self.folder.cleanup()

    def run_tool(self, *words, cwd=None, **environment):
        settings = {**os.environ, "ZEROTIER_HOME": str(self.home), "HOME": str(self.work), **environment}
        return subprocess.run([self.tool, *words], cwd=cwd or self.work, env=settings, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=SECONDS)

    def said(self, *words, code=0):
        done = self.run_tool(*words)
        self.assertEqual((done.returncode, done.stderr), (code, ""), words)
        return done.stdout

    def refused(self, *words, code=2, **environment):
        done = self.run_tool(*words, **environment)
        self.assertEqual((done.returncode, done.stdout), (code, ""), words)
        return done.stderr

    def answer(self, request, text, status=200):
        self.service.answers[request] = (status, text)

    # where the service is, and who asks

    def test_info_tells_how_it_is_connected(self):
        for state, word in (({}, "ONLINE"), ({"online": False}, "OFFLINE"), ({"tcpFallbackActive": True}, "TUNNELED")):
            self.answer("GET /status", {**STATUS, **state})
            for command in ("info", "status"):
                self.assertEqual(self.said(command), f"200 info {ADDRESS} 1.14.2 {word}\n")
        self.answer("GET /status", {"b": 1, "a": [2]})
        self.assertEqual(self.said("-j", "info"), '{\n "a": [\n  2\n ],\n "b": 1\n}\n')

    def test_switches_are_taken_wherever_they_stand(self):
        wanted = self.said("info")
        for words in ((f"-D{self.home}",), (f"-p{self.port}",), (f"-T{TOKEN}",), ("-H127.0.0.1",), ("-Hlocalhost",)):
            self.assertEqual(self.said(*words, "info"), wanted)
            self.assertEqual(self.said("info", *words), wanted)
        self.assertEqual(self.said("info", "-j"), self.said("-j", "info"))
        self.assertRegex(self.said("-v"), r"^\d+\.\d+\.\d+\n$")
        self.assertEqual(self.said("-h"), self.said("info", "--help"))

    def test_a_wrong_switch_is_named(self):
        for word in ("-Z", "-", "--", "-jx", "-vv", "-D", "-p", "-p0", "-p65536", "-pxyz", "-p-1", "-T", "-H",
                     "-Ta b", "-Ta\r\nx: y", "-T" + "x" * 9000, "-H" + "x" * 9000, "-H\u00e9",
                     "-H[::1]", "-Hhttp://x", "-H127.0.0.1:99",
                     "-Hu@x", "-Hx/y", "-Hx%", "-H127.0.0.1/24"):
            error = self.refused(word, "info")
            shown = "-T" if word.startswith("-T") else word  # what might be a token is not repeated
            self.assertIn(f"zerotier-cli: {shown}: not a switch, or its value is missing or wrong", error)
            self.assertIn("usage: zerotier-cli", error)
        self.assertEqual(self.service.asked, [])

    def test_home_is_found(self):
        wanted = self.said("info")
        other = self.run_tool(f"-D{self.home}", "info", ZEROTIER_HOME="/nowhere")
        self.assertEqual((other.returncode, other.stdout), (0, wanted))
        for home, shown in (("/nowhere", "/nowhere"), ("", "/var/lib/zerotier-one")):
            if shown != "/nowhere" and pathlib.Path(shown).exists():
                continue
            error = self.refused("info", ZEROTIER_HOME=home)
            self.assertIn(f"zerotier-one.port not found or not readable in {shown} (try", error)

    def test_a_port_that_is_none_is_missing(self):
        for text in ("", "x", "0", "65536", "99931234567890123456", "9" * 9000):
            (self.home / "zerotier-one.port").write_text(text)
            self.assertIn("missing port and zerotier-one.port not found or", self.refused("info"), text)
        (self.home / "zerotier-one.port").unlink()
        os.mkfifo(self.home / "zerotier-one.port")
        self.assertIn("missing port", self.refused("info"))
        self.assertEqual(self.said(f"-p{self.port}", "info").split()[0], "200")

    def test_the_users_own_token_serves_too(self):
        (self.home / "authtoken.secret").unlink()
        self.assertIn(f"authtoken.secret not found or not readable in {self.home}", self.refused("info"))
        (self.work / ".zeroTierOneAuthToken").write_text(TOKEN + "\n")
        self.assertEqual(self.said("info").split()[0], "200")
        for text in ("", " \n", "x" * 200):  # one that was cut would be another
            (self.work / ".zeroTierOneAuthToken").write_text(text)
            self.assertIn("authtoken.secret not found", self.refused("info"))
        self.assertEqual(self.said(f"-T{TOKEN}", "info").split()[0], "200")

    def test_a_wrong_token_is_told_by_the_service(self):
        for words, command in ((["info"], "info"), (["join", NWID], "join"), (["-j", "peers"], "peers"),
                               (["/status"], "/status"), (["listbonds"], "listbonds")):
            self.assertEqual(self.said("-Twrong", *words, code=1), f"401 {command} {{}}\n")

    def test_a_service_that_is_not_there_is_told(self):
        self.service.shutdown()
        self.service.server_close()
        for words in (["info"], ["-j", "listnetworks"], ["join", NWID], ["bond", ADDRESS, "show"], ["/status"]):
            error = self.refused(*words, code=1)
            self.assertTrue(error.startswith("Error connecting to the ZeroTier service: "), error)

    def test_every_other_status_is_printed_and_a_failure(self):
        words = {"info": ["info"], "listpeers": ["listpeers"], "peers": ["peers"], "listnetworks": ["listnetworks"],
                 "join": ["join", NWID], "leave": ["leave", NWID], "set": ["set", NWID, "allowDNS=1"],
                 "get": ["get", NWID, "name"], "listmoons": ["listmoons"], "orbit": ["orbit", ADDRESS, ADDRESS],
                 "deorbit": ["deorbit", ADDRESS], "listbonds": ["listbonds"], "bond": ["bond", ADDRESS, "show"],
                 "/x": ["/x"]}
        self.service.answers = {}
        for status, text in ((404, "{}"), (500, '{"error":500}'), (403, ""), (400, "no JSON")):
            for command, line in words.items():
                for switch in ([], ["-j"]):
                    self.answer_all(status, text)
                    self.assertEqual(self.said(*switch, *line, code=1), f"{status} {command} {text}\n")

    def answer_all(self, status, text):
        class All(dict):
            def get(self, *_):
                return status, text
        self.service.answers = All()

    def test_an_answer_that_is_no_json_is_a_failure(self):
        self.answer_all(200, "<html>")
        for words in (["info"], ["-j", "listnetworks"], ["join", NWID], ["listbonds"]):
            self.assertEqual(self.said(*words, code=1), f"200 {words[-1] if NWID not in words else 'join'} "
                                                        "invalid JSON response\n")
        for text in ("1", "[1, null]", "{}", '[{"paths": 5}]'):  # JSON, but not what it should be: nothing crashes
            self.answer_all(200, text)
            for words in (["info"], ["peers"], ["listpeers"], ["listnetworks"], ["listbonds"], ["get", NWID, "ip"],
                          ["bond", ADDRESS, "show"], ["listmoons"], ["set", NWID, "allowDNS=1"], ["dump"]):
                done = self.run_tool(*words)
                self.assertEqual((done.returncode, done.stderr), (0, ""), words)

    # peers

    def test_peers_are_lines(self):
        self.assertEqual(self.said("listpeers").splitlines(), [
            "200 listpeers <ztaddr> <path> <latency> <version> <role>",
            f"200 listpeers {ADDRESS} 10.0.0.1/9993;1000;-1 7 1.14.2 LEAF",
            "200 listpeers 778cde7190 - -1 - PLANET",
            "200 listpeers 1234567890 10.0.0.1/9993;1000;-1 3 1.12.0 LEAF"])
        lines = self.said("peers").splitlines()
        self.assertEqual(lines[:2], ["200 peers", "<ztaddr>   <ver>    <role> <lat> <link> <lastTX> <lastRX> <path>"])
        self.assertEqual([line.split() for line in lines[2:]], [
            [ADDRESS, "1.14.2", "LEAF", "7", "DIRECT", "1000", "-1", "10.0.0.1/9993"],
            ["778cde7190", "-", "PLANET", "-1", "RELAY"],
            ["1234567890", "1.12.0", "LEAF", "3", "DIRECT", "1000", "-1", "10.0.0.1/9993"]])
        for command in ("peers", "listpeers", "listbonds"):
            said = self.said("-j", command)
            self.assertEqual(said, json.dumps(PEERS, indent=1, sort_keys=True) + "\n")

    # networks

    def test_networks_are_lines(self):
        header = "200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>"
        self.assertEqual(self.said("listnetworks").splitlines(), [
            header, f"200 listnetworks {NWID} earth 02:9d:fd:72:be:de OK PUBLIC ztly5w3z4b "
                    "10.1.2.3/24,fc12::1/40,fd80:56c2::1/88"])
        self.assertEqual(json.loads(self.said("-j", "listnetworks")), [NETWORK])
        self.answer("GET /network", [{**NETWORK, "name": "", "portDeviceName": "", "assignedAddresses": []}])
        self.assertEqual(self.said("listnetworks").splitlines()[1],
                         f"200 listnetworks {NWID} - 02:9d:fd:72:be:de OK PUBLIC - -")
        self.answer("GET /network", [])
        self.assertEqual(self.said("listnetworks"), header + "\n")

    def test_a_networks_name_can_not_write_lines_of_its_own(self):
        self.answer("GET /network", [{**NETWORK, "name": "a\n200 \x1b[2Jb\x7f\u009bc\u00e4\u4e16"}])
        line = self.said("listnetworks").splitlines()[1]
        self.assertIn(f"{NWID} a?200 ?[2Jb??c\u00e4\u4e16 02:9d", line)
        self.answer(f"GET /network/{NWID}", {**NETWORK, "name": "x\x1b\n"})
        self.assertEqual(self.said("get", NWID, "name"), "x??\n")

    def test_single_sign_on_has_a_line(self):
        url = "https://idp/?nonce=1"
        network = {**NETWORK, "ssoEnabled": True, "authenticationURL": url, "authenticationExpiryTime": 1}
        self.answer("GET /network", [network])
        self.assertEqual(self.said("listnetworks").splitlines()[2], "    AUTH EXPIRED, URL: " + url)
        network["authenticationExpiryTime"] = int(time.time() * 1000) + 9000000
        self.answer("GET /network", [network])
        line = self.said("listnetworks").splitlines()[2].split()
        self.assertEqual((line[:4], line[5]), (["AUTH", "OK,", "expires", "in:"], "seconds"))
        self.assertTrue(8000 < int(line[4]) <= 9000, line)
        self.answer("GET /network", [{**NETWORK, "authenticationURL": url}])  # as a service of ours tells it
        self.assertEqual(self.said("listnetworks").splitlines()[2], "    AUTH EXPIRED, URL: " + url)

    def test_networks_are_joined_and_left(self):
        self.answer(f"POST /network/{NWID}", '{"b":1, "a":2}')
        self.answer(f"DELETE /network/{NWID}", "{}")
        self.assertEqual(self.said("join", NWID), "200 join OK\n")
        self.assertEqual(self.service.asked[-1], ("POST", f"/network/{NWID}", "{}"))
        self.assertEqual(self.said("leave", NWID), "200 leave OK\n")
        self.assertEqual(self.service.asked[-1][:2], ("DELETE", f"/network/{NWID}"))
        self.assertEqual(self.said("-j", "join", NWID), '{"b":1, "a":2}')
        self.assertEqual(self.said("-j", "leave", NWID), "{}")
        for command in ("join", "leave"):
            for word in ("", "1", NWID + "0", NWID[:15], NWID[:15] + "z", "../../../status1", "\u00e9" * 8):
                self.assertEqual(self.refused(command, word), "invalid network id\n")
            self.assertIn(f"{command}: an argument is missing", self.refused(command))
        done = self.run_tool("join", NWID, "8056c2e21c000002")
        self.assertEqual((done.returncode, done.stdout), (0, "200 join OK\n"))
        self.assertIn("8056c2e21c000002: one word too many, left aside", done.stderr)

    def test_settings_are_set(self):
        self.answer(f"POST /network/{NWID}", {"nwid": NWID, "allowDNS": True})
        for name in ("allowManaged", "allowGlobal", "allowDefault", "allowDNS"):
            for value, meant in (("true", "true"), ("t", "true"), ("1", "true"), ("10", "true"), ("false", "false"),
                                 ("0", "false"), ("", "false"), ("True", "false"), ("yes", "false")):
                said = self.said("set", NWID, f"{name}={value}")
                self.assertEqual(said, '{\n "allowDNS": true,\n "nwid": "' + NWID + '"\n}\n')
                self.assertEqual(self.service.asked[-1], ("POST", f"/network/{NWID}", f'{{"{name}":{meant}}}'))
        self.assertEqual(self.said("-j", "set", NWID, "allowDNS=1"), self.said("set", NWID, "allowDNS=1"))
        asked = len(self.service.asked)
        for word in ("allowNothing=1", "allowDNS", "=", "", "allowdns=1", "allowDNSx=1", "=1"):
            done = self.run_tool("set", NWID, word)
            self.assertEqual((done.returncode, done.stdout), (0, ""))
            self.assertIn("no such setting, nothing is changed", done.stderr)
        self.assertEqual(self.refused("set", "x", "allowDNS=1"), "invalid network id\n")
        self.assertEqual(len(self.service.asked), asked)

    def test_properties_are_read(self):
        for name, text in (("name", "earth\n"), ("mtu", "2800\n"), ("allowDNS", "0\n"), ("broadcastEnabled", "1\n"),
                           ("ip", "10.1.2.3\nfc12::1\nfd80:56c2::1\n"), ("ip4", "10.1.2.3\n"),
                           ("ip6", "fc12::1\nfd80:56c2::1\n"), ("ip6plane", "fc12::1\n"), ("ip6prefix", "fc12::1\n")):
            self.assertEqual(self.said("get", NWID, name), text)
            self.assertEqual(self.said("-j", "get", NWID, name), text)
        for name in ("nonsense", "", "routes", "assignedAddresses", "dns", "IP"):
            self.assertEqual(self.said("get", NWID, name), "error, unknown property name\n")
        self.answer(f"GET /network/{NWID}", {"assignedAddresses": ["fc5d:1234:5678:9abc:def0:0000:0000:0001/40", 5]})
        self.assertEqual(self.said("get", NWID, "ip6prefix"), "fc5d:1234:5678:9abc:def0\n")
        self.assertEqual(self.said("get", NWID, "ip4"), "")
        self.assertEqual(self.refused("get", "x", "ip"), "invalid network id\n")
        self.assertEqual(self.said("get", "8056c2e21c000002", "ip", code=1), "404 get {}\n")

    # moons

    def test_moons_are_orbited_by_ids_of_any_length(self):
        self.service.answers = {}
        for given, asked in ((ADDRESS, ADDRESS), ("000000" + ADDRESS, ADDRESS), (ADDRESS.upper(), ADDRESS),
                             ("1", "0000000001"), ("1234567890123456", "1234567890123456"),
                             ("12345678901", "0000012345678901")):
            self.answer(f"POST /moon/{asked}", {"waiting": True})
            self.answer(f"DELETE /moon/{asked}", '{"result":true}')
            self.assertEqual(self.said("orbit", given, ADDRESS), "200 orbit OK\n")
            self.assertEqual(self.service.asked[-1], ("POST", f"/moon/{asked}", f'{{"seed":"{ADDRESS}"}}'))
            self.assertEqual(self.said("-j", "orbit", given, ADDRESS), "200 orbit OK\n")
            self.assertEqual(self.said("deorbit", given), "200 deorbit OK\n")
            self.assertEqual(self.said("-j", "deorbit", given), '{"result":true}')
        for word in ("", "x", "0", "0" * 16, "1" * 17, "0x1", " 1", "../status"):
            self.assertEqual(self.refused("orbit", word, ADDRESS), "invalid world id\n")
            self.assertEqual(self.refused("deorbit", word), "invalid world id\n")
        for word in ("", "1", ADDRESS + "0", "z" * 10, '","x":"1'):
            self.assertEqual(self.refused("orbit", ADDRESS, word), "invalid address of a seed\n")
        self.assertIn("orbit: an argument is missing", self.refused("orbit", ADDRESS))

    def test_moons_are_always_json(self):
        self.answer("GET /moon", [{"waiting": True, "id": "1"}])
        wanted = '[\n {\n  "id": "1",\n  "waiting": true\n }\n]\n'
        self.assertEqual((self.said("listmoons"), self.said("-j", "listmoons")), (wanted, wanted))

    # bonds

    def test_bonds_are_listed(self):
        wanted = ["200 listbonds <ztaddr> <policy> <alive links> <total links>",
                  "200 listbonds 1234567890 balance-rr 1 2"]
        for words in (["listbonds"], ["bond", "list"]):
            self.assertEqual(self.said(*words).splitlines(), wanted)
            self.answer("GET /peer", PEERS[:2])
            self.assertEqual(self.said(*words).splitlines(), wanted[:1])
            self.assertEqual(json.loads(self.said("-j", *words)), PEERS[:2])
            self.answer("GET /peer", PEERS)

    def test_a_bond_is_shown_and_its_link_changed(self):
        self.answer("GET /bond/show/1234567890", PEERS[2])
        self.answer("POST /bond/rotate/1234567890", "{}")
        self.assertEqual(self.said("bond", "1234567890", "show").splitlines(), [
            "200 bond <ztaddr> <path> <dev> <bonded> <eligible> <latency> <variance> <loss> <errors>",
            "200 bond 1234567890 10.0.0.1/9993 eth0 1 0 3.5 0 0.25 0"])
        self.assertEqual(self.said("-j", "bond", "1234567890", "show"),
                         json.dumps(PEERS[2], indent=1, sort_keys=True) + "\n")
        self.assertEqual(self.said("bond", "1234567890", "rotate"), "200 bond OK\n")
        self.assertEqual(self.said("-j", "bond", "1234567890", "rotate"), "{}")
        self.assertEqual(self.said("bond", ADDRESS.upper(), "show", code=1), "404 bond {}\n")
        self.assertEqual(self.service.asked[-1][1], f"/bond/show/{ADDRESS}")

    def test_the_mtu_of_a_link_is_set(self):
        for interface, escaped in (("eth0", "eth0"), ("a/../b?#% \u00e9.1", "a%2F%2E%2E%2Fb%3F%23%25%20%C3%A9%2E1")):
            for given, ip in (("10.0.0.1", "10.0.0.1"), ("FD00:0::1", "fd00::1")):
                self.answer(f"POST /bond/setmtu/1400/{escaped}/{ip}", "{}")
                self.assertEqual(self.said("bond", "setmtu", "1400", interface, given), "200 bond OK\n")
        self.answer("POST /bond/setmtu/68/eth0/10.0.0.1", "unable to set MTU", 400)
        self.assertEqual(self.said("bond", "setmtu", "68", "eth0", "10.0.0.1", code=1), "400 bond unable to set MTU\n")

    def test_wrong_words_about_bonds_are_told(self):
        for words, why in (([], "an argument is missing"), (["x"], "an address of 10 digits is needed"),
                           ([ADDRESS], "show or rotate is needed"), ([ADDRESS, "x"], "show or rotate is needed"),
                           ([ADDRESS + "0", "show"], "an address of 10 digits"),
                           (["", "show"], "an address of 10 digits"),
                           (["setmtu", "1400", "eth0"], "setmtu needs <mtu> <interface> <ip>"),
                           (["setmtu", "67", "eth0", "10.0.0.1"], "no number from 68 to 65535"),
                           (["setmtu", "65536", "eth0", "10.0.0.1"], "no number from 68 to 65535"),
                           (["setmtu", "1e3", "eth0", "10.0.0.1"], "no number from 68 to 65535"),
                           (["setmtu", "1400", "", "10.0.0.1"], "no name of an interface"),
                           (["setmtu", "1400", "x" * 64, "10.0.0.1"], "no name of an interface"),
                           (["setmtu", "1400", "eth0", "10.0.0.1/24"], "no IP address"),
                           (["setmtu", "1400", "eth0", "host"], "no IP address")):
            self.assertIn(why, self.refused("bond", *words))
        self.assertEqual(self.service.asked, [])

    # the rest

    def test_a_path_is_asked_as_it_is(self):
        self.answer("GET /any?x=%20y", "anything")
        for switch in ([], ["-j"]):
            self.assertEqual(self.said(*switch, "/any?x=%20y"), "anything\n")
        self.assertEqual(self.said("/none", code=1), "404 /none {}\n")
        for word in ("/a b", "/status ", "/x\r\ny: z", "/\u00e9", "/\x7f"):
            self.assertIn("not a path", self.refused(word))
        self.assertIn("the path, is too long", self.refused("/" + "x" * 5000, code=1))

    def test_an_unknown_command_prints_help_and_is_no_failure(self):
        for word in ("nonsense", "", "INFO", "bonds"):
            error = self.refused(word, code=0)
            self.assertTrue(error.startswith(f"zerotier-cli: unknown command {word}\nusage: zerotier-cli "), error)
        self.assertIn("a command is missing", self.refused())
        told = self.said("-h")
        for name in ("info", "bond", "listbonds", "dump", "get"):
            self.assertIn(f"\n  {name}", told)

    def test_what_can_not_be_written_is_a_failure(self):
        for words in (["info"], ["-j", "peers"], ["/status"], ["-h"], ["-v"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([self.tool, *words], env={**os.environ, "ZEROTIER_HOME": str(self.home)},
                                      stdout=full, stderr=subprocess.PIPE, text=True, timeout=SECONDS)
            self.assertEqual((done.returncode, done.stderr), (1, "zt: standard output can't be written\n"), words)

    def test_no_words_end_a_command_otherwise(self):
        """What nobody would type: an exit code of those above, and nothing of it reaches the service but as a path."""
        commands = [line.split()[0].encode() for line in self.said("-h").splitlines() if line.startswith("  ")
                    and line[2] not in "-/"]
        self.assertGreater(len(commands), 10)
        settings = {**os.environb, b"ZEROTIER_HOME": bytes(self.home)}
        for command in commands:
            for words in ([b"\xff\xfe"] * 4, [b""] * 4, [b"x" * 5000] * 4, [b"%n%s" * 9, b"=\xff", b"\x1b[2J"]):
                done = subprocess.run([bytes(self.tool), command, *words], cwd=self.work, env=settings,
                                      stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
                self.assertIn(done.returncode, (0, 1, 2), (command, words, done.stderr))
        known = {"/status", "/peer", "/network", "/moon"}
        self.assertEqual({path for _, path, _ in self.service.asked} - known, set())

    # dump

    def dumped(self, code=0, *words, **environment):
        """The parts of the file by their names, and what stderr said."""
        done = self.run_tool("dump", *words, **environment)
        self.assertEqual((done.returncode, done.stdout), (code, "zerotier_dump.txt\n"), done.stderr)
        head, *parts = (self.work / "zerotier_dump.txt").read_text().split("\n== ")
        self.assertTrue(head.startswith("zerotier-cli dump, 20"), head)
        parts = dict(part.split("\n", 1) for part in parts)
        self.assertEqual(list(parts), ["platform", "version", "/status", "/network", "/peer", "local.conf",
                                       "interfaces"])
        return parts, done.stderr

    def test_a_dump_has_all_parts(self):
        (self.home / "local.conf").write_text('{"settings": {"primaryPort": 9993}}')
        parts, said = self.dumped()
        self.assertEqual(said, "")
        self.assertEqual(json.loads(parts["/status"]), STATUS)
        self.assertEqual(json.loads(parts["/network"]), [NETWORK])
        self.assertEqual(json.loads(parts["/peer"]), PEERS)
        self.assertEqual(json.loads(parts["local.conf"]), {"settings": {"primaryPort": 9993}})
        system = os.uname()
        self.assertEqual(parts["platform"], f"{system.sysname} {system.release} {system.machine}\n")
        self.assertEqual(parts["version"], self.said("-v"))
        self.assertRegex(parts["interfaces"], r"(?m)^lo (up|down)")
        if "lo up" in parts["interfaces"]:
            self.assertRegex(parts["interfaces"], r"(?m)^lo up.* 127\.0\.0\.1/8\b")
        self.assertEqual(stat.S_IMODE((self.work / "zerotier_dump.txt").stat().st_mode), 0o600)
        (self.home / "local.conf").unlink()
        self.assertEqual(self.dumped()[0]["local.conf"], "there is none\n")  # and the earlier one is replaced

    def test_a_dump_tells_no_secrets(self):
        secrets = ["hunter2", "s3cret", "p@ss", "42424242", "deepdeep", "f00d" * 70, "f00d7777", "nonce=77", TOKEN]
        conf = {"settings": {"controllerDbPath": "postgres:host=x password=hunter2", "ssoPSK": "s3cret",
                             "redis": {"hostname": "db1", "Password": 42424242, "port": 6379},
                             "url": "redis://user:p@ss@db", "apiTokens": {"deepdeep": 1}, "keyFile": ["deepdeep"],
                             "list": ["x", "u://deepdeep@y", f"says {TOKEN}"], TOKEN: True, "identity": "f00d" * 70,
                             "tokenNeeded": False, "secretary": None}}
        (self.home / "local.conf").write_text(json.dumps(conf))
        broken = "local.conf: ']' expected near 'f00d7777' (line 1)"
        self.answer("GET /status", {**STATUS, "config": {**conf, "error": broken}})
        self.answer("GET /network", [{**NETWORK, "authenticationURL": "https://idp/?nonce=77", "ssoEnabled": True}])
        parts, _ = self.dumped()
        text = (self.work / "zerotier_dump.txt").read_text()
        for secret in secrets:
            self.assertNotIn(secret, text)
        shown = json.loads(parts["local.conf"])["settings"]
        self.assertEqual(shown["redis"], {"hostname": "db1", "Password": "(left out)", "port": 6379})
        self.assertEqual((shown["tokenNeeded"], shown["secretary"], shown["list"][0]), (False, None, "x"))

    def test_a_dump_repeats_no_token_in_whatever_form(self):
        quoted = 'a"b\\c/d'
        self.answer_all(401, f"your token {quoted}")
        (self.home / "local.conf").write_text(json.dumps({"x": quoted, "y": "z" + quoted + quoted}))
        done = self.run_tool(f"-T{quoted}", "dump")
        self.assertEqual(done.returncode, 1)
        text = (self.work / "zerotier_dump.txt").read_text() + done.stderr
        for form in (quoted, json.dumps(quoted)[1:-1]):
            self.assertNotIn(form, text)
        self.assertIn('"y": "z****', text)

    def test_a_dump_is_made_without_the_service_too(self):
        self.service.shutdown()
        self.service.server_close()
        parts, said = self.dumped(code=1)
        self.assertEqual(said.count("\n"), 1)
        self.assertIn("the service can't be asked: ", said)
        for name in ("/status", "/network", "/peer"):
            self.assertTrue(parts[name].startswith("missing: "), parts[name])
        self.assertRegex(parts["interfaces"], "(?m)^lo ")
        (self.home / "zerotier-one.port").unlink()
        parts, said = self.dumped(code=2)
        self.assertIn("missing port and zerotier-one.port not found or", said)
        self.assertIn("zerotier-one.port not found or not readable", parts["/peer"])
        (self.home / "authtoken.secret").unlink()
        self.assertIn("authtoken.secret not found", self.dumped(2, f"-p{self.port}")[1])
        parts, said = self.dumped(code=2, ZEROTIER_HOME="/nowhere/at/all")
        self.assertFalse(pathlib.Path("/nowhere").exists())

    def test_a_dump_tells_which_part_is_missing(self):
        self.answer("GET /network", {}, 500)
        self.answer("GET /peer", "<html>")
        parts, said = self.dumped(code=1)
        self.assertEqual(parts["/network"], "missing: the service answers 500\n")
        self.assertEqual(parts["/peer"], "missing: the service answers 200, not in JSON\n")
        self.assertEqual(said.count("\n"), 2)
        self.assertEqual(json.loads(parts["/status"]), STATUS)
        self.answer("GET /network", [])
        self.answer("GET /peer", [])
        for text in ("", "{", "password=hunter2", "[" * 5000):
            (self.home / "local.conf").write_text(text)
            parts, said = self.dumped(code=1)
            self.assertIn("local.conf: line 1: it is no JSON", said)
            self.assertNotIn("hunter2", parts["local.conf"])
        (self.home / "local.conf").unlink()
        os.mkfifo(self.home / "local.conf")
        self.assertIn("local.conf: is no plain file", self.dumped(code=1)[1])

    def test_a_dump_replaces_an_earlier_dump_only(self):
        place, other = self.work / "zerotier_dump.txt", self.work / "other"
        other.write_text("precious")
        for lay, why in ((lambda: place.symlink_to(other), "is a link"), (place.mkdir, "is a folder"),
                         (lambda: place.symlink_to(self.work / "none"), "is a link"),
                         (lambda: os.mkfifo(place), "is no plain file")):
            lay()
            self.assertIn(f"zerotier_dump.txt: {why}, and is not replaced", self.refused("dump", code=1))
            place.rmdir() if place.is_dir() else place.unlink()
        self.assertFalse((self.work / "none").exists())
        os.link(other, place)
        self.dumped()
        self.assertEqual(other.read_text(), "precious")

    def test_a_folder_that_can_not_be_written_is_told(self):
        done = self.run_tool("dump", cwd="/proc")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("can't be written in this folder: zerotier_dump.txt: ", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
