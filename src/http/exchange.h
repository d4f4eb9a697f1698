/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way through libmicrohttpd: collected, judged, answered. */
#ifndef ZT_HTTP_EXCHANGE_H
#define ZT_HTTP_EXCHANGE_H

#include "http/site.h"

#include <microhttpd.h>

/* The callbacks of libmicrohttpd; context is the site. */
enum MHD_Result zt_exchange_step(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_length, void **exchange);
void zt_exchange_end(void **exchange); /* also one that was cut off */
size_t zt_exchange_unescape(void *context, struct MHD_Connection *connection, char *text);

#endif
