#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Doxygen makes the reference without a warning, and it says something about every function: BUILD."""
import subprocess
import sys
import xml.etree.ElementTree as tree
import pathlib

import pages


def described():
    """Function -> does the reference say something about it?"""
    for source in sorted((BUILD / "reference/xml").glob("*.xml")):
        for member in tree.parse(source).iter("memberdef"):
            if member.get("kind") == "function":
                text = "".join(part.strip() for name in ("briefdescription", "detaileddescription")
                               for part in member.find(name).itertext())
                yield member.find("name").text, bool(text)


BUILD = pathlib.Path(sys.argv[1]).resolve()
done = subprocess.run(["doxygen", BUILD / "Doxyfile"], capture_output=True, text=True, cwd=BUILD)
if done.returncode or done.stderr:
    sys.exit(f"doxygen complains:\n{done.stderr}")
found = dict(described())
lists = [(pages.TOP / "tests/abi" / name).read_text().split() for name in ("symbols.txt", "extensions.txt")]
expected = set(sum(lists, [])) - {"zts_errno"}
silent = sorted(name for name in expected if not found.get(name))
if silent:
    sys.exit(f"not described: {' '.join(silent)}")
print(f"{len(expected)} functions are described")
