#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the first files of the corpora from the recorded vectors; what fuzzing finds is added by hand."""
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "vectors/data"


def load(topic):
    return json.loads((DATA / f"{topic}.json").read_text())


def put(name, content):
    folder = HERE / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def first(items, count=6):
    return items[:count]


for case in first(load("identity")["valid"], 2):
    put("identity", case["secret_string"].encode())
    put("identity", bytes.fromhex(case["binary_public"]))
for case in first(load("world")["worlds"]):
    put("world", bytes.fromhex(case["bytes"]))
for case in first(load("mac")["inetaddress"], 13):
    if case["address"]:
        put("endpoint", case["address"].encode())
    put("endpoint", bytes.fromhex(case["bytes"]))
for case in first(load("lz4")["compress"], 4):
    put("expand", bytes.fromhex(case["packet_after_compress"])[28:])
for case in load("fragments")["receive"][1:6]:
    put("reassembly", b"".join(len(d).to_bytes(2, "big") + d
                               for d in map(bytes.fromhex, case["datagrams"]) if len(d) < 1500))
for case in first(load("netconf")["configs"]):
    put("config", bytes.fromhex(case["dictionary"]))
    body = bytes.fromhex(case["packet_payloads"][0])
    put("chunk", body[9:] if case["sent_as"].startswith("OK") else body)
for kind in ("com", "tag", "coo", "capability", "revocation"):
    for case in first(load("credentials")[kind], 3):
        put("credentials", bytes.fromhex(case["bytes"]))
frames = load("rules")["frames"]
for number, case in enumerate(load("rules")["rule_sets"][::12]):
    frame = frames[number % len(frames)]
    payload = bytes.fromhex(frame["payload"])
    shape = (frame["direction"] == "in") | {2048: 2, 0x86dd: 4}.get(frame["ethertype"], 0) | 24
    put("rules", bytes([shape]) + len(payload).to_bytes(2, "big") + payload +
        bytes.fromhex(case["rules_bytes"]))
