/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of other members, into lwIP with sockets open: a listener, a connection, a datagram socket in groups, a
   raw one. An input is frames, each behind a byte of hints and two of its length. By a hint, numbers of the
   connection take the place of a segment's, as no input could guess them. */
#include "fuzz.h"

#include "os/corelock.h"
#include "stack/stack.h"

#include "lwip/api.h"
#include "lwip/etharp.h"
#include "lwip/igmp.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/mld6.h"
#include "lwip/nd6.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"

#include <string.h>

enum { NETWORK = 1, ETHERNET = 14, IP4 = 20, IP6 = 40, PORT = 7000, PEER_PORT = 9000, MOST = 2900 };
enum { TO_CONNECTION = 1, IN_SEQUENCE = 2, FROM_NEIGHBOUR = 4 };

static int listener, stream = -1, datagrams, pings;

static bool take_frame(void *unused, uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)unused, (void)nwid, (void)frame, (void)length;
    return true;
}

static void put32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static struct sockaddr_in at4(const char *ip, unsigned port)
{
    struct sockaddr_in address = { .sin_len = sizeof address,
                                   .sin_family = AF_INET,
                                   .sin_port = lwip_htons((uint16_t)port) };

    FUZZ_CLAIM(lwip_inet_pton(AF_INET, ip, &address.sin_addr) == 1);
    return address;
}

static int open_at(int type, int protocol, unsigned port)
{
    struct sockaddr_in6 any = { .sin6_len = sizeof any,
                                .sin6_family = AF_INET6,
                                .sin6_port = lwip_htons((uint16_t)port) };
    int fd = lwip_socket(AF_INET6, type, protocol);

    FUZZ_CLAIM(fd >= 0 && lwip_fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    FUZZ_CLAIM(lwip_bind(fd, (struct sockaddr *)&any, sizeof any) == 0);
    return fd;
}

static void join_group(int fd)
{
    struct ip_mreq request = { 0 };

    FUZZ_CLAIM(lwip_inet_pton(AF_INET, "239.1.2.3", &request.imr_multiaddr) == 1);
    (void)lwip_setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

static void open_all(void)
{
    const struct zt_stack_host host = { .frame = take_frame };
    struct zt_endpoint assigned[2];
    struct zt_stack_network network = {
        .nwid = NETWORK, .mtu = 2800, .addresses = assigned, .address_count = 2
    };

    FUZZ_CLAIM(zt_stack_start(&host) == 0);
    FUZZ_CLAIM(zt_endpoint_parse(&assigned[0], "10.1.0.1/24", 0));
    FUZZ_CLAIM(zt_endpoint_parse(&assigned[1], "fd01::1/64", 0));
    memcpy(network.mac, "\x02\x0a\0\0\0\x10", 6);
    zt_core_lock();
    FUZZ_CLAIM(zt_stack_set_network(&network));
    zt_core_unlock();
    listener = open_at(SOCK_STREAM, 0, PORT);
    FUZZ_CLAIM(lwip_listen(listener, 4) == 0);
    datagrams = open_at(SOCK_DGRAM, 0, PORT);
    join_group(datagrams);
    pings = lwip_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    FUZZ_CLAIM(pings >= 0 && lwip_fcntl(pings, F_SETFL, O_NONBLOCK) == 0);
}

/* NULL: it is over. */
static struct tcp_pcb *connection(void)
{
    const struct lwip_sock *found = stream < 0 ? NULL : lwip_socket_dbg_get_socket(stream);

    return found == NULL || found->conn == NULL ? NULL : found->conn->pcb.tcp;
}

static void connect_anew(void)
{
    struct sockaddr_in self = at4("10.1.0.1", 0), peer = at4("10.1.0.2", PEER_PORT);

    if (stream >= 0)
        (void)lwip_close(stream);
    stream = lwip_socket(AF_INET, SOCK_STREAM, 0);
    FUZZ_CLAIM(stream >= 0 && lwip_fcntl(stream, F_SETFL, O_NONBLOCK) == 0);
    FUZZ_CLAIM(lwip_bind(stream, (struct sockaddr *)&self, sizeof self) == 0);
    (void)lwip_connect(stream, (struct sockaddr *)&peer, sizeof peer);
}

/* Makes it a segment of the connection's; in sequence: with the numbers that are due. */
static void aim(uint8_t *frame, size_t length, unsigned hints)
{
    uint8_t *ip = frame + ETHERNET, *tcp = ip + IP4;
    const struct tcp_pcb *pcb = connection();

    if (pcb == NULL || pcb->state == LISTEN || length < ETHERNET + IP4 + 20)
        return;
    put16(frame + 12, 0x0800);
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(length - ETHERNET));
    put16(ip + 6, 0);
    ip[9] = IP_PROTO_TCP;
    memcpy(ip + 12, "\x0a\1\0\2\x0a\1\0\1", 8);
    put16(tcp, PEER_PORT);
    put16(tcp + 2, pcb->local_port);
    if ((hints & IN_SEQUENCE) == 0)
        return;
    put32(tcp + 4, pcb->rcv_nxt);
    put32(tcp + 8, pcb->snd_nxt);
}

static void use(int fd)
{
    static uint8_t bytes[MOST];

    while (lwip_recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
}

static void use_all(void)
{
    int accepted = lwip_accept(listener, NULL, NULL);

    if (accepted >= 0) {
        use(accepted);
        (void)lwip_close(accepted);
    }
    use(datagrams);
    use(pings);
    use(stream);
    (void)lwip_send(stream, "answer", 6, MSG_DONTWAIT);
}

static void hand_over(const uint8_t *bytes, size_t length, unsigned hints)
{
    static uint8_t frame[MOST];

    memcpy(frame, bytes, length);
    zt_core_lock();
    if ((hints & TO_CONNECTION) != 0)
        aim(frame, length, hints);
    if ((hints & FROM_NEIGHBOUR) != 0 && length >= ETHERNET)
        memcpy(frame, "\x02\x0a\0\0\0\x10\x02\x0a\0\0\0\x11", 12);
    zt_stack_input(NETWORK, frame, length);
    zt_stack_input_done();
    zt_core_unlock();
}

/* A minute, so that pieces of packets don't wait for others beyond the input that brought them: their places
   among lwIP's pointers are packed, where the search for leaks does not look. */
static void pass_time(void)
{
    zt_core_lock();
    for (int second = 0; second <= IPV6_REASS_MAXAGE; second++) {
        ip_reass_tmr();
        ip6_reass_tmr();
        nd6_tmr();
    }
    tcp_tmr();
    igmp_tmr();
    mld6_tmr();
    etharp_tmr();
    zt_core_unlock();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (stream < 0)
        open_all();
    connect_anew();
    while (size > 3) {
        unsigned hints = data[0];
        size_t length = (size_t)data[1] << 8 | data[2];

        data += 3;
        size -= 3;
        if (length > size)
            length = size;
        if (length > MOST)
            length = MOST;
        hand_over(data, length, hints);
        data += length;
        size -= length;
    }
    use_all();
    pass_time();
    return 0;
}
