/* SPDX-License-Identifier: Apache-2.0 */
/* Any datagrams from anywhere into a fresh node that has roots and a joined network. */
#include "fuzz.h"
#include "fuzz_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_node *fuzz = fuzz_node_new();
    struct zt_reader in = zt_reader_of(data, size);

    while (zt_reader_left(&in) > 2) {
        size_t length = zt_read_u16(&in) % 1600;
        const uint8_t *datagram = zt_read_take(&in, length);

        if (!datagram)
            break;
        fuzz_node_feed(fuzz, 0, datagram, length);
    }
    fuzz_node_free(fuzz);
    return 0;
}
