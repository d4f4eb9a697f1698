/* SPDX-License-Identifier: Apache-2.0 */
/* Base64url without padding, so that no shell, chat or URL breaks an invitation. */
#include "cmd/invite.h"

#include "base/bytes.h"
#include "vl1/world.h"

#include <openssl/evp.h>
#include <string.h>

#define PREFIX "zt1-"
#define PREFIX_LENGTH 4

void zt_invite_write(char out[ZT_INVITE_TEXT], const struct zt_invite *invite)
{
    uint8_t bytes[8 + ZT_MAX_WORLD];
    char *text = out + PREFIX_LENGTH;
    size_t length;

    zt_store_u64(bytes, invite->nwid);
    memcpy(bytes + 8, invite->planet, invite->planet_length);
    memcpy(out, PREFIX, PREFIX_LENGTH);
    length = (size_t)EVP_EncodeBlock((unsigned char *)text, bytes, (int)invite->planet_length + 8);
    while (length > 0 && text[length - 1] == '=')
        length--;
    text[length] = 0;
    for (size_t i = 0; i < length; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
}

/* With padding, in the common alphabet. False: another character in it, or too long. */
static bool to_base64(char *out, size_t capacity, const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length + 4 > capacity || length % 4 == 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '+' || text[i] == '/' || text[i] == '=')
            return false;
        out[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    }
    while (length % 4 != 0)
        out[length++] = '=';
    out[length] = 0;
    return true;
}

bool zt_invite_read(struct zt_invite *invite, const char *text)
{
    uint8_t bytes[ZT_INVITE_TEXT];
    char base64[ZT_INVITE_TEXT];
    static struct zt_world planet;
    struct zt_reader in;
    int decoded;
    size_t length;

    if (strncmp(text, PREFIX, PREFIX_LENGTH) != 0 ||
        !to_base64(base64, sizeof base64, text + PREFIX_LENGTH))
        return false;
    decoded = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)strlen(base64));
    if (decoded < 0)
        return false;
    length = strlen(text + PREFIX_LENGTH) * 3 / 4;
    if (length <= 8 || length - 8 > ZT_MAX_WORLD)
        return false;
    invite->nwid = zt_load_u64(bytes);
    invite->planet_length = length - 8;
    memcpy(invite->planet, bytes + 8, length - 8);
    in = zt_reader_of(invite->planet, invite->planet_length);
    return invite->nwid != 0 && zt_world_read(&planet, &in) && planet.type == ZT_WORLD_PLANET &&
           zt_reader_left(&in) == 0;
}
