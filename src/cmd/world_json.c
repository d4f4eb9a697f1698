/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the JSON forms, one by one. */
#include "cmd/world_json.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define KEY_DIGITS 128

static json_t *hex_of(const uint8_t *bytes, size_t count)
{
    char text[2 * ZT_SIGNATURE_SIZE + 1];

    zt_hex_write(text, bytes, count);
    return json_string(text);
}

static json_t *number_of(uint64_t number, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, number, digits);
    return json_string(text);
}

static const char *type_name(enum zt_world_type type)
{
    return type == ZT_WORLD_MOON ? "moon" : "planet";
}

static json_t *root_json(const struct zt_root *root)
{
    json_t *endpoints = json_array();
    char text[ZT_IDENTITY_TEXT];

    for (size_t i = 0; i < root->endpoint_count; i++) {
        zt_endpoint_text(&root->endpoints[i], true, text);
        (void)json_array_append_new(endpoints, json_string(text));
    }
    zt_identity_text(&root->identity, false, text);
    return json_pack("{s:s, s:o}", "identity", text, "stableEndpoints", endpoints);
}

static json_t *roots_json(const struct zt_world *world)
{
    json_t *roots = json_array();

    for (size_t i = 0; i < world->root_count; i++)
        (void)json_array_append_new(roots, root_json(&world->roots[i]));
    return roots;
}

json_t *zt_world_json(const struct zt_world *world)
{
    return json_pack("{s:s, s:s, s:o, s:I, s:o, s:o, s:o}", "objtype", "world", "worldType",
                     type_name(world->type), "id", number_of(world->id, 16), "timestamp",
                     (json_int_t)world->updated_ms, "updatesMustBeSignedBy",
                     hex_of(world->next_key.bytes, 64), "signature",
                     hex_of(world->signature, sizeof world->signature), "roots", roots_json(world));
}

/* The id of a moon is an address by convention, and then written as one. */
json_t *zt_world_plan_json(const struct zt_world_plan *plan)
{
    const struct zt_world *world = &plan->world;
    unsigned digits = world->id >> 40 == 0 ? 10 : 16;

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "objtype", "world", "worldType",
                     type_name(world->type), "id", number_of(world->id, digits), "signingKey",
                     hex_of(plan->key.bytes, 64), "signingKey_SECRET",
                     hex_of(plan->secret.bytes, 64), "updatesMustBeSignedBy",
                     hex_of(world->next_key.bytes, 64), "roots", roots_json(world));
}

static bool read_key(uint8_t bytes[64], const json_t *json, const char *name, char *error,
                     size_t size)
{
    const char *text = json_string_value(json_object_get(json, name));

    if (text && strlen(text) == KEY_DIGITS && zt_hex_read(bytes, text, 64))
        return true;
    zt_format(error, size, "%s: not a key of %d hexadecimal digits", name, KEY_DIGITS);
    return false;
}

static bool read_keys(struct zt_world_plan *plan, const json_t *json, char *error, size_t size)
{
    struct zt_public_key expected;

    if (!read_key(plan->key.bytes, json, "signingKey", error, size) ||
        !read_key(plan->secret.bytes, json, "signingKey_SECRET", error, size) ||
        !read_key(plan->world.next_key.bytes, json, "updatesMustBeSignedBy", error, size))
        return false;
    zt_public_key_of(&expected, &plan->secret);
    if (memcmp(&expected, &plan->key, sizeof expected) == 0)
        return true;
    zt_format(error, size, "signingKey_SECRET: does not belong to signingKey");
    return false;
}

static bool read_type(struct zt_world *world, const json_t *json, char *error, size_t size)
{
    const char *text = json_string_value(json_object_get(json, "worldType"));

    if (text && strcmp(text, "moon") == 0)
        world->type = ZT_WORLD_MOON;
    else if (text && strcmp(text, "planet") == 0)
        world->type = ZT_WORLD_PLANET;
    else
        zt_format(error, size, "worldType: neither \"moon\" nor \"planet\"");
    return world->type != ZT_WORLD_NONE;
}

static bool read_id(uint64_t *id, const json_t *json, char *error, size_t size)
{
    const char *text = json_string_value(json_object_get(json, "id"));
    size_t digits = text ? strlen(text) : 0;

    if (digits > 0 && digits <= 16 && zt_hex_number(id, text, (unsigned)digits) && *id != 0)
        return true;
    zt_format(error, size, "id: not a number of up to 16 hexadecimal digits");
    return false;
}

static bool read_endpoint(struct zt_root *root, const json_t *json)
{
    struct zt_endpoint endpoint;
    const char *text = json_string_value(json);

    if (!text || root->endpoint_count == ZT_MAX_ROOT_ENDPOINTS ||
        !zt_endpoint_parse(&endpoint, text, 0) || endpoint.port == 0)
        return false;
    root->endpoints[root->endpoint_count++] = endpoint;
    return true;
}

static bool read_root(struct zt_root *root, const json_t *json, size_t index, char *error,
                      size_t size)
{
    const char *text = json_string_value(json_object_get(json, "identity"));
    const json_t *endpoints = json_object_get(json, "stableEndpoints");

    if (!text || !zt_identity_parse(&root->identity, text, strlen(text))) {
        zt_format(error, size, "roots[%zu].identity: not an identity", index);
        return false;
    }
    root->identity = zt_identity_public(&root->identity);
    if (!json_is_array(endpoints)) {
        zt_format(error, size, "roots[%zu].stableEndpoints: not an array", index);
        return false;
    }
    for (size_t i = 0; i < json_array_size(endpoints); i++) {
        if (read_endpoint(root, json_array_get(endpoints, i)))
            continue;
        zt_format(error, size, "roots[%zu].stableEndpoints[%zu]: not IP/PORT, or more than %d",
                  index, i, ZT_MAX_ROOT_ENDPOINTS);
        return false;
    }
    return true;
}

static bool read_roots(struct zt_world *world, const json_t *json, char *error, size_t size)
{
    const json_t *roots = json_object_get(json, "roots");
    size_t count = json_array_size(roots);

    if (count < 1 || count > ZT_MAX_ROOTS) {
        zt_format(error, size, "roots: not an array of one to %d roots", ZT_MAX_ROOTS);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct zt_root *root = &world->roots[i];

        if (!read_root(root, json_array_get(roots, i), i, error, size))
            return false;
        if (zt_world_root(world, root->identity.address)) {
            zt_format(error, size, "roots[%zu].identity: named twice", i);
            return false;
        }
        world->root_count++;
    }
    return true;
}

bool zt_world_plan_read(struct zt_world_plan *plan, const json_t *json, char *error, size_t size)
{
    memset(plan, 0, sizeof *plan);
    if (!json_is_object(json)) {
        zt_format(error, size, "not a JSON object");
        return false;
    }
    if (!read_type(&plan->world, json, error, size) ||
        !read_id(&plan->world.id, json, error, size) || !read_keys(plan, json, error, size) ||
        !read_roots(&plan->world, json, error, size))
        return false;
    zt_world_sort(&plan->world);
    return true;
}

bool zt_world_endpoints_read(struct zt_root *root, const char *list)
{
    char text[ZT_ENDPOINT_TEXT];

    for (;;) {
        size_t length = strcspn(list, ",");

        if (root->endpoint_count == ZT_MAX_ROOT_ENDPOINTS || length >= sizeof text)
            return false;
        zt_format(text, sizeof text, "%.*s", (int)length, list);
        if (!zt_endpoint_parse(&root->endpoints[root->endpoint_count], text, 0) ||
            root->endpoints[root->endpoint_count].port == 0)
            return false;
        root->endpoint_count++;
        if (!list[length])
            return true;
        list += length + 1;
    }
}

static int compare_roots(const void *a, const void *b)
{
    const struct zt_root *left = a, *right = b;

    if (left->identity.address != right->identity.address)
        return left->identity.address < right->identity.address ? -1 : 1;
    return memcmp(&left->identity.key, &right->identity.key, sizeof left->identity.key);
}

static int compare_endpoints(const void *a, const void *b)
{
    const struct zt_endpoint *left = a, *right = b;

    if (left->family != right->family)
        return left->family < right->family ? -1 : 1;
    if (left->port != right->port)
        return left->port < right->port ? -1 : 1;
    return memcmp(left->ip, right->ip, sizeof left->ip);
}

void zt_world_sort(struct zt_world *world)
{
    qsort(world->roots, world->root_count, sizeof world->roots[0], compare_roots);
    for (size_t i = 0; i < world->root_count; i++)
        qsort(world->roots[i].endpoints, world->roots[i].endpoint_count,
              sizeof world->roots[i].endpoints[0], compare_endpoints);
}
