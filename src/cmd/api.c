/* SPDX-License-Identifier: Apache-2.0 */
/* The node's part of the local API: /status and /peer; the rest is the controller's. */
#include "cmd/api.h"

#include "base/text.h"
#include "os/host.h"

#include <string.h>

static json_t *text_of_number(uint64_t number, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, number, digits);
    return json_string(text);
}

/* Counters are 64 bits; JSON integers are signed. */
static json_t *count(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *counters_json(const struct zt_counters *counters)
{
    json_t *drops = json_object();

    for (int i = ZT_DROP_NONE + 1; i < ZT_DROP_COUNT; i++)
        if (counters->drops[i] > 0)
            (void)json_object_set_new(drops, zt_drop_name((enum zt_drop)i),
                                      count(counters->drops[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "accepted",
                     count(counters->drops[ZT_DROP_NONE]), "datagramsIn",
                     count(counters->datagrams_in), "datagramsOut", count(counters->datagrams_out),
                     "bytesIn", count(counters->bytes_in), "bytesOut", count(counters->bytes_out),
                     "relayed", count(counters->relayed), "proofs", count(counters->proofs),
                     "drops", drops);
}

static json_t *status_json(struct zt_service *service, const struct zt_vl1 *vl1)
{
    char identity[ZT_IDENTITY_TEXT], version[32];
    const struct zt_identity *self = zt_vl1_self(vl1);
    const struct zt_world *planet = zt_vl1_planet(vl1);

    zt_identity_text(self, false, identity);
    zt_format(version, sizeof version, "%d.%d.%d", ZT_VERSION_MAJOR, ZT_VERSION_MINOR,
              ZT_VERSION_REVISION);
    return json_pack("{s:o, s:s, s:b, s:b, s:s, s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:o}", "address",
                     text_of_number(self->address, 10), "publicIdentity", identity, "online",
                     zt_vl1_is_online(vl1), "tcpFallbackActive", 0, "version", version,
                     "versionMajor", ZT_VERSION_MAJOR, "versionMinor", ZT_VERSION_MINOR,
                     "versionRev", ZT_VERSION_REVISION, "clock", (json_int_t)zt_host_now().wall_ms,
                     "planetWorldId", (json_int_t)planet->id, "planetWorldTimestamp",
                     (json_int_t)planet->updated_ms, "port", (int)zt_service_port(service, 0),
                     "counters", counters_json(zt_vl1_counters(vl1)));
}

static json_t *wall_time(int64_t mono_ms, struct zt_instant now)
{
    return json_integer(mono_ms < 0 ? 0 : now.wall_ms - (now.mono_ms - mono_ms));
}

static json_t *path_json(const struct zt_path_status *path, struct zt_instant now)
{
    char remote[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(&path->link.remote, true, remote);
    return json_pack("{s:s, s:o, s:o, s:i, s:I, s:b, s:b, s:b}", "address", remote, "lastSend",
                     wall_time(path->sent_ms, now), "lastReceive", wall_time(path->heard_ms, now),
                     "latency", path->latency_ms, "trustedPathId",
                     (json_int_t)path->trusted_path_id, "active", path->alive, "expired",
                     path->expired, "preferred", path->preferred);
}

static const char *role_name(enum zt_world_type role)
{
    if (role == ZT_WORLD_PLANET)
        return "PLANET";
    return role == ZT_WORLD_MOON ? "MOON" : "LEAF";
}

static json_t *peer_json(const struct zt_peer_status *peer)
{
    static const char *const ciphers[] = { "mac-only", "salsa", "trusted", "gmac-siv" };
    struct zt_instant now = zt_host_now();
    json_t *paths = json_array();
    char version[40];

    zt_format(version, sizeof version, "%d.%d.%d", peer->major, peer->minor, peer->revision);
    for (size_t i = 0; i < peer->path_count; i++)
        (void)json_array_append_new(paths, path_json(&peer->paths[i], now));
    return json_pack("{s:o, s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:b, s:b, s:o}", "address",
                     text_of_number(peer->address, 10), "version", version, "versionMajor",
                     peer->major, "versionMinor", peer->minor, "versionRev", peer->revision,
                     "latency", peer->latency_ms, "role", role_name(peer->role), "cipher",
                     ciphers[peer->cipher & 3], "isBonded", 0, "tunneled", 0, "paths", paths);
}

static json_t *peers_json(const struct zt_vl1 *vl1)
{
    json_t *list = json_array();
    struct zt_peer_status peer;

    for (size_t i = 0; zt_vl1_peer_at(vl1, i, &peer); i++)
        (void)json_array_append_new(list, peer_json(&peer));
    return list;
}

/* "/peer/<address>": an empty object if it is not known. */
static json_t *one_peer_json(const struct zt_vl1 *vl1, const char *text)
{
    struct zt_peer_status peer;
    uint64_t address;

    if (!zt_hex_number(&address, text, 10) || !zt_vl1_peer_status(vl1, address, &peer))
        return json_object();
    return peer_json(&peer);
}

/* NULL: no path of the node's. Called with the lock held. */
static json_t *node_json(struct zt_service *service, const struct zt_vl1 *vl1, const char *path)
{
    if (strcmp(path, "/status") == 0)
        return status_json(service, vl1);
    if (strcmp(path, "/peer") == 0)
        return peers_json(vl1);
    if (strncmp(path, "/peer/", 6) == 0)
        return one_peer_json(vl1, path + 6);
    return NULL;
}

static json_t *error_json(int *status, int code, const char *text)
{
    *status = code;
    return json_pack("{s:i, s:s}", "error", code, "description", text);
}

json_t *zt_api_route(const struct zt_api *api, const char *method, const char *path,
                     const json_t *body, int *status)
{
    bool is_controllers =
        strncmp(path, "/controller", 11) == 0 || strncmp(path, "/unstable/", 10) == 0;
    struct zt_node *node;
    json_t *result;

    if (is_controllers && api->keeper)
        return zt_keeper_route(api->keeper, method, path, body, status);
    if (is_controllers)
        return error_json(status, 404, "this process runs no controller");
    if (strcmp(method, "GET") != 0)
        return error_json(status, 405, "this path does not know that method");
    node = zt_service_lock(api->service);
    result = node ? node_json(api->service, zt_node_vl1(node), path) : NULL;
    zt_service_unlock(api->service);
    *status = 200;
    if (result)
        return result;
    return node ? error_json(status, 404, "no such path")
                : error_json(status, 503, "the node is not running yet");
}
