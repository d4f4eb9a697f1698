/* SPDX-License-Identifier: Apache-2.0 */
/* A request and its answer as values: what a server fills in and sends, whatever it is built on. */
#ifndef ZT_HTTP_REQUEST_H
#define ZT_HTTP_REQUEST_H

#include "base/endpoint.h"
#include "http/allowance.h"

#include <jansson.h>

/* As much as the largest network needs: 1,024 rules, and 128 capabilities of 64. */
#define ZT_MAX_HTTP_BODY (4u << 20)
#define ZT_MAX_HTTP_NESTING 100 /* of objects and arrays in a body; deeper is refused */

/* All borrowed; a text that was not sent is NULL. */
struct zt_http_request {
    struct zt_endpoint remote; /* who asks; NONE: not over IP */
    bool is_owner; /* came by the socket that only the owner of the directory may open */
    const char *method, *path; /* path: decoded, without the query */
    const char *auth_header;   /* X-ZT1-Auth */
    const char *authorization;
    const char *auth_query, *jsonp; /* query parameters */
    const char *body;
    size_t body_length;
    uint64_t announced_length; /* Content-Length; 0 if there is none */
    bool is_too_long;          /* more came than a body may have */
};

struct zt_http_answer {
    int status;
    const char *type; /* Content-Type */
    char *text;       /* owned, for free(); a 0 behind it, none within */
    size_t length;
    const char *allow; /* of 405: the methods that the path knows; else NULL */
    struct zt_allowance_state allowance;
};

/* "POST" and "PUT" are the same everywhere: docs/wire.md 20.1. */
bool zt_http_sets(const struct zt_http_request *request);
/* "/status" and the like: is it the path, and GET the method? */
bool zt_http_gets(const struct zt_http_request *request, const char *path);

/* Is this path of the hosted API? The rest of it behind the version; else NULL. */
const char *zt_http_hosted_path(const char *path);

/* Fills in the answer. Takes json; NULL stands for "out of memory". */
void zt_http_say(struct zt_http_answer *answer, int status, json_t *json);
void zt_http_say_text(struct zt_http_answer *answer, int status, const char *type,
                      const char *text);
/* {"error": status, "description": text} */
void zt_http_complain(struct zt_http_answer *answer, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A body of more than ZT_MAX_HTTP_BODY. */
void zt_http_refuse_length(struct zt_http_answer *answer);
void zt_http_answer_clear(struct zt_http_answer *answer);

/* The body of a request that sets something: an object, {} if nothing was sent. A new reference, or NULL
   with the answer filled in. */
json_t *zt_http_body(const struct zt_http_request *request, struct zt_http_answer *answer);

#endif
