#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the include lines and checks who includes whom: layers, doors, outside headers."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

# layer -> layers it may include
MAY = {
    "base": set(),
    "crypto": {"base"},
    "vl1": {"base", "crypto"},
    "vl2": {"base", "crypto", "vl1"},
    "node": {"base", "crypto", "vl1", "vl2"},
    "rules": {"base", "crypto", "vl1", "vl2"},
    "controller": {"base", "crypto", "vl1", "vl2"},
    "os": {"base"},
    "stack": {"base", "os"},
    "service": {"base", "crypto", "vl1", "vl2", "node", "os", "stack"},
    "zts": {"base", "crypto", "vl1", "vl2", "node", "os", "stack", "service"},
    "http": {"base", "crypto", "os", "controller"},
    "cmd": {"base", "crypto", "vl1", "vl2", "node", "os", "rules", "controller", "service", "http"},
}
# what others may include of a layer; in base, crypto and os each header is a door
DOORS = {
    "vl1": {"vl1.h", "address.h", "identity.h", "world.h", "drop.h", "wire.h"},
    "vl2": {"vl2.h", "ether.h", "com.h", "grants.h", "revocation.h", "rules.h", "rules_codec.h",
            "config.h", "dict.h"},
    "node": {"node.h"},
    "rules": {"language.h"},
    "controller": {"controller.h", "list.h", "store.h", "rules_json.h"},
    "stack": {"stack.h", "tcpsock.h", "names.h", "ready.h", "groups.h"},
    "service": {"service.h", "proof.h"},
    "http": {"http.h", "conf.h"},
    "zts": set(),
    "cmd": set(),
}
STANDARD = {"assert.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
            "string.h"}
LIBC = STANDARD | {"ctype.h", "errno.h", "stdio.h", "stdlib.h", "time.h", "math.h",
                   "stdatomic.h", "threads.h"}
# layer -> outside headers, as patterns; (file, pattern) exceptions below
OUTSIDE = {
    "base": STANDARD,
    "crypto": STANDARD | {r"openssl/.*"},
    "vl1": STANDARD | {"utlist.h"},
    "vl2": STANDARD | {"utlist.h"},
    "node": STANDARD,
    "rules": STANDARD,
    "controller": STANDARD | {"utlist.h", "jansson.h", "stdio.h", "stdlib.h"},
    "os": {r".*"},
    "stack": LIBC | {r"lwip/.*", r"netif/.*", r"arch/.*", "lwipopts.h"},
    "service": LIBC | {"utlist.h", "pthread.h"},
    "zts": LIBC | {r"lwip/.*", "ZeroTierSockets.h", "pthread.h"},
    "http": LIBC | {"jansson.h"},
    "cmd": LIBC | {r".*"},
}
EXTRA = {
    "base/table.h": {"uthash.h", "utlist.h"},
    "base/text.c": {"stdio.h"},
    "base/log.c": {"stdio.h"},
    "base/mem.c": {"stdlib.h"},
    "vl1/packet.c": {"lz4.h"},
    "stack/sys_arch.c": {"pthread.h"},  # lwIP wants something of each thread's own
    "crypto/salsa_simd.c": {"immintrin.h", "emmintrin.h", "arm_neon.h"},
    "controller/sqlite.h": {"sqlite3.h"},
    "controller/postgres.h": {"libpq-fe.h"},
    "controller/postgres_hosts.h": {"libpq-fe.h"},
    "controller/postgres.c": {"poll.h"},
    "stack/arch/cc.h": {"unistd.h"},
    "http/connections.c": {"sys/socket.h"},
    "http/exchange.h": {"microhttpd.h"},
    "http/listen.h": {"sys/socket.h"},
    "http/listen.c": {"fcntl.h", "netinet/in.h", "sys/stat.h", "sys/un.h", "unistd.h"},
    "http/server.c": {"unistd.h"},
    "zts/central_curl.c": {"curl/curl.h"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def check(path):
    layer = path.relative_to(SRC).parts[0]
    name = str(path.relative_to(SRC))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        kind, header = found.groups()
        where = f"src/{name}:{number}"
        first = header.split("/")[0]
        if kind == '"' and first in MAY:
            rest = header[len(first) + 1:]
            if not (SRC / header).exists():
                yield f"{where}: {header} does not exist"
            elif first == layer:
                continue
            elif first not in MAY[layer]:
                yield f"{where}: {layer} may not include {first}"
            elif first in DOORS and rest not in DOORS[first]:
                yield f"{where}: {header} is no door of {first}"
        else:
            allowed = OUTSIDE[layer] | EXTRA.get(name, set())
            if not any(re.fullmatch(pattern, header) for pattern in allowed):
                yield f"{where}: {layer} may not include {header}"


def lines_and_licence(path):
    text = path.read_text()
    name = path.relative_to(ROOT)
    if "SPDX-License-Identifier: Apache-2.0" not in text.splitlines()[0]:
        yield f"{name}:1: no SPDX line"
    if text.count("\n") > 800:
        yield f"{name}: {text.count(chr(10))} lines, a second idea must be inside"


def main():
    sources = sorted(SRC.rglob("*.[ch]"))
    problems = [p for path in sources for p in check(path)]
    others = sorted(p for folder in ("tests", "examples", "include")
                    for p in (ROOT / folder).rglob("*.[ch]"))
    problems += [p for path in sources + others for p in lines_and_licence(path)
                 if "ZeroTierSockets.h" not in str(path) or "SPDX" in p]
    print("\n".join(problems) if problems else f"layers: {len(sources)} files in order")
    return 1 if problems else 0


sys.exit(main())
