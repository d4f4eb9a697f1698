/* SPDX-License-Identifier: Apache-2.0 */
/* GET /counters: the numbers behind the metrics. docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include <string.h>

#define MOST_PEERS 4096 /* shown one by one; a busy root has more than anybody wants to collect */

/* Counters are 64 bits; JSON integers are signed. */
static json_t *counts_json(const uint64_t *counts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_integer((json_int_t)counts[i]));
    return list;
}

static json_t *node_json(const struct zt_vl1 *vl1)
{
    const struct zt_counters *all = zt_vl1_counters(vl1);

    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I}", "verbsIn",
                     counts_json(all->verbs_in, ZT_VERB_COUNT), "verbsOut",
                     counts_json(all->verbs_out, ZT_VERB_COUNT), "errorsIn",
                     counts_json(all->errors_in, ZT_ERROR_CODES), "errorsOut",
                     counts_json(all->errors_out, ZT_ERROR_CODES), "bytesIn",
                     (json_int_t)all->bytes_in, "bytesOut", (json_int_t)all->bytes_out);
}

static json_t *networks_json(const struct zt_vl2 *vl2)
{
    struct zt_network_status network;
    json_t *list = json_array();

    for (size_t i = 0; zt_vl2_network_at(vl2, i, &network); i++)
        (void)json_array_append_new(list, json_pack("{s:o, s:I, s:o, s:o}", "id",
                                                    zt_api_hex(network.nwid, 16), "groups",
                                                    (json_int_t)network.group_count, "framesIn",
                                                    counts_json(network.tally.in, 2), "framesOut",
                                                    counts_json(network.tally.out, 2)));
    return list;
}

/* [ [upper end in ms, round trips up to it], ... ]; above the last in "count". */
static json_t *round_trips_json(const struct zt_peer_tally *tally)
{
    json_t *buckets = json_array();
    json_int_t sum = 0;

    for (size_t i = 0; i < ZT_LATENCY_BOUNDS; i++) {
        sum += tally->round_trips[i];
        (void)json_array_append_new(buckets, json_pack("[i, I]", zt_latency_bounds[i], sum));
    }
    return json_pack("{s:o, s:I, s:I}", "buckets", buckets, "count",
                     sum + tally->round_trips[ZT_LATENCY_BOUNDS], "sum",
                     (json_int_t)tally->round_trip_sum_ms);
}

static void append(void *context, const struct zt_peer_status *peer)
{
    json_int_t alive = 0;

    if (json_array_size(context) >= MOST_PEERS)
        return;
    for (size_t i = 0; i < peer->path_count; i++)
        alive += peer->paths[i].alive;
    (void)json_array_append_new(
        context,
        json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:o}", "address", zt_api_hex(peer->address, 10),
                  "alive", alive, "dead", (json_int_t)peer->path_count - alive, "packetsIn",
                  (json_int_t)peer->tally.packets_in, "packetsOut",
                  (json_int_t)peer->tally.packets_out, "refused", (json_int_t)peer->tally.refused,
                  "roundTrips", round_trips_json(&peer->tally)));
}

json_t *zt_api_counters(struct zt_service *service, const struct zt_api_call *call, int *status)
{
    json_t *result = NULL, *peers;
    struct zt_node *node;

    if (*call->rest)
        return zt_api_error(status, 404, "no such path");
    if (strcmp(call->method, "GET") != 0)
        return zt_api_no_method(status);
    node = zt_service_lock(service);
    if (node)
        result = json_pack("{s:o, s:o}", "node", node_json(zt_node_vl1(node)), "networks",
                           networks_json(zt_node_vl2(node)));
    zt_service_unlock(service);
    peers = json_array();
    if (result && zt_api_each_peer(service, append, peers)) {
        (void)json_object_set_new(result, "peers", peers);
        return result;
    }
    json_decref(result);
    json_decref(peers);
    return zt_api_error(status, 503, "the node is not running yet");
}
