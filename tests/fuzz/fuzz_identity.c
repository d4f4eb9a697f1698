/* SPDX-License-Identifier: Apache-2.0 */
/* The text and binary forms of an identity: what is read must write the same again. */
#include "fuzz.h"

#include "vl1/identity.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zt_identity identity, again;
    char text[ZT_IDENTITY_TEXT];
    uint8_t bytes[ZT_IDENTITY_SIZE];
    struct zt_reader in = zt_reader_of(data, size);
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (zt_identity_parse(&identity, (const char *)data, size)) {
        zt_identity_text(&identity, identity.has_secret, text);
        FUZZ_CLAIM(zt_identity_parse(&again, text, strlen(text)));
        FUZZ_CLAIM(zt_identity_equal(&identity, &again));
    }
    zt_identity_read(&identity, &in);
    if (!in.failed) {
        zt_identity_write(&identity, &out);
        in = zt_reader_of(bytes, sizeof bytes);
        zt_identity_read(&again, &in);
        FUZZ_CLAIM(!in.failed && zt_identity_equal(&identity, &again));
    }
    return 0;
}
