/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP counts ephemeral ports up, which tells a stranger the next one (RFC 6056), and gives each to one
   connection only, so that a thousand short connections a second soon have none left. Here they are drawn,
   and shared by connections to different ends. */
#include "stack/ports.h"

#include "lwip/priv/tcp_priv.h"
#include "lwip/udp.h"

enum { FIRST_PORT = 49152, PORT_COUNT = 65536 - FIRST_PORT, DRAWS = 32 };

typedef bool (*judge)(u16_t port, const ip_addr_t *remote, u16_t remote_port);

static bool holds(const struct tcp_pcb *list, u16_t port)
{
    for (const struct tcp_pcb *at = list; at != NULL; at = at->next) {
        if (at->local_port == port)
            return true;
    }
    return false;
}

static bool talks(const struct tcp_pcb *list, u16_t port, const ip_addr_t *remote,
                  u16_t remote_port)
{
    for (const struct tcp_pcb *at = list; at != NULL; at = at->next) {
        if (at->local_port == port && (remote == NULL || (at->remote_port == remote_port &&
                                                          ip_addr_eq(&at->remote_ip, remote))))
            return true;
    }
    return false;
}

static bool is_stream_free(u16_t port, const ip_addr_t *remote, u16_t remote_port)
{
    /* Listening pcbs are shorter, but begin alike. */
    return !holds(tcp_bound_pcbs, port) && !holds(tcp_listen_pcbs.pcbs, port) &&
           !talks(tcp_active_pcbs, port, remote, remote_port) &&
           !talks(tcp_tw_pcbs, port, remote, remote_port);
}

static bool is_datagram_free(u16_t port, const ip_addr_t *remote, u16_t remote_port)
{
    (void)remote;
    (void)remote_port;
    for (const struct udp_pcb *at = udp_pcbs; at != NULL; at = at->next) {
        if (at->local_port == port)
            return false;
    }
    return true;
}

static u16_t draw(void)
{
    return (u16_t)(LWIP_RAND() % PORT_COUNT);
}

static u16_t choose(judge is_free, const ip_addr_t *remote, u16_t remote_port)
{
    for (unsigned i = 0; i < DRAWS; i++) {
        u16_t port = (u16_t)(FIRST_PORT + draw());
        if (is_free(port, remote, remote_port))
            return port;
    }
    unsigned start = draw();
    for (unsigned i = 0; i < PORT_COUNT; i++) {
        u16_t port = (u16_t)(FIRST_PORT + (start + i) % PORT_COUNT);
        if (is_free(port, remote, remote_port))
            return port;
    }
    return 0;
}

u16_t zt_ports_stream(const ip_addr_t *remote, u16_t remote_port)
{
    return choose(is_stream_free, remote, remote_port);
}

u16_t zt_ports_datagram(void)
{
    return choose(is_datagram_free, NULL, 0);
}
