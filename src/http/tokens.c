/* SPDX-License-Identifier: Apache-2.0 */
/* Making, keeping and comparing tokens. */
#include "http/tokens.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILE 4096

void zt_token_make(struct zt_token *token, size_t count)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    assert(count < ZT_TOKEN_TEXT);
    memset(token, 0, sizeof *token);
    for (size_t i = 0; i < count;) {
        uint8_t byte;

        zt_host_random(&byte, 1);
        if (byte < 252) /* 7 times 36: no digit is likelier than another */
            token->text[i++] = digits[byte % 36];
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text without the blanks around it. */
static bool read_token(struct zt_token *token, const char *text)
{
    size_t length;

    while (is_space(*text))
        text++;
    length = strlen(text);
    while (length > 0 && is_space(text[length - 1]))
        length--;
    if (length == 0 || length >= sizeof token->text)
        return false;
    memset(token, 0, sizeof *token);
    memcpy(token->text, text, length);
    return true;
}

bool zt_token_open(struct zt_token *token, struct zt_folder *folder, const char *name, char *error,
                   size_t error_size)
{
    char text[ZT_ERROR_TEXT];
    uint8_t *bytes = NULL;
    size_t length;
    bool is_good;
    int code = folder ? zt_file_read(folder, name, MOST_FILE, &bytes, &length) : -ENOENT;

    if (code == -ENOENT) {
        zt_token_make(token, ZT_TOKEN_LENGTH);
        code =
            folder ? zt_file_write(folder, name, token->text, ZT_TOKEN_LENGTH, ZT_FILE_SECRET) : 0;
    } else if (code == 0) {
        is_good = read_token(token, (const char *)bytes);
        zt_wipe(bytes, length);
        free(bytes);
        if (!is_good)
            zt_format(error, error_size, "%s: not a token of 1 to %d characters", name,
                      ZT_TOKEN_TEXT - 1);
        return is_good;
    }
    if (code == 0)
        return true;
    zt_error_text(code, text);
    zt_format(error, error_size, "%s: %s", name, text);
    return false;
}

bool zt_token_is(const struct zt_token *token, const char *given)
{
    struct zt_token other = { { 0 } };
    size_t length = given ? strlen(given) : 0;
    bool is_same;

    if (length == 0 || length >= sizeof other.text)
        return false;
    memcpy(other.text, given, length);
    is_same = zt_equal_secret(token->text, other.text, sizeof other.text);
    zt_wipe(&other, sizeof other);
    return is_same;
}
