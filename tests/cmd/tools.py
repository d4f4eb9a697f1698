#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools.py ZT: identities, planets and moons by `zt` and by the classic tool, as scripts use them."""
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest

ZT = pathlib.Path(sys.argv[1]).resolve()


class Tools(unittest.TestCase):
    made = {}  # what two_identities leaves, by name

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-tools-")
        self.work = pathlib.Path(self.folder.name)
        (self.work / "zerotier-idtool").symlink_to(ZT)
        (self.work / "zerotier-cli").symlink_to(ZT)

    def tearDown(self):
        self.folder.cleanup()

    def run_tool(self, *words, tool=ZT, code=0):
        done = subprocess.run([tool, *map(str, words)], cwd=self.work, capture_output=True, text=True)
        self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
        return done

    def zt(self, *words, code=0):
        done = self.run_tool(*words, code=code)
        return done.stdout if code == 0 else done.stderr

    def idtool(self, *words, code=0):
        done = self.run_tool(*words, tool=self.work / "zerotier-idtool", code=code)
        return done.stdout if code == 0 else done.stderr

    def two_identities(self):
        """Made once, as that takes long under a sanitizer."""
        if not self.made:
            for name in "ab":
                self.idtool("generate", name, name + ".public")
                for file in (name, name + ".public"):
                    self.made[file] = (self.work / file).read_text()
        for file, text in self.made.items():
            (self.work / file).write_text(text)
        return [(self.work / name).read_text()[:10] for name in ("a.public", "b.public")]

    def test_generate_writes_what_the_other_commands_read(self):
        self.assertEqual(self.idtool("generate", "s", "p"), "s written\np written\n")
        self.assertEqual(stat.S_IMODE((self.work / "s").stat().st_mode), 0o600)
        secret, public = (self.work / "s").read_text(), (self.work / "p").read_text()
        self.assertRegex(secret, r"^[0-9a-f]{10}:0:[0-9a-f]{128}:[0-9a-f]{128}$")
        self.assertEqual(secret[:141], public)
        self.assertEqual(self.idtool("getpublic", "s"), public)
        self.assertEqual(self.idtool("validate", "p"), "p is a valid identity\n")
        self.assertEqual(self.idtool("validate", public), public + " is a valid identity\n")

    def test_generate_prints_without_line_end(self):
        self.assertRegex(self.idtool("generate"), r"^[0-9a-f]{10}:0:[0-9a-f]{128}:[0-9a-f]{128}\Z")

    @unittest.skipIf("ZT_TEST_SANITIZED" in os.environ, "sixteen proofs of work take a minute then")
    def test_generate_seeks_digits_and_tells_each_try(self):
        done = self.run_tool("generate", "s", "p", "a", tool=self.work / "zerotier-idtool")
        self.assertEqual(done.stdout, "s written\np written\n")
        self.assertEqual((self.work / "p").read_text()[0], "a")
        self.assertEqual((self.work / "s").read_text()[:141], (self.work / "p").read_text())
        for number, line in enumerate(done.stderr.splitlines(), 1):
            self.assertRegex(line, rf"^try {number}: [0-9b-f][0-9a-f]{{9}}$")

    def test_generate_seeks_no_address_that_there_is_not(self):
        for digits in ("ff", "FF", "ff12345678", "0" * 10):
            self.assertIn("no address begins with ff", self.idtool("generate", "s", "p", digits, code=1))
        for digits in ("", "0" * 11, "a ", "0x1", "-1"):
            self.assertIn("up to 10 hexadecimal digits", self.idtool("generate", "s", "p", digits, code=1))
        self.assertFalse((self.work / "s").exists())

    def test_generate_refuses_what_are_no_digits_and_no_place(self):
        self.idtool("generate", "s", "p", "xyz", code=1)
        (self.work / "p").touch()
        self.assertIn("p/s", self.idtool("generate", "p/s", code=1))

    def test_a_secret_is_replaced_only_if_all_can_be_written(self):
        self.two_identities()
        before = (self.work / "a").read_text()
        for place in ("a.public/p", "x" * 5000, "zerotier-idtool/p"):
            self.assertIn(place[:90], self.idtool("generate", "a", place, code=1))
        self.assertEqual((self.work / "a").read_text(), before)
        self.assertEqual(self.idtool("generate", "new/a", "new/p"), "new/a written\nnew/p written\n")

    def test_generate_replaces_nothing_but_identities(self):
        self.idtool("generate", "s", "p")
        before = (self.work / "s").read_text()
        self.assertEqual(self.idtool("generate", "s", "p"), "s written\np written\n")
        self.assertNotEqual((self.work / "s").read_text(), before)
        secret = (self.work / "s").read_text()
        (self.work / "letter").write_text("dear all")
        (self.work / "large").write_bytes(b"x" * 9000)
        for words in (("letter",), ("large",), ("s", "letter")):
            said = self.idtool("generate", *words, code=1)
            self.assertIn(f"{words[-1]}: is no identity, and is not replaced", said)
        self.assertIn("one file", self.idtool("generate", "s", "s", code=1))
        self.assertEqual((self.work / "letter").read_text(), "dear all")
        self.assertEqual((self.work / "s").read_text(), secret)
        (self.work / "new").touch()
        self.assertEqual(self.idtool("generate", "new"), "new written\n")

    def test_validate_refuses_a_wrong_key_and_what_is_none(self):
        public = self.idtool("getpublic", self.idtool("generate"))
        wrong = public[:-1] + ("0" if public[-1] != "0" else "1")
        self.assertEqual(self.idtool("validate", wrong, code=1), wrong + " FAILED validation.\n")
        self.assertIn("invalid or file unreadable: none", self.idtool("validate", "none", code=1))

    def test_a_signature_holds_for_its_file_and_signer_only(self):
        self.two_identities()
        (self.work / "f").write_bytes(b"text")
        (self.work / "g").write_bytes(b"Text")
        signature = self.idtool("sign", "a", "f")
        self.assertRegex(signature, r"^[0-9a-f]{192}\Z")
        (self.work / "sig").write_text(signature + "\n")
        for form in (signature, "sig"):
            self.assertEqual(self.idtool("verify", "a.public", "f", form), "f signature valid\n")
        self.assertEqual(self.idtool("verify", "b.public", "f", "sig", code=1), "f signature check FAILED\n")
        self.assertEqual(self.idtool("verify", "a.public", "g", "sig", code=1), "g signature check FAILED\n")
        self.assertEqual(self.idtool("sign", "a.public", "f", code=1), "a.public: identity has no secret key\n")
        self.assertIn("none", self.idtool("sign", "a", "none", code=1))
        self.idtool("verify", "a.public", "f", "00", code=1)

    def test_a_moon_is_planned_and_made_by_the_classic_steps(self):
        first, second = self.two_identities()
        plan = json.loads(self.idtool("initmoon", "a.public"))
        self.assertEqual(list(plan), sorted(plan))
        self.assertEqual((plan["id"], plan["objtype"], plan["worldType"]), (first, "world", "moon"))
        self.assertEqual(plan["signingKey"], plan["updatesMustBeSignedBy"])
        self.assertEqual(plan["roots"][0]["stableEndpoints"], [])
        plan["roots"][0]["stableEndpoints"] = ["fd00::1/9993", "10.0.0.2/9994", "10.0.0.1/9993"]
        plan["roots"].append({"identity": (self.work / "b.public").read_text(), "stableEndpoints": ["10.0.0.9/1"]})
        (self.work / "moon.json").write_text(json.dumps(plan))
        said = self.idtool("genmoon", "moon.json")
        name = f"000000{first}.moon"
        stamp = re.fullmatch(rf"wrote {name} \(signed world with timestamp (\d+)\)\n", said)
        self.assertTrue(stamp, said)
        shown = json.loads(self.zt("moon", "show", "-j", name))
        self.assertEqual(shown["timestamp"], int(stamp[1]))
        self.assertEqual([r["identity"][:10] for r in shown["roots"]], sorted([first, second]))
        endpoints = {r["identity"][:10]: r["stableEndpoints"] for r in shown["roots"]}
        self.assertEqual(endpoints[first], ["10.0.0.1/9993", "10.0.0.2/9994", "fd00::1/9993"])
        self.assertEqual(shown["updatesMustBeSignedBy"], plan["signingKey"])

    def test_a_plan_is_printed_as_always(self):
        first, _ = self.two_identities()
        public = (self.work / "a.public").read_text()
        (self.work / "x=1,y").write_text(public)
        said = self.idtool("initmoon", "a.public")
        plan = json.loads(said)
        self.assertEqual(said, f"""{{
 "id": "{first}",
 "objtype": "world",
 "roots": [
  {{
   "identity": "{public}",
   "stableEndpoints": []
  }}
 ],
 "signingKey": "{plan["signingKey"]}",
 "signingKey_SECRET": "{plan["signingKey_SECRET"]}",
 "updatesMustBeSignedBy": "{plan["signingKey"]}",
 "worldType": "moon"
}}
""")
        for key in ("signingKey", "signingKey_SECRET"):
            self.assertRegex(plan[key], r"^[0-9a-f]{128}$")
        for argument in (public, "a", "x=1,y"):
            again = json.loads(self.idtool("initmoon", argument))
            self.assertEqual(again["roots"], plan["roots"])
            self.assertNotEqual(again["signingKey"], plan["signingKey"])
        for argument in ("none", "", "a.public=10.0.0.1/9993", ".", "/dev/null"):
            self.assertEqual(self.idtool("initmoon", argument, code=1),
                             f"Identity argument invalid or file unreadable: {argument}\n")

    def make_moon(self, plan):
        """Has a plan signed. Answers with the moon's bytes and what stderr said."""
        (self.work / "plan.json").write_text(json.dumps(plan))
        done = self.run_tool("genmoon", "plan.json", tool=self.work / "zerotier-idtool")
        name = f"{int(plan['id'], 16):016x}.moon"
        stamp = re.fullmatch(rf"wrote {name} \(signed world with timestamp (\d+)\)\n", done.stdout)
        self.assertTrue(stamp, done.stdout)
        moon = (self.work / name).read_bytes()
        self.assertEqual(int.from_bytes(moon[9:17], "big"), int(stamp[1]))
        return moon, done.stderr

    def is_signed_by(self, moon, key):
        """By the signature of files, whose signer may be any identity that has this key."""
        (self.work / "signed").write_bytes(b"\x7f" * 8 + moon[:81] + moon[177:] + b"\xf7" * 8)
        done = subprocess.run([self.work / "zerotier-idtool", "verify", f"1234567890:0:{key}", "signed",
                               moon[81:177].hex()], cwd=self.work, capture_output=True)
        return done.returncode == 0

    def test_a_moon_has_the_bytes_that_were_planned(self):
        """Four roots with 32 endpoints each, the most there may be."""
        plan = json.loads(self.idtool("initmoon", self.many_publics()[0]))
        plan["roots"] = [{"identity": public, "stableEndpoints":
                          [f"10.0.{i}.{j}/{9990 + j % 2}" for j in range(31, 15, -1)] +
                          [f"fd00::{j:x}/{9990 + j % 2}" for j in range(31, 15, -1)]}
                         for i, public in enumerate(self.many_publics())]
        moon, said = self.make_moon(plan)
        self.assertEqual(said, "")
        expected = b"\x7f" + int(plan["id"], 16).to_bytes(8, "big") + moon[9:17]
        expected += bytes.fromhex(plan["signingKey"]) + moon[81:177] + b"\x04"
        for i, public in sorted(enumerate(self.many_publics()), key=lambda pair: pair[1]):
            expected += bytes.fromhex(public[:10]) + b"\0" + bytes.fromhex(public[13:]) + b"\0" + b"\x20"
            order = sorted(range(16, 32), key=lambda j: (9990 + j % 2, j))
            for j in order:
                expected += bytes([4, 10, 0, i, j]) + (9990 + j % 2).to_bytes(2, "big")
            for j in order:
                expected += b"\x06\xfd" + bytes(14) + bytes([j]) + (9990 + j % 2).to_bytes(2, "big")
        self.assertEqual(moon.hex(), (expected + bytes(2)).hex())
        self.assertTrue(self.is_signed_by(moon, plan["signingKey"]))
        plan["roots"].append(plan["roots"][0])
        (self.work / "plan.json").write_text(json.dumps(plan))
        self.assertIn("one to 4 roots", self.idtool("genmoon", "plan.json", code=1))

    @staticmethod
    def many_publics():
        file = pathlib.Path(__file__).resolve().parents[1] / "service/identities.txt"
        return [line[:141] for line in file.read_text().splitlines() if not line.startswith("#")][:4]

    def test_the_key_of_a_moon_is_rolled(self):
        public = self.many_publics()[0]
        old, new = json.loads(self.idtool("initmoon", public)), json.loads(self.idtool("initmoon", public))
        old["roots"][0]["stableEndpoints"] = ["10.0.0.1/9993"]
        moon, _ = self.make_moon({**old, "updatesMustBeSignedBy": new["signingKey"]})
        self.assertEqual(moon[17:81].hex(), new["signingKey"])
        self.assertTrue(self.is_signed_by(moon, old["signingKey"]))
        self.assertFalse(self.is_signed_by(moon, new["signingKey"]))
        after, _ = self.make_moon({**new, "roots": old["roots"]})
        self.assertGreaterEqual(after[9:17], moon[9:17])
        self.assertTrue(self.is_signed_by(after, moon[17:81].hex()))

    def test_a_moon_that_nobody_can_find_is_told(self):
        first, _ = self.two_identities()
        moon, said = self.make_moon(json.loads(self.idtool("initmoon", "a")))
        self.assertIn(f"root {first} has no stableEndpoints", said)
        self.assertEqual(moon[-3:], bytes(3))

    def test_genmoon_names_what_is_wrong(self):
        plan = json.loads(self.idtool("initmoon", self.many_publics()[0]))
        (self.work / "plan.json").write_text(json.dumps({**plan, "signingKey_SECRET": "0" * 128}))
        self.assertEqual(self.idtool("genmoon", "plan.json", code=1),
                         "plan.json: signingKey_SECRET: does not belong to signingKey\n")
        (self.work / "plan.json").write_text(json.dumps(plan))
        (self.work / f"{int(plan['id'], 16):016x}.moon").mkdir()
        self.assertIn(".moon: is a folder", self.idtool("genmoon", "plan.json", code=1))
        for name in ("none", "", ".", "zerotier-idtool"):
            self.assertTrue(self.idtool("genmoon", name, code=1).startswith(name or "the name"))

    def test_no_words_end_the_classic_tool_otherwise(self):
        self.two_identities()
        (self.work / "rubbish").write_bytes(b"\0\xff\x80rubbish" * 99)
        for words in (["generate", "x", "y"], ["validate", "a"], ["getpublic", "a"], ["sign", "a", "b"],
                      ["verify", "a", "b", "0" * 192], ["initmoon", "a"], ["genmoon", "a"]):
            for odd in (b"\xff\xfe", b"x" * 5000, b"", b"rubbish", b"/", b"89e92ceee5:" + b"0" * 9000, b"\x1b[2J/x"):
                for at in range(1, len(words)):
                    line = [word.encode() for word in words]
                    line[at] = odd
                    if words[0] == "generate" and odd in (b"\xff\xfe", b"rubbish", b"\x1b[2J/x"):
                        continue  # a file's name may be that; rubbish is refused below
                    done = subprocess.run([bytes(self.work / "zerotier-idtool"), *line], cwd=self.work,
                                          stdin=subprocess.DEVNULL, capture_output=True)
                    if line == [b"sign", b"a", b"rubbish"]:  # any file can be signed
                        self.assertEqual((done.returncode, done.stderr), (0, b""))
                        continue
                    self.assertEqual((done.returncode, done.stdout), (1, b""), line)
                    self.assertNotEqual(done.stderr, b"")
        self.assertIn("rubbish", self.idtool("generate", "rubbish", code=1))

    def test_what_can_not_be_written_is_a_failure(self):
        self.two_identities()
        for words in (("generate",), ("getpublic", "a"), ("initmoon", "a"), ("validate", "a"), ("-h",)):
            with open("/dev/full", "w") as full:
                done = subprocess.run([self.work / "zerotier-idtool", *words], cwd=self.work, stdout=full,
                                      stderr=subprocess.PIPE, text=True)
            self.assertEqual((done.returncode, done.stderr), (1, "zt: standard output can't be written\n"), words)

    def test_a_plan_with_a_wrong_member_names_it_and_makes_nothing(self):
        self.two_identities()
        good = json.loads(self.zt("moon", "new", "a.public=10.0.0.1/9993"))
        wrong = {
            "worldType": ["sun", None, 1], "id": ["", "xyz", "0" * 10, "1" * 17],
            "signingKey": ["00", None], "signingKey_SECRET": ["0" * 128, 5],
            "updatesMustBeSignedBy": ["z" * 128], "roots": [[], {}, good["roots"] * 5, [{}],
                                                            good["roots"] * 2],
        }
        cases = [{**good, key: value} for key, values in wrong.items() for value in values]
        cases += [{**good, "roots": [{**good["roots"][0], "stableEndpoints": value}]}
                  for value in ("x", ["10.0.0.1"], ["10.0.0.1/0"], ["10.0.0.1/9"] * 33, [1])]
        names = [key for key, values in wrong.items() for _ in values] + ["roots"] * 5
        for name, case in zip(names, cases):
            (self.work / "plan.json").write_text(json.dumps(case))
            said = self.zt("moon", "sign", "-o", "out", "plan.json", code=1)
            self.assertIn("plan.json: " + name, said)
            self.assertFalse((self.work / "out").exists())
        for text in ("", "{", "[]", '{"id":1,"id":2}'):
            (self.work / "plan.json").write_text(text)
            self.assertIn("plan.json", self.zt("moon", "sign", "plan.json", code=1))

    def test_a_plan_is_secret_and_serves_for_later_revisions(self):
        first, _ = self.two_identities()
        self.zt("moon", "new", "-o", "plan", "a.public=10.0.0.1/9993", "b.public")
        self.assertEqual(stat.S_IMODE((self.work / "plan").stat().st_mode), 0o600)
        stamps = []
        for _ in range(2):
            self.zt("moon", "sign", "-o", "moon", "plan")
            stamps.append(json.loads(self.zt("moon", "show", "-j", "moon"))["timestamp"])
        self.assertLess(stamps[0], stamps[1])
        self.assertIn(first, self.zt("moon", "show", "moon"))
        self.assertIn("plans a moon", self.zt("planet", "sign", "plan", code=1))
        self.assertIn("named twice", self.zt("moon", "new", "a", "a.public", code=1))

    def test_a_planet_is_made_once_and_then_updated(self):
        self.two_identities()
        self.zt("planet", "new", "-o", "planet", "--id", "77", "a=10.0.0.1/9993")
        self.assertIn("planet update", self.zt("planet", "new", "-o", "planet", "a=10.0.0.1/9993", code=1))
        before = json.loads(self.zt("planet", "show", "-j", "planet"))
        self.zt("planet", "update", "-o", "planet", "a=10.0.0.1/9993", "b=10.0.0.2/9993,fd00::2/9993")
        after = json.loads(self.zt("planet", "show", "-j", "planet"))
        self.assertEqual((before["id"], len(before["roots"])), (f"{77:016x}", 1))
        self.assertEqual((after["id"], len(after["roots"])), (before["id"], 2))
        self.assertLess(before["timestamp"], after["timestamp"])
        self.assertEqual(before["updatesMustBeSignedBy"], after["updatesMustBeSignedBy"])
        self.assertIn("planet new", self.zt("planet", "update", "-o", "none", "a=10.0.0.1/9993", code=1))
        self.assertIn("not a list", self.zt("planet", "update", "-o", "planet", "a=nowhere", code=1))
        self.assertIn("named twice", self.zt("planet", "update", "-o", "planet", "a=10.0.0.1/1", "a=10.0.0.1/2",
                                             code=2))

    def test_the_classic_tool_names_what_is_wrong(self):
        self.assertIn("unknown command nonsense", self.idtool("nonsense", code=1))
        self.assertIn("sign: wrong number of arguments", self.idtool("sign", "a", code=1))
        self.assertIn("the name of a file is empty", self.idtool("generate", "", code=1))
        (self.work / "place").mkdir()
        self.assertIn("place: is a folder", self.idtool("generate", "place", code=1))

    def test_the_client_needs_a_port_and_a_token(self):
        cli = self.work / "zerotier-cli"
        self.assertIn("missing port", self.run_tool(f"-D{self.work}", "info", tool=cli, code=2).stderr)
        self.assertIn("authtoken.secret", self.run_tool(f"-D{self.work}", "-p1", "info", tool=cli, code=2).stderr)
        self.assertIn("Error connecting", self.run_tool("-p1", "-Tx", "info", tool=cli, code=1).stderr)
        self.assertIn("invalid network id", self.run_tool("-p1", "-Tx", "join", "1", tool=cli, code=2).stderr)
        self.assertIn("usage:", self.run_tool("-h", tool=cli).stdout)
        self.assertIn("usage:", self.run_tool("-p1", "-Tx", "nonsense", tool=cli).stderr)
        self.assertIn("usage:", self.run_tool("-p1", "-Tx", "join", tool=cli, code=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
