#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""up.py ZT: a network of one's own by `zt up`, a node that joins it by the printed line, over loopback."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402

ZT = pathlib.Path(sys.argv[1]).resolve()
SECONDS = 60  # for what takes one; a machine may be busy


class Lab(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-up-")
        self.work = pathlib.Path(self.folder.name)
        self.server = None

    def tearDown(self):
        self.stop()
        self.folder.cleanup()

    def start(self, *words):
        port = free_port()
        self.server = subprocess.Popen(
            [ZT, "up", "--self-hosted", "-H", "up", "-p", str(port), "-e", f"127.0.0.1/{port}", "-b", "127.0.0.1",
             "--allow-loopback", "--no-http", *words], cwd=self.work, stdout=subprocess.PIPE, text=True)
        self.network = re.fullmatch(r"network ([0-9a-f]{16}) (10\.\d+\.\d+)\.0/24\n", self.server.stdout.readline())
        self.assertTrue(self.network)
        line = self.server.stdout.readline()
        self.assertTrue(line.startswith("join it: zt join -H node zt1-"), line)
        return line.split()[-1]

    def stop(self):
        if self.server:
            self.server.terminate()
            self.assertEqual(self.server.wait(10), 0)
            self.server.stdout.close()
            self.server = None

    def join(self, home, *words):
        return subprocess.Popen([ZT, "join", "-H", home, "--allow-loopback", "--wait", str(SECONDS), *words],
                                cwd=self.work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def refused(self, *words):
        done = subprocess.run([ZT, *words], cwd=self.work, capture_output=True, text=True, timeout=SECONDS)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr


class Up(Lab):
    def test_a_node_joins_by_the_printed_line_once_it_is_admitted(self):
        invitation = self.start()
        node = self.join("node", invitation)
        self.assertIn("waiting to be authorized", node.stdout.readline())
        command = node.stdout.readline().split()
        self.assertEqual(command[:4], ["zt", "member", "authorize", "-H"])
        subprocess.run([ZT, *command[1:4], "up", *command[5:]], cwd=self.work, check=True, capture_output=True)
        said, errors = node.communicate(timeout=SECONDS)
        self.assertEqual((node.returncode, errors), (0, ""))
        self.assertRegex(said, rf"address {re.escape(self.network[2])}\.\d+/24\n")
        self.assertIn(f'is a member of {self.network[1]}; a program uses it by zts_init_from_storage("node")', said)
        self.assertTrue((self.work / "node/networks.d" / (self.network[1] + ".conf")).stat().st_size > 0)
        self.assertEqual((self.work / "node/roots").read_bytes(), (self.work / "up/planet").read_bytes())

    def test_who_was_shut_out_is_told_from_who_waits(self):
        self.start()
        where = ["-H", "up", self.network[1]]
        for words, state in ((["authorize"], "authorized"), (["deauthorize"], "shut-out"), (["delete"], None),
                             (["set", "--name", "ann"], "waiting")):
            done = subprocess.run([ZT, "member", words[0], *where, "0651022d1b", *words[1:]], cwd=self.work,
                                  capture_output=True, text=True, timeout=SECONDS)
            self.assertEqual(done.returncode, 0, done.stderr)
            listed = subprocess.run([ZT, "member", "list", *where], cwd=self.work, capture_output=True, text=True,
                                    timeout=SECONDS).stdout
            self.assertEqual(listed, f"0651022d1b {state:<12} -        -" + " ann" * (state == "waiting") + "\n"
                             if state else "")

    def test_a_directory_in_use_is_joined_by_nobody_else(self):
        invitation = self.start()
        self.assertIn("up: another process serves this directory", self.refused("join", "-H", "up", invitation))
        first = self.join("node", invitation)
        first.stdout.readline()
        self.assertIn("another process serves this directory", self.refused("join", "-H", "node", invitation))
        first.terminate()
        first.communicate(timeout=SECONDS)

    def test_without_a_root_the_way_to_find_out_why_is_told(self):
        invitation = self.start()
        self.stop()
        said = self.refused("join", "-H", "node", "--allow-loopback", "--wait", "1", invitation)
        self.assertIn("no root answers; `zt doctor` tells more", said)

    def test_the_network_stays_the_same_and_a_public_one_admits_at_once(self):
        first = self.start("--public", "--name", "open")
        network = self.network[1]
        self.stop()
        again = self.start("--public")
        self.assertEqual(network, self.network[1])
        said, errors = self.join("a", again).communicate(timeout=SECONDS)
        self.assertIn("is a member of " + network, said, errors)
        said, errors = self.join("b", "--planet", "up/planet", network).communicate(timeout=SECONDS)
        self.assertIn("is a member of " + network, said, errors)
        self.assertTrue(first.startswith("zt1-"))

    def test_what_is_no_invitation_is_refused(self):
        invitation = self.start()
        for text in ("", "zt1-", "zt2-" + invitation[4:], invitation[:-1], invitation[:-2] + "!!", invitation + "AAAA",
                     "zt1-" + "A" * 40, "zt1-" + "A" * 20000, invitation[:60]):
            self.assertIn("not an invitation", self.refused("join", "-H", "none", text), text)
        self.assertIn("not a network id", self.refused("join", "-H", "none", "--planet", "up/planet", "123"))
        self.assertIn("no-planet", self.refused("join", "-H", "none", "--planet", "no-planet", "1" * 16))
        self.assertIn("--home", self.refused("join", invitation))
        self.assertIn("--wait", self.refused("join", "-H", "none", "--wait", "x", invitation))
        self.assertFalse((self.work / "none").exists())
        self.assertIn("--self-hosted", self.refused("up", "-H", "none"))

    def test_a_network_its_controller_does_not_know_is_told(self):
        self.start()
        unknown = self.network[1][:10] + "ffffff"
        self.assertIn("its controller does not know it",
                      self.refused("join", "-H", "n", "--allow-loopback", "--wait", "0", "--planet", "up/planet",
                                   unknown))

    def planet(self, *roots):
        """Names these roots, IDENTITY_FILE=IP/PORT each, in the planet of the state directory."""
        subprocess.run([ZT, "planet", "update", "-o", "up/planet", *roots], cwd=self.work, check=True,
                       stdout=subprocess.DEVNULL)
        return (self.work / "up/planet").read_bytes()

    def run_root(self, *words):
        """A root of that directory for a moment."""
        root = subprocess.Popen([ZT, "root", "-H", "up", "-p", str(free_port()), "-b", "127.0.0.1", "--allow-loopback",
                                 "--no-http", *words], cwd=self.work, stdout=subprocess.PIPE, text=True)
        self.assertIn(" ready ", root.stdout.readline())
        root.terminate()
        self.assertEqual(root.wait(SECONDS), 0)
        root.stdout.close()
        return (self.work / "up/planet").read_bytes()

    def named(self):
        """The roots of the planet, with their endpoints."""
        told = subprocess.run([ZT, "planet", "show", "up/planet"], cwd=self.work, check=True, capture_output=True,
                              text=True).stdout
        return dict(re.findall(r"root ([0-9a-f]{10})\n  (\S+)", told))

    def test_other_roots_of_its_planet_are_not_forgotten(self):
        self.start()
        self.stop()
        own = (self.work / "up/identity.secret").read_text()[:10]
        subprocess.run([ZT, "id", "new", "other"], cwd=self.work, check=True, stdout=subprocess.DEVNULL)
        other = (self.work / "other").read_text()[:10]
        both = self.planet("up/identity.secret=127.0.0.1/7", "other=127.0.0.2/8")
        self.assertEqual(self.run_root(), both)
        self.run_root("-e", "127.0.0.1/9")
        self.assertEqual(self.named(), {own: "127.0.0.1/9", other: "127.0.0.2/8"})
        kept = (self.work / "up/planet").read_bytes()
        (self.work / "up/planet.key").rename(self.work / "planet.key")  # another root's planet, brought here
        self.assertEqual(self.run_root("-e", "127.0.0.1/10"), kept)
        self.assertFalse((self.work / "up/planet.key").exists())

    def test_a_planet_that_does_not_name_the_root_is_not_replaced(self):
        self.start()
        self.stop()
        subprocess.run([ZT, "id", "new", "other"], cwd=self.work, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([ZT, "id", "new", "third"], cwd=self.work, check=True, stdout=subprocess.DEVNULL)
        without = self.planet("third=127.0.0.1/7", "other=127.0.0.2/8")
        self.assertIn("planet: names other roots and not this one", self.refused("root", "-H", "up", "--allow-loopback"))
        self.assertEqual((self.work / "up/planet").read_bytes(), without)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
