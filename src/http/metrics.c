/* SPDX-License-Identifier: Apache-2.0 */
/* GET /metrics: the backend's counters in Prometheus' text format. docs/http.md */
#define _POSIX_C_SOURCE 200809L

#include "http/apis.h"

#include <inttypes.h>
#include <stdio.h>

/* By verb number; NULL: no such verb, nothing to show. */
static const char *const verbs[] = {
    [0x00] = "nop",
    [0x01] = "hello",
    [0x02] = "error",
    [0x03] = "ok",
    [0x04] = "whois",
    [0x05] = "rendezvous",
    [0x06] = "frame",
    [0x07] = "ext_frame",
    [0x08] = "echo",
    [0x09] = "multicast_like",
    [0x0a] = "network_credentials",
    [0x0b] = "network_config_request",
    [0x0c] = "network_config",
    [0x0d] = "multicast_gather",
    [0x0e] = "multicast_frame",
    [0x10] = "push_direct_paths",
    [0x12] = "ack",
    [0x13] = "qos",
    [0x14] = "user_message",
    [0x15] = "remote_trace",
    [0x16] = "path_negotiation_request",
};

/* By error code; [0]: those that have none of these. */
static const char *const errors[] = {
    [0] = "internal_server_error", [3] = "obj_not_found",           [4] = "identity_collision",
    [5] = "unsupported_op",        [6] = "need_membership_cert",    [7] = "network_access_denied",
    [8] = "unwanted_multicast",    [9] = "authentication_required",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int64_t number(const json_t *object, const char *key)
{
    return (int64_t)json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void put_head(FILE *out, const char *name, const char *kind, const char *help)
{
    (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* name{label="...",direction="rx"} and "tx", for each name in the table. */
static void put_both_ways(FILE *out, const char *name, const char *label, const char *const *names,
                          size_t count, const json_t *in, const json_t *sent)
{
    for (size_t i = 0; i < count; i++) {
        if (!names[i])
            continue;
        (void)fprintf(out, "%s{%s=\"%s\",direction=\"rx\"} %" PRId64 "\n", name, label, names[i],
                      (int64_t)json_integer_value(json_array_get(in, i)));
        (void)fprintf(out, "%s{%s=\"%s\",direction=\"tx\"} %" PRId64 "\n", name, label, names[i],
                      (int64_t)json_integer_value(json_array_get(sent, i)));
    }
}

static void put_node(FILE *out, const json_t *node)
{
    put_head(out, "zt_packet", "counter", "packets by type");
    put_both_ways(out, "zt_packet", "packet_type", verbs, COUNT(verbs),
                  json_object_get(node, "verbsIn"), json_object_get(node, "verbsOut"));
    put_head(out, "zt_packet_error", "counter", "ERROR packets by code");
    put_both_ways(out, "zt_packet_error", "error_type", errors, COUNT(errors),
                  json_object_get(node, "errorsIn"), json_object_get(node, "errorsOut"));
    put_head(out, "zt_data", "counter", "bytes on the wire");
    (void)fprintf(out,
                  "zt_data{protocol=\"udp\",direction=\"rx\"} %" PRId64 "\n"
                  "zt_data{protocol=\"udp\",direction=\"tx\"} %" PRId64 "\n"
                  "zt_data{protocol=\"tcp\",direction=\"rx\"} 0\n"
                  "zt_data{protocol=\"tcp\",direction=\"tx\"} 0\n",
                  number(node, "bytesIn"), number(node, "bytesOut"));
}

static void put_networks(FILE *out, const json_t *networks)
{
    put_head(out, "zt_num_networks", "gauge", "networks joined");
    (void)fprintf(out, "zt_num_networks %zu\n", json_array_size(networks));
    put_head(out, "zt_network_multicast_groups_subscribed", "gauge", "groups listened to");
    for (size_t i = 0; i < json_array_size(networks); i++) {
        const json_t *network = json_array_get(networks, i);

        (void)fprintf(out,
                      "zt_network_multicast_groups_subscribed{network_id=\"%s\"} %" PRId64 "\n",
                      text(network, "id"), number(network, "groups"));
    }
}

/* accepted="no" and "yes" of one direction. */
static void put_frames(FILE *out, const json_t *network, const char *direction, const char *key)
{
    static const char *const accepted[] = { "no", "yes" };
    const json_t *counts = json_object_get(network, key);

    for (size_t i = 0; i < COUNT(accepted); i++)
        (void)fprintf(
            out,
            "zt_network_packets{direction=\"%s\",network_id=\"%s\",accepted=\"%s\"} %" PRId64 "\n",
            direction, text(network, "id"), accepted[i],
            (int64_t)json_integer_value(json_array_get(counts, i)));
}

static void put_all_frames(FILE *out, const json_t *networks)
{
    put_head(out, "zt_network_packets", "counter", "frames of networks joined");
    for (size_t i = 0; i < json_array_size(networks); i++) {
        put_frames(out, json_array_get(networks, i), "rx", "framesIn");
        put_frames(out, json_array_get(networks, i), "tx", "framesOut");
    }
}

static void put_latency(FILE *out, const json_t *peer)
{
    const json_t *trips = json_object_get(peer, "roundTrips");
    const json_t *buckets = json_object_get(trips, "buckets");
    const char *id = text(peer, "address");

    for (size_t i = 0; i < json_array_size(buckets); i++) {
        const json_t *bucket = json_array_get(buckets, i);

        (void)fprintf(out,
                      "zt_peer_latency_bucket{node_id=\"%s\",le=\"%" PRId64 "\"} %" PRId64 "\n", id,
                      (int64_t)json_integer_value(json_array_get(bucket, 0)),
                      (int64_t)json_integer_value(json_array_get(bucket, 1)));
    }
    (void)fprintf(out,
                  "zt_peer_latency_bucket{node_id=\"%s\",le=\"+Inf\"} %" PRId64 "\n"
                  "zt_peer_latency_sum{node_id=\"%s\"} %" PRId64 "\n"
                  "zt_peer_latency_count{node_id=\"%s\"} %" PRId64 "\n",
                  id, number(trips, "count"), id, number(trips, "sum"), id, number(trips, "count"));
}

static void put_paths(FILE *out, const json_t *peer)
{
    (void)fprintf(out,
                  "zt_peer_path_count{node_id=\"%s\",status=\"alive\"} %" PRId64 "\n"
                  "zt_peer_path_count{node_id=\"%s\",status=\"dead\"} %" PRId64 "\n",
                  text(peer, "address"), number(peer, "alive"), text(peer, "address"),
                  number(peer, "dead"));
}

static void put_packets(FILE *out, const json_t *peer)
{
    (void)fprintf(out,
                  "zt_peer_packets{direction=\"rx\",node_id=\"%s\"} %" PRId64 "\n"
                  "zt_peer_packets{direction=\"tx\",node_id=\"%s\"} %" PRId64 "\n",
                  text(peer, "address"), number(peer, "packetsIn"), text(peer, "address"),
                  number(peer, "packetsOut"));
}

static void put_refused(FILE *out, const json_t *peer)
{
    (void)fprintf(out, "zt_peer_packet_errors{node_id=\"%s\"} %" PRId64 "\n", text(peer, "address"),
                  number(peer, "refused"));
}

/* One family after the other: the format wants the series of a name together. */
static void put_peers(FILE *out, const json_t *peers)
{
    static const struct {
        const char *name, *kind, *help;
        void (*put)(FILE *out, const json_t *peer);
    } families[] = {
        { "zt_peer_latency", "histogram", "round trips in ms", put_latency },
        { "zt_peer_path_count", "gauge", "paths", put_paths },
        { "zt_peer_packets", "counter", "packets", put_packets },
        { "zt_peer_packet_errors", "counter", "authentic packets that were refused", put_refused },
    };

    for (size_t f = 0; f < COUNT(families); f++) {
        put_head(out, families[f].name, families[f].kind, families[f].help);
        for (size_t i = 0; i < json_array_size(peers); i++)
            families[f].put(out, json_array_get(peers, i));
    }
}

static void put_controller(FILE *out, const json_t *controller)
{
    static const struct {
        const char *name, *kind, *help, *key;
    } families[] = {
        { "controller_network_count", "gauge", "networks hosted", "networks" },
        { "controller_member_count", "gauge", "members of networks hosted", "members" },
        { "controller_network_change_count", "counter", "networks changed", "networkChanges" },
        { "controller_member_change_count", "counter", "members changed", "memberChanges" },
        { "controller_member_auth_count", "counter", "members authorised", "authorized" },
        { "controller_member_deauth_count", "counter", "members deauthorised", "deauthorized" },
        { "controller_network_config_request", "counter", "requests of members", "requests" },
        { "controller_network_config_request_queue", "gauge", "requests that wait", "queue" },
        { "controller_network_config_request_dropped", "counter", "requests that found no room",
          "dropped" },
        { "controller_network_config_request_threads", "gauge", "threads that decide", "threads" },
    };

    for (size_t i = 0; i < COUNT(families); i++) {
        put_head(out, families[i].name, families[i].kind, families[i].help);
        (void)fprintf(out, "%s %" PRId64 "\n", families[i].name,
                      number(controller, families[i].key));
    }
}

void zt_metrics_answer(struct zt_site *site, struct zt_http_answer *answer)
{
    int status = 0;
    json_t *counters = zt_site_ask(site, "GET", "/counters", NULL, &status);
    char *buffer = NULL;
    size_t length = 0;
    FILE *out = status == 200 ? open_memstream(&buffer, &length) : NULL;

    if (out) {
        put_node(out, json_object_get(counters, "node"));
        put_networks(out, json_object_get(counters, "networks"));
        put_all_frames(out, json_object_get(counters, "networks"));
        put_peers(out, json_object_get(counters, "peers"));
        if (json_object_get(counters, "controller")) /* else there is none here */
            put_controller(out, json_object_get(counters, "controller"));
    }
    if (out && fclose(out) == 0)
        *answer = (struct zt_http_answer){
            .status = 200, .type = "text/plain; version=0.0.4", .text = buffer, .length = length
        };
    else
        zt_http_complain(answer, 500, "the counters can't be read now");
    json_decref(counters);
}

/* One that can't be written is written again soon; whoever reads it sees by its time that it is old. */
void zt_metrics_write(struct zt_site *site)
{
    struct zt_http_answer answer = { 0 };

    zt_metrics_answer(site, &answer);
    if (answer.status == 200 && site->folder)
        (void)zt_file_write(site->folder, "metrics.prom", answer.text, answer.length,
                            ZT_FILE_CACHE);
    zt_http_answer_clear(&answer);
}
