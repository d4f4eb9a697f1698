# SPDX-License-Identifier: Apache-2.0
"""A root with a controller on loopback, and curl to ask it: what the tests of the HTTP APIs share."""
import itertools
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))
from ports import free_port  # noqa: E402, F401

SECONDS = 60
IDENTITIES = itertools.cycle(line for line in (TOP / "tests/service/identities.txt").read_text().splitlines()
                             if not line.startswith("#"))


class Answer:
    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    @property
    def json(self):
        return json.loads(self.text)


class Service:
    """`zt controller` in a folder of its own; ports are the system's choice."""

    def __init__(self, build, *options, command=("controller", "--root"), home=None):
        self.folder = None if home else tempfile.TemporaryDirectory(prefix="zt-http-")
        self.home = pathlib.Path(home or self.folder.name)
        lend_identity(self.home)
        port = ["-p", str(free_port())]
        self.process = subprocess.Popen(
            [pathlib.Path(build) / "zt", *command, "-H", self.home, *port, "-b", "127.0.0.1",
             "--allow-loopback", "-j", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the service did not start: exit code {self.process.wait()}")
        ready = json.loads(line)
        self.address, self.port, self.http = ready["address"], ready["port"], ready["http"]
        self.url = f"http://127.0.0.1:{self.http}"

    @property
    def token(self):
        return (self.home / "authtoken.secret").read_text()

    def curl(self, path, *options):
        """Answers with what came. No token but what the options give."""
        done = subprocess.run(
            ["curl", "-s", "-S", "-i", "--max-time", str(SECONDS), *options, self.url + path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS + 10)
        if done.returncode:
            sys.exit(f"curl {path}: {done.stderr.decode()}")
        text = done.stdout.decode()
        while re.match(r"HTTP/1\.1 100 ", text):
            text = text.split("\r\n\r\n", 1)[1]
        head, _, body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in lines[1:])}
        return Answer(int(lines[0].split()[1]), headers, body)

    def ask(self, method, path, body=None, headers=()):
        """The local API, as its user."""
        options = ["-X", method, "-H", f"X-ZT1-Auth: {self.token}"]
        for header in headers:
            options += ["-H", header]
        if body is not None:
            options += ["--data-binary", body if isinstance(body, str) else json.dumps(body)]
        return self.curl(path, *options)

    def get(self, path):
        answer = self.ask("GET", path)
        expect(answer.status, 200, path)
        return answer.json

    def post(self, path, body):
        answer = self.ask("POST", path, body)
        expect(answer.status, 200, f"{path}: {answer.text}")
        return answer.json

    def new_network(self, **fields):
        return self.post("/controller/network", fields)["id"]

    def metric(self, name):
        """The value of one series."""
        text = self.curl("/metrics", "-H", f"X-ZT1-Auth: {self.token}").text
        values = [line.rsplit(" ", 1)[1] for line in text.splitlines()
                  if line.rsplit(" ", 1)[0] == name]
        expect(len(values), 1, name)
        return int(values[0])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=SECONDS)
        self.process.stdout.close()
        if self.folder:
            self.folder.cleanup()
        expect(code, 0, "exit code of the service")


def lend_identity(home):
    """One that was made before, each time another: making one takes long with sanitizers."""
    home.mkdir(exist_ok=True)
    if not (home / "identity.secret").exists():
        (home / "identity.secret").write_text(next(IDENTITIES))


def expect(value, wanted, about=""):
    if value != wanted:
        raise AssertionError(f"{about}: {value!r}, not {wanted!r}")


def expect_in(needle, text, about=""):
    if needle not in text:
        raise AssertionError(f"{about}: no {needle!r} in {text!r}")


def run(claims, *options):
    """Each claim is a function of the service; its name says what holds. BUILD is the argument."""
    service = Service(sys.argv[1], *options)
    try:
        for claim in claims:
            claim(service)
            print("ok:", claim.__name__.replace("_", " "), flush=True)
        if service.process.poll() is not None:
            sys.exit("the service ended by itself")
    finally:
        service.stop()
