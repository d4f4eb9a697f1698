/* SPDX-License-Identifier: Apache-2.0 */
/* Learning from packets: life, trust, paths, and our own public endpoints. */
#include "vl1/learn.h"
#include "vl1/state.h"

#include <assert.h>

static struct zt_trusted_link *find_link(const struct zt_vl1 *vl1, const struct zt_link *link)
{
    struct zt_trusted_link *found = NULL;

    HASH_FIND(hh, vl1->trusted_links.links, link, sizeof *link, found);
    return found;
}

static void remove_link(struct zt_vl1 *vl1, struct zt_trusted_link *entry)
{
    HASH_DEL(vl1->trusted_links.links, entry);
    zt_free(entry);
}

/* Removing and adding again keeps the table in the order of proofs; once a second is enough. */
static void trust_link(struct zt_vl1 *vl1, const struct zt_link *link)
{
    struct zt_trusted_links *trusted = &vl1->trusted_links;
    struct zt_trusted_link *entry = find_link(vl1, link);

    if (entry && vl1->now.mono_ms - entry->trusted_ms < ZT_CONFIRM_GATE_MS)
        return;
    if (entry)
        remove_link(vl1, entry);
    else if (HASH_COUNT(trusted->links) >= ZT_MAX_TRUSTED_LINKS)
        remove_link(vl1, trusted->links);
    entry = zt_alloc(sizeof *entry);
    if (!entry)
        return;
    entry->link = *link;
    entry->trusted_ms = vl1->now.mono_ms;
    HASH_ADD(hh, trusted->links, link, sizeof entry->link, entry);
    if (!entry->hh.tbl)
        zt_free(entry);
}

bool zt_trusted_links_has(const struct zt_vl1 *vl1, const struct zt_link *link)
{
    const struct zt_trusted_link *entry = find_link(vl1, link);

    return entry && vl1->now.mono_ms - entry->trusted_ms < ZT_TRUST_LIFE_MS;
}

void zt_trusted_links_expire(struct zt_vl1 *vl1)
{
    struct zt_trusted_links *trusted = &vl1->trusted_links;

    while (trusted->links && vl1->now.mono_ms - trusted->links->trusted_ms >= ZT_TRUST_LIFE_MS)
        remove_link(vl1, trusted->links);
}

void zt_trusted_links_clear(struct zt_trusted_links *trusted)
{
    struct zt_trusted_link *entry;
    struct zt_trusted_link *next;

    HASH_ITER(hh, trusted->links, entry, next)
    {
        HASH_DEL(trusted->links, entry);
        zt_free(entry);
    }
}

static bool is_substantive(enum zt_verb verb)
{
    return verb == ZT_VERB_FRAME || verb == ZT_VERB_EXT_FRAME ||
           verb == ZT_VERB_NETWORK_CONFIG_REQUEST || verb == ZT_VERB_NETWORK_CONFIG ||
           verb == ZT_VERB_MULTICAST_FRAME;
}

static bool is_copy(const struct zt_peer *peer, const struct zt_inbound *in)
{
    return in->id == peer->hello_id;
}

/* While a path to the same IP is alive another port there is not learned (docs/wire.md 6.3), with one
   exception: a HELLO that did not also come by the path means that the peer started anew on other
   ports. A HELLO leaves from all sockets of its sender, each copy with the same id. */
static bool is_new_start(struct zt_peer *peer, const struct zt_inbound *in, int64_t now_ms)
{
    if (in->verb == ZT_VERB_OK)
        return now_ms - zt_peer_tried_ms(peer, &in->link) < ZT_CONFIRM_GATE_MS;
    return in->verb == ZT_VERB_HELLO && !is_copy(peer, in);
}

static void adopt(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link)
{
    struct zt_path path = zt_path_proven(link, vl1->now.mono_ms);
    bool has_replaced;

    path.mtu = zt_surroundings_mtu(&vl1->surroundings, &link->remote);
    path.trusted_path_id = zt_surroundings_trusted_path(&vl1->surroundings, &link->remote);
    path.sent_ms = vl1->now.mono_ms; /* it answers something we sent */
    zt_peer_doubt_siblings(peer, &link->remote, zt_peer_tried_ms(peer, link), vl1->now.mono_ms);
    if (peer->redirect_priority > 0 && zt_link_equal(&peer->redirect, link)) {
        path.priority = peer->redirect_priority;
        peer->redirect_priority = 0;
    }
    if (!zt_peer_install(peer, &path, vl1->now.mono_ms, &has_replaced))
        return;
    zt_peer_gained_path(vl1, peer);
    if (has_replaced)
        zt_peer_lost_path(vl1, peer);
    vl1->roots.best_ms = ZT_NEVER_MS;
}

/* Only an answer to something we sent there proves a path: a source address alone is easily forged, and an
   answer that was sent elsewhere is easily sent again. Anything else that comes directly makes us greet the
   sender there. */
static void learn_path(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in)
{
    int64_t now_ms = vl1->now.mono_ms;
    struct zt_path *path = zt_peer_path(peer, &in->link);

    if (path) {
        bool was_usable = !zt_path_is_expired(path, now_ms) && !zt_path_is_mute(path, now_ms);

        zt_path_heard(path, now_ms);
        if (!was_usable)
            zt_peer_paths_changed(peer);
        return;
    }
    /* A socket we don't know: ports that don't bring this HELLO too may be closed since. */
    if (in->verb == ZT_VERB_HELLO)
        zt_peer_doubt_siblings(peer, &in->link.remote, is_copy(peer, in) ? peer->hello_ms : now_ms,
                               now_ms);
    bool is_awaited = peer->redirect_priority > 0 && zt_link_equal(&peer->redirect, &in->link);
    if ((!is_awaited && zt_peer_has_sibling(peer, &in->link, now_ms) &&
         !is_new_start(peer, in, now_ms)) ||
        !zt_path_allowed(vl1, peer, &in->link.remote))
        return;
    if (in->verb == ZT_VERB_OK && in->is_from_asked) {
        adopt(vl1, peer, &in->link);
    } else if (zt_peer_may_try(peer, &in->link, now_ms)) {
        struct zt_link link = zt_link_from_all(vl1, in->link.socket, &in->link.remote);

        zt_hello_send(vl1, peer, &link);
    }
}

void zt_learn(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in)
{
    int64_t now_ms = vl1->now.mono_ms;

    zt_topology_heard(vl1, peer);
    if (is_substantive(in->verb))
        peer->active_ms = now_ms;
    if (in->trusted) {
        peer->trusted_ms = now_ms;
        trust_link(vl1, &in->link);
    }
    if (in->hops == 0)
        learn_path(vl1, peer, in);
    if (in->hops == 0 && in->verb == ZT_VERB_HELLO && !is_copy(peer, in)) {
        peer->hello_id = in->id;
        peer->hello_ms = now_ms;
    }
    if (zt_peer_is_trusted(peer, now_ms))
        zt_push_paths_send(vl1, peer, in);
    if (!vl1->roots.is_online)
        zt_roots_check_online(vl1);
}

static void reset_paths(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_endpoint *mine)
{
    enum zt_scope scope = zt_endpoint_scope(mine);

    for (size_t i = 0; i < peer->path_count; i++) {
        struct zt_path *path = &peer->paths[i];

        if (path->link.remote.family != mine->family ||
            zt_endpoint_scope(&path->link.remote) != scope)
            continue;
        zt_probe(vl1, peer, &path->link);
        zt_path_reset(path);
    }
    zt_peer_paths_changed(peer);
}

void zt_learn_surface(struct zt_vl1 *vl1, const struct zt_peer *peer, const struct zt_link *link,
                      const struct zt_endpoint *mine)
{
    struct zt_report report = { .reporter = peer->identity.address,
                                .link = *link,
                                .mine = *mine,
                                .at_ms = vl1->now.mono_ms,
                                .is_trusted = peer->role != ZT_WORLD_NONE };

    if (!zt_surfaces_report(&vl1->surfaces, &report))
        return;
    for (struct zt_peer *each = vl1->topology.peers; each; each = each->hh.next)
        reset_paths(vl1, each, mine);
}
