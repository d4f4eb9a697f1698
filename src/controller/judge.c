/* SPDX-License-Identifier: Apache-2.0 */
/* Judging routes, pools and name servers. */
#include "controller/judge.h"

#include "controller/coerce.h"
#include "controller/refuse.h"

#include <string.h>

/* Why the entry is none; NULL: it is fine. */
static const char *judge_route(const json_t *entry)
{
    const json_t *via_given = json_object_get(entry, "via");
    struct zt_endpoint target, via;

    if (!zt_endpoint_parse(&target, zt_json_text(entry, "target", ""), UINT16_MAX) ||
        target.port > 8 * zt_endpoint_ip_length(&target))
        return "target: not IP/BITS";
    if (!via_given || json_is_null(via_given) || !*zt_json_text(entry, "via", ""))
        return NULL;
    if (!zt_endpoint_parse(&via, zt_json_text(entry, "via", ""), 0))
        return "via: not an IP address";
    if (via.family != target.family)
        return "via: of another family than target";
    return NULL;
}

static int compare_ips(const struct zt_endpoint *a, const struct zt_endpoint *b)
{
    return memcmp(a->ip, b->ip, sizeof a->ip);
}

static const char *read_pool(struct zt_pool *pool, const json_t *entry)
{
    if (!zt_endpoint_parse(&pool->first, zt_json_text(entry, "ipRangeStart", ""), 0))
        return "ipRangeStart: not an IP address";
    if (!zt_endpoint_parse(&pool->last, zt_json_text(entry, "ipRangeEnd", ""), 0))
        return "ipRangeEnd: not an IP address";
    if (pool->first.family != pool->last.family)
        return "ipRangeEnd: of another family than ipRangeStart";
    if (compare_ips(&pool->last, &pool->first) < 0)
        return "ipRangeEnd: before ipRangeStart";
    return NULL;
}

static bool overlap(const struct zt_pool *a, const struct zt_pool *b)
{
    return a->first.family == b->first.family && compare_ips(&a->first, &b->last) <= 0 &&
           compare_ips(&b->first, &a->last) <= 0;
}

static bool judge_routes(const json_t *routes, struct zt_api_error *error)
{
    for (size_t i = 0; i < json_array_size(routes); i++) {
        const char *why = judge_route(json_array_get(routes, i));

        if (!why)
            continue;
        (void)zt_refuse(error, 400, "routes: entry %zu: %s", i, why);
        return false;
    }
    return true;
}

/* Does an entry before this one have addresses of its range? */
static bool judge_overlap(const json_t *pools, size_t at, const struct zt_pool *pool,
                          struct zt_api_error *error)
{
    for (size_t i = 0; i < at; i++) {
        struct zt_pool other;

        if (read_pool(&other, json_array_get(pools, i)) || !overlap(pool, &other))
            continue;
        (void)zt_refuse(error, 400, "ipAssignmentPools: entry %zu: overlaps entry %zu", at, i);
        return false;
    }
    return true;
}

static bool judge_pools(const json_t *pools, struct zt_api_error *error)
{
    /* More are refused anyway. */
    for (size_t i = 0; i < json_array_size(pools) && i < ZT_MAX_POOLS; i++) {
        struct zt_pool pool;
        const char *why = read_pool(&pool, json_array_get(pools, i));

        if (why) {
            (void)zt_refuse(error, 400, "ipAssignmentPools: entry %zu: %s", i, why);
            return false;
        }
        if (!judge_overlap(pools, i, &pool, error))
            return false;
    }
    return true;
}

/* An empty text is a line that was left empty in a form. */
static bool judge_name_servers(const json_t *servers, struct zt_api_error *error)
{
    for (size_t i = 0; i < json_array_size(servers); i++) {
        const char *text = json_string_value(json_array_get(servers, i));
        struct zt_endpoint server;

        if (text && (*text == 0 || zt_endpoint_parse(&server, text, 0)))
            continue;
        (void)zt_refuse(error, 400, "dns: servers: entry %zu: not an IP address", i);
        return false;
    }
    return true;
}

bool zt_judge_network(const json_t *network, struct zt_api_error *error)
{
    return judge_routes(json_object_get(network, "routes"), error) &&
           judge_pools(json_object_get(network, "ipAssignmentPools"), error) &&
           judge_name_servers(json_object_get(json_object_get(network, "dns"), "servers"), error);
}
