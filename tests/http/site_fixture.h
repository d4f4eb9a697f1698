/* SPDX-License-Identifier: Apache-2.0 */
/* A site on a backend that only says what it was asked. */
#ifndef ZT_TESTS_SITE_FIXTURE_H
#define ZT_TESTS_SITE_FIXTURE_H

#include "http/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define API_TOKEN "0123456789abcdef0123456789abcdef"

static inline json_t *backend_answer(void *context, const char *method, const char *path,
                                     const json_t *body, int *status)
{
    (void)context;
    *status = 200;
    return json_pack("{s:s, s:s, s:s, s:O*}", "method", method, "path", path, "address",
                     "0123456789", "body", body);
}

static inline char *backend_list(void *context, uint64_t nwid, const struct zt_list_form *form,
                                 size_t *length, int *status)
{
    char text[64];

    (void)context;
    *status = 200;
    *length = (size_t)snprintf(text, sizeof text, "{\"nwid\":%u,\"columns\":%zu}", (unsigned)nwid,
                               form ? form->count : 0);
    return strdup(text);
}

static inline struct zt_http_options options_in(struct zt_folder *folder)
{
    return (struct zt_http_options){ .home = "home",
                                     .folder = folder,
                                     .backend = { NULL, backend_answer, backend_list } };
}

static inline void open_site(struct zt_site *site)
{
    struct zt_http_options options = options_in(NULL);
    char error[256];

    assert_true(zt_site_open(site, &options, error, sizeof error));
    strcpy(site->token.text, "the-token");
    memset(site->token.text + 9, 0, sizeof site->token.text - 9);
    assert_null(zt_account_add_token(site->account, "ci", API_TOKEN));
}

static inline struct zt_http_request request_from(const char *remote, const char *method,
                                                  const char *path)
{
    struct zt_http_request request = { .method = method, .path = path, .body = "" };

    assert_true(zt_endpoint_parse(&request.remote, remote, 1));
    return request;
}

#endif
