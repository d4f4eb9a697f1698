/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the APIs is asked. docs/http.md. */
#ifndef ZT_HTTP_DISPATCH_H
#define ZT_HTTP_DISPATCH_H

#include "http/site.h"

/* Answers a request that was not refused and is complete. */
void zt_dispatch(struct zt_site *site, const struct zt_http_request *request,
                 struct zt_http_answer *answer);

#endif
