/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of a configuration and config requests. */
#include "fuzz.h"

#include "vl2/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zt_config_request request;
    struct zt_chunk chunk;
    struct zt_reader in = zt_reader_of(data, size);

    if (zt_chunk_read(&chunk, data, size)) {
        FUZZ_CLAIM(chunk.length <= size);
        FUZZ_CLAIM((uint64_t)chunk.offset + chunk.length <= chunk.total);
    }
    zt_config_request_read(&request, &in);
    FUZZ_CLAIM(in.failed || request.metadata_length <= sizeof request.metadata);
    return 0;
}
