/* SPDX-License-Identifier: Apache-2.0 */
/* Routes, pools, rules, capabilities and tags: entry by entry. */
#include "controller/model_lists.h"

#include "base/mem.h"
#include "base/text.h"
#include "controller/coerce.h"
#include "controller/rules_json.h"

#include <string.h>

bool zt_route_from_json(struct zt_route *route, const json_t *entry)
{
    uint16_t most;

    memset(route, 0, sizeof *route);
    if (!zt_endpoint_parse(&route->target, zt_json_text(entry, "target", ""), UINT16_MAX))
        return false;
    most = route->target.family == ZT_FAMILY_IPV4 ? 32 : 128;
    if (route->target.port > most)
        return false;
    if (!zt_endpoint_parse(&route->via, zt_json_text(entry, "via", ""), 0) ||
        route->via.family != route->target.family)
        memset(&route->via, 0, sizeof route->via);
    route->via.port = 0;
    return true;
}

static json_t *refuse_array(char *text, size_t text_size, size_t most)
{
    zt_format(text, text_size, "not an array of at most %zu entries", most);
    return NULL;
}

/* In what was stored, entries without a valid target are left out, and a gateway of the other family becomes
   null: docs/wire.md 19.1. A change with such entries has been refused before; see judge.h. */
json_t *zt_accept_routes(const json_t *given, char *text, size_t text_size)
{
    json_t *routes = json_array();

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_ROUTES) {
        json_decref(routes);
        return refuse_array(text, text_size, ZT_MAX_ROUTES);
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        char target[ZT_ENDPOINT_TEXT], via[ZT_ENDPOINT_TEXT];
        struct zt_route route;

        if (!zt_route_from_json(&route, json_array_get(given, i)))
            continue;
        zt_endpoint_text(&route.target, true, target);
        zt_endpoint_text(&route.via, false, via);
        (void)json_array_append_new(routes, json_pack("{s:s, s:s?}", "target", target, "via",
                                                      route.via.family ? via : NULL));
    }
    return routes;
}

bool zt_pool_from_json(struct zt_pool *pool, const json_t *entry)
{
    if (!zt_endpoint_parse(&pool->first, zt_json_text(entry, "ipRangeStart", ""), 0) ||
        !zt_endpoint_parse(&pool->last, zt_json_text(entry, "ipRangeEnd", ""), 0))
        return false;
    pool->first.port = pool->last.port = 0;
    return pool->first.family == pool->last.family;
}

json_t *zt_accept_pools(const json_t *given, char *text, size_t text_size)
{
    json_t *pools = json_array();

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_POOLS) {
        json_decref(pools);
        return refuse_array(text, text_size, ZT_MAX_POOLS);
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        char first[ZT_ENDPOINT_TEXT], last[ZT_ENDPOINT_TEXT];
        struct zt_pool pool;

        if (!zt_pool_from_json(&pool, json_array_get(given, i)))
            continue;
        zt_endpoint_text(&pool.first, false, first);
        zt_endpoint_text(&pool.last, false, last);
        (void)json_array_append_new(
            pools, json_pack("{s:s, s:s}", "ipRangeStart", first, "ipRangeEnd", last));
    }
    return pools;
}

/* A set of rules, read and written again. */
static json_t *accept_rule_set(const json_t *given, size_t most, char *text, size_t text_size)
{
    size_t count = 0;
    struct zt_rule *rules = zt_alloc(most * sizeof *rules);
    json_t *accepted = NULL;

    if (!rules)
        zt_format(text, text_size, "out of memory");
    else if (zt_rules_from_json(rules, most, &count, given, text, text_size))
        accepted = zt_rules_to_json(rules, count);
    zt_free(rules);
    return accepted;
}

json_t *zt_accept_rules(const json_t *given, char *text, size_t text_size)
{
    return accept_rule_set(given, ZT_MAX_RULES, text, text_size);
}

/* Keeps the array sorted by id; a later entry replaces an earlier one of the same id. Takes item. */
static void insert_by_id(json_t *array, json_t *item)
{
    int64_t id = zt_json_integer(item, "id", 0);
    size_t at = 0;

    while (at < json_array_size(array) && zt_json_integer(json_array_get(array, at), "id", 0) < id)
        at++;
    if (at < json_array_size(array) && zt_json_integer(json_array_get(array, at), "id", 0) == id)
        (void)json_array_set_new(array, at, item);
    else
        (void)json_array_insert_new(array, at, item);
}

static json_t *accept_capability(const json_t *entry, char *text, size_t text_size)
{
    int64_t id = zt_json_integer(entry, "id", -1);
    const json_t *given = json_object_get(entry, "rules");
    json_t *rules;

    if (id < 0) {
        zt_format(text, text_size, "id is missing or wrong");
        return NULL;
    }
    rules = given ? accept_rule_set(given, ZT_MAX_CAPABILITY_RULES, text, text_size) : json_array();
    if (!rules)
        return NULL;
    return json_pack("{s:I, s:b, s:o}", "id", (json_int_t)(id & UINT32_MAX), "default",
                     zt_json_bool(entry, "default", false), "rules", rules);
}

json_t *zt_accept_capabilities(const json_t *given, char *text, size_t text_size)
{
    json_t *accepted;

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_CAPABILITIES)
        return refuse_array(text, text_size, ZT_MAX_CAPABILITIES);
    accepted = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        char why[128] = "";
        json_t *item = accept_capability(json_array_get(given, i), why, sizeof why);

        if (!item) {
            zt_format(text, text_size, "capability %zu: %s", i, why);
            json_decref(accepted);
            return NULL;
        }
        insert_by_id(accepted, item);
    }
    return accepted;
}

json_t *zt_accept_tags(const json_t *given, char *text, size_t text_size)
{
    json_t *accepted;

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_TAGS)
        return refuse_array(text, text_size, ZT_MAX_TAGS);
    accepted = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *entry = json_array_get(given, i);
        int64_t id, value;

        if (!zt_coerce_integer(&id, json_object_get(entry, "id")) || id < 0) {
            zt_format(text, text_size, "tag %zu: id is missing or wrong", i);
            json_decref(accepted);
            return NULL;
        }
        id &= UINT32_MAX;
        if (zt_coerce_integer(&value, json_object_get(entry, "default")))
            insert_by_id(accepted, json_pack("{s:I, s:I}", "id", (json_int_t)id, "default",
                                             (json_int_t)(value & UINT32_MAX)));
        else
            insert_by_id(accepted, json_pack("{s:I, s:n}", "id", (json_int_t)id, "default"));
    }
    return accepted;
}
