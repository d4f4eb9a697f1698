/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and a frame from the same bytes: reading, evaluating, writing. */
#include "fuzz.h"

#include "vl2/grants.h"
#include "vl2/rules_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zt_rule rules[ZT_MAX_RULES];
    static uint8_t bytes[65536];
    const uint8_t seed[32] = { 0 };
    const struct zt_tag tags[1] = { { .id = 1, .value = 5 } };
    struct zt_rng rng;
    struct zt_reader in = zt_reader_of(data, size);
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    uint8_t shape = zt_read_u8(&in);
    uint16_t frame_length = zt_read_u16(&in) % 2000;
    const uint8_t *payload = zt_read_take(&in, frame_length);
    struct zt_rules_frame frame = {
        .inbound = shape & 1, .source = 1, .destination = 2, .payload = payload
    };
    struct zt_rules_context context = { .self = shape & 1 ? 2 : 1,
                                        .own_tags = tags,
                                        .own_tag_count = 1 };
    struct zt_filter_result result;
    size_t count;

    if (!payload)
        return 0;
    frame.length = frame_length;
    frame.ethertype = shape & 2 ? ZT_ETHER_IPV4 : shape & 4 ? ZT_ETHER_IPV6 : ZT_ETHER_ARP;
    context.has_peer = (shape & 8) != 0;
    context.peer_tags = tags;
    context.peer_tag_count = (shape & 16) != 0;
    zt_rng_init(&rng, seed);
    context.rng = &rng;
    count = zt_rules_read(rules, ZT_MAX_RULES, SIZE_MAX, &in);
    if (in.failed)
        return 0;
    zt_rules_write(rules, count, &out);
    zt_filter(&result, rules, count, NULL, 0, (shape & 32) != 0, &frame, &context);
    FUZZ_CLAIM(result.copy_count <= ZT_MAX_FRAME_COPIES);
    for (size_t i = 0; i < result.copy_count; i++)
        FUZZ_CLAIM(result.copies[i].length <= frame.length);
    return 0;
}
