#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records are backed up, restored, exported, imported and copied by the tools, while a controller runs: BUILD."""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import controllers

MEMBERS = 300


class Case:
    def __init__(self, build, folder):
        self.zt_path, self.folder = f"{build}/zt", folder
        self.controller = controllers.Controller(build, f"{folder}/home", f"sqlite:{folder}/home/controller.db")
        self.controller.start()

    def zt(self, *words, code=0):
        """Runs zt controller; what it says on stdout, or on stderr if it is to fail."""
        done = subprocess.run([self.zt_path, "controller", *words], capture_output=True, text=True, check=False)
        if done.returncode != code:
            sys.exit(f"zt controller {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stderr if code else done.stdout

    def ask(self, method, path, body=None):
        status, answer = controllers.ask(self.controller.home, method, path, body)
        if status != 200:
            sys.exit(f"{method} {path}: {answer}")
        return answer

    def exported(self, *store):
        """All files of an export, read."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            self.zt("export", *store, folder)
            return {str(path.relative_to(folder)): json.loads(path.read_text())
                    for path in pathlib.Path(folder).rglob("*.json")}


def expect(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: {found!r}\nexpected was: {expected!r}")


def make_records(case):
    nwid = case.ask("POST", "/controller/network", {"name": "first", "mtu": 1400})["id"]
    case.ask("POST", "/controller/network", {"name": "second"})
    for number in range(MEMBERS):
        case.ask("POST", f"/controller/network/{nwid}/member/{0x100 + number:010x}",
                 {"name": f"näme {number}", "authorized": number % 2, "ipAssignments": ["10.0.0.9"]})
    return nwid


def backup_and_restore(case, nwid):
    home, file = case.controller.home, f"{case.folder}/backup.db"
    expect(case.zt("backup", "-H", home, file), f"2 networks, {MEMBERS} members\n", "backup")
    expect(json.loads(case.zt("backup", "-j", "-H", home, file)), {"networks": 2, "members": MEMBERS}, "backup -j")
    before = case.exported("-H", home)
    expect(len(before), MEMBERS + 2, "files")
    expect(case.exported("--store", f"sqlite:{file}"), before, "the backup")
    expect(os.stat(file).st_mode & 0o777, 0o600, "mode of a backup")
    case.ask("DELETE", f"/controller/network/{nwid}")
    third = case.ask("POST", "/controller/network", {"name": "third"})["id"]
    case.zt("restore", "-H", home, file)
    controllers.wait_until(lambda: nwid in case.ask("GET", "/controller/network"), "the restore is noticed")
    if third in case.ask("GET", "/controller/network"):
        sys.exit("what was not in the backup is still there")
    expect(case.ask("GET", f"/controller/network/{nwid}")["name"], "first", "a restored name")
    expect(case.exported("-H", home), before, "after the restore")
    case.ask("POST", f"/controller/network/{nwid}/member/0000000100", {"name": "changed again"})
    return before


def a_journal_of_an_older_backup_is_not_mixed_in(case):
    """Somebody crashed while working on the file; the next backup takes its place, not its journal."""
    home, file = case.controller.home, f"{case.folder}/old.db"
    case.zt("backup", "-H", home, file)
    with sqlite3.connect(file) as other:
        other.execute("DELETE FROM network")
        other.commit()
        pages = {end: pathlib.Path(file + end).read_bytes() for end in ("-wal", "-shm")}
    other.close()
    for end, content in pages.items():
        pathlib.Path(file + end).write_bytes(content)
    case.zt("backup", "-H", home, file)
    expect(case.exported("--store", f"sqlite:{file}"), case.exported("-H", home), "a backup in place of another")


def import_elsewhere(case, before):
    exported, store = f"{case.folder}/exported", f"sqlite:{case.folder}/second.db"
    case.zt("restore", "-H", case.controller.home, f"{case.folder}/backup.db")
    case.zt("export", "-H", case.controller.home, exported)
    told = case.zt("export", "-H", case.controller.home, exported, code=1)
    if "is there already" not in told:
        sys.exit(f"a second export into the same folder: {told}")
    expect(case.zt("import", "--store", store, exported), f"2 networks, {MEMBERS} members\n", "import")
    expect(case.exported("--store", store), before, "what was imported")
    expect(os.stat(f"{case.folder}/second.db").st_mode & 0o777, 0o600, "mode of a store that an import made")
    return exported


def bad_files_are_named(case, exported):
    store = f"sqlite:{case.folder}/third.db"
    network = next(pathlib.Path(exported, "network").glob("*/member")).parent
    (network / "member/0000000100.json").write_text("{ this is no json")
    (network / "member/0000000101.json").write_text('{"authorized": []}')
    (network / "member/README").write_text("not a record")
    told = case.zt("import", "--store", store, exported, code=1)
    for name in ("0000000100.json: not JSON", "0000000101.json: authorized: not a boolean"):
        if name not in told:
            sys.exit(f"not told: {name}\n{told}")
    expect(case.exported("--store", store), {}, "after an import that failed")
    told = case.zt("import", "--store", store, "--skip", exported)
    expect(told, f"2 networks, {MEMBERS - 2} members\n", "an import that skips")


def copy_by_postgres(case, before):
    server = controllers.find_postgres(f"{case.folder}/postgres")
    if not server:
        return
    source, target = f"sqlite:{case.folder}/second.db", f"sqlite:{case.folder}/fourth.db"
    server.start()
    try:
        expect(json.loads(case.zt("copy", "-j", source, server.store))["members"], MEMBERS, "copy -j")
        case.zt("copy", server.store, target)
        expect(case.exported("--store", target), before, "what went to PostgreSQL and back")
        case.zt("backup", "--store", server.store, f"{case.folder}/postgres.db")
        expect(case.exported("--store", f"sqlite:{case.folder}/postgres.db"), before, "a backup of PostgreSQL")
        case.zt("import", "--store", server.store, f"{case.folder}/exported", "--skip")
        expect(len(case.exported("--store", server.store)), MEMBERS + 2, "files after an import")
    finally:
        server.stop("immediate")


def mistakes_are_explained(case):
    home = case.controller.home
    for words, code, told in (
            (["backup", "-H", home], 2, "one FILE is needed"),
            (["backup", "file"], 2, "one of --home DIR and --store STORE"),
            (["backup", "-H", f"{case.folder}/nowhere", "file"], 1, "unable to open database file"),
            (["backup", "-H", home, f"{case.folder}/no/such/folder/file"], 1, "unable to open"),
            (["backup", "--store", "mysql:x", "file"], 1, "mysql:x is none of"),
            (["backup", "-H", home, f"{home}/../home/controller.db"], 1, "is the store itself"),
            (["backup", "--store", f"sqlite:{home}/controller.db", f"{home}/controller.db"], 1, "is the store itself"),
            (["restore", "-H", home, f"{case.folder}/missing"], 1, "missing"),
            (["restore", "-H", home, __file__], 1, "not a database"),
            (["import", "-H", home, case.folder], 1, "no such folder"),
            (["copy", "memory"], 2, "FROM and TO are needed"),
            (["copy", f"sqlite:{case.folder}/missing", "memory"], 1, "missing")):
        if told not in case.zt(*words, code=code):
            sys.exit(f"zt controller {' '.join(words)} does not say: {told}")


def main():
    build = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="zt-records-") as folder:
        os.chmod(folder, 0o755)
        os.mkdir(f"{folder}/home")
        os.mkdir(f"{folder}/postgres")
        case = Case(build, folder)
        try:
            nwid = make_records(case)
            before = backup_and_restore(case, nwid)
            a_journal_of_an_older_backup_is_not_mixed_in(case)
            exported = import_elsewhere(case, before)
            bad_files_are_named(case, exported)
            copy_by_postgres(case, before)
            mistakes_are_explained(case)
        finally:
            case.controller.end()


main()
