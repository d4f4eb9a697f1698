/* SPDX-License-Identifier: Apache-2.0 */
/* GET /peer and /peer/<address>. A long list is copied in steps, so that no packet waits for all of it.
   docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "os/host.h"

#include <string.h>

#define STEP 64 /* peers copied under one hold of the lock */

struct step {
    size_t count;
    struct zt_peer_status peers[STEP];
};

/* Goes on behind the last one of the step before that is still there. */
static size_t fill_step(const struct zt_vl1 *vl1, struct step *step)
{
    size_t known = step->count, count = 0;
    zt_address after = 0;
    struct zt_peer_status at;

    while (known > 0 && !zt_vl1_peer_status(vl1, step->peers[known - 1].address, &at))
        known--;
    if (step->count > 0 && known == 0)
        return 0; /* all of them have gone: so have most others */
    after = known > 0 ? step->peers[known - 1].address : 0;
    while (count < STEP && zt_vl1_peer_after(vl1, after, &step->peers[count])) {
        after = step->peers[count].address;
        count++;
    }
    return count;
}

bool zt_api_each_peer(struct zt_service *service, zt_api_see_peer see, void *context)
{
    struct step *step = zt_alloc(sizeof *step);
    struct zt_node *node = NULL;

    if (!step)
        return false;
    do {
        node = zt_service_lock(service);
        step->count = node ? fill_step(zt_node_vl1(node), step) : 0;
        zt_service_unlock(service);
        for (size_t i = 0; i < step->count; i++)
            see(context, &step->peers[i]);
    } while (step->count == STEP);
    zt_free(step);
    return node != NULL;
}

static json_t *wall_time(int64_t mono_ms, struct zt_instant now)
{
    return json_integer(mono_ms < 0 ? 0 : now.wall_ms - (now.mono_ms - mono_ms));
}

/* All our sockets share the port of a root or controller. */
static json_t *path_json(const struct zt_path_status *path, struct zt_instant now, uint16_t port)
{
    return json_pack("{s:o, s:o, s:o, s:i, s:I, s:b, s:b, s:b, s:I, s:i}", "address",
                     zt_api_endpoint(&path->link.remote, true), "lastSend",
                     wall_time(path->sent_ms, now), "lastReceive", wall_time(path->heard_ms, now),
                     "latency", path->latency_ms, "trustedPathId",
                     (json_int_t)path->trusted_path_id, "active", path->alive, "expired",
                     path->expired, "preferred", path->preferred, "localSocket",
                     (json_int_t)path->link.socket, "localPort", (int)port);
}

static const char *role_name(enum zt_world_type role)
{
    if (role == ZT_WORLD_PLANET)
        return "PLANET";
    return role == ZT_WORLD_MOON ? "MOON" : "LEAF";
}

static json_t *peer_json(const struct zt_peer_status *peer, uint16_t port)
{
    static const char *const ciphers[] = { "mac-only", "salsa", "trusted", "gmac-siv" };
    struct zt_instant now = zt_host_now();
    json_t *paths = json_array();
    char version[40];

    zt_format(version, sizeof version, "%d.%d.%d", peer->major, peer->minor, peer->revision);
    for (size_t i = 0; i < peer->path_count; i++)
        (void)json_array_append_new(paths, path_json(&peer->paths[i], now, port));
    return json_pack("{s:o, s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:b, s:b, s:o}", "address",
                     zt_api_hex(peer->address, 10), "version", version, "versionMajor", peer->major,
                     "versionMinor", peer->minor, "versionRev", peer->revision, "latency",
                     peer->latency_ms, "role", role_name(peer->role), "cipher",
                     ciphers[peer->cipher & 3], "isBonded", 0, "tunneled", 0, "paths", paths);
}

struct list {
    json_t *peers;
    uint16_t port;
};

static void append(void *context, const struct zt_peer_status *peer)
{
    struct list *list = context;

    (void)json_array_append_new(list->peers, peer_json(peer, list->port));
}

/* An empty object if it is not known: who asks does so to learn that. */
static json_t *one_peer(struct zt_service *service, const char *text, int *status)
{
    struct zt_peer_status peer;
    struct zt_node *node;
    uint16_t port = zt_service_port(service, 0);
    uint64_t address;
    bool is_known;

    if (!zt_hex_number(&address, text, 10))
        return zt_api_error(status, 404, "not an address of 10 digits");
    node = zt_service_lock(service);
    is_known = node && zt_vl1_peer_status(zt_node_vl1(node), address, &peer);
    zt_service_unlock(service);
    return is_known ? peer_json(&peer, port) : json_object();
}

json_t *zt_api_peers(struct zt_service *service, const struct zt_api_call *call, int *status)
{
    struct list list;

    if (strcmp(call->method, "GET") != 0)
        return zt_api_no_method(status);
    if (*call->rest)
        return one_peer(service, call->rest + 1, status);
    list = (struct list){ json_array(), zt_service_port(service, 0) };
    if (zt_api_each_peer(service, append, &list))
        return list.peers;
    json_decref(list.peers);
    return zt_api_error(status, 503, "the node is not running yet");
}
