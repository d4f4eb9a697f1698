/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration dictionary: what is accepted must write a dictionary with the same meaning. */
#include "fuzz.h"

#include "vl2/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[1 << 20];
    struct zt_dict dict = zt_dict_of(data, size);
    struct zt_config *config = zt_config_read(&dict), *again;
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (!config)
        return 0;
    FUZZ_CLAIM(config->tag_count <= ZT_MAX_TAGS && config->capability_count <= ZT_MAX_CAPABILITIES);
    FUZZ_CLAIM(config->rule_count <= ZT_MAX_RULES && config->assigned_count <= ZT_MAX_ASSIGNED);
    zt_config_write(config, &out);
    if (!out.failed) {
        dict = zt_dict_of(bytes, zt_writer_length(&out));
        again = zt_config_read(&dict);
        FUZZ_CLAIM(again != NULL);
        FUZZ_CLAIM(zt_config_equal(config, again));
        zt_config_free(again);
    }
    zt_config_free(config);
    return 0;
}
