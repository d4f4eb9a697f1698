/* SPDX-License-Identifier: Apache-2.0 */
/* All that answers a request, without a socket: who may ask, and which of the APIs is asked. Any thread
   may call, except for opening and closing. */
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

/* Judges what is known before the body: source, token, length. True: refused, the answer is filled in. */
bool zt_site_refuses(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer);
/* Answers a request that was not refused and is complete. */
void zt_site_answer(struct zt_site *site, const struct zt_http_request *request,
                    struct zt_http_answer *answer);

/* A call of the backend. A new reference, never NULL but when out of memory. */
json_t *zt_site_ask(struct zt_site *site, const char *method, const char *path, const json_t *body,
                    int *status);
/* Answers with the members of a network. */
void zt_site_list(struct zt_site *site, uint64_t nwid, const struct zt_list_form *form,
                  struct zt_http_answer *answer);
/* Is this path of the hosted API? The rest of it behind the version; else NULL. */
const char *zt_site_hosted_path(const char *path);

/* The APIs: local.c, hosted.c, metrics.c. */
void zt_local_answer(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer);
void zt_hosted_answer(struct zt_site *site, const struct zt_http_request *request, const char *path,
                      struct zt_http_answer *answer);
void zt_metrics_answer(struct zt_site *site, struct zt_http_answer *answer);
/* The same into a file of the state directory. */
void zt_metrics_write(struct zt_site *site);

extern const char zt_openapi[]; /* docs/openapi.json; made by the build */

#endif
