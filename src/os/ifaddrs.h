/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of this machine that a socket for VL1 may be bound to, and word of their change. */
#ifndef ZT_OS_IFADDRS_H
#define ZT_OS_IFADDRS_H

#include "base/endpoint.h"

struct zt_ifaddrs_filter {
    bool loopback;                /* loopback addresses too */
    const char *const *blacklist; /* interface name prefixes besides the built-in ones */
    size_t blacklist_count;
};

/* May addresses of an interface of this name be used? Never for lo, tun, tap and virtual ones of
   our kind; docs/wire.md 6.8. */
bool zt_ifaddrs_admits(const struct zt_ifaddrs_filter *filter, const char *interface);

/* Addresses with port 0, each once, at most capacity: returns their number, or a negative errno. Leaves
   out temporary IPv6 addresses where the system tells. */
int zt_ifaddrs_list(const struct zt_ifaddrs_filter *filter, struct zt_endpoint *out,
                    size_t capacity);

/* A descriptor that becomes readable when addresses change, or -1 where there is no such thing. */
int zt_ifaddrs_watch_open(void);
/* Empties it. Did addresses really change? */
bool zt_ifaddrs_watch_read(int watch);

#endif
