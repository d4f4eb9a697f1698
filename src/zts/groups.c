/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which group. lwIP counts members without asking who they are: a socket that joins twice would count
   twice, and one that leaves what it never joined would end another's membership. */
#include "zts/groups.h"

#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/corelock.h"
#include "stack/tcpsock.h"

#include <string.h>

enum { GROUP_ROOM = 16, MOST_MEMBERSHIPS = 2 * ZT_MAX_MEMBERSHIPS };

struct membership {
    bool is_taken;
    int fd, level;
    uint32_t network;          /* the number of the interface, or its IPv4 address; 0: all */
    uint8_t group[GROUP_ROOM]; /* IPv4 takes 4 */
};

/* With the core lock held. */
static struct membership memberships[MOST_MEMBERSHIPS];
static size_t taken_count; /* those of closed sockets included */

bool zts_groups_has(int level, int optname, zts_socklen_t optlen)
{
    if (level == ZTS_IPPROTO_IP)
        return (optname == ZTS_IP_ADD_MEMBERSHIP || optname == ZTS_IP_DROP_MEMBERSHIP) &&
               optlen >= sizeof(struct zts_ip_mreq);
    return level == ZTS_IPPROTO_IPV6 &&
           (optname == ZTS_IPV6_JOIN_GROUP || optname == ZTS_IPV6_LEAVE_GROUP) &&
           optlen >= sizeof(struct zts_ipv6_mreq);
}

/* As Linux has it, who names no network means whichever there is. */
static bool is_of_network(const struct membership *at, const struct membership *wanted)
{
    return at->network == wanted->network || at->network == 0 || wanted->network == 0;
}

static struct membership *find(const struct membership *wanted)
{
    for (size_t i = 0; i < MOST_MEMBERSHIPS; i++) {
        struct membership *at = &memberships[i];
        if (at->is_taken && at->fd == wanted->fd && at->level == wanted->level &&
            is_of_network(at, wanted) && memcmp(at->group, wanted->group, GROUP_ROOM) == 0)
            return at;
    }
    return NULL;
}

/* A place that is free, or whose socket was closed; NULL: there is none. */
static struct membership *find_room(void)
{
    for (size_t i = 0; i < MOST_MEMBERSHIPS; i++) {
        const struct membership *at = &memberships[i];
        if (!at->is_taken || !zt_socket_is_open(at->fd) || zts_is_stream(at->fd))
            return &memberships[i];
    }
    return NULL;
}

static void give_up(struct membership *membership)
{
    taken_count -= membership->is_taken;
    membership->is_taken = false;
}

void zts_groups_forget(int fd)
{
    for (size_t i = 0; i < MOST_MEMBERSHIPS && taken_count > 0; i++) {
        if (memberships[i].fd == fd)
            give_up(&memberships[i]);
    }
}

static struct membership membership4(int fd, const void *optval)
{
    struct membership wanted = { .fd = fd, .level = ZTS_IPPROTO_IP };
    struct zts_ip_mreq request;

    memcpy(&request, optval, sizeof request);
    wanted.network = request.imr_interface.s_addr;
    memcpy(wanted.group, &request.imr_multiaddr, sizeof request.imr_multiaddr);
    return wanted;
}

static struct membership membership6(int fd, const void *optval)
{
    struct membership wanted = { .fd = fd, .level = ZTS_IPPROTO_IPV6 };
    struct zts_ipv6_mreq request;

    memcpy(&request, optval, sizeof request);
    wanted.network = request.ipv6mr_interface;
    memcpy(wanted.group, &request.ipv6mr_multiaddr, sizeof request.ipv6mr_multiaddr);
    return wanted;
}

static bool is_group(const struct membership *wanted)
{
    return wanted->level == ZTS_IPPROTO_IPV6 ? wanted->group[0] == 0xff
                                             : (wanted->group[0] & 0xf0) == 0xe0;
}

/* 224.0.0.1: everybody is in it, and lwIP lets nobody join or leave. */
static bool has_everybody(const struct membership *wanted)
{
    static const uint8_t everybody[4] = { 224, 0, 0, 1 };

    return wanted->level == ZTS_IPPROTO_IP && memcmp(wanted->group, everybody, 4) == 0;
}

/* 0 or what lwIP says. */
static int ask_lwip(const struct membership *wanted, bool joins)
{
    struct ip_mreq request4;
    struct ipv6_mreq request6;
    int result;

    if (has_everybody(wanted))
        return 0;
    if (wanted->level == ZTS_IPPROTO_IP) {
        memcpy(&request4.imr_multiaddr, wanted->group, sizeof request4.imr_multiaddr);
        request4.imr_interface.s_addr = wanted->network;
        result =
            lwip_setsockopt(wanted->fd, IPPROTO_IP, joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
                            &request4, sizeof request4);
    } else {
        memcpy(&request6.ipv6mr_multiaddr, wanted->group, sizeof request6.ipv6mr_multiaddr);
        request6.ipv6mr_interface = wanted->network;
        result =
            lwip_setsockopt(wanted->fd, IPPROTO_IPV6, joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP,
                            &request6, sizeof request6);
    }
    return result == 0 ? 0 : zt_stack_errno;
}

/* lwIP takes note before it tries. */
static int try_to_join(const struct membership *wanted)
{
    int code = ask_lwip(wanted, true);

    if (code != ZTS_EADDRNOTAVAIL)
        return code;
    (void)ask_lwip(wanted, false);
    return wanted->level == ZTS_IPPROTO_IP ? ZTS_ENODEV : code;
}

static int join(struct membership wanted)
{
    struct membership *room = find_room();

    if (!is_group(&wanted))
        return ZTS_EINVAL;
    if (find(&wanted) != NULL)
        return ZTS_EADDRINUSE;
    /* By IPv6 it is the one that would be used to send there. */
    if (wanted.level == ZTS_IPPROTO_IPV6 && wanted.network == 0)
        wanted.network = zt_stack_default_interface();
    /* lwIP asserts that nobody asks for more */
    if (wanted.level == ZTS_IPPROTO_IPV6 && wanted.network > UINT8_MAX)
        return ZTS_EADDRNOTAVAIL;
    int code = room == NULL ? ZTS_ENOMEM : try_to_join(&wanted);
    if (code != 0)
        return code;
    give_up(room);
    *room = wanted;
    room->is_taken = true;
    taken_count++;
    return 0;
}

/* The network may be gone already. */
static int leave(struct membership wanted)
{
    struct membership *found = find(&wanted);

    if (found == NULL)
        return ZTS_EADDRNOTAVAIL;
    (void)ask_lwip(found, false);
    give_up(found);
    return 0;
}

int zts_groups_set(int fd, int level, int optname, const void *optval)
{
    bool joins = optname == ZTS_IP_ADD_MEMBERSHIP || optname == ZTS_IPV6_JOIN_GROUP;
    int code;

    zt_core_lock();
    struct membership wanted =
        level == ZTS_IPPROTO_IP ? membership4(fd, optval) : membership6(fd, optval);
    if (!zt_socket_is_open(fd))
        code = ZTS_EBADF;
    else if (zts_is_stream(fd) || zt_socket_is_raw(fd))
        code = ZTS_ENOPROTOOPT;
    else
        code = joins ? join(wanted) : leave(wanted);
    zt_core_unlock();
    zt_stack_errno = code;
    return code == 0 ? 0 : -1;
}
