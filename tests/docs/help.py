#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every command of zt explains itself, and its man page names each of its options: BUILD."""
import pathlib
import re
import subprocess
import sys
import tempfile

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


def completions(zt, *words, function="_zt"):
    """What bash offers behind these words, the last of them unfinished."""
    script = f"source {pages.TOP}/packaging/completion/zt.bash; shift; COMP_WORDS=(\"$@\")" \
             f"; COMP_CWORD=$(($# - 1)); {function}; echo ${{COMPREPLY[@]}}"
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


def check_classic(zt, tool, switch):
    """A classic tool's own help, its page and what is completed name the same."""
    told = pages.run(zt, switch, "-h")
    commands = re.findall(r"^  ([a-z]+)", told, re.MULTILINE)
    switches = re.findall(r"^  (-[A-Za-z])", told, re.MULTILINE)
    page = (MAN / f"zt-{tool}.1").read_text().replace("\\-", "-").replace("\\", "")
    for name in [*commands, *switches]:
        if not re.search(rf"^\.B[RI]? (?:.*[ \"])?{name}\b", page, re.MULTILINE):
            sys.exit(f"zt-{tool}.1 does not explain {name}")
    for row in re.findall(r"^  bond +(.*)$", told, re.MULTILINE):
        for words in row.split(" | "):
            for word in words.split():
                if word.strip("<>") not in page:
                    sys.exit(f"zt-{tool}.1 does not explain {words}")
    if not commands or f"zerotier-{tool}" not in page:
        sys.exit(f"zerotier-{tool} does not explain itself")
    with tempfile.TemporaryDirectory() as folder:
        link = pathlib.Path(folder, f"zerotier-{tool}")
        link.symlink_to(zt)
        check_offers(link, [(("",), commands), (("-",), switches)], "_zt_classic_name")
        check_offers(zt, [((switch, ""), commands), ((switch, "-"), switches)], "_zt")
        if tool == "cli":
            check_offers(link, [(("-j", "listb"), ["listbonds"]), (("bond", ""), ["list", "setmtu"]),
                                (("bond", "89e92ceee5", ""), ["show", "rotate"]), (("info", ""), []),
                                (("bond", "89e92ceee5", "s"), ["show"]), (("bond", "list", ""), []),
                                ((f"-D{folder[:-1]}",), [f"-D{folder}"])], "_zt_classic_name")
        else:
            check_offers(link, [(("genmoon", folder + "/z"), [str(link)])], "_zt_classic_name")
    return len(commands)


def check_offers(zt, cases, function):
    for words, offered in cases:
        found = completions(zt, *words, function=function)
        if sorted(found) != sorted(offered):
            sys.exit(f"{zt.name} {' '.join(words)}: bash offers {found}")


def main():
    zt = pathlib.Path(sys.argv[1]).resolve() / "zt"
    check_completion(zt)
    count = check(zt, []) + check_classic(zt, "cli", "-q") + check_classic(zt, "idtool", "-i")
    print(f"{count} commands explain themselves")


main()
