#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C program that the pages show compiles without a warning and links: BUILD COMPILER [SANITIZERS]."""
import pathlib
import sys
import tempfile

import pages

STRICT = ["-std=c11", "-Wall", "-Wextra", "-Werror"]


def main():
    build, compiler, *sanitize = sys.argv[1:]
    count = 0
    with tempfile.TemporaryDirectory() as work:
        cc = pages.compiler_as_cc(pathlib.Path(work) / "bin", compiler, "".join(sanitize)) / "cc"
        rest = pathlib.Path(work) / "rest.c"  # of a program of which a page shows one function
        rest.write_text("int main(void)\n{\n    return 0;\n}\n")
        for page in pages.PAGES:
            for program in pages.blocks(page, "c"):
                count += 1
                source = pathlib.Path(work) / f"{page.stem}-{count}.c"
                source.write_text(program)
                sources = [source] if "int main(" in program else [source, rest]
                pages.run(cc, *STRICT, f"-I{pages.TOP}/include", *sources, "-o",
                          source.with_suffix(""), f"-L{build}", "-lzt")
                print(f"{page.name}: program {count} compiles")
    if count == 0:
        sys.exit("no page shows a program")


main()
