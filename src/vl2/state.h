/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of VL2, composed of its modules' structs; seen inside vl2 only. */
#ifndef ZT_VL2_STATE_H
#define ZT_VL2_STATE_H

#include "vl2/clients.h"
#include "vl2/likes.h"
#include "vl2/network.h"
#include "vl2/senders.h"

#define ZT_PLATFORM_SIZE 64

struct zt_vl2 {
    struct zt_vl1 *vl1;
    struct zt_rng *rng;
    struct zt_outbox *effects;
    const struct zt_log *log;
    bool is_controller, low_bandwidth;
    bool reports_drops; /* members' frames that are dropped become effects too */
    char platform[ZT_PLATFORM_SIZE];
    zt_address self;
    struct zt_network *networks; /* by id, in the order of joining */
    struct zt_likes likes;
    struct zt_senders senders;
    struct zt_clients clients; /* only used with is_controller */
    bool was_online;           /* when last looked */
    int64_t clean_due_ms;
    int64_t due_ms; /* when the earliest timer of all fires */
};

static inline int64_t zt_vl2_now_ms(const struct zt_vl2 *vl2)
{
    return zt_vl1_now(vl2->vl1).mono_ms;
}

/* A timer was set: tick must run by then. */
static inline void zt_vl2_wake(struct zt_vl2 *vl2, int64_t due_ms)
{
    if (due_ms < vl2->due_ms)
        vl2->due_ms = due_ms;
}

/* The identity that signs for a network; asks for it and returns NULL when it is not known yet. */
const struct zt_identity *zt_vl2_controller(struct zt_vl2 *vl2, zt_nwid nwid);

#endif
