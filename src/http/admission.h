/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask, and from where. docs/wire.md 20.1, docs/http.md. */
#ifndef ZT_HTTP_ADMISSION_H
#define ZT_HTTP_ADMISSION_H

#include "http/site.h"

/* Judges what is known before the body: source, token, length. True: refused, the answer is filled in. */
bool zt_admission_refuses(struct zt_site *site, const struct zt_http_request *request,
                          struct zt_http_answer *answer);

#endif
