/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints as text and as bytes: what is read must print and write the same again. */
#include "fuzz.h"

#include "base/endpoint.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zt_endpoint endpoint, again;
    char text[128], printed[ZT_ENDPOINT_TEXT];
    uint8_t bytes[32];
    struct zt_reader in = zt_reader_of(data, size);
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (size < sizeof text) {
        if (size)
            memcpy(text, data, size);
        text[size] = 0;
        if (zt_endpoint_parse(&endpoint, text, 9993)) {
            zt_endpoint_text(&endpoint, true, printed);
            FUZZ_CLAIM(zt_endpoint_parse(&again, printed, 0));
            FUZZ_CLAIM(zt_endpoint_equal(&endpoint, &again));
        }
    }
    zt_endpoint_read(&endpoint, &in);
    if (!in.failed) {
        (void)zt_endpoint_scope(&endpoint);
        zt_endpoint_write(&endpoint, &out);
        in = zt_reader_of(bytes, zt_writer_length(&out));
        zt_endpoint_read(&again, &in);
        FUZZ_CLAIM(!in.failed && zt_endpoint_equal(&endpoint, &again));
    }
    return 0;
}
