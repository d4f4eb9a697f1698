/* SPDX-License-Identifier: Apache-2.0 */
/* The set of UDP sockets: finding one, and asking about all. */
#include "os/udp.h"

#include "os/udp_state.h"

#include <assert.h>

struct zt_udp_socket *zt_udp_find(const struct zt_udp *udp, uint32_t number)
{
    for (size_t i = 0; i < udp->count; i++)
        if (udp->sockets[i]->number == number)
            return udp->sockets[i];
    return NULL;
}

size_t zt_udp_count(const struct zt_udp *udp)
{
    return udp->count;
}

uint32_t zt_udp_at(const struct zt_udp *udp, size_t index, struct zt_endpoint *local)
{
    assert(index < udp->count);
    *local = udp->sockets[index]->local;
    return udp->sockets[index]->number;
}

size_t zt_udp_granted_bytes(const struct zt_udp *udp)
{
    size_t least = 0;

    for (size_t i = 0; i < udp->count; i++)
        if (least == 0 || udp->sockets[i]->granted_bytes < least)
            least = udp->sockets[i]->granted_bytes;
    return least;
}

bool zt_udp_is_blocked(const struct zt_udp *udp)
{
    for (size_t i = 0; i < udp->count; i++)
        if (atomic_load(&udp->sockets[i]->is_blocked))
            return true;
    return false;
}

void zt_udp_unblock(struct zt_udp *udp)
{
    for (size_t i = 0; i < udp->count; i++)
        atomic_store(&udp->sockets[i]->is_blocked, false);
}
