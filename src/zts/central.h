/* SPDX-License-Identifier: Apache-2.0 */
/* Between the zts_central_* calls and what carries their HTTP requests: libcurl, or nothing. */
#ifndef ZT_ZTS_CENTRAL_H
#define ZT_ZTS_CENTRAL_H

/* Before the header, which otherwise leaves the group out. */
#define ZTS_DISABLE_CENTRAL_API 0
#include "ZeroTierSockets.h"

#include <stdbool.h>
#include <stddef.h>

struct zts_central_request {
    int method;        /* ZTS_HTTP_* */
    const char *url;   /* whole */
    const char *token; /* sent as a bearer token, never to another host */
    const char *body;  /* JSON; NULL: none */
    long timeout_ms;   /* for the whole exchange */
    char *answer;      /* its room; an answer that does not fit is a failure */
    size_t answer_size;
};

struct zts_central_answer {
    int status; /* HTTP status, 0: none arrived */
    size_t length;
    char reason[256]; /* why it failed; "" */
};

/* Ready to carry requests? False in a library that was built without libcurl. */
bool zts_central_carrier_open(void);
void zts_central_carrier_close(void);
/* Blocks. True when a whole answer arrived, whatever its status; else reason says why not. */
bool zts_central_carry(const struct zts_central_request *request,
                       struct zts_central_answer *answer);

/* How long a request may take; tests shorten it. */
extern long zts_central_timeout_ms;

#endif
