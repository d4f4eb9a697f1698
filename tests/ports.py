# SPDX-License-Identifier: Apache-2.0
"""Ports for servers of tests: theirs is the same number for UDP and, for HTTP, for TCP."""
import socket


def free_port():
    """A number that is free for both on loopback. Connections that have just ended keep theirs for a while."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
