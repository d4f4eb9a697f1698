/* SPDX-License-Identifier: Apache-2.0 */
/* Identities made up, and a cache that knows them. */
#include "crowd.h"

#include "../make_identity.h"
#include "base/text.h"

#include <errno.h>
#include <sys/stat.h>

#define FIRST UINT64_C(0x1000000)
#define RECORD_FORMAT 2 /* docs/wire.md 8.2 */
#define UNKNOWN 0xffff

struct zt_identity crowd_made(unsigned index)
{
    return make_identity(FIRST + index);
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
