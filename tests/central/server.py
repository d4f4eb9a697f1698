#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hosted service as zts_central_* meets it: the first part of a path says how it behaves. Prints its pid
and its ports (HTTP, HTTP on another port, HTTPS with a certificate nobody signed) and ends with its parent."""
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time

TOKEN = "0123456789abcdefghijklmnopqrstuv"
NETWORK = "/api/network/0a0b0c0d0e0f0001"
KNOWN = {"/api/status", "/api/self", "/api/network", NETWORK, f"{NETWORK}/member",
         f"{NETWORK}/member/0102030405"}
LARGE = 100000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def reply_whole(self, path, sent):
        """What the service does, and in the answer what it was asked."""
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.reply(401, b'{"error": "no or bad token"}')
        if path not in KNOWN:
            return self.reply(404, b'{"error": "not found"}')
        told = {"method": self.command, "path": path, "body": sent,
                "type": self.headers.get("Content-Type", "")}
        return self.reply(200, json.dumps(told).encode())

    def reply_slowly(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            time.sleep(0.1)

    def handle_any(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        manner, path = self.path[1:].split("/", 1)
        path = "/" + path
        other = self.server.other
        try:
            if manner == "failing":
                self.reply(500, b'{"error": "internal"}')
            elif manner == "slow":
                self.reply_slowly()
            elif manner == "oversize":
                self.reply(200, b"x" * LARGE)
            elif manner == "truncated":
                self.reply(200, b'{"half":', length=LARGE)
                self.close_connection = True
            elif manner == "moved":
                self.reply(302, b"", Location=f"/plain{path}")
            elif manner == "abroad":
                self.reply(302, b"", Location=f"http://127.0.0.1:{other}/plain{path}")
            elif manner == "files":
                self.reply(302, b"", Location="file:///etc/hostname")
            elif manner == "round":
                self.reply(302, b"", Location=self.path)
            else:
                self.reply_whole(path, sent)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that give up are what this is for."""


def serve(wrap=None):
    server = Server(("127.0.0.1", 0), Handler)
    server.other = 0
    if wrap:
        server.socket = wrap(server.socket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def self_signed():
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = pathlib.Path(folder) / "key", pathlib.Path(folder) / "certificate"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1", "-keyout", key, "-out",
                        certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return lambda socket: context.wrap_socket(socket, server_side=True)


def main():
    parent = os.getppid()
    first, second, secure = serve(), serve(), serve(self_signed())
    first.other = second.server_port
    print(os.getpid(), first.server_port, second.server_port, secure.server_port, flush=True)
    while os.getppid() == parent:
        time.sleep(0.2)


main()
