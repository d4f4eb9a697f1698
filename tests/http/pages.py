#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/http.md, one after the other as they stand there; only the port is another: BUILD."""
import pathlib
import subprocess
import sys
import tempfile

import lab
from lab import expect

sys.path.insert(0, str(lab.TOP / "tests/docs"))
import pages  # noqa: E402

PAGE = lab.TOP / "docs/http.md"
START = "zt controller -H home --root &\n"


def main():
    first, *rest = pages.blocks(PAGE, "sh")
    expect(first, START, "the first block")
    with tempfile.TemporaryDirectory(prefix="zt-http-") as folder:
        service = lab.Service(sys.argv[1], home=pathlib.Path(folder) / "home")
        try:
            script = "".join(rest).replace(":9993", f":{service.http}")
            done = subprocess.run(["sh", "-eux", "-c", script], cwd=folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=lab.SECONDS)
            expect(done.returncode, 0, done.stdout)
            expect(done.stdout.count("+ curl ") > 15, True, done.stdout)
        finally:
            service.stop()


main()
