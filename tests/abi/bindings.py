#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The header's switches for Python, Java and .NET: LIBRARY COMPILER [SANITIZERS]. Each gives a handler of its kind to
a node. bindings/ stands in for the headers of those languages."""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
IDENTITY = (HERE.parent / "service/identities.txt").read_text().split()[0]
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
PINVOKE = """#define ZTS_ENABLE_PINVOKE 1
#include <ZeroTierSockets.h>
#ifdef ZTS_C_API_ONLY
#error "it is not"
#endif
static void handler(void *message) { (void)message; }
int main(void) { CppCallback callback = handler; return zts_init_set_event_handler(callback); }
"""


def check(what, command, program):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{what}\n{done.stderr}")
    status = subprocess.run([program], timeout=100).returncode
    if status:
        sys.exit(f"{what} ended with {status}")
    print(f"{what}: fine")


def main():
    library, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    is_clang = "clang" in os.path.basename(compiler)
    cc, cxx = ("clang", "clang++") if is_clang else ("gcc", "g++")
    watched = [f"-fsanitize={sys.argv[3]}"] if len(sys.argv) > 3 else []
    with tempfile.TemporaryDirectory() as folder:
        pinvoke, program = pathlib.Path(folder) / "pinvoke.c", pathlib.Path(folder) / "program"
        pinvoke.write_text(PINVOKE)
        sources = HERE / "bindings"
        for what, command in {
                "Python, C++11": [cxx, "-std=c++11", sources / "python.cpp"],
                "Python, C++20": [cxx, "-std=c++20", sources / "python.cpp"],
                "Java, C": [cc, "-std=c11", sources / "java.c"],
                "Java, C++": [cxx, "-std=c++17", "-D_Thread_local=thread_local", "-x", "c++", sources / "java.c",
                              "-x", "none"],
                ".NET": [cc, "-std=c99", pinvoke]}.items():
            check(what, [*command, *WARNINGS, *watched, f'-DIDENTITY="{IDENTITY}"', f"-I{INCLUDE}", f"-I{sources}",
                         library, f"-Wl,-rpath,{library.parent}", "-o", program], program)


main()
