/* SPDX-License-Identifier: Apache-2.0 */
/* /moon: which moons are followed, and to follow or forget one. docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include "base/text.h"
#include "cmd/world_json.h"
#include "os/host.h"

#include <string.h>

static json_t *held_json(const struct zt_world *moon)
{
    json_t *json = zt_world_json(moon);

    (void)json_object_set_new(json, "waiting", json_false());
    return json;
}

static json_t *awaited_json(uint64_t id)
{
    return json_pack("{s:o, s:i, s:n, s:n, s:[], s:b}", "id", zt_api_hex(id, 16), "timestamp", 0,
                     "signature", "updatesMustBeSignedBy", "roots", "waiting", 1);
}

static json_t *list_moons(const struct zt_vl1 *vl1)
{
    json_t *list = json_array();
    const struct zt_world *moon;
    uint64_t id;

    for (size_t i = 0; (moon = zt_vl1_moon_at(vl1, i)) != NULL; i++)
        (void)json_array_append_new(list, held_json(moon));
    for (size_t i = 0; (id = zt_vl1_awaited_moon_at(vl1, i)) != 0; i++)
        (void)json_array_append_new(list, awaited_json(id));
    return list;
}

/* {} if it is neither there nor waited for. */
static json_t *one_moon(const struct zt_vl1 *vl1, uint64_t id)
{
    const struct zt_world *moon;
    uint64_t awaited;

    for (size_t i = 0; (moon = zt_vl1_moon_at(vl1, i)) != NULL; i++)
        if (moon->id == id)
            return held_json(moon);
    for (size_t i = 0; (awaited = zt_vl1_awaited_moon_at(vl1, i)) != 0; i++)
        if (awaited == id)
            return awaited_json(id);
    return json_object();
}

/* The address of a root of it; in its absence the first root, whose address the id is. */
static bool read_seed(uint64_t *seed, uint64_t id, const json_t *body)
{
    const json_t *given = json_object_get(body, "seed");

    *seed = id;
    return !given || (json_is_string(given) && zt_hex_number(seed, json_string_value(given), 10));
}

static json_t *orbit(struct zt_node *node, uint64_t id, const json_t *body, int *status)
{
    uint64_t seed;

    if (!read_seed(&seed, id, body))
        return zt_api_error(status, 400, "seed: not an address of 10 digits");
    if (!zt_node_orbit(node, zt_host_now(), id, seed))
        return zt_api_error(status, 400, "seed: not an address of another node, or too many moons");
    return one_moon(zt_node_vl1(node), id);
}

static json_t *answer(struct zt_node *node, const struct zt_api_call *call, uint64_t id,
                      int *status)
{
    bool gets = strcmp(call->method, "GET") == 0;

    if (id == 0)
        return gets ? list_moons(zt_node_vl1(node)) : zt_api_no_method(status);
    if (gets)
        return one_moon(zt_node_vl1(node), id);
    if (strcmp(call->method, "POST") == 0 || strcmp(call->method, "PUT") == 0)
        return orbit(node, id, call->body, status);
    if (strcmp(call->method, "DELETE") != 0)
        return zt_api_no_method(status);
    return zt_node_deorbit(node, zt_host_now(), id) ? json_pack("{s:b}", "result", 1)
                                                    : json_object();
}

json_t *zt_api_moons(struct zt_service *service, const struct zt_api_call *call, int *status)
{
    struct zt_node *node;
    uint64_t id = 0;
    json_t *result;

    if (*call->rest &&
        ((!zt_hex_number(&id, call->rest + 1, 10) && !zt_hex_number(&id, call->rest + 1, 16)) ||
         id == 0))
        return zt_api_error(status, 404, "not a moon's id of 10 or 16 digits");
    node = zt_service_lock(service);
    result = node ? answer(node, call, id, status) : NULL;
    zt_service_unlock(service);
    return result ? result : zt_api_error(status, 503, "the node is not running yet");
}
