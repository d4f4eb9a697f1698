/* SPDX-License-Identifier: Apache-2.0 */
/* Expanding a compressed payload: whatever the bytes, the result stays within a packet. */
#include "fuzz.h"

#include "vl1/packet.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t packet[ZT_MAX_PACKET], out[ZT_MAX_PACKET];
    size_t length = size + ZT_HEADER_SIZE;

    if (length > sizeof packet)
        return 0;
    memset(packet, 0, ZT_HEADER_SIZE);
    packet[ZT_AT_VERB] = ZT_VERB_ECHO | ZT_VERB_COMPRESSED;
    if (size)
        memcpy(packet + ZT_HEADER_SIZE, data, size);
    FUZZ_CLAIM(zt_packet_expand(out, packet, length) <= ZT_MAX_PACKET);
    packet[ZT_AT_VERB] = ZT_VERB_ECHO;
    length = zt_packet_compress(packet, length);
    if (packet[ZT_AT_VERB] & ZT_VERB_COMPRESSED) {
        FUZZ_CLAIM(zt_packet_expand(out, packet, length) == size + ZT_HEADER_SIZE);
        FUZZ_CLAIM(memcmp(out + ZT_HEADER_SIZE, data, size) == 0);
    }
    return 0;
}
