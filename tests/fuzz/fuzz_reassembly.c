/* SPDX-License-Identifier: Apache-2.0 */
/* Putting fragments together: pieces of any kind, order and number. */
#include "fuzz.h"

#include "vl1/fragment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zt_reassembly reassembly;
    const struct zt_link link = { 0 };
    struct zt_reader in = zt_reader_of(data, size);
    int64_t now_ms = 0;

    zt_reassembly_init(&reassembly);
    while (zt_reader_left(&in) > 2) {
        size_t length = zt_read_u16(&in) % 1500;
        const uint8_t *piece = zt_read_take(&in, length);
        struct zt_link head;
        uint8_t *packet = NULL;
        size_t packet_length = 0;

        if (!piece)
            break;
        now_ms += (int64_t)length;
        if (length <= ZT_FRAGMENT_HEADER_SIZE)
            continue;
        if (piece[ZT_FRAGMENT_AT_MARK] != ZT_FRAGMENT_MARK &&
            (length < ZT_HEADER_SIZE || !(piece[ZT_AT_FLAGS] & ZT_FLAG_FRAGMENTED)))
            continue;
        (void)zt_reassembly_add(&reassembly, now_ms, &link, piece, length, &packet, &packet_length,
                                &head);
        FUZZ_CLAIM(packet_length <= ZT_MAX_PACKET);
        if (length % 7 == 0)
            zt_reassembly_tick(&reassembly, now_ms);
    }
    zt_reassembly_clear(&reassembly);
    return 0;
}
