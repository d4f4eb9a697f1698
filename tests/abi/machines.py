#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The public header has the right layouts and values on every kind of machine: layout.c and values.c are
compiled for each. Where only the compiler is there and no C library, freestanding/ stands in for it."""
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
         f"-I{HERE.parents[1] / 'include'}"]
FREESTANDING = ["-ffreestanding", "-isystem", HERE / "freestanding"]
MACHINES = {
    "x86-64": ["gcc"],
    "arm64": ["aarch64-linux-gnu-gcc", *FREESTANDING],
    "armv7": ["arm-linux-gnueabihf-gcc", *FREESTANDING],
    "i386": ["i686-linux-gnu-gcc", *FREESTANDING],
    "64-bit Windows": ["x86_64-w64-mingw32-gcc"],
    "64-bit Windows, static": ["x86_64-w64-mingw32-gcc", "-DZTS_STATIC"],
    "64-bit Windows, building the library": ["x86_64-w64-mingw32-gcc", "-DADD_EXPORTS"],
}


def main():
    for machine, command in MACHINES.items():
        if not shutil.which(command[0]):
            sys.exit(f"{machine}: {command[0]} is missing; scripts/setup test installs it")
        for source in ("layout.c", "values.c"):
            done = subprocess.run([*command, *FLAGS, HERE / source], capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{machine}: {source}\n{done.stderr}")
        print(f"{machine}: layouts and values are right")


main()
