#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""doctor.py ZT: what `zt doctor` says of a healthy node, of a dead root and of a network that refuses."""
import json
import pathlib
import subprocess
import sys
import time
import unittest

import up

up.ZT = pathlib.Path(sys.argv[1]).resolve()


class Doctor(up.Lab):
    def doctor(self, *words, code=0):
        done = subprocess.run([up.ZT, "doctor", "-j", *words], cwd=self.work, capture_output=True, text=True)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        said = json.loads(done.stdout)
        return said["probe"], {(f["level"], f["about"]): f["text"] for f in said["findings"]}

    def test_a_running_root_is_asked(self):
        self.start()
        probe, found = self.doctor("-H", "up")
        self.assertFalse(probe)
        self.assertIn("is this node", found["good", "root"])
        self.assertIn(("good", "clock"), found)
        self.assertNotIn("bad", {level for level, _ in found})

    def test_a_probe_finds_the_root_of_a_planet(self):
        self.start()
        for words in (["--planet", "up/planet"], ["-H", "copy"]):
            (self.work / "copy").mkdir(exist_ok=True)
            (self.work / "copy/roots").write_bytes((self.work / "up/planet").read_bytes())
            probe, found = self.doctor(*words, "--allow-loopback")
            self.assertTrue(probe)
            self.assertIn("answers from 127.0.0.1/", found["good", "root"])
            self.assertIn(("good", "MTU"), found)

    def test_a_dead_root_is_named_and_the_verdict_is_a_failure(self):
        self.start()
        self.stop()
        probe, found = self.doctor("--planet", "up/planet", "--allow-loopback", "--wait", "1", code=1)
        self.assertTrue(probe)
        self.assertIn("does not answer at 127.0.0.1/", found["warning", "root"])
        self.assertIn("nobody listens at that port", found["warning", "root"])
        self.assertIn("this node is offline", found["bad", "roots"])

    def test_a_planet_from_the_future_tells_of_a_wrong_clock(self):
        self.start()
        self.stop()
        planet = bytearray((self.work / "up/planet").read_bytes())
        planet[9] = 0x7f
        (self.work / "later").write_bytes(planet)
        _, found = self.doctor("--planet", "later", "--allow-loopback", "--wait", "1", code=1)
        self.assertIn("before the planet was signed", found["bad", "clock"])

    def test_a_refusing_network_is_told_with_the_way_out(self):
        self.start()
        path = self.work / "up/networks.d"
        self.stop()
        path.mkdir(exist_ok=True)
        (path / (self.network[1] + ".conf")).write_bytes(b"")
        self.start()
        _, found = self.doctor("-H", "up", code=1)
        self.assertIn("zt member authorize", found["bad", "network"])

    def test_a_controller_that_is_away_is_told_from_one_that_refuses(self):
        self.start()
        self.stop()
        path = self.work / "up/networks.d"
        path.mkdir(exist_ok=True)
        for nwid in ("1122334455000001", self.network[1][:10] + "facade"):
            (path / f"{nwid}.conf").write_bytes(b"")
        self.start()
        until = time.time() + up.SECONDS
        told = ""
        while "knows no such network: the id is wrong" not in told:
            self.assertLess(time.time(), until, told)
            told = subprocess.run([up.ZT, "doctor", "-H", "up"], cwd=self.work, stdout=subprocess.PIPE,
                                  text=True).stdout
        self.assertIn("1122334455000001: its controller, 1122334455, does not answer: it is down", told)

    def test_wrong_words_are_refused(self):
        self.assertIn("none", self.refused("doctor", "--planet", "none"))
        self.assertIn("none: nobody serves it, and no planet is in it", self.refused("doctor", "-H", "none"))
        self.assertIn("--wait", self.refused("doctor", "--wait", "0"))
        self.assertIn("extra", self.refused("doctor", "extra"))
        (self.work / "junk").write_bytes(b"junk")
        self.assertIn("not a planet", self.refused("doctor", "--planet", "junk"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
