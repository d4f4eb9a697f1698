/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, tags, capabilities, ownerships, revocations: what is read must write the same again. */
#include "fuzz.h"

#include "vl2/revocation.h"

#define ROUND_TRIP(type, name)                                                                     \
    do {                                                                                           \
        static struct type first, second;                                                          \
        struct zt_reader in = zt_reader_of(data, size);                                            \
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);                                  \
                                                                                                   \
        name##_read(&first, &in);                                                                  \
        if (in.failed)                                                                             \
            break;                                                                                 \
        name##_write(&first, &out);                                                                \
        FUZZ_CLAIM(!out.failed);                                                                   \
        in = zt_reader_of(bytes, zt_writer_length(&out));                                          \
        name##_read(&second, &in);                                                                 \
        FUZZ_CLAIM(!in.failed);                                                                    \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[65536];

    ROUND_TRIP(zt_com, zt_com);
    ROUND_TRIP(zt_tag, zt_tag);
    ROUND_TRIP(zt_ownership, zt_ownership);
    ROUND_TRIP(zt_capability, zt_capability);
    ROUND_TRIP(zt_revocation, zt_revocation);
    return 0;
}
