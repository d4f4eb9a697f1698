#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Garbage to UDP endpoints: flood.py [--from COUNT] COUNT SAMPLES IP/PORT..., COUNT datagrams to each in turn.

Half is random, half are captured datagrams (see capture.py) with some bytes changed, cut or repeated.
--from: from so many of the addresses 172.16.N.9, which must be routed to this host, instead of its own."""
import argparse
import pathlib
import random
import socket

parser = argparse.ArgumentParser()
parser.add_argument("--from", dest="sources", type=int, default=0)
parser.add_argument("count", type=int)
parser.add_argument("samples", type=pathlib.Path)
parser.add_argument("targets", nargs="+")
arguments = parser.parse_args()
source = random.Random(1)
samples = [bytes.fromhex(line) for line in arguments.samples.read_text().split()]
targets = [(text.rpartition("/")[0], int(text.rpartition("/")[2])) for text in arguments.targets]


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


def open_socket(number):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if arguments.sources:
        sender.bind((f"172.{16 + (number >> 8)}.{number & 255}.9", 0))
    return sender


# Many, but not each anew: it is the receiver that is to be busy.
garbage = [mutated(source.choice(samples)) if samples and number % 2 else
           source.randbytes(source.choice((1, 15, 16, 27, 28, 60, 200, 1400))) for number in range(20000)]
senders = [open_socket(number) for number in range(arguments.sources or 1)]
for number in range(arguments.count):
    for target in targets:
        senders[number % len(senders)].sendto(garbage[number % len(garbage)], target)
print("sent")
