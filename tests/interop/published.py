# SPDX-License-Identifier: Apache-2.0
"""The published package: where its library is, what it needs to load, and runs that outlive its deaths."""
import subprocess
import sys

from lab import TOP


def library():
    return next((TOP / ".deps/interop/libzt").glob("_libzt*.so"))


def environment(lab):
    """Some of its symbols are undefined: see missing.c."""
    missing = lab.work / "missing.so"
    if not missing.exists():
        subprocess.run(["cc", "-shared", "-fPIC", "-o", missing, TOP / "tests/interop/missing.c"], check=True)
    return {"LD_PRELOAD": str(missing)}


def run_again(program, arguments, sign):
    """It dies now and then of its own accord, which says nothing about us: then the run, whose output holds
    the sign, is made again, at most twice. Any other failure is one. Returns the exit status."""
    for _ in range(3):
        died = False
        run = subprocess.Popen([sys.executable, program, "--once", *arguments], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        for line in run.stdout:
            print(line, end="", flush=True)
            died |= sign in line
        if run.wait() == 0 or not died:
            break
        print("interop: the original ended by itself; the whole run once more", flush=True)
    return run.returncode
