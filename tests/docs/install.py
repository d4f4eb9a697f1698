#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make install` installs is enough for the README's program, by pkg-config and by CMake, shared and
static: BUILD COMPILER [SANITIZERS]."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pages

README = pages.TOP / "README.md"
PKG_CONFIG = "PKG_CONFIG_PATH=$HOME/zt/lib/pkgconfig pkg-config"
CMAKE_PROJECT = """
cmake_minimum_required(VERSION 3.18)
project(hello LANGUAGES C)
{find}
add_executable(shared hello.c)
target_link_libraries(shared PRIVATE {shared})
add_executable(static hello.c)
target_link_libraries(static PRIVATE {static})
"""


def install(build, prefix):
    """As the Makefile does it, from this build."""
    told = pages.run("make", "-C", pages.TOP, "-n", "install", f"PREFIX={prefix}")
    line = re.search(r"^cmake --install \S+ --prefix (.*)$", told, re.MULTILINE)
    if not line:
        sys.exit(f"make install does not install:\n{told}")
    pages.run("cmake", "--install", str(build), "--prefix", line[1].strip())


def check_files(prefix):
    expected = ["include/ZeroTierSockets.h", "lib/libzt.so", "lib/libzt.a", "lib/pkgconfig/libzt.pc",
                "lib/cmake/libzt/libztConfig.cmake", "bin/zt", "share/man/man1/zt.1"]
    missing = [name for name in expected if not (prefix / name).exists()]
    if missing:
        sys.exit(f"not installed: {' '.join(missing)}")
    installed = {path.name for path in (prefix / "share/man/man1").iterdir()}
    for page in (pages.TOP / "docs/man").glob("*.1"):
        if page.name not in installed:
            sys.exit(f"not installed: {page.name}")
    pages.run(prefix / "bin/zt", "--version")


def needed_libraries(program):
    return subprocess.run(["readelf", "-d", program], capture_output=True, text=True).stdout


def check_linked(program, shared):
    if ("libzt.so" in needed_libraries(program)) != shared:
        sys.exit(f"{program} is linked the wrong way")


def by_pkg_config(home, environment):
    """The README's own lines, then the same for the static library."""
    lines = pages.commands(pages.block_with(README, "sh", "pkg-config"))
    line = next(line for line in lines if line.startswith("cc "))
    pages.run(line, shell=True, cwd=home, env=environment)
    check_linked(home / "hello", shared=True)
    # The static library is named by its file; pkg-config knows what else it needs.
    static = (f"cc hello.c $({PKG_CONFIG} --cflags libzt) $HOME/zt/lib/libzt.a "
              f"$({PKG_CONFIG} --libs --static libzt | sed s/-lzt//) -o hello")
    pages.run(static, shell=True, cwd=home, env=environment)
    check_linked(home / "hello", shared=False)


def by_cmake(home, prefix, environment):
    text = README.read_text()
    words = re.search(r"`(find_package\(libzt\))`, then link\s+`(libzt::\w+)` or `(libzt::\w+)`", text)
    if not words:
        sys.exit("README.md does not say how CMake finds the library")
    find, shared, static = words.groups()
    project = home / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        CMAKE_PROJECT.format(find=find, shared=shared, static=static))
    (home / "hello.c").rename(project / "hello.c")
    pages.run("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
              env=environment)
    pages.run("cmake", "--build", project / "build", env=environment)
    check_linked(project / "build/shared", shared=True)
    check_linked(project / "build/static", shared=False)


def main():
    build, compiler, *sanitize = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        home = pathlib.Path(work)
        prefix = home / "zt"
        shims = pages.compiler_as_cc(home / "shims", compiler, "".join(sanitize))
        environment = {**os.environ, "HOME": work, "PATH": f"{shims}:{os.environ['PATH']}",
                       "CC": str(shims / "cc")}
        install(pathlib.Path(build), prefix)
        check_files(prefix)
        (home / "hello.c").write_text(pages.block_with(README, "c", "int main"))
        by_pkg_config(home, environment)
        by_cmake(home, prefix, environment)
        print("installed, compiled by pkg-config and by CMake, shared and static")


main()
