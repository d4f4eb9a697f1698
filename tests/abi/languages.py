#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs in each language level may include the public header: in several files of one program, before and
after the system's socket headers, and all names have C linkage."""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
LEVELS = {
    ("gcc", "c"): ["c99", "c11", "c17", "c2x"],
    ("clang", "c"): ["c99", "c11", "c17", "c2x"],
    ("g++", "cpp"): ["c++11", "c++14", "c++17", "c++20", "c++2b"],
    ("clang++", "cpp"): ["c++11", "c++14", "c++17", "c++20", "c++2b"],
}
SYSTEM = "#include <sys/types.h>\n#include <sys/socket.h>\n#include <netinet/in.h>\n#include <netdb.h>\n"
OURS = "#include <ZeroTierSockets.h>\n"
# Uses what a header can get wrong in a second file or language: objects, macros, a function's linkage.
BODY = """
int use_{number}(struct zts_sockaddr_in6 *addr, zts_fd_set *set, int fd);
int use_{number}(struct zts_sockaddr_in6 *addr, zts_fd_set *set, int fd)
{{
    addr->sin6_addr = zts_in6addr_any;
    ZTS_FD_ZERO(set);
    ZTS_FD_SET(fd, set);
    ZTS_FD_CLR(fd, set);
    if (ZTS_FD_ISSET(fd, set) || zts_errno == ZTS_EINVAL)
        return ZTS_MAX_ENDPOINT_STR_LEN * 2;
    {calls}
    return 0;
}}
"""


def names():
    return {line for name in ("symbols.txt", "extensions.txt")
            for line in (HERE / name).read_text().split()}


def source(number, order, functions):
    calls = "\n    ".join(f"zts_function_{i} f{i} = reinterpret(zts_function_{i}, {name}); (void)f{i};"
                          for i, name in enumerate(functions))
    types = "".join(f"typedef void (*zts_function_{i})(void);\n" for i in range(len(functions)))
    return (order + "#ifdef __cplusplus\n#define reinterpret(type, value) reinterpret_cast<type>(value)\n"
            "#else\n#define reinterpret(type, value) ((type)(value))\n#endif\n" + types
            + BODY.format(number=number, calls=calls))


def run(what, *command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{what}\n{done.stderr}")
    return done.stdout


def check(compiler, suffix, level, work, known):
    """Two files, linked into one object that then lacks only what the library has."""
    what = f"{compiler} -std={level}"
    files = {"first": (OURS + SYSTEM, []),
             "second": (SYSTEM + OURS, ["-DZTS_STATIC", "-DZTS_DISABLE_CENTRAL_API=0"])}
    functions = [name for name in sorted(known) if name != "zts_errno"]
    objects = []
    for number, (name, (order, switches)) in enumerate(files.items()):
        wanted = functions if switches else functions[:1]
        path = work / f"{name}.{suffix}"
        path.write_text(source(number, order, wanted))
        objects.append(path.with_suffix(".o"))
        run(what, compiler, f"-std={level}", *WARNINGS, *switches, f"-I{INCLUDE}", "-c", path, "-o",
            objects[-1])
    together = work / "together.o"
    run(what, "ld", "-r", *objects, "-o", together)
    lacking = {line.split()[-1] for line in run(what, "nm", "-u", together).splitlines()}
    if lacking - {"memset", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"} != known:
        sys.exit(f"{what}: these names differ from the library's: {sorted(lacking ^ known)}")
    print(f"{what}: fine")


def main():
    known = names()
    with tempfile.TemporaryDirectory() as folder:
        for (compiler, suffix), levels in LEVELS.items():
            for level in levels:
                check(compiler, suffix, level, pathlib.Path(folder), known)


main()
