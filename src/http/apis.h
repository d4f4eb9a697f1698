/* SPDX-License-Identifier: Apache-2.0 */
/* The APIs, each from its file. */
#ifndef ZT_HTTP_APIS_H
#define ZT_HTTP_APIS_H

#include "http/site.h"

void zt_local_answer(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer);
/* path: as zt_http_hosted_path has it. */
void zt_hosted_answer(struct zt_site *site, const struct zt_http_request *request, const char *path,
                      struct zt_http_answer *answer);
/* Is it a path of the pages? The rest of it, "" or from a slash on; else NULL. */
const char *zt_app_path(const char *path);
void zt_app_answer(struct zt_site *site, const struct zt_http_request *request, const char *path,
                   struct zt_http_answer *answer);
void zt_metrics_answer(struct zt_site *site, struct zt_http_answer *answer);
/* The same into a file of the state directory. */
void zt_metrics_write(struct zt_site *site);

extern const char zt_openapi[]; /* docs/openapi.json; made by the build */

#endif
