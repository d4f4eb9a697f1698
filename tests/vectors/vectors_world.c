/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of planets and moons: the written form, signatures, and who may replace whom. */
#include "vectors.h"

#include "vl1/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FRAME_SIZE 8 /* bytes of the markers around what is signed */
#define SIGNATURE_AT 81

static bool read_key_pair(const json_t *object, const char *name, struct zt_public_key *key,
                          struct zt_secret_key *secret)
{
    const json_t *pair = json_object_get(object, name);
    struct vectors_bytes public_bytes = vectors_bytes(pair, "public");
    struct vectors_bytes secret_bytes = vectors_bytes(pair, "secret");
    struct zt_public_key derived;

    if (public_bytes.length != sizeof key->bytes || secret_bytes.length != sizeof secret->bytes)
        return false;
    memcpy(key->bytes, public_bytes.at, sizeof key->bytes);
    memcpy(secret->bytes, secret_bytes.at, sizeof secret->bytes);
    zt_public_key_of(&derived, secret);
    return memcmp(&derived, key, sizeof derived) == 0;
}

static bool read_root(struct zt_root *root, const json_t *object)
{
    const json_t *endpoints = json_object_get(object, "stable_endpoints");

    root->endpoint_count = json_array_size(endpoints);
    if (root->endpoint_count > ZT_MAX_ROOT_ENDPOINTS ||
        !vectors_identity(json_object_get(object, "identity"), &root->identity))
        return false;
    for (size_t i = 0; i < root->endpoint_count; i++) {
        const char *text = json_string_value(json_array_get(endpoints, i));

        if (text == NULL || !zt_endpoint_parse(&root->endpoints[i], text, 0))
            return false;
    }
    return true;
}

/* The world as the file describes it, not signed yet. */
static bool read_fields(struct zt_world *world, const json_t *entry)
{
    const json_t *roots = json_object_get(entry, "roots");
    struct zt_secret_key unused;

    *world = (struct zt_world){ 0 };
    world->type = (enum zt_world_type)vectors_integer(entry, "type");
    world->id = vectors_number(entry, "id", 16);
    world->updated_ms = vectors_integer(entry, "timestamp");
    world->root_count = json_array_size(roots);
    if (world->root_count > ZT_MAX_ROOTS ||
        !read_key_pair(entry, "next_update_key", &world->next_key, &unused))
        return false;
    for (size_t i = 0; i < world->root_count; i++)
        if (!read_root(&world->roots[i], json_array_get(roots, i)))
            return false;
    return true;
}

/* Eight bytes 7f, the world without its signature, eight bytes f7. */
static bool is_signed_form(struct vectors_bytes data, struct vectors_bytes world)
{
    size_t after = SIGNATURE_AT + ZT_SIGNATURE_SIZE;
    uint8_t first[FRAME_SIZE], last[FRAME_SIZE];

    if (world.length < after || data.length != world.length - ZT_SIGNATURE_SIZE + 2 * sizeof first)
        return false;
    memset(first, 0x7f, sizeof first);
    memset(last, 0xf7, sizeof last);
    return memcmp(data.at, first, sizeof first) == 0 &&
           memcmp(data.at + sizeof first, world.at, SIGNATURE_AT) == 0 &&
           memcmp(data.at + sizeof first + SIGNATURE_AT, world.at + after, world.length - after) ==
               0 &&
           memcmp(data.at + data.length - sizeof last, last, sizeof last) == 0;
}

/* A planet is always called so, a moon after its id. */
static bool has_file_name(const struct zt_world *world, const json_t *name)
{
    char expected[32] = "planet";

    if (world->type == ZT_WORLD_MOON)
        snprintf(expected, sizeof expected, "%016" PRIx64 ".moon", world->id);
    return name == NULL || (json_is_string(name) && strcmp(json_string_value(name), expected) == 0);
}

static bool is_written_as(const struct zt_world *world, struct vectors_bytes expected)
{
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_world_write(world, &out);
    return !out.failed && vectors_same(expected, bytes, zt_writer_length(&out));
}

static bool reads_whole(struct zt_world *world, struct vectors_bytes bytes)
{
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    return zt_world_read(world, &in) && zt_reader_left(&in) == 0;
}

static const char *check_world(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct vectors_bytes signed_data = vectors_bytes(entry, "signed_data");
    struct zt_world world, again;
    struct zt_public_key key;
    struct zt_secret_key secret;

    (void)root;
    if (!read_fields(&world, entry) || !read_key_pair(entry, "signed_with", &key, &secret))
        return "description not understood";
    zt_world_sign(&world, &secret, &key);
    if (!vectors_same(vectors_bytes(entry, "signature"), world.signature, ZT_SIGNATURE_SIZE))
        return "signature differs";
    if (!zt_verify(&key, signed_data.at, signed_data.length, world.signature) ||
        !is_signed_form(signed_data, bytes))
        return "signed bytes differ";
    if (!has_file_name(&world, json_object_get(entry, "file_name")))
        return "name of the file differs";
    if (!is_written_as(&world, bytes))
        return "written form differs";
    if (!reads_whole(&again, bytes) || !is_written_as(&again, bytes))
        return "does not survive reading and writing";
    return vectors_expect(zt_world_verify(&again, &key), "does not verify");
}

static struct vectors_bytes bytes_of_world(const json_t *root, const json_t *index)
{
    int64_t number = json_is_integer(index) ? json_integer_value(index) : -1;

    return vectors_bytes(vectors_entry(root, "worlds", number), "bytes");
}

/* No current_index: nothing is held yet. */
static const char *check_replacement(const json_t *root, const json_t *entry)
{
    const json_t *current_index = json_object_get(entry, "current_index");
    struct zt_world current = { 0 };
    struct zt_world next;
    struct vectors_bytes bytes = json_object_get(entry, "update_bytes") != NULL
                                     ? vectors_bytes(entry, "update_bytes")
                                     : bytes_of_world(root, json_object_get(entry, "update_index"));

    if (json_is_integer(current_index) &&
        !reads_whole(&current, bytes_of_world(root, current_index)))
        return "current world refused";

    bool replaces = reads_whole(&next, bytes) && zt_world_may_replace(&current, &next);

    return vectors_expect(replaces == vectors_true(entry, "replaces"), "verdict differs");
}

static const char *check_parse(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_world world;

    (void)root;
    if (zt_world_read(&world, &in) != vectors_true(entry, "ok"))
        return "verdict differs";
    if (!vectors_true(entry, "ok"))
        return NULL;
    if (bytes.length - zt_reader_left(&in) != (size_t)vectors_integer(entry, "consumed"))
        return "length differs";
    return vectors_expect(world.root_count == (size_t)vectors_integer(entry, "roots"),
                          "roots differ");
}

void vectors_world(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "worlds", check_world);
    vectors_each(run, root, "replacement", check_replacement);
    vectors_each(run, root, "parse", check_parse);
}
