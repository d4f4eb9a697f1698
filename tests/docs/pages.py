# SPDX-License-Identifier: Apache-2.0
"""The pages of the documentation, and the blocks of code and commands in them."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md")), *sorted((TOP / "docs/guide").glob("*.md"))]


def blocks(page, language):
    """The fenced blocks of a language, as they stand."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def block_with(page, language, needle):
    """The one block that says this."""
    found = [block for block in blocks(page, language) if needle in block]
    if len(found) != 1:
        sys.exit(f"{page.name}: {len(found)} blocks of {language} with {needle!r}, expected one")
    return found[0]


def commands(block):
    """The lines of a shell block without their comments."""
    lines = (re.sub(r"\s+#.*", "", line).strip() for line in block.replace("\\\n", " ").splitlines())
    return [line for line in lines if line]


def run(*command, **options):
    """Runs; ends the test with what the command said if it fails. Returns its output."""
    done = subprocess.run(command if len(command) > 1 else command[0], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=50, **options)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def compiler_as_cc(folder, compiler, sanitize):
    """A folder whose `cc` is the compiler of the build, with the sanitizers of the build."""
    folder.mkdir()
    shim = folder / "cc"
    flags = f"-fsanitize={sanitize}" if sanitize else ""
    shim.write_text(f'#!/bin/sh\nexec {compiler} {flags} "$@"\n')
    shim.chmod(0o755)
    return folder
