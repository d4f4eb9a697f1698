#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One node on a zts_* library, whichever: takes commands as lines, answers each with one line.

peer.py LIBRARY. Commands:
  start STORAGE PLANET PORT      join NWID          wait NWID SECONDS     address FAMILY
  tcp-listen FAMILY PORT         accept             tcp-connect IP PORT SECONDS
  send-bulk BYTES SEED [STEP]    recv-bulk BYTES SEED [STEP]
  udp-bind FAMILY PORT           udp-serve          udp-ask IP PORT COUNT SIZE
  udp-stop IP PORT
  stats                          close              forget             stop           quit
  raw                            patience SECONDS
"""
import ctypes
import hashlib
import random
import socket as socketlib
import struct
import sys
import threading
import time

zts = ctypes.CDLL(sys.argv[1], mode=1)
zts.zts_node_get_id.restype = ctypes.c_uint64
for name in ("zts_bsd_send", "zts_bsd_recv", "zts_bsd_sendto", "zts_bsd_recvfrom"):
    getattr(zts, name).restype = ctypes.c_ssize_t
    getattr(zts, name).argtypes = {
        "zts_bsd_send": [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int],
        "zts_bsd_recv": [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int],
        "zts_bsd_sendto": [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int,
                           ctypes.c_char_p, ctypes.c_uint32],
        "zts_bsd_recvfrom": [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int,
                             ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint32)],
    }[name]
FAMILIES = {"4": 2, "6": 10}
STREAM, DATAGRAM, RAW = 1, 2, 3

nwid = 0
patience = 0  # seconds to wait for a connection or bytes; 0: without end
listener = -1
connection = -1
socket = -1
server = None


def family_of(ip):
    return "6" if ":" in ip else "4"


def checked(result, what):
    if result < 0:
        raise RuntimeError(f"{what}: {result}, errno {ctypes.c_int.in_dll(zts, 'zts_errno').value}")
    return result


def sockaddr(ip, port):
    """A zts_sockaddr_in or _in6. Not by zts_inet_pton: the original's writes more than 16 bytes."""
    if family_of(ip) == "4":
        return struct.pack("!BBH4s8x", 16, 2, port, socketlib.inet_pton(socketlib.AF_INET, ip))
    return struct.pack("!BBHI16sI", 28, 10, port, 0, socketlib.inet_pton(socketlib.AF_INET6, ip), 0)


def start(storage, planet, port):
    data = open(planet, "rb").read()
    checked(zts.zts_init_from_storage(storage.encode()), "storage")
    checked(zts.zts_init_set_roots(data, len(data)), "roots")
    checked(zts.zts_init_set_port(int(port)), "port")
    checked(zts.zts_init_allow_port_mapping(0), "port mapping")
    checked(zts.zts_node_start(), "start")
    until = time.time() + 60
    while not zts.zts_node_is_online():
        if time.time() > until:
            raise RuntimeError("never online")
        time.sleep(0.05)
    return "%010x" % zts.zts_node_get_id()


def join(network):
    global nwid
    nwid = int(network, 16)
    checked(zts.zts_net_join(ctypes.c_uint64(nwid)), "join")
    return "joined"


def wait(network, seconds):
    until = time.time() + float(seconds)
    while time.time() < until:
        if all(zts.zts_addr_is_assigned(ctypes.c_uint64(int(network, 16)), f) == 1 for f in (2, 10)):
            return "ready"
        time.sleep(0.05)
    raise RuntimeError("no addresses")


def address(family):
    text = ctypes.create_string_buffer(46)
    checked(zts.zts_addr_get_str(ctypes.c_uint64(nwid), FAMILIES[family], text, 46), "address")
    return text.value.decode().lower()


def tcp_listen(family, port):
    global listener
    listener = checked(zts.zts_bsd_socket(FAMILIES[family], STREAM, 0), "socket")
    any_ip = "0.0.0.0" if family == "4" else "::"
    name = sockaddr(any_ip, int(port))
    checked(zts.zts_bsd_bind(listener, name, len(name)), "bind")
    checked(zts.zts_bsd_listen(listener, 5), "listen")
    return "listening"


def be_patient(seconds):
    """Who waits for somebody that died must end some time."""
    global patience
    patience = int(seconds)
    return f"for {seconds} s"


def limit(fd):
    if patience:
        checked(zts.zts_set_recv_timeout(fd, patience, 0), "timeout")


def raw():
    """What becomes of an attempt to open a raw socket, as a ping would need."""
    fd = zts.zts_bsd_socket(FAMILIES["4"], RAW, 1)
    if fd < 0:
        return f"refused, errno {ctypes.c_int.in_dll(zts, 'zts_errno').value}"
    zts.zts_bsd_close(fd)
    return "opened"


def accept():
    global connection
    limit(listener)
    connection = checked(zts.zts_bsd_accept(listener, None, None), "accept")
    limit(connection)
    return "accepted"


def tcp_connect(ip, port, seconds):
    global connection
    until = time.time() + float(seconds)
    name = sockaddr(ip, int(port))
    while True:
        connection = checked(zts.zts_bsd_socket(FAMILIES[family_of(ip)], STREAM, 0), "socket")
        if zts.zts_bsd_connect(connection, name, len(name)) == 0:
            limit(connection)
            return "connected"
        zts.zts_bsd_close(connection)
        if time.time() > until:
            raise RuntimeError("can't connect")
        time.sleep(0.25)


def blocks(count, seed):
    source = random.Random(int(seed))
    left = int(count)
    while left > 0:
        block = source.randbytes(min(left, 65536))
        left -= len(block)
        yield block


def send_bulk(count, seed, step=0):
    """With a step: so many bytes at a time, each awaiting one byte from the receiver."""
    digest = hashlib.sha256()
    began = time.time()
    step = int(step)
    answer = ctypes.create_string_buffer(1)
    for block in blocks(count, seed):
        digest.update(block)
        at = 0
        while at < len(block):
            part = block[at:at + (step or len(block))]
            at += checked(zts.zts_bsd_send(connection, part, len(part), 0), "send")
            if step:
                checked(zts.zts_bsd_recv(connection, answer, 1, 0), "recv")
    return f"{digest.hexdigest()} {int(count) * 8 / 1e6 / (time.time() - began):.0f} Mbit/s"


def receive(buffer, count):
    """Exactly so many bytes."""
    parts = []
    while count > 0:
        got = checked(zts.zts_bsd_recv(connection, buffer, min(count, 65536), 0), "recv")
        if got == 0:
            raise RuntimeError(f"end of stream, {count} bytes missing")
        parts.append(ctypes.string_at(buffer, got))
        count -= got
    return b"".join(parts)


def recv_bulk(count, seed, step=0):
    step = int(step)
    digest = hashlib.sha256()
    buffer = ctypes.create_string_buffer(65536)
    for block in blocks(count, seed):
        for at in range(0, len(block), step or len(block)):
            part = block[at:at + (step or len(block))]
            got = receive(buffer, len(part))
            if got != part:
                raise RuntimeError("bytes differ")
            digest.update(got)
            if step:
                checked(zts.zts_bsd_send(connection, b"k", 1, 0), "send")
    return digest.hexdigest()


def udp_bind(family, port):
    global socket
    socket = checked(zts.zts_bsd_socket(FAMILIES[family], DATAGRAM, 0), "socket")
    name = sockaddr("0.0.0.0" if family == "4" else "::", int(port))
    checked(zts.zts_bsd_bind(socket, name, len(name)), "bind")
    return "bound"


def udp_serve():
    """Sends each datagram back, in the background, until one says stop: closing a socket on which
    another thread waits hangs in the original."""
    global server
    fd = socket

    def serve():
        buffer = ctypes.create_string_buffer(65536)
        while True:
            name = ctypes.create_string_buffer(28)
            length = ctypes.c_uint32(28)
            got = zts.zts_bsd_recvfrom(fd, buffer, 65536, 0, name, ctypes.byref(length))
            if got < 0 or buffer.raw[:got] == b"stop":
                return
            zts.zts_bsd_sendto(fd, buffer.raw[:got], got, 0, name.raw, length.value)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    return "serving"


def udp_stop(ip, port):
    fd = checked(zts.zts_bsd_socket(FAMILIES[family_of(ip)], DATAGRAM, 0), "socket")
    name = sockaddr(ip, int(port))
    for _ in range(5):
        zts.zts_bsd_sendto(fd, b"stop", 4, 0, name, len(name))
        time.sleep(0.02)
    zts.zts_bsd_close(fd)
    return "told to stop"


def udp_ask(ip, port, count, size):
    fd = checked(zts.zts_bsd_socket(FAMILIES[family_of(ip)], DATAGRAM, 0), "socket")
    zts.zts_set_recv_timeout(fd, 1, 0)
    name = sockaddr(ip, int(port))
    buffer = ctypes.create_string_buffer(65536)
    answered = 0
    for number in range(int(count)):
        message = struct.pack("!I", number) * (int(size) // 4)
        for _ in range(3):
            checked(zts.zts_bsd_sendto(fd, message, len(message), 0, name, len(name)), "sendto")
            got = zts.zts_bsd_recvfrom(fd, buffer, 65536, 0, None, None)
            if got == len(message) and buffer.raw[:got] == message:
                answered += 1
                break
    zts.zts_bsd_close(fd)
    if answered != int(count):
        raise RuntimeError(f"only {answered} of {count} came back")
    return f"{answered} came back"


def stats():
    """Packets sent, received and dropped, by layer."""
    counters = (ctypes.c_uint32 * 36)()
    checked(zts.zts_stats_get_all(counters), "stats")
    names = "link etharp ip4 ip6 icmp4 icmp6 udp tcp nd6".split()
    return " ".join(f"{name}:{'/'.join(map(str, counters[4 * i:4 * i + 4]))}" for i, name in enumerate(names))


def close():
    global listener, connection, socket, server
    if server is not None:
        server.join(timeout=5)
        server = None
    for fd in (connection, listener, socket):
        if fd >= 0:
            zts.zts_bsd_close(fd)
    listener = connection = socket = -1
    return "closed"


def forget():
    """As close, but leaves the descriptors to the end of the process."""
    global listener, connection
    listener = connection = -1
    return "forgotten"


def stop():
    checked(zts.zts_node_stop(), "stop")
    time.sleep(1)
    return "stopped"


COMMANDS = {"start": start, "join": join, "wait": wait, "address": address, "tcp-listen": tcp_listen,
            "accept": accept, "tcp-connect": tcp_connect, "send-bulk": send_bulk,
            "recv-bulk": recv_bulk, "udp-bind": udp_bind, "udp-serve": udp_serve, "udp-ask": udp_ask, "udp-stop": udp_stop,
            "stats": stats, "raw": raw, "patience": be_patient, "close": close, "forget": forget, "stop": stop}


def main():
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words[0] == "quit":
            break
        try:
            print("ok", COMMANDS[words[0]](*words[1:]), flush=True)
        except Exception as problem:  # whatever it is, the driver must hear of it
            print("failed", problem, flush=True)


if __name__ == "__main__":
    main()
