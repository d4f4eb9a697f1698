#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the pages name is there: linked files, paths in the tree, functions, make targets."""
import re
import sys

import pages

PLACES = ("src", "include", "tests", "docs", "scripts", "examples")
complaints = []


def complain(page, what):
    complaints.append(f"{page.relative_to(pages.TOP)}: {what}")


def check_links(page, text):
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target and not (page.parent / target).exists():
            complain(page, f"links to {target}, which is not there")


def check_paths(page, text):
    """Paths in backticks; NAME, *, … and <…> stand for something."""
    for path in re.findall(rf"`((?:{'|'.join(PLACES)})/[^`\s]*)`", text):
        if re.search(r"[*…<>A-Z]", path.replace("CMakeLists.txt", "").replace("ZeroTierSockets.h", "")):
            continue
        if not (pages.TOP / path).exists():
            complain(page, f"names {path}, which is not there")


def all_code():
    return "\n".join(path.read_text() for folder in ("src", "include", "tests/sim")
                     for path in sorted((pages.TOP / folder).rglob("*.[ch]")))


def check_names(page, text, known):
    """Functions, structs and constants of ours in backticks."""
    for name in re.findall(r"\b(zts?_[a-z0-9_]+|ZTS?_[A-Z0-9_]+)\b(?![*…])",
                           " ".join(re.findall(r"`([^`]+)`", text))):
        if not name.endswith("_") and name not in known:
            complain(page, f"names {name}, which is not in the code")


def check_targets(page, text):
    """`make X`; make knows which targets there are without running any."""
    for target in sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))):
        pages.run("make", "-C", pages.TOP, "-n", target)


def main():
    known = set(re.findall(r"\b\w+\b", all_code()))
    known |= set(re.findall(r"\b\w+\b", (pages.TOP / "CMakeLists.txt").read_text()))
    # programs of the tests are named after their files
    known |= {f"zts_{path.stem}" for path in (pages.TOP / "tests/zts").glob("*.c")}
    for page in pages.PAGES:
        text = page.read_text()
        check_links(page, text)
        check_paths(page, text)
        check_names(page, text, known)
        check_targets(page, text)
    if complaints:
        sys.exit("\n".join(complaints))
    print(f"{len(pages.PAGES)} pages name what is there")


main()
