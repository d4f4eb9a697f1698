#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mistakes.py ZT: what people mistype. Each mistake is named, nothing is lost by it, and no command ends otherwise
than its manual says."""
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ZT = pathlib.Path(sys.argv[1]).resolve()
SECONDS = 60
IDENTITIES = pathlib.Path(__file__).resolve().parents[1] / "service/identities.txt"
IDENTITY = next(line for line in IDENTITIES.read_text().splitlines() if not line.startswith("#"))
COMMANDS = """id new|id show|id validate|id sign|id verify|planet new|planet update|planet show|planet sign|moon new
moon sign|moon show|moon list|moon orbit|moon deorbit|root|controller|controller backup|controller restore
controller export|controller import|controller copy|network list|network create|network show|network set
network delete|member list|member show|member authorize|member deauthorize|member set|member delete|rules compile
rules decompile|rules explain|rules test|doctor|status|up|join""".replace("\n", "|").split("|")
WORDS = (b"--nonsense", b"-Z", b"", b"\xff\xfe", b"9" * 30, b"-1", b"missing", b"folder", b"rubbish", b"empty",
         b"--home", b"--home=", b"x" * 5000)


class Mistakes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="zt-mistakes-")
        self.work = pathlib.Path(self.folder.name)
        (self.work / "folder").mkdir()
        (self.work / "empty").touch()
        (self.work / "rubbish").write_bytes(b"\x00\xff\x80rubbish" * 99)
        (self.work / "identity").write_text(IDENTITY)

    def tearDown(self):
        self.folder.cleanup()

    def zt(self, *words):
        done = subprocess.run([ZT, *words], cwd=self.work, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS)
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def refused(self, code, *words):
        found, said, errors = self.zt(*words)
        self.assertEqual((found, said), (code, b""), f"{words}: {errors}")
        return errors

    def test_each_command_has_help(self):
        for command in COMMANDS:
            for word in ("--help", "-h"):
                code, said, errors = self.zt(*command.split(), word)
                self.assertEqual((code, errors), (0, ""), command)
                self.assertTrue(said.startswith(f"usage: zt {command} ".encode()), said)

    def test_wrong_words_are_named(self):
        for command in COMMANDS:
            words = command.split()
            self.assertIn("unknown option --nonsense", self.refused(2, *words, "--nonsense"), command)
            self.assertIn("unknown option -Z", self.refused(2, *words, "-Z"), command)
            if "--home" in self.zt(*words, "--help")[1].decode() or command in ("network list", "member list"):
                self.assertIn("--home: is empty", self.refused(2, *words, "--home="), command)
                self.assertIn("--home needs a value", self.refused(2, *words, "-H"), command)
        self.assertIn("unknown command nonsense", self.refused(2, "nonsense"))
        self.assertIn("unknown command nonsense", self.refused(2, "network", "nonsense"))

    def test_no_word_ends_a_command_otherwise_than_the_manual_says(self):
        """Those that would begin to serve or to probe are left out."""
        for command in set(COMMANDS) - {"root", "controller", "up", "join", "doctor", "id new"}:
            for first in WORDS:
                for more in ((), (b"-H", b"folder", b"0123456789abcdef")):
                    code, said, errors = self.zt(*command.split(), first, *more)
                    about = f"{command} {first[:20]} {more}: {said[:80]} {errors[:200]}"
                    self.assertIn(code, (0, 1, 2), about)
                    self.assertTrue(code == 0 or errors.startswith(f"zt {command}: "), about)
        self.assertEqual((self.work / "rubbish").read_bytes(), b"\x00\xff\x80rubbish" * 99)

    def test_what_is_no_text_is_refused(self):
        for words in (("network", "create", "-H", "folder", "--name"), ("network", "set", "-H", "folder", "--name"),
                      ("network", "create", "-H", "folder", "--route"), ("member", "set", "-H", "folder", "--name"),
                      ("up", "--self-hosted", "-H", "folder", "--name")):
            self.assertIn(f"{words[-1]}: is no text in UTF-8", self.refused(2, *words, b"\xff\xfe"))

    def test_the_reason_is_told_after_a_long_name(self):
        long = "x" * 5000
        self.assertIn("File name too long", self.refused(1, "id", "show", long))
        self.assertIn("not a usable file name", self.refused(1, "planet", "new", "-o", long, "identity=192.0.2.1/1"))
        self.assertIn("is none of memory", self.refused(1, "controller", "copy", long, "memory"))
        self.assertIn("unable to open", self.refused(1, "controller", "copy", "sqlite:" + long, "memory"))

    def test_files_that_are_none_are_told(self):
        self.assertIn("folder: Is a directory", self.refused(1, "id", "show", "folder"))
        self.assertIn("the name of a file is empty", self.refused(1, "id", "show", ""))
        self.assertIn("rubbish: not an identity", self.refused(1, "id", "show", "rubbish"))
        self.assertIn("too long", self.refused(1, "id", "show", ZT))

    def test_an_identity_is_not_replaced(self):
        self.assertIn("identity: exists", self.refused(1, "id", "new", "identity"))
        self.assertEqual((self.work / "identity").read_text(), IDENTITY)

    def test_what_is_no_plain_file_is_not_replaced(self):
        pipe, place = self.work / "pipe", self.work / "place"
        os.mkfifo(pipe)
        with socket.socket(socket.AF_UNIX) as there:
            there.bind(str(place))
            for name in ("pipe", "place", "folder"):
                mode = (self.work / name).stat().st_mode
                for words in (("id", "new", name), ("planet", "new", "-o", name, "identity=192.0.2.1/1"),
                              ("controller", "backup", "--store", "memory", name)):
                    self.assertIn(f"{name}: is ", self.refused(1, *words))
                    self.assertEqual((self.work / name).stat().st_mode, mode)

    def test_a_backup_replaces_nothing_but_a_backup(self):
        for name in ("rubbish", "identity"):
            before = (self.work / name).read_bytes()
            self.assertIn(f"{name}: is no backup",
                          self.refused(1, "controller", "backup", "--store", "memory", name))
            self.assertEqual((self.work / name).read_bytes(), before)
        self.assertIn("FILE is empty", self.refused(2, "controller", "backup", "--store", "memory", ""))
        for _ in range(2):
            self.assertEqual(self.zt("controller", "backup", "--store", "memory", "backup.db")[0], 0)

    def test_nothing_is_restored_from_what_is_no_backup(self):
        (self.work / "records").mkdir()
        (self.work / "records/network").mkdir()
        (self.work / "records/network/c2068edfed000001.json").write_text('{"name": "kept"}')
        self.assertEqual(self.zt("controller", "import", "--store", "sqlite:kept.db", "records")[0], 0)
        with sqlite3.connect(self.work / "foreign.db") as foreign:
            foreign.execute("CREATE TABLE songs (title TEXT)")
        foreign.close()
        before = (self.work / "foreign.db").read_bytes()
        for name, why in (("", "no name of a file"), ("empty", "holds no records"), ("missing", "unable to open"),
                          ("foreign.db", "is a database of something else"), ("rubbish", "not a database"),
                          ("folder", "unable to open")):
            self.assertIn(why, self.refused(1, "controller", "restore", "--store", "sqlite:kept.db", name), name)
        self.assertIn("something else", self.refused(1, "controller", "restore", "--store", "sqlite:foreign.db", "kept.db"))
        self.assertEqual((self.work / "foreign.db").read_bytes(), before)
        self.assertEqual((self.work / "empty").stat().st_size, 0)
        code, said, _ = self.zt("controller", "copy", "sqlite:kept.db", "memory")
        self.assertEqual((code, said), (0, b"1 network, 0 members\n"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
