/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a peer that holds the session key, so that they get past the cipher: from the root and
   controller, or from another member. Each: verb, options, length, payload. */
#include "fuzz.h"
#include "fuzz_node.h"

#define OPTION_CIPHER 0x03 /* 0: MAC only, 1 and 2: Salsa, 3: GMAC-SIV */
#define OPTION_COMPRESSED 0x04
#define OPTION_REPLY 0x08     /* the id asked is that of the last packet sent to us */
#define OPTION_MEMBER 0x10    /* from the member, not from the root */
#define OPTION_WAIT 0x20      /* a second passes */
#define OPTION_HOPS 0x40      /* it came by a relay */
#define OPTION_CERTIFIED 0x80 /* the member has shown its certificate */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_node *fuzz = fuzz_node_new();
    struct zt_reader in = zt_reader_of(data, size);

    while (zt_reader_left(&in) > 4) {
        struct fuzz_message message = { .verb = zt_read_u8(&in) };
        uint8_t options = zt_read_u8(&in);
        size_t length = zt_read_u16(&in) % 3000;

        message.payload = zt_read_take(&in, length);
        message.length = length;
        if (!message.payload)
            break;
        message.cipher = (options & OPTION_CIPHER) == 2 ? ZT_CIPHER_SALSA
                                                        : (enum zt_cipher)(options & OPTION_CIPHER);
        message.compressed = (options & OPTION_COMPRESSED) != 0;
        message.reply = (options & OPTION_REPLY) != 0;
        message.hops = (options & OPTION_HOPS) != 0;
        if (options & OPTION_CERTIFIED)
            fuzz_node_certify(fuzz);
        if (options & OPTION_WAIT)
            fuzz_node_wait(fuzz, 1000);
        fuzz_node_message(fuzz, (options & OPTION_MEMBER) != 0, &message);
    }
    fuzz_node_wait(fuzz, 5000);
    fuzz_node_free(fuzz);
    return 0;
}
