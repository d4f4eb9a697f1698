#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One node that takes commands as lines: node.py LIBRARY. Those of interop's peer.py, and:

  launch STORAGE PLANET PORT     start without waiting; PLANET -: what the storage has
  online                         events             (codes since the last time)
  status NWID                    leave NWID         ready NWID FAMILY
  orbit MOON                     its seed is the root of that address
  paths ADDRESS                  direct paths of a peer: their number, then the endpoints
  echo PORT                      datagrams over IPv4 go back, from now on, whatever is closed
  udp-try IP PORT SECONDS        one datagram: answered, or silent
  udp-ask-all IP PORT SECONDS COUNT  one datagram over IPv4: who answers, up to so many
  resources                      descriptors, threads, resident KiB
  cycle COUNT STORAGE PLANET     start and stop so often, at varied moments; resources before and after
"""
import ctypes
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import peer  # noqa: E402
from peer import checked, zts  # noqa: E402

PATH_TEXT = 64
codes = []


@ctypes.CFUNCTYPE(None, ctypes.c_void_p)
def on_event(message):
    codes.append(ctypes.c_int16.from_address(message).value)


def launch(storage, planet, port):
    checked(zts.zts_init_from_storage(storage.encode()), "storage")
    if planet != "-":
        data = open(planet, "rb").read()
        checked(zts.zts_init_set_roots(data, len(data)), "roots")
    checked(zts.zts_init_set_port(int(port)), "port")
    checked(zts.zts_init_set_event_handler(on_event), "events")
    checked(zts.zts_node_start(), "start")
    return "launched"


def online():
    return zts.zts_node_is_online()


def address():
    return "%010x" % (zts.zts_node_get_id() & 0xFFFFFFFFFFFFFFFF)


def events():
    told = " ".join(map(str, codes))
    codes.clear()
    return told


def status(network):
    return zts.zts_net_get_status(ctypes.c_uint64(int(network, 16)))


def leave(network):
    checked(zts.zts_net_leave(ctypes.c_uint64(int(network, 16))), "leave")
    return "left"


def orbit(moon):
    world = ctypes.c_uint64(int(moon, 16))
    checked(zts.zts_moon_orbit(world, world), "orbit")
    return "orbiting"


def ready(network, family):
    peer.nwid = int(network, 16)
    return zts.zts_addr_is_assigned(ctypes.c_uint64(peer.nwid), peer.FAMILIES[family])


def paths(of):
    text = ctypes.create_string_buffer(PATH_TEXT)
    known = ctypes.c_uint64(int(of, 16))
    count = max(0, zts.zts_core_query_path_count(known))
    found = []
    for index in range(count):
        if zts.zts_core_query_path(known, index, text, PATH_TEXT) == 0:
            found.append(text.value.decode())
    return " ".join([str(count), *found])


def echo(port):
    kept = peer.socket, peer.server
    try:
        peer.udp_bind("4", port)
        peer.udp_serve()
    finally:
        peer.socket, peer.server = kept
    return "echoing"


def udp_try(ip, port, seconds):
    fd = checked(zts.zts_bsd_socket(peer.FAMILIES[peer.family_of(ip)], peer.DATAGRAM, 0), "socket")
    milliseconds = int(float(seconds) * 1000)
    zts.zts_set_recv_timeout(fd, milliseconds // 1000, milliseconds % 1000 * 1000)
    name = peer.sockaddr(ip, int(port))
    buffer = ctypes.create_string_buffer(64)
    zts.zts_bsd_sendto(fd, b"there?", 6, 0, name, len(name))
    got = zts.zts_bsd_recvfrom(fd, buffer, 64, 0, None, None)
    zts.zts_bsd_close(fd)
    return "answered" if got == 6 else "silent"


def udp_ask_all(ip, port, seconds, count):
    fd = checked(zts.zts_bsd_socket(peer.FAMILIES["4"], peer.DATAGRAM, 0), "socket")
    checked(zts.zts_set_recv_timeout(fd, int(seconds), 0), "timeout")
    name = peer.sockaddr(ip, int(port))
    buffer, sender = ctypes.create_string_buffer(64), ctypes.create_string_buffer(28)
    checked(zts.zts_bsd_sendto(fd, b"who?", 4, 0, name, len(name)), "sendto")
    answers = []
    while len(answers) < int(count):
        length = ctypes.c_uint32(28)
        if zts.zts_bsd_recvfrom(fd, buffer, 64, 0, sender, ctypes.byref(length)) != 4:
            break
        answers.append(".".join(str(byte) for byte in sender.raw[4:8]))
    zts.zts_bsd_close(fd)
    return " ".join(answers)


def resources():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    resident = int(fields["VmRSS"].split()[0])
    return f"{len(os.listdir('/proc/self/fd'))} {len(os.listdir('/proc/self/task'))} {resident}"


def stop_now():
    checked(zts.zts_node_stop(), "stop")
    until = time.time() + 5
    while zts.zts_init_set_port(0) != 0:  # refused until the stop is complete
        if time.time() > until:
            raise RuntimeError("the stop takes more than 5 s")
        time.sleep(0.002)


def cycle(count, storage, planet):
    """The first half makes what stays for the life of the process: lwIP's thread, and the allocator's level, as
    each of its arenas keeps what the largest request of a thread took."""
    began = None
    slowest = 0.0
    for number in range(int(count)):
        if number == int(count) // 2:
            began = resources()
        launch(storage, planet, 0)
        time.sleep((0, 0.001, 0.01, 0.05)[number % 4])
        before = time.time()
        stop_now()
        slowest = max(slowest, time.time() - before)
    time.sleep(0.1)  # the thread that stopped it ends a moment later
    return f"{began} {resources()} {slowest:.3f}"


peer.COMMANDS.update({
    "launch": launch, "online": online, "id": address, "events": events, "status": status,
    "leave": leave, "orbit": orbit, "ready": ready, "paths": paths, "echo": echo, "udp-try": udp_try,
    "udp-ask-all": udp_ask_all, "resources": resources,
    "stop-now": lambda: stop_now() or "stopped", "cycle": cycle})
peer.main()
