/* SPDX-License-Identifier: Apache-2.0 */
/* Local addresses by getifaddrs; temporary ones and changes as Linux tells them. */
#define _GNU_SOURCE
#include "os/ifaddrs.h"

#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#endif

#define MAX_UNWANTED 256

/* IPv6 addresses that come and go (temporary), or don't work (yet). */
struct unwanted {
    size_t count;
    uint8_t ips[MAX_UNWANTED][16];
};

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool zt_ifaddrs_admits(const struct zt_ifaddrs_filter *filter, const char *interface)
{
    static const char *const never[] = { "lo",   "zt",  "tun", "tap",
#ifdef __APPLE__
                                         "feth", "utun"
#endif
    };

    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (starts_with(interface, never[i]))
            return false;
    for (size_t i = 0; i < filter->blacklist_count; i++)
        if (filter->blacklist[i][0] && starts_with(interface, filter->blacklist[i]))
            return false;
    return true;
}

#ifdef __linux__
/* Lines of: address, interface index, prefix length, scope, flags, name; all numbers hexadecimal. */
static void find_unwanted(struct unwanted *unwanted)
{
    const unsigned temporary = 0x01, failed = 0x08, tentative = 0x40;
    char digits[33], line[128];
    FILE *file = fopen("/proc/net/if_inet6", "re");

    if (!file)
        return;
    while (unwanted->count < MAX_UNWANTED && fgets(line, sizeof line, file)) {
        unsigned flags;
        if (sscanf(line, "%32s %*x %*x %*x %x", digits, &flags) != 2)
            continue;
        if ((flags & (temporary | failed | tentative)) == 0 || strlen(digits) != 32)
            continue;
        if (zt_hex_read(unwanted->ips[unwanted->count], digits, 16))
            unwanted->count++;
    }
    fclose(file);
}
#else
static void find_unwanted(struct unwanted *unwanted)
{
    (void)unwanted;
}
#endif

static bool is_unwanted(const struct unwanted *unwanted, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < unwanted->count; i++)
        if (ip->family == ZT_FAMILY_IPV6 && memcmp(unwanted->ips[i], ip->ip, 16) == 0)
            return true;
    return false;
}

static bool endpoint_of(const struct sockaddr *from, struct zt_endpoint *to)
{
    if (!from)
        return false;
    if (from->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        *to = zt_endpoint_v4((const uint8_t *)&v4.sin_addr, 0);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof v6);
        *to = zt_endpoint_v6((const uint8_t *)&v6.sin6_addr, 0);
        return true;
    }
    return false;
}

static bool is_wanted(const struct zt_ifaddrs_filter *filter, const struct unwanted *unwanted,
                      const struct ifaddrs *entry, const struct zt_endpoint *ip)
{
    enum zt_scope scope = zt_endpoint_scope(ip);

    if ((entry->ifa_flags & IFF_UP) == 0)
        return false;
    if (scope == ZT_SCOPE_LOOPBACK)
        return filter->loopback;
    if (scope != ZT_SCOPE_PSEUDO_PRIVATE && scope != ZT_SCOPE_GLOBAL && scope != ZT_SCOPE_SHARED &&
        scope != ZT_SCOPE_PRIVATE)
        return false;
    return zt_ifaddrs_admits(filter, entry->ifa_name) && !is_unwanted(unwanted, ip);
}

static bool is_listed(const struct zt_endpoint *list, size_t count, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < count; i++)
        if (zt_endpoint_equal(&list[i], ip))
            return true;
    return false;
}

int zt_ifaddrs_list(const struct zt_ifaddrs_filter *filter, struct zt_endpoint *out,
                    size_t capacity)
{
    struct unwanted unwanted = { 0 };
    struct ifaddrs *all;
    size_t count = 0;

    if (getifaddrs(&all) != 0)
        return -errno;
    find_unwanted(&unwanted);
    for (const struct ifaddrs *entry = all; entry && count < capacity; entry = entry->ifa_next) {
        struct zt_endpoint ip;
        if (!endpoint_of(entry->ifa_addr, &ip) || !is_wanted(filter, &unwanted, entry, &ip))
            continue;
        if (!is_listed(out, count, &ip))
            out[count++] = ip;
    }
    freeifaddrs(all);
    return (int)count;
}

#ifdef __linux__
int zt_ifaddrs_watch_open(void)
{
    struct sockaddr_nl groups = { .nl_family = AF_NETLINK,
                                  .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
    int watch = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (watch < 0)
        return -1;
    if (bind(watch, (const struct sockaddr *)&groups, sizeof groups) != 0) {
        close(watch);
        return -1;
    }
    return watch;
}

bool zt_ifaddrs_watch_read(int watch)
{
    uint8_t bytes[8192];
    bool changed = false;

    assert(watch >= 0);
    /* What exactly changed does not matter: the list is read again. ENOBUFS: news were lost. */
    for (;;) {
        ssize_t got = recv(watch, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got > 0 || (got < 0 && errno == ENOBUFS))
            changed = true;
        else if (got == 0 || errno != EINTR)
            return changed;
    }
}
#else
int zt_ifaddrs_watch_open(void)
{
    return -1;
}

bool zt_ifaddrs_watch_read(int watch)
{
    (void)watch;
    return false;
}
#endif
