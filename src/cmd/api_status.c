/* SPDX-License-Identifier: Apache-2.0 */
/* GET /status: who we are, and what was counted. docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include "base/text.h"
#include "os/host.h"

#include <string.h>

#define MOST_BOUND 256
#define MOST_SURFACES 64

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

static json_t *list_json(const struct zt_endpoint *endpoints, size_t endpoint_count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < endpoint_count; i++)
        (void)json_array_append_new(list, zt_api_endpoint(&endpoints[i], true));
    return list;
}

static json_t *surfaces_json(const struct zt_vl1 *vl1)
{
    struct zt_endpoint surfaces[MOST_SURFACES];

    return list_json(surfaces, zt_vl1_surfaces(vl1, surfaces, MOST_SURFACES));
}

static json_t *status_json(const struct zt_vl1 *vl1, uint16_t port)
{
    char identity[ZT_IDENTITY_TEXT], version[32];
    const struct zt_identity *self = zt_vl1_self(vl1);
    const struct zt_world *planet = zt_vl1_planet(vl1);

    zt_identity_text(self, false, identity);
    zt_format(version, sizeof version, "%d.%d.%d", ZT_VERSION_MAJOR, ZT_VERSION_MINOR,
              ZT_VERSION_REVISION);
    return json_pack(
        "{s:o, s:s, s:b, s:b, s:s, s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:o, s:o}", "address",
        zt_api_hex(self->address, 10), "publicIdentity", identity, "online", zt_vl1_is_online(vl1),
        "tcpFallbackActive", 0, "version", version, "versionMajor", ZT_VERSION_MAJOR,
        "versionMinor", ZT_VERSION_MINOR, "versionRev", ZT_VERSION_REVISION, "versionBuild", 0,
        "clock", (json_int_t)zt_host_now().wall_ms, "planetWorldId", (json_int_t)planet->id,
        "planetWorldTimestamp", (json_int_t)planet->updated_ms, "port", (int)port,
        "surfaceAddresses", surfaces_json(vl1), "counters", counters_json(zt_vl1_counters(vl1)));
}

json_t *zt_api_status(struct zt_service *service, const struct zt_api_call *call, int *status)
{
    uint16_t port = zt_service_port(service, 0);
    struct zt_endpoint bound[MOST_BOUND];
    struct zt_node *node;
    json_t *result;

    if (*call->rest)
        return zt_api_error(status, 404, "no such path");
    if (strcmp(call->method, "GET") != 0)
        return zt_api_no_method(status);
    node = zt_service_lock(service);
    result = node ? status_json(zt_node_vl1(node), port) : NULL;
    zt_service_unlock(service);
    if (result)
        (void)json_object_set_new(result, "listeningOn",
                                  list_json(bound, zt_service_bound(service, bound, MOST_BOUND)));
    return result ? result : zt_api_error(status, 503, "the node is not running yet");
}
