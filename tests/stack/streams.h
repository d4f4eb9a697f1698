/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over the wire, and what is in them. */
#ifndef ZT_TESTS_STACK_STREAMS_H
#define ZT_TESTS_STACK_STREAMS_H

#include "wire.h"

#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"

static inline struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage out;
    struct zt_endpoint endpoint;

    memset(&out, 0, sizeof out);
    assert_true(zt_endpoint_parse(&endpoint, text, 0));
    if (endpoint.family == ZT_FAMILY_IPV4) {
        struct sockaddr_in *in4 = (struct sockaddr_in *)&out;
        in4->sin_family = AF_INET;
        in4->sin_port = lwip_htons(port);
        memcpy(&in4->sin_addr, endpoint.ip, 4);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = lwip_htons(port);
        memcpy(&in6->sin6_addr, endpoint.ip, 16);
    }
    return out;
}

static inline socklen_t length_of(const struct sockaddr_storage *addr)
{
    return addr->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static inline int bound_socket(const char *text, uint16_t port, int type)
{
    struct sockaddr_storage addr = address(text, port);
    int fd = lwip_socket(addr.ss_family, type, 0);

    assert_true(fd >= 0);
    assert_int_equal(lwip_bind(fd, (struct sockaddr *)&addr, length_of(&addr)), 0);
    return fd;
}

static inline int connect_to(int fd, const char *text, uint16_t port)
{
    struct sockaddr_storage addr = address(text, port);

    return lwip_connect(fd, (struct sockaddr *)&addr, length_of(&addr));
}

static inline int tcp_socket(const char *for_text)
{
    return lwip_socket(address(for_text, 0).ss_family, SOCK_STREAM, 0);
}

static inline uint8_t pattern(size_t at)
{
    return (uint8_t)(at * 2654435761U >> 13);
}

/* Two ends of one connection over the wire. */
static inline void connect_pair(uint16_t port, int *listener, int *near, int *far)
{
    *listener = bound_socket("10.2.0.1", port, SOCK_STREAM);
    assert_int_equal(lwip_listen(*listener, 1), 0);
    *near = tcp_socket("10.1.0.2");
    assert_int_equal(connect_to(*near, "10.1.0.2", port), 0);
    *far = lwip_accept(*listener, NULL, NULL);
    assert_true(*far >= 0);
}

/* The connection with this local port; NULL: none any more. With the core lock held. */
static inline struct tcp_pcb *active_at(uint16_t local_port)
{
    struct tcp_pcb *at = tcp_active_pcbs;

    while (at != NULL && at->local_port != local_port)
        at = at->next;
    return at;
}

static inline bool is_active(uint16_t local_port)
{
    zt_core_lock();
    bool found = active_at(local_port) != NULL;
    zt_core_unlock();
    return found;
}

#endif
