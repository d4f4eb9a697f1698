/* SPDX-License-Identifier: Apache-2.0 */
/* The one user of the hosted API and its named tokens, of which only digests are kept. docs/http.md */
#ifndef ZT_HTTP_ACCOUNT_H
#define ZT_HTTP_ACCOUNT_H

#include "os/files.h"

#include <jansson.h>

#define ZT_ACCOUNT_FILE "account.json"
#define ZT_MAX_API_TOKENS 64    /* the newcomer is refused */
#define ZT_MAX_API_TOKEN 128    /* characters */
#define ZT_MIN_API_TOKEN 32     /* likewise */
#define ZT_MAX_ACCOUNT_TEXT 256 /* bytes of a name */

struct zt_account;

/* folder is borrowed; NULL: kept in memory only. NULL: error names the file. */
struct zt_account *zt_account_open(struct zt_folder *folder, char *error, size_t error_size);
void zt_account_close(struct zt_account *account); /* NULL is fine */

/* Any thread may call these. */
bool zt_account_knows(struct zt_account *account, const char *token);
/* displayName, email, smsNumber, and tokens: an array of names. A new reference. */
json_t *zt_account_json(struct zt_account *account);
/* Each returns NULL, or why it was refused, after which nothing has changed. */
const char *zt_account_change(struct zt_account *account, const json_t *body);
const char *zt_account_add_token(struct zt_account *account, const char *name, const char *token);
/* *is_known: was there such a token? */
const char *zt_account_remove_token(struct zt_account *account, const char *name, bool *is_known);

#endif
