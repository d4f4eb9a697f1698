#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""UDP payloads seen on this host's interfaces, as lines of hexadecimal digits: capture.py FILE COUNT."""
import socket
import sys

EVERYTHING = 3
HEADERS = 14 + 20 + 8

tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
found = 0
with open(sys.argv[1], "w") as out:
    while found < int(sys.argv[2]):
        frame = tap.recv(65536)
        is_udp = frame[12:14] == b"\x08\x00" and frame[14] == 0x45 and frame[23] == 17
        if is_udp and len(frame) > HEADERS:
            out.write(frame[HEADERS:HEADERS + 1472].hex() + "\n")
            out.flush()
            found += 1
