#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the first files of the corpora from the recorded vectors; what fuzzing finds is added by hand."""
import hashlib
import json
import pathlib
import re

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


# Recorded sessions, retold: whoever is spoken to becomes the node of fuzz_lab.c, the other member
# its member, root and controller its root. Signatures over what is replaced are no longer good.
IDENTITIES = [bytes.fromhex(case["binary_public"]) for case in first(load("identity")["valid"], 3)]
ROOT, MEMBER, SELF = (identity[:5] for identity in IDENTITIES)
NETWORK = ROOT + bytes.fromhex("00f022")
SESSIONS = ("main", "bridge", "moon", "relay", "tee")
REPLY, FROM_MEMBER, CERTIFIED = 0x08, 0x10, 0x80
OK, ERROR, FRAMES = 3, 2, (6, 7, 14)


def public(secret_string):
    address, kind, key, _ = secret_string.split(":")
    return bytes.fromhex(address + "0" + kind + key + "00")


def replacements(session, listener):
    known = {node["name"]: public(node["secret_string"]) for node in session["identities"]}
    speaker = "ztb" if listener == "zta" else "zta"
    roles = {listener: 2, speaker: 1, "ztc": 0, "ztr": 0}
    network = known["ztc"][:5] + bytes.fromhex("c0ffee")
    return ([(network, NETWORK), (network.hex().encode(), NETWORK.hex().encode())] +
            [(known[name], IDENTITIES[role]) for name, role in roles.items()] +
            [(known[name][:5], IDENTITIES[role][:5]) for name, role in roles.items()] +
            [(known[name][:5].hex().encode(), IDENTITIES[role][:5].hex().encode())
             for name, role in roles.items()])


def retell(session, listener):
    """The messages to one node: (what kind, as fuzz_pair reads it)."""
    addresses = {node["address"]: node["name"] for node in session["identities"]}
    heads = {packet["packet_id"]: packet for packet in session["packets"] if "source" in packet}
    changes = replacements(session, listener)
    for packet in session["packets"]:
        message = packet.get("decoded")
        head = heads.get(packet.get("packet_id"))
        if not message or addresses[head["destination"]] != listener:
            continue
        payload = bytes.fromhex(message["payload"])
        for old, new in changes:
            payload = payload.replace(old, new)
        verb, options = message["verb"], 3 if head["cipher"] == 3 else head["cipher"]
        by_member = addresses[head["source"]] in ("zta", "ztb")
        options |= FROM_MEMBER if by_member else 0
        options |= REPLY if verb in (OK, ERROR) else 0
        options |= CERTIFIED if by_member and verb in FRAMES else 0
        if len(payload) < 3000:
            kind = (verb, by_member, payload[0] if verb in (OK, ERROR) else None)
            yield kind, bytes([verb, options]) + len(payload).to_bytes(2, "big") + payload


def datagrams(name):
    """The bytes of every datagram: behind the headers of Ethernet, IPv4 and UDP."""
    capture = (DATA / f"session-{name}.pcap").read_bytes()
    at = 24
    while at < len(capture):
        length = int.from_bytes(capture[at + 8:at + 12], "little")
        yield capture[at + 16 + 42:at + 16 + length]
        at += 16 + length


def framed(items):
    return b"".join(len(item).to_bytes(2, "big") + item for item in items)


def addressed(datagram, to):
    return datagram if len(datagram) < 16 else datagram[:8] + to + datagram[13:]


kinds = {}
for name in SESSIONS:
    session = load(f"session-{name}")
    for listener in ("zta", "ztb"):
        told = list(retell(session, listener))
        put("pair", b"".join(message for _, message in told[:40]))
        for kind, message in told:
            kinds.setdefault(kind, set()).add(message)
    recorded = list(datagrams(name))
    put("datagram", framed(recorded[:40]))
    put("datagram", framed(addressed(datagram, SELF) for datagram in recorded[:40]))
    pieces = [item for item in recorded if len(item) > 1400 or item[13:14] == b"\xff"]
    if pieces:
        put("datagram", framed(addressed(piece, SELF) for piece in pieces[:6]))
for messages in kinds.values():
    for message in sorted(messages, key=lambda item: (len(item), item))[:2]:
        put("pair", message)

# The controller's interface: fuzz_admin takes the method from the first character, modulo three.
GET, POST, DELETE = "0", "1", "2"


def told_to_admin(network, number):
    here = f"/controller/network/{ROOT.hex()}{number:06x}"
    there = f"{here}/member/{MEMBER.hex()}"
    settings = json.dumps(network["network_json_posted"], ensure_ascii=False)
    member = json.dumps(network.get("member_json_posted") or {"authorized": True})
    lines = [f"{POST}{here} {settings}", f"{POST}{there} {member}", f"{GET}{here}",
             f"{GET}{here}/member", f"{GET}{there}", f"{POST}{there} {{\"authorized\": false}}",
             f"{GET}/unstable{here}/member", f"{DELETE}{there}", f"{DELETE}{here}"]
    return "\n".join(re.sub(r"[\n\r]", " ", line) for line in lines).encode()


for number, network in enumerate(load("netconf")["networks"], 1):
    put("admin", told_to_admin(network, number))
put("admin", "\n".join([f"{GET}/controller", f"{GET}/controller/network",
                        f"{POST}/controller/network/{ROOT.hex()}______ {{}}",
                        f"{POST}/controller/network {{}}",
                        f"{GET}/unstable/controller/network"]).encode())

# Frames of another member, and what fuzz_stack is told about each: 1 of the connection, 2 in sequence.
OWN_MAC, PEER_MAC = bytes.fromhex("020a00000010"), bytes.fromhex("020a00000011")
OWN4, PEER4 = bytes([10, 1, 0, 1]), bytes([10, 1, 0, 2])
OWN6, PEER6 = (bytes.fromhex("fd01") + bytes(13) + bytes([last]) for last in (1, 2))
GROUP4 = bytes([239, 1, 2, 3])


def frame(kind, payload):
    return OWN_MAC + PEER_MAC + kind.to_bytes(2, "big") + payload


def ip4(protocol, payload, to=OWN4, offset=0):
    length = (20 + len(payload)).to_bytes(2, "big")
    return frame(0x0800, bytes([0x45, 0]) + length + b"\0\7" + offset.to_bytes(2, "big") +
                 bytes([64, protocol, 0, 0]) + PEER4 + to + payload)


def ip6(protocol, payload, to=OWN6, hops=255):
    return frame(0x86dd, bytes([0x60, 0, 0, 0]) + len(payload).to_bytes(2, "big") +
                 bytes([protocol, hops]) + PEER6 + to + payload)


def udp(payload):
    return bytes.fromhex("23281b58") + (8 + len(payload)).to_bytes(2, "big") + b"\0\0" + payload


def tcp(flags, payload=b"", options=b""):
    offset = (5 + len(options) // 4) << 4
    return bytes.fromhex("23281b580000000100000000") + bytes([offset, flags]) + b"\x10\0\0\0\0\0" + \
        options + payload


def hinted(*frames):
    return b"".join(bytes([hints]) + len(data).to_bytes(2, "big") + data for hints, data in frames)


SYN_OPTIONS = bytes.fromhex("020405b40103030704020101")
ARP = bytes.fromhex("0001080006040001") + PEER_MAC + PEER4 + bytes(6) + OWN4
ANSWERED = (3, ip4(6, tcp(0x12, options=SYN_OPTIONS)))
put("stack", hinted((0, frame(0x0806, ARP)), (0, frame(0x0806, ARP[:10]))))
put("stack", hinted((0, ip4(1, bytes.fromhex("0800000000010001") + b"ping"))))
put("stack", hinted((0, ip4(17, udp(b"hello"))), (0, ip4(17, udp(b"all"), GROUP4)), (0, ip6(17, udp(b"six")))))
put("stack", hinted((0, ip4(17, udp(bytes(24)), offset=0x2000)), (0, ip4(17, bytes(24), offset=4))))
put("stack", hinted((0, ip4(6, tcp(2, options=SYN_OPTIONS))), (0, ip6(6, tcp(2)))))
put("stack", hinted(ANSWERED, (3, ip4(6, tcp(0x18, b"some data"))), (3, ip4(6, tcp(0x11)))))
put("stack", hinted(ANSWERED, (3, ip4(6, tcp(0x18, b"more", bytes.fromhex("0101050a0000000100000009")))), (3, ip4(6, tcp(4)))))
put("stack", hinted((0, ip4(2, bytes.fromhex("11640000") + GROUP4, GROUP4))))
put("stack", hinted((0, ip6(58, bytes.fromhex("8700000000000000") + OWN6 + b"\1\1" + PEER_MAC)),
                    (0, ip6(58, bytes.fromhex("8800000060000000") + PEER6 + b"\2\1" + PEER_MAC)),
                    (0, ip6(58, bytes.fromhex("8000000000010001") + b"ping"))))
put("stack", hinted((0, ip6(58, bytes.fromhex("8600000040080708") + bytes(8) +
                            bytes.fromhex("030440c0000000ff000000ff00000000fd02") + bytes(14)))))
put("stack", hinted((0, ip6(44, bytes.fromhex("1100000100000007") + udp(bytes(24)))),
                    (0, ip6(44, bytes.fromhex("1100001800000007") + bytes(16)))))
put("stack", hinted((0, ip6(0, bytes.fromhex("3a00050200000100") + bytes.fromhex("8200000000000000") + bytes(16)))))
put("stack", hinted((0, ip4(1, bytes.fromhex("0303000000000000") + ip4(17, udp(b"x"))[14:]))))
