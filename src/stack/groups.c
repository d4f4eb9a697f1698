/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which group. lwIP counts the members of an interface without asking who they are: a socket that
   joins twice would count twice, one that leaves what it never joined would end another's membership, and an
   interface that comes later would have no members. So lwIP is only told what changes for an interface. */
#include "stack/groups.h"

#include "stack/interface.h"

#include "lwip/errno.h"
#include "lwip/igmp.h"
#include "lwip/mld6.h"
#include "os/corelock.h"

#include <assert.h>
#include <string.h>

enum { FAMILIES = 2, PORT_BITS = 256 / 8 }; /* lwIP numbers its interfaces in a byte */

struct held {
    struct zt_membership membership;
    bool is_taken;
    bool is_over;          /* its network has gone, and the number may be another's */
    uint8_t in[PORT_BITS]; /* the interfaces that were told */
};

static struct held table[FAMILIES][ZT_MAX_MEMBERSHIPS];
static size_t taken_count;

static struct held *table_of(const struct zt_membership *membership)
{
    return table[IP_IS_V6_VAL(membership->group)];
}

static bool is_group(const struct zt_membership *wanted)
{
    return IP_IS_V6_VAL(wanted->group) ? ip6_addr_ismulticast(ip_2_ip6(&wanted->group))
                                       : ip4_addr_ismulticast(ip_2_ip4(&wanted->group));
}

/* 224.0.0.1: everybody is in it, and lwIP lets nobody join or leave. */
static bool has_everybody(const struct zt_membership *wanted)
{
    return IP_IS_V4_VAL(wanted->group) &&
           ip_2_ip4(&wanted->group)->addr == PP_HTONL(LWIP_MAKEU32(224, 0, 0, 1));
}

/* As Linux has it, who names no network means whichever there is. */
static bool is_of_network(const struct zt_membership *at, const struct zt_membership *wanted)
{
    return at->network == wanted->network || at->network == 0 || wanted->network == 0;
}

static struct held *find(const struct zt_membership *wanted)
{
    struct held *all = table_of(wanted);

    for (size_t i = 0; i < ZT_MAX_MEMBERSHIPS; i++) {
        const struct zt_membership *at = &all[i].membership;
        if (all[i].is_taken && at->fd == wanted->fd && is_of_network(at, wanted) &&
            ip_addr_eq(&at->group, &wanted->group))
            return &all[i];
    }
    return NULL;
}

static struct held *find_room(const struct zt_membership *wanted)
{
    struct held *all = table_of(wanted);

    for (size_t i = 0; i < ZT_MAX_MEMBERSHIPS; i++) {
        if (!all[i].is_taken)
            return &all[i];
    }
    return NULL;
}

static unsigned number_of(const struct netif *port)
{
    return netif_get_index(port);
}

static bool is_in(const struct held *held, const struct netif *port)
{
    return (held->in[number_of(port) / 8] & (1U << (number_of(port) % 8))) != 0;
}

static void note(struct held *held, const struct netif *port, bool is)
{
    uint8_t bit = (uint8_t)(1U << (number_of(port) % 8));

    if (is)
        held->in[number_of(port) / 8] |= bit;
    else
        held->in[number_of(port) / 8] &= (uint8_t)~bit;
}

/* IPv6 is carried by the first of a network's interfaces only. */
static bool shall_be_in(const struct held *held, const struct netif *port)
{
    const struct zt_membership *membership = &held->membership;

    if (!held->is_taken || held->is_over || has_everybody(membership))
        return false;
    if (IP_IS_V4_VAL(membership->group))
        return membership->network == 0 || netif_ip4_addr(port)->addr == membership->network;
    return port == zt_netif_owner(port)->ports[0] &&
           (membership->network == 0 || number_of(port) == membership->network);
}

static err_t tell(const struct held *held, struct netif *port, bool joins)
{
    const ip_addr_t *group = &held->membership.group;

    if (IP_IS_V4(group))
        return joins ? igmp_joingroup_netif(port, ip_2_ip4(group))
                     : igmp_leavegroup_netif(port, ip_2_ip4(group));
    return joins ? mld6_joingroup_netif(port, ip_2_ip6(group))
                 : mld6_leavegroup_netif(port, ip_2_ip6(group));
}

/* False: out of memory; what could be done is done. */
static bool refresh(struct held *held)
{
    bool is_complete = true;
    struct netif *port;

    NETIF_FOREACH(port)
    {
        if (zt_netif_owner(port) == NULL || shall_be_in(held, port) == is_in(held, port))
            continue;
        bool joins = !is_in(held, port);
        if (tell(held, port, joins) == ERR_OK || !joins)
            note(held, port, joins);
        else
            is_complete = false;
    }
    return is_complete;
}

static void end(struct held *held)
{
    held->is_taken = false;
    (void)refresh(held);
    taken_count--;
}

static bool is_in_any(const struct held *held)
{
    static const uint8_t none[PORT_BITS];

    return memcmp(held->in, none, sizeof none) != 0;
}

int zt_groups_join(const struct zt_membership *wanted)
{
    struct held *room = find_room(wanted);

    assert(zt_core_lock_is_mine());
    if (!is_group(wanted))
        return EINVAL;
    if (find(wanted) != NULL)
        return EADDRINUSE;
    if (room == NULL)
        return ENOMEM;
    memset(room, 0, sizeof *room);
    room->membership = *wanted;
    room->is_taken = true;
    taken_count++;
    bool is_complete = refresh(room);
    bool is_somewhere = wanted->network == 0 || has_everybody(wanted) || is_in_any(room);
    if (is_complete && is_somewhere)
        return 0;
    end(room);
    if (!is_complete)
        return ENOMEM;
    return IP_IS_V4_VAL(wanted->group) ? ENODEV : EADDRNOTAVAIL;
}

int zt_groups_leave(const struct zt_membership *wanted)
{
    struct held *found = find(wanted);

    assert(zt_core_lock_is_mine());
    if (found == NULL)
        return EADDRNOTAVAIL;
    end(found);
    return 0;
}

typedef void (*visitor)(struct held *held, const void *context);

static void visit_all(visitor visit, const void *context)
{
    assert(zt_core_lock_is_mine());
    for (size_t i = 0; i < FAMILIES * ZT_MAX_MEMBERSHIPS && taken_count > 0; i++) {
        struct held *at = &table[i / ZT_MAX_MEMBERSHIPS][i % ZT_MAX_MEMBERSHIPS];
        if (at->is_taken)
            visit(at, context);
    }
}

static void visit_closed(struct held *held, const void *fd)
{
    if (held->membership.fd == *(const int *)fd)
        end(held);
}

void zt_groups_closed(int fd)
{
    visit_all(visit_closed, &fd);
}

static void visit_change(struct held *held, const void *unused)
{
    (void)unused;
    (void)refresh(held);
}

void zt_groups_refresh(void)
{
    visit_all(visit_change, NULL);
}

/* lwIP forgets an interface's groups by itself. */
static void visit_going(struct held *held, const void *port)
{
    if (!is_in(held, port))
        return;
    note(held, port, false);
    held->is_over = IP_IS_V6_VAL(held->membership.group) && held->membership.network != 0;
}

void zt_groups_forget_port(const struct netif *port)
{
    visit_all(visit_going, port);
}
