#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every command of zt explains itself, and its man page names each of its options: BUILD."""
import pathlib
import re
import subprocess
import sys

import pages

MAN = pages.TOP / "docs/man"
COMMON = ("--help", "--home", "--json")


def explain(zt, words):
    told = pages.run(zt, *words, "--help")
    if not told.startswith("usage: zt "):
        sys.exit(f"zt {' '.join(words)} --help says no usage:\n{told}")
    return told


def subcommands(told):
    """The names in a list of commands; none if it is a command's own help."""
    if not told.splitlines()[0].endswith("COMMAND [OPTION...]"):
        return []
    return re.findall(r"^  ([a-z]+) ", told, re.MULTILINE)


def man_text(command):
    """The page's text without markup; a page may stand for another (.so)."""
    name = "-".join(["zt", *command[:1]]) + ".1"
    page = MAN / name
    if not page.exists():
        sys.exit(f"no man page {name}")
    text = page.read_text()
    other = re.search(r"^\.so man1/(\S+)$", text, re.MULTILINE)
    if other:
        text = (MAN / other[1]).read_text()
    return text.replace("\\-", "-").replace("\\", "")


def check(zt, words):
    told = explain(zt, words)
    nested = subcommands(told)
    page = man_text(words)
    if words == ["controller"]:  # whose page says that the options of a root are its too
        page += man_text(["root"])
    for option in re.findall(r"(--[a-z0-9][a-z0-9-]*)", told):
        if option not in page and option not in COMMON:
            sys.exit(f"zt {' '.join(words)}: {option} is in no man page")
    if words and not re.search(rf"\bzt[- ]{words[0]}\b", page):
        sys.exit(f"the man page of zt {words[0]} does not name it")
    count = 1
    for name in nested:
        count += check(zt, [*words, name])
    return count


def completions(zt, *words):
    """What bash offers behind these words, the last of them unfinished."""
    script = f"source {pages.TOP}/packaging/completion/zt.bash; shift; COMP_WORDS=(\"$@\")" \
             "; COMP_CWORD=$(($# - 1)); _zt; echo ${COMPREPLY[@]}"
    told = subprocess.run(["bash", "-c", script, "bash", "--", zt, *words], stdout=subprocess.PIPE, text=True,
                          check=True)
    return told.stdout.split()


def check_completion(zt):
    for words, offered in ((("contr",), ["controller"]), (("network", ""), ["list", "create", "show", "set", "delete"]),
                           (("controller", ""), ["backup", "restore", "export", "import", "copy"]),
                           (("controller", "ba"), ["backup"]), (("controller", "backup", "--st"), ["--store"]),
                           (("controller", "-H", "x", "--pl"), ["--planet"]), (("rules", "test", "--fr"),
                                                                               ["--frame", "--from", "--from-tag"])):
        found = sorted(set(completions(zt, *words)))
        if found != sorted(offered):
            sys.exit(f"zt {' '.join(words)}: bash offers {found}")


def main():
    zt = pathlib.Path(sys.argv[1]).resolve() / "zt"
    check_completion(zt)
    print(f"{check(zt, [])} commands explain themselves")


main()
