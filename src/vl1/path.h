/* SPDX-License-Identifier: Apache-2.0 */
/* One link to a peer that has proven to work, and its life. docs/wire.md 6.1, 6.4. */
#ifndef ZT_VL1_PATH_H
#define ZT_VL1_PATH_H

#include "base/endpoint.h"
#include "base/rate.h"
#include "vl1/wire.h"

#define ZT_LATENCY_UNKNOWN (-1)
#define ZT_LATENCY_WORST 65535 /* counts for unknown where paths are compared */

/* No timers of its own: alive, due and expired are predicates on its times, asked by the checks. */
struct zt_path {
    struct zt_link link;
    uint64_t trusted_path_id; /* from the configuration of its network; 0: none */
    int64_t valid_ms;         /* last authenticated direct packet; ZT_NEVER_MS after a reset */
    int64_t heard_ms;         /* the same, but survives a reset */
    int64_t sent_ms;
    int64_t asked_ms;  /* the first packet sent since it was heard; ZT_NEVER_MS: none */
    int64_t echoed_ms; /* last ECHO answered */
    int32_t latency_ms;
    uint16_t priority; /* 1 unless a redirect raised it */
    uint16_t mtu;      /* UDP payload */
};

/* A path that an answer has just proven. mtu and trusted path are the caller's to fill in. */
struct zt_path zt_path_proven(const struct zt_link *link, int64_t now_ms);
void zt_path_heard(struct zt_path *path, int64_t now_ms);
void zt_path_sent(struct zt_path *path, int64_t now_ms);
void zt_path_measured(struct zt_path *path, int64_t round_trip_ms);
/* Our side of the network changed: unusable until it speaks again. docs/wire.md 6.10. */
void zt_path_reset(struct zt_path *path);

bool zt_path_is_alive(const struct zt_path *path, int64_t now_ms);
bool zt_path_is_expired(const struct zt_path *path, int64_t now_ms);
bool zt_path_needs_heartbeat(const struct zt_path *path, int64_t now_ms);
/* Nothing came back for a second: behind other paths until it is heard again. */
bool zt_path_is_in_doubt(const struct zt_path *path, int64_t now_ms);
/* The peer spoke elsewhere and not here: as if a second had passed unanswered. */
void zt_path_doubted(struct zt_path *path, int64_t now_ms);
/* We sent, heartbeats among it, and nothing comes back: the peer moved, or a NAT forgot it. A path
   that is merely quiet is not mute. */
bool zt_path_is_mute(const struct zt_path *path, int64_t now_ms);
/* Lower is better. */
int64_t zt_path_quality(const struct zt_path *path, int64_t now_ms);

#endif
