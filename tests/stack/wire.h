/* SPDX-License-Identifier: Apache-2.0 */
/* A wire between two networks of one lwIP: delays, loses and refuses frames, delivers in batches. */
#ifndef ZT_TESTS_STACK_WIRE_H
#define ZT_TESTS_STACK_WIRE_H

#include "stack/stack.h"

#include "os/corelock.h"
#include "os/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { RING = 4096, FRAME = 2900, MTU = 2800, BATCH = 64 };
#define NET_A UINT64_C(0xaaaaaaaaaa000001)
#define NET_B UINT64_C(0xbbbbbbbbbb000001)

/* Frames under way, taken out by a thread that plays the wire. */
static struct {
    struct zt_monitor *monitor;
    struct {
        uint64_t to;
        size_t length;
        uint8_t bytes[FRAME];
    } frames[RING];
    size_t head, used;
    unsigned lose_percent;
    unsigned room; /* frames taken before the wire refuses; UINT32_MAX: never */
    uint32_t random;
    bool stop, refused;
    unsigned carried, lost;
    unsigned carried_to_a;
    unsigned resets_to_a;    /* lost or carried */
    uint8_t greeting[FRAME]; /* the last that begins a TCP connection to B over IPv4 */
    size_t greeting_length;
} wire;

static bool is_lost(void)
{
    wire.random = wire.random * 1664525 + 1013904223;
    return (wire.random >> 16) % 100 < wire.lose_percent;
}

/* Both networks end in one stack, which delivers to its own addresses by itself. So the wire translates:
   each side talks to a neighbour .2 of its own subnet, and on the other side that is .1. */
static uint8_t mirrored(uint8_t host)
{
    return host == 1 ? 2 : host == 2 ? 1 : host;
}

static void mirror4(uint8_t ip[4], uint64_t to)
{
    ip[1] = to == NET_A ? 1 : 2;
    ip[3] = mirrored(ip[3]);
}

static void mirror6(uint8_t ip[16], uint64_t to)
{
    if (ip[0] == 0xfd)
        ip[3] = to == NET_A ? 1 : 2;
    if (ip[0] == 0xfd || ip[0] == 0xff)
        ip[15] = mirrored(ip[15]);
}

static void translate(uint8_t *frame, size_t length, uint64_t to)
{
    unsigned type = (unsigned)frame[12] << 8 | frame[13];
    bool is_discovery =
        type == 0x86dd && length >= 78 && frame[20] == 58 && (frame[54] == 135 || frame[54] == 136);

    if (type == 0x0800) {
        mirror4(frame + 26, to);
        mirror4(frame + 30, to);
    } else if (type == 0x0806) {
        mirror4(frame + 28, to);
        mirror4(frame + 38, to);
    } else if (type == 0x86dd) {
        mirror6(frame + 22, to);
        mirror6(frame + 38, to);
    }
    if (is_discovery)
        mirror6(frame + 62, to);
}

/* The flags of a TCP segment over IPv4; 0: it is none. */
static uint8_t tcp_flags(const uint8_t *frame, size_t length)
{
    bool is_tcp = length >= 54 && frame[12] == 8 && frame[13] == 0 && frame[23] == 6;

    return is_tcp ? frame[14 + 20 + 13] & 0x3f : 0;
}

static void note_frame(const uint8_t *frame, size_t length, uint64_t to)
{
    enum { SYN = 0x02, RST = 0x04 };
    uint8_t flags = tcp_flags(frame, length);

    wire.resets_to_a += to == NET_A && (flags & RST) != 0;
    if (to != NET_B || flags != SYN)
        return;
    memcpy(wire.greeting, frame, length);
    wire.greeting_length = length;
    translate(wire.greeting, length, to);
}

static bool take_frame(void *context, uint64_t nwid, const uint8_t *frame, size_t length)
{
    bool taken = true;

    (void)context;
    zt_monitor_enter(wire.monitor);
    note_frame(frame, length, nwid == NET_A ? NET_B : NET_A);
    if (wire.used >= wire.room || wire.used == RING) {
        wire.refused = true;
        taken = false;
    } else if (is_lost()) {
        wire.lost++;
    } else {
        size_t at = (wire.head + wire.used++) % RING;
        wire.frames[at].to = nwid == NET_A ? NET_B : NET_A;
        wire.frames[at].length = length;
        memcpy(wire.frames[at].bytes, frame, length);
        translate(wire.frames[at].bytes, length, wire.frames[at].to);
        wire.carried++;
        wire.carried_to_a += wire.frames[at].to == NET_A;
        zt_monitor_wake(wire.monitor);
    }
    zt_monitor_leave(wire.monitor);
    return taken;
}

static inline void set_loss(unsigned percent)
{
    zt_monitor_enter(wire.monitor);
    wire.lose_percent = percent;
    zt_monitor_leave(wire.monitor);
}

static inline void set_room(unsigned room)
{
    zt_monitor_enter(wire.monitor);
    wire.room = room;
    zt_monitor_leave(wire.monitor);
}

static bool next_frame(uint8_t frame[FRAME], size_t *length, uint64_t *to, bool waits)
{
    zt_monitor_enter(wire.monitor);
    while (waits && wire.used == 0 && !wire.stop)
        zt_monitor_wait(wire.monitor, -1);
    bool any = wire.used > 0;
    if (any) {
        *length = wire.frames[wire.head].length;
        *to = wire.frames[wire.head].to;
        memcpy(frame, wire.frames[wire.head].bytes, *length);
        wire.head = (wire.head + 1) % RING;
        wire.used--;
    }
    zt_monitor_leave(wire.monitor);
    return any;
}

static void run_wire(void *unused)
{
    static uint8_t frame[FRAME];
    size_t length;
    uint64_t to;

    (void)unused;
    while (next_frame(frame, &length, &to, true)) {
        zt_core_lock();
        zt_stack_input(to, frame, length);
        for (unsigned i = 1; i < BATCH && next_frame(frame, &length, &to, false); i++)
            zt_stack_input(to, frame, length);
        zt_stack_input_done();
        if (wire.refused) {
            wire.refused = false;
            zt_stack_resume();
        }
        zt_core_unlock();
    }
}

static struct zt_thread *wire_thread;

static void set_network(uint64_t nwid, const char *const *addresses, size_t count)
{
    struct zt_endpoint assigned[8];
    struct zt_stack_network network = { .nwid = nwid, .mtu = MTU, .addresses = assigned };

    for (size_t i = 0; i < count; i++)
        assert_true(zt_endpoint_parse(&assigned[i], addresses[i], 0));
    network.address_count = count;
    memcpy(network.mac, nwid == NET_A ? "\x02\x0a\0\0\0\x10" : "\x02\x0a\0\0\0\x11", 6);
    zt_core_lock();
    assert_true(zt_stack_set_network(&network));
    zt_core_unlock();
}

static int begin(void **unused)
{
    const struct zt_stack_host host = { .frame = take_frame };
    static const char *const a[] = { "10.1.0.1/24", "10.1.1.1/24", "fd00:1::1/64" };
    static const char *const b[] = { "10.2.0.1/24", "10.2.1.1/24", "fd00:2::1/64" };

    (void)unused;
    memset(&wire, 0, sizeof wire);
    wire.monitor = zt_monitor_new();
    wire.room = UINT32_MAX;
    wire.random = 1;
    wire_thread = zt_thread_start("wire", run_wire, NULL);
    if (zt_stack_start(&host) != 0)
        return -1;
    set_network(NET_A, a, 3);
    set_network(NET_B, b, 3);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    zt_stack_stop();
    zt_monitor_enter(wire.monitor);
    wire.stop = true;
    zt_monitor_wake_all(wire.monitor);
    zt_monitor_leave(wire.monitor);
    zt_thread_join(wire_thread);
    zt_monitor_free(wire.monitor);
    return 0;
}

#endif
