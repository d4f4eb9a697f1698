/* SPDX-License-Identifier: Apache-2.0 */
/* A peer: its keys, its paths and the choice among them. */
#include "vl1/peer.h"
#include "crypto/wipe.h"

#include <assert.h>

#define BEST_LIFE_MS 100
#define DOUBT_PENALTY INT64_C(1000000000) /* more than any quality */
#define MUTE_PENALTY INT64_C(1000000000000)

struct zt_peer *zt_peer_new(const struct zt_identity *identity, const struct zt_session_key *key,
                            int64_t now_ms)
{
    struct zt_peer *peer = zt_alloc(sizeof *peer);

    if (!peer)
        return NULL;
    peer->identity = zt_identity_public(identity);
    peer->key = *key;
    peer->protocol = peer->major = peer->minor = peer->revision = -1;
    peer->created_ms = peer->listed_ms = now_ms;
    peer->heard_ms = peer->active_ms = peer->trusted_ms = peer->greeted_ms = ZT_NEVER_MS;
    peer->hello_ms = peer->sought_ms = peer->hinted_ms = peer->pushed_ms = peer->push_heard_ms =
        ZT_NEVER_MS;
    peer->whois_ms = peer->echoed_ms = peer->worlds_ms = ZT_NEVER_MS;
    for (size_t i = 0; i < ZT_PEER_TRIES; i++)
        peer->tries[i].at_ms = ZT_NEVER_MS;
    peer->best = -1;
    peer->best_ms = ZT_NEVER_MS;
    return peer;
}

void zt_peer_free(struct zt_peer *peer)
{
    if (!peer)
        return;
    zt_gmac_siv_free(peer->siv);
    zt_free(peer->cached);
    zt_free(peer->paths);
    zt_wipe(&peer->key, sizeof peer->key);
    zt_free(peer);
}

struct zt_gmac_siv *zt_peer_siv(struct zt_peer *peer)
{
    if (!peer->siv)
        peer->siv = zt_gmac_siv_new(&peer->key);
    return peer->siv;
}

enum zt_cipher zt_peer_cipher(const struct zt_peer *peer)
{
    return peer->protocol >= ZT_PROTOCOL_GMAC_SIV ? ZT_CIPHER_GMAC_SIV : ZT_CIPHER_SALSA;
}

bool zt_peer_knows_echo(const struct zt_peer *peer)
{
    bool is_broken = peer->major == 1 && peer->minor == 1 && peer->revision == 0;

    return peer->protocol >= ZT_PROTOCOL_ECHO && !is_broken;
}

bool zt_peer_is_alive(const struct zt_peer *peer, int64_t now_ms)
{
    int64_t since_ms = peer->heard_ms > peer->created_ms ? peer->heard_ms : peer->created_ms;

    return now_ms - since_ms < ZT_PEER_ACTIVITY_MS;
}

bool zt_peer_is_trusted(const struct zt_peer *peer, int64_t now_ms)
{
    return now_ms - peer->trusted_ms < ZT_TRUST_LIFE_MS;
}

/* Paths in doubt behind those that answer, mute ones behind all others. */
static int64_t rank(const struct zt_path *path, int64_t now_ms)
{
    int64_t penalty = zt_path_is_mute(path, now_ms)       ? MUTE_PENALTY
                      : zt_path_is_in_doubt(path, now_ms) ? DOUBT_PENALTY
                                                          : 0;

    return zt_path_quality(path, now_ms) + penalty;
}

/* On a tie the later path wins. docs/wire.md 6.4. */
static int find_best(const struct zt_peer *peer, bool with_expired, int64_t now_ms)
{
    int best = -1;
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < peer->path_count; i++) {
        const struct zt_path *path = &peer->paths[i];

        if (!with_expired && zt_path_is_expired(path, now_ms))
            continue;
        int64_t quality = rank(path, now_ms);
        if (quality > least)
            continue;
        least = quality;
        best = (int)i;
    }
    return best;
}

struct zt_path *zt_peer_best_path(struct zt_peer *peer, int64_t now_ms)
{
    if (now_ms - peer->best_ms >= BEST_LIFE_MS) {
        peer->best = find_best(peer, false, now_ms);
        peer->best_ms = now_ms;
    }
    assert(peer->best < (int)peer->path_count);
    return peer->best < 0 ? NULL : &peer->paths[peer->best];
}

struct zt_path *zt_peer_any_path(struct zt_peer *peer, int64_t now_ms)
{
    int best = find_best(peer, true, now_ms);

    return best < 0 ? NULL : &peer->paths[best];
}

struct zt_path *zt_peer_path_in(struct zt_peer *peer, enum zt_scope scope, enum zt_family family,
                                int64_t now_ms)
{
    struct zt_path *best = NULL;
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < peer->path_count; i++) {
        struct zt_path *path = &peer->paths[i];

        if (zt_path_is_expired(path, now_ms) || path->link.remote.family != family ||
            zt_endpoint_scope(&path->link.remote) != scope)
            continue;
        int64_t quality = zt_path_quality(path, now_ms);
        if (quality > least)
            continue;
        least = quality;
        best = path;
    }
    return best;
}

struct zt_path *zt_peer_path(struct zt_peer *peer, const struct zt_link *link)
{
    for (size_t i = 0; i < peer->path_count; i++) {
        if (zt_link_equal(&peer->paths[i].link, link))
            return &peer->paths[i];
    }
    return NULL;
}

bool zt_peer_has_endpoint(const struct zt_peer *peer, const struct zt_endpoint *endpoint,
                          int64_t now_ms)
{
    for (size_t i = 0; i < peer->path_count; i++) {
        if (zt_endpoint_equal(&peer->paths[i].link.remote, endpoint) &&
            !zt_path_is_expired(&peer->paths[i], now_ms))
            return true;
    }
    return false;
}

static bool is_sibling(const struct zt_path *path, const struct zt_link *link)
{
    return path->link.socket == link->socket &&
           zt_endpoint_same_ip(&path->link.remote, &link->remote);
}

bool zt_peer_has_sibling(const struct zt_peer *peer, const struct zt_link *link, int64_t now_ms)
{
    for (size_t i = 0; i < peer->path_count; i++) {
        if (is_sibling(&peer->paths[i], link) && zt_path_is_alive(&peer->paths[i], now_ms))
            return true;
    }
    return false;
}

static bool grow_paths(struct zt_peer *peer)
{
    size_t capacity = peer->path_capacity ? peer->path_capacity * 2 : 2;
    struct zt_path *paths = zt_alloc(capacity * sizeof *paths);

    if (!paths)
        return false;
    if (peer->path_count > 0)
        memcpy(paths, peer->paths, peer->path_count * sizeof *paths);
    zt_free(peer->paths);
    peer->paths = paths;
    peer->path_capacity = capacity;
    return true;
}

static size_t longest_silent(const struct zt_peer *peer)
{
    size_t oldest = 0;

    for (size_t i = 1; i < peer->path_count; i++) {
        if (peer->paths[i].heard_ms < peer->paths[oldest].heard_ms)
            oldest = i;
    }
    return oldest;
}

/* A dead path to the same IP first (its port has moved), then a free place, then the bound's
   victim. */
static struct zt_path *place_for(struct zt_peer *peer, const struct zt_link *link, int64_t now_ms,
                                 bool *replaced)
{
    *replaced = true;
    for (size_t i = 0; i < peer->path_count; i++) {
        if (is_sibling(&peer->paths[i], link) && !zt_path_is_alive(&peer->paths[i], now_ms))
            return &peer->paths[i];
    }
    if (peer->path_count == ZT_MAX_PATHS_PER_PEER)
        return &peer->paths[longest_silent(peer)];
    if (peer->path_count == peer->path_capacity && !grow_paths(peer))
        return NULL;
    *replaced = false;
    return &peer->paths[peer->path_count++];
}

bool zt_peer_install(struct zt_peer *peer, const struct zt_path *path, int64_t now_ms,
                     bool *replaced)
{
    assert(!zt_peer_path(peer, &path->link));

    struct zt_path *place = place_for(peer, &path->link, now_ms, replaced);
    if (!place)
        return false;
    *place = *path;
    zt_peer_paths_changed(peer);
    return true;
}

void zt_peer_forget_cached(struct zt_peer *peer)
{
    zt_free(peer->cached);
    peer->cached = NULL;
    peer->cached_count = 0;
    peer->sought_ms = ZT_NEVER_MS;
}

void zt_peer_remove_path(struct zt_peer *peer, size_t i)
{
    assert(i < peer->path_count);

    peer->path_count--;
    memmove(&peer->paths[i], &peer->paths[i + 1], (peer->path_count - i) * sizeof *peer->paths);
    zt_peer_paths_changed(peer);
}

void zt_peer_paths_changed(struct zt_peer *peer)
{
    peer->best = -1;
    peer->best_ms = ZT_NEVER_MS;
}

bool zt_peer_may_try(struct zt_peer *peer, const struct zt_link *link, int64_t now_ms)
{
    for (size_t i = 0; i < ZT_PEER_TRIES; i++) {
        if (zt_link_equal(&peer->tries[i].link, link))
            return zt_interval_passed(&peer->tries[i].at_ms, ZT_CONFIRM_GATE_MS, now_ms);
    }

    /* With all places taken within the second, more links would be a flood of spoofed ones. */
    struct zt_try *place = &peer->tries[peer->try_next];
    if (!zt_interval_passed(&place->at_ms, ZT_CONFIRM_GATE_MS, now_ms))
        return false;
    place->link = *link;
    peer->try_next = (peer->try_next + 1) % ZT_PEER_TRIES;
    return true;
}

int64_t zt_peer_tried_ms(const struct zt_peer *peer, const struct zt_link *link)
{
    for (size_t i = 0; i < ZT_PEER_TRIES; i++) {
        if (zt_link_equal(&peer->tries[i].link, link))
            return peer->tries[i].at_ms;
    }
    return ZT_NEVER_MS;
}

/* By whichever of our sockets. */
static bool has_spoken(const struct zt_peer *peer, const struct zt_endpoint *remote,
                       int64_t since_ms)
{
    for (size_t i = 0; i < peer->path_count; i++) {
        const struct zt_path *path = &peer->paths[i];

        if (zt_endpoint_equal(&path->link.remote, remote) && path->heard_ms >= since_ms)
            return true;
    }
    return false;
}

void zt_peer_doubt_siblings(struct zt_peer *peer, const struct zt_endpoint *remote,
                            int64_t since_ms, int64_t now_ms)
{
    for (size_t i = 0; i < peer->path_count; i++) {
        struct zt_path *path = &peer->paths[i];

        if (zt_endpoint_same_ip(&path->link.remote, remote) &&
            !zt_endpoint_equal(&path->link.remote, remote) &&
            !has_spoken(peer, &path->link.remote, since_ms))
            zt_path_doubted(path, now_ms);
    }
    zt_peer_paths_changed(peer);
}
