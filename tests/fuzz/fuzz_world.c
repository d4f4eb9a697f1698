/* SPDX-License-Identifier: Apache-2.0 */
/* Planets and moons: what is read must write the same again. */
#include "fuzz.h"

#include "vl1/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zt_world world, again;
    static uint8_t bytes[ZT_MAX_WORLD];
    struct zt_reader in = zt_reader_of(data, size);
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (!zt_world_read(&world, &in))
        return 0;
    FUZZ_CLAIM(world.root_count <= ZT_MAX_ROOTS);
    zt_world_write(&world, &out);
    if (out.failed)
        return 0;
    in = zt_reader_of(bytes, zt_writer_length(&out));
    FUZZ_CLAIM(zt_world_read(&again, &in));
    FUZZ_CLAIM(again.root_count == world.root_count && again.id == world.id);
    if (world.type != ZT_WORLD_NONE) /* the same revision never replaces itself */
        FUZZ_CLAIM(!zt_world_may_replace(&world, &again));
    return 0;
}
