#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Garbage to UDP endpoints: flood.py COUNT SAMPLES IP/PORT..., COUNT datagrams to each in turn.

Half is random, half are captured datagrams (see capture.py) with some bytes changed, cut or repeated."""
import pathlib
import random
import socket
import sys

source = random.Random(1)
samples = [bytes.fromhex(line) for line in pathlib.Path(sys.argv[2]).read_text().split()]
targets = [(text.rpartition("/")[0], int(text.rpartition("/")[2])) for text in sys.argv[3:]]


def mutated(sample):
    changed = bytearray(sample)
    kind = source.randrange(4)
    if kind == 0:
        del changed[source.randrange(len(changed)):]
    elif kind == 1:
        changed += changed[:source.randrange(len(changed))]
    if kind != 3:  # 3: a replay, as it was
        for _ in range(source.randrange(4)):
            if changed:
                changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
    return bytes(changed[:1472])


# Many, but not each anew: it is the receiver that is to be busy.
garbage = [mutated(source.choice(samples)) if samples and number % 2 else
           source.randbytes(source.choice((1, 15, 16, 27, 28, 60, 200, 1400))) for number in range(20000)]
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(sys.argv[1])):
    for target in targets:
        sender.sendto(garbage[number % len(garbage)], target)
print("sent")
