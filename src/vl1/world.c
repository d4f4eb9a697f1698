/* SPDX-License-Identifier: Apache-2.0 */
/* Planet and moons: one signed form for both, and who may follow whom. */
#include "vl1/world.h"

#include "crypto/signer.h"

#include <assert.h>
#include <string.h>

#define MARKER_SIZE 8

static bool type_is_known(uint8_t type)
{
    return type == ZT_WORLD_NONE || type == ZT_WORLD_PLANET || type == ZT_WORLD_MOON;
}

/* identity endpoint-count(1) endpoints */
static bool read_root(struct zt_root *root, struct zt_reader *in)
{
    zt_identity_read(&root->identity, in);
    root->endpoint_count = zt_read_u8(in);
    if (in->failed || root->endpoint_count > ZT_MAX_ROOT_ENDPOINTS)
        return false;
    for (size_t i = 0; i < root->endpoint_count; i++)
        zt_endpoint_read(&root->endpoints[i], in);
    return !in->failed;
}

static bool read_roots(struct zt_world *world, struct zt_reader *in)
{
    world->root_count = zt_read_u8(in);
    if (world->root_count > ZT_MAX_ROOTS)
        return false;
    for (size_t i = 0; i < world->root_count; i++)
        if (!read_root(&world->roots[i], in))
            return false;
    return true;
}

/* type(1) id(8) updated(8) next key(64) signature(96) root-count(1) roots; then, for moons only, a
   dictionary that nobody uses: length(2) bytes. docs/wire.md 5.1. */
bool zt_world_read(struct zt_world *world, struct zt_reader *in)
{
    *world = (struct zt_world){ 0 };

    uint8_t type = zt_read_u8(in);

    if (!type_is_known(type))
        return false;
    world->type = (enum zt_world_type)type;
    world->id = zt_read_u64(in);
    world->updated_ms = (int64_t)zt_read_u64(in);
    zt_read_copy(in, world->next_key.bytes, sizeof world->next_key.bytes);
    zt_read_copy(in, world->signature, sizeof world->signature);
    if (!read_roots(world, in))
        return false;
    if (world->type == ZT_WORLD_MOON)
        zt_read_take(in, zt_read_u16(in));
    return !in->failed;
}

static void write_before_signature(const struct zt_world *world, struct zt_writer *out)
{
    zt_write_u8(out, (uint8_t)world->type);
    zt_write_u64(out, world->id);
    zt_write_u64(out, (uint64_t)world->updated_ms);
    zt_write_copy(out, world->next_key.bytes, sizeof world->next_key.bytes);
}

static void write_root(const struct zt_root *root, struct zt_writer *out)
{
    assert(root->endpoint_count <= ZT_MAX_ROOT_ENDPOINTS);
    zt_identity_write(&root->identity, out);
    zt_write_u8(out, (uint8_t)root->endpoint_count);
    for (size_t i = 0; i < root->endpoint_count; i++)
        zt_endpoint_write(&root->endpoints[i], out);
}

static void write_after_signature(const struct zt_world *world, struct zt_writer *out)
{
    assert(world->root_count <= ZT_MAX_ROOTS);
    zt_write_u8(out, (uint8_t)world->root_count);
    for (size_t i = 0; i < world->root_count; i++)
        write_root(&world->roots[i], out);
    if (world->type == ZT_WORLD_MOON)
        zt_write_u16(out, 0);
}

void zt_world_write(const struct zt_world *world, struct zt_writer *out)
{
    write_before_signature(world, out);
    zt_write_copy(out, world->signature, sizeof world->signature);
    write_after_signature(world, out);
}

static void write_marker(struct zt_writer *out, int value)
{
    uint8_t *marker = zt_write_reserve(out, MARKER_SIZE);

    if (marker != NULL)
        memset(marker, value, MARKER_SIZE);
}

/* What is signed leaves the signature out and has markers at both ends, so that it can't be mistaken
   for anything else that this key signs. docs/wire.md 5.2. */
static size_t write_signed(const struct zt_world *world, uint8_t *bytes, size_t capacity)
{
    struct zt_writer out = zt_writer_of(bytes, capacity);

    write_marker(&out, 0x7f);
    write_before_signature(world, &out);
    write_after_signature(world, &out);
    write_marker(&out, 0xf7);
    assert(!out.failed);
    return zt_writer_length(&out);
}

bool zt_world_verify(const struct zt_world *world, const struct zt_public_key *key)
{
    uint8_t bytes[ZT_MAX_WORLD];
    size_t length = write_signed(world, bytes, sizeof bytes);

    return zt_verify(key, bytes, length, world->signature);
}

void zt_world_sign(struct zt_world *world, const struct zt_secret_key *secret,
                   const struct zt_public_key *key)
{
    uint8_t bytes[ZT_MAX_WORLD];
    size_t length = write_signed(world, bytes, sizeof bytes);

    zt_sign(world->signature, secret, key, bytes, length);
}

/* The first world is taken on trust. */
bool zt_world_may_replace(const struct zt_world *current, const struct zt_world *next)
{
    if (next->type == ZT_WORLD_NONE)
        return false;
    if (current->type == ZT_WORLD_NONE)
        return true;
    if (next->type != current->type || next->id != current->id)
        return false;
    if (next->updated_ms <= current->updated_ms)
        return false;
    return zt_world_verify(next, &current->next_key);
}

const struct zt_root *zt_world_root(const struct zt_world *world, zt_address address)
{
    for (size_t i = 0; i < world->root_count; i++)
        if (world->roots[i].identity.address == address)
            return &world->roots[i];
    return NULL;
}
