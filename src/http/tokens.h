/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens that administer and that read metrics: made once, kept in files. docs/wire.md 20.1 */
#ifndef ZT_HTTP_TOKENS_H
#define ZT_HTTP_TOKENS_H

#include "base/bytes.h"
#include "os/files.h"

#define ZT_TOKEN_LENGTH 24 /* of those made here; others may be put into the files */
#define ZT_TOKEN_TEXT 129  /* longest token with its 0 */

#define ZT_AUTH_TOKEN_FILE "authtoken.secret"
#define ZT_METRICS_TOKEN_FILE "metricstoken.secret"

/* Zero behind the text, so that comparing takes the same time for all. */
struct zt_token {
    char text[ZT_TOKEN_TEXT];
};

/* Random lower-case letters and digits; count below ZT_TOKEN_TEXT. */
void zt_token_make(struct zt_token *token, size_t count);
/* Reads the file, or makes a token and writes it (mode 0600). folder NULL: only makes one.
   False: error names the file. */
ZT_MUST_USE bool zt_token_open(struct zt_token *token, struct zt_folder *folder, const char *name,
                               char *error, size_t error_size);
/* In constant time. given may be NULL. */
bool zt_token_is(const struct zt_token *token, const char *given);

#endif
