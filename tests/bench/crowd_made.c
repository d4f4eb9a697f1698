/* SPDX-License-Identifier: Apache-2.0 */
/* Identities made up, and a cache that knows them. */
#include "crowd.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST UINT64_C(0x1000000)
#define RECORD_FORMAT 2 /* docs/wire.md 8.2 */
#define UNKNOWN 0xffff

/* The address is chosen, as nobody proves it. */
struct zt_identity crowd_made(unsigned index)
{
    struct zt_identity identity = { .address = FIRST + index, .has_secret = true };
    uint8_t seed[32] = { 0 };
    struct zt_rng rng;

    zt_store_u64(seed, identity.address);
    zt_rng_init(&rng, seed);
    zt_rng_bytes(&rng, identity.secret.bytes, sizeof identity.secret.bytes);
    zt_public_key_of(&identity.key, &identity.secret);
    return identity;
}

/* format(1) identity(71) versions(8) endpoints(2) */
static size_t write_record(uint8_t *to, size_t size, const struct zt_identity *identity)
{
    struct zt_writer out = zt_writer_of(to, size);

    zt_write_u8(&out, RECORD_FORMAT);
    zt_identity_write(identity, &out);
    for (int i = 0; i < 4; i++)
        zt_write_u16(&out, UNKNOWN);
    zt_write_u16(&out, 0);
    return zt_writer_length(&out);
}

bool crowd_write_cache(const char *folder, unsigned count)
{
    char path[4096];
    uint8_t record[128];

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return false;
    for (unsigned i = 0; i < count; i++) {
        struct zt_identity identity = crowd_made(i);
        size_t length = write_record(record, sizeof record, &identity);
        FILE *file;

        zt_format(path, sizeof path, "%s/%010llx.peer", folder,
                  (unsigned long long)identity.address);
        file = fopen(path, "wb");
        if (!file || fwrite(record, 1, length, file) != length || fclose(file) != 0)
            return false;
    }
    return true;
}
