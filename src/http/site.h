/* SPDX-License-Identifier: Apache-2.0 */
/* What answering needs, without a socket: tokens, the account, the backend. Any thread may call, except
   for opening and closing. */
#ifndef ZT_HTTP_SITE_H
#define ZT_HTTP_SITE_H

#include "http/account.h"
#include "http/http.h"
#include "http/prefixes.h"
#include "http/request.h"
#include "http/tokens.h"

struct zt_site {
    const char *home;         /* borrowed, as are the next three */
    struct zt_folder *folder; /* NULL: nothing is kept */
    struct zt_http_backend backend;
    zt_conf_judge judge;
    struct zt_token token, metrics_token;
    struct zt_prefixes allowed;
    struct zt_account *account;
    struct zt_allowance allowance;
    struct zt_monitor *desk; /* held over reading, merging and writing, so that no change is lost */
    int64_t started_ms;      /* mono */
};

/* False: error says why. Fields of the options beside home, folder, allow, judge and backend are not used. */
ZT_MUST_USE bool zt_site_open(struct zt_site *site, const struct zt_http_options *options,
                              char *error, size_t error_size);
void zt_site_close(struct zt_site *site); /* also one that was not opened, if it is all zero */

/* A call of the backend. A new reference, never NULL but when out of memory. */
json_t *zt_site_ask(struct zt_site *site, const char *method, const char *path, const json_t *body,
                    int *status);
/* Answers with the members of a network. */
void zt_site_list(struct zt_site *site, uint64_t nwid, const struct zt_list_form *form,
                  struct zt_http_answer *answer);

#endif
