/* SPDX-License-Identifier: Apache-2.0 */
/* A path's life: when it counts as alive, when it needs a heartbeat, how good it is. */
#include "vl1/path.h"

#include <assert.h>

#define SILENCE_PENALTY_MS 140000
#define MUTE_AFTER_MS (ZT_PATH_ALIVE_MS + ZT_PING_CHECK_MS) /* heartbeats had time to be answered */
#define ANSWER_MS 5000
#define DOUBT_MS 1000

struct zt_path zt_path_proven(const struct zt_link *link, int64_t now_ms)
{
    assert(link->socket != ZT_LINK_ALL_SOCKETS);

    return (struct zt_path){ .link = *link,
                             .valid_ms = now_ms,
                             .heard_ms = now_ms,
                             .sent_ms = ZT_NEVER_MS,
                             .asked_ms = ZT_NEVER_MS,
                             .echoed_ms = ZT_NEVER_MS,
                             .latency_ms = ZT_LATENCY_UNKNOWN,
                             .priority = 1 };
}

void zt_path_heard(struct zt_path *path, int64_t now_ms)
{
    path->valid_ms = now_ms;
    path->heard_ms = now_ms;
    path->asked_ms = ZT_NEVER_MS;
}

void zt_path_sent(struct zt_path *path, int64_t now_ms)
{
    path->sent_ms = now_ms;
    if (path->asked_ms == ZT_NEVER_MS)
        path->asked_ms = now_ms;
}

void zt_path_measured(struct zt_path *path, int64_t round_trip_ms)
{
    /* The time came back from the peer and clocks jump: nonsense is not a measurement. */
    if (round_trip_ms < 0 || round_trip_ms >= ZT_LATENCY_WORST)
        return;
    if (path->latency_ms == ZT_LATENCY_UNKNOWN)
        path->latency_ms = (int32_t)round_trip_ms;
    else
        path->latency_ms = (path->latency_ms + (int32_t)round_trip_ms) / 2;
}

void zt_path_reset(struct zt_path *path)
{
    path->valid_ms = ZT_NEVER_MS;
}

bool zt_path_is_alive(const struct zt_path *path, int64_t now_ms)
{
    return now_ms - path->heard_ms < ZT_PATH_ALIVE_MS;
}

bool zt_path_is_expired(const struct zt_path *path, int64_t now_ms)
{
    return now_ms - path->valid_ms >= ZT_PATH_EXPIRY_MS;
}

bool zt_path_needs_heartbeat(const struct zt_path *path, int64_t now_ms)
{
    return now_ms - path->sent_ms >= ZT_PATH_HEARTBEAT_MS;
}

bool zt_path_is_mute(const struct zt_path *path, int64_t now_ms)
{
    return path->asked_ms != ZT_NEVER_MS && now_ms - path->asked_ms >= ANSWER_MS &&
           now_ms - path->heard_ms >= MUTE_AFTER_MS;
}

bool zt_path_is_in_doubt(const struct zt_path *path, int64_t now_ms)
{
    return path->asked_ms != ZT_NEVER_MS && now_ms - path->asked_ms >= DOUBT_MS;
}

void zt_path_doubted(struct zt_path *path, int64_t now_ms)
{
    if (!zt_path_is_in_doubt(path, now_ms))
        path->asked_ms = now_ms - DOUBT_MS;
}

/* Scopes are worth what they are numbered; loopback is only admitted in demos, as good as
   private. */
static int64_t scope_cost(const struct zt_path *path)
{
    enum zt_scope scope = zt_endpoint_scope(&path->link.remote);

    if (scope == ZT_SCOPE_LOOPBACK)
        scope = ZT_SCOPE_PRIVATE;
    return 8 - (int64_t)scope;
}

int64_t zt_path_quality(const struct zt_path *path, int64_t now_ms)
{
    int64_t silent_ms = now_ms - path->heard_ms;
    int64_t base = path->latency_ms == ZT_LATENCY_UNKNOWN ? ZT_LATENCY_WORST : path->latency_ms;

    if (!zt_path_is_alive(path, now_ms))
        base +=
            ZT_LATENCY_WORST + (silent_ms < SILENCE_PENALTY_MS ? silent_ms : SILENCE_PENALTY_MS);
    return base * scope_cost(path) / path->priority;
}
