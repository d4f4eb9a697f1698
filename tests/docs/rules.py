#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every block of rules in docs/rules.md compiles, comes back from its JSON, is explained, and stands the
commands of the page: BUILD."""
import json
import pathlib
import subprocess
import sys
import tempfile

import pages

PAGE = pages.TOP / "docs/rules.md"
DROPPED = 3


def check(zt, folder, block):
    rules, compiled, again = (folder / name for name in ("rules.txt", "rules.json", "again.txt"))
    rules.write_text(block)
    pages.run(zt, "rules", "compile", "-o", compiled, rules)
    pages.run(zt, "rules", "decompile", "-o", again, compiled)
    if json.loads(pages.run(zt, "rules", "compile", again)) != json.loads(compiled.read_text()):
        sys.exit(f"does not come back as it was:\n{block}")
    for line in pages.commands(pages.block_with(PAGE, "sh", "zt rules test")):
        done = subprocess.run(line.replace("zt ", f"{zt} ", 1), shell=True, cwd=folder,
                              capture_output=True, text=True, timeout=50)
        if done.returncode not in (0, DROPPED) or done.stderr or not done.stdout:
            sys.exit(f"failed: {line}\n{done.stderr}")


def main():
    zt = pathlib.Path(sys.argv[1]).resolve() / "zt"
    blocks = pages.blocks(PAGE, "rules")
    if not blocks:
        sys.exit("no block of rules")
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks:
            check(zt, pathlib.Path(folder), block)
    print(f"{len(blocks)} blocks of rules compile")


main()
