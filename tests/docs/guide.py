#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The guide's programs run as it says, in a network on loopback: BUILD COMPILER [SANITIZERS].

They are compiled as they stand. Only zts_node_start is wrapped, so that they find this network's root."""
import pathlib
import re
import sys
import tempfile

import pages

sys.path.insert(0, str(pages.TOP / "tests/zts"))
from examples import Network, finish, wait_until  # noqa: E402

GUIDE = pages.TOP / "docs/guide"
WRAPPER = """
#include <stdio.h>
#include <stdlib.h>
#include <ZeroTierSockets.h>
int __real_zts_node_start(void);
int __wrap_zts_node_start(void);
int __wrap_zts_node_start(void)
{
    static char bytes[ZTS_STORE_DATA_LEN];
    FILE *file = fopen(getenv("GUIDE_PLANET"), "rb");
    size_t length = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (zts_init_set_roots(bytes, (unsigned)length) != 0 || zts_init_allow_loopback_paths(1) != 0)
        abort();
    fclose(file);
    return __real_zts_node_start();
}
"""


class Guide:
    """The programs of the pages, compiled, and the network that they run in."""

    def __init__(self, build, cc, folder, network):
        self.build, self.cc, self.folder, self.network = build, cc, folder, network
        self.wrapper = folder / "wrapper.c"
        self.wrapper.write_text(WRAPPER)

    def start(self, page, needle, *words):
        """The one program of the page that has a main and this in it."""
        found = [block for block in pages.blocks(GUIDE / f"{page}.md", "c")
                 if "int main(" in block and needle in block]
        if len(found) != 1:
            sys.exit(f"{page}.md: {len(found)} programs with {needle!r}")
        name = f"{page}-{re.sub(r'[^a-z]', '', needle)}"
        source = self.folder / f"{name}.c"
        source.write_text(found[0])
        pages.run(self.cc, "-std=c11", f"-I{pages.TOP}/include", source, self.wrapper, "-o",
                  source.with_suffix(""), "-Wl,--wrap=zts_node_start", f"-L{self.build}", "-lzt",
                  f"-Wl,-rpath,{self.build}")
        process = self.network.start(name, "env", f"GUIDE_PLANET={self.folder}/root/planet",
                                     source.with_suffix(""), *words)
        return name, process

    def expect(self, started, *needed):
        name, process = started
        said = finish(self.network, name, process)
        for text in needed:
            if text not in said:
                sys.exit(f"{name}: no {text!r} in\n{said}")
        print(f"{name}: {needed}")

    def wait_for(self, started, text):
        wait_until(lambda: text in self.network.log_of(started[0]), started[0])
        return self.network.log_of(started[0])


def check(guide):
    network = guide.network.id
    pingable = guide.start("pingable-node", "ping", network)
    guide.wait_for(pingable, "ping 10.9.0.")
    print("pingable-node: it has an address")

    server = guide.start("client-and-server", "zts_tcp_server", network)
    address = re.search(r"server at (\S+)", guide.wait_for(server, "server at 10.9.0."))[1]
    client = guide.start("client-and-server", "zts_tcp_client", network, address)
    guide.expect(client, "answer: Welcome to the machine")
    guide.expect(server, "sent 22 bytes")

    guide.expect(guide.start("identities", "zts_id_new"), " is ")
    guide.expect(guide.start("events", "on_event", network), "220\n", "200 node 0000000000", "201 node ",
                 f"213 network {network}", f"218 network {network}", "221\n", "203 node ")


def main():
    build, compiler, *sanitize = sys.argv[1:]
    build = pathlib.Path(build).resolve()
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        cc = pages.compiler_as_cc(folder / "bin", compiler, "".join(sanitize)) / "cc"
        network = Network(build, folder)
        try:
            check(Guide(build, cc, folder, network))
        finally:
            network.end()


main()
