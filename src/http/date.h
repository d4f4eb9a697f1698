/* SPDX-License-Identifier: Apache-2.0 */
/* A moment as headers tell it, whatever the locale: "Sun, 06 Nov 1994 08:49:37 GMT". */
#ifndef ZT_HTTP_DATE_H
#define ZT_HTTP_DATE_H

#include <stdint.h>

#define ZT_HTTP_DATE 32 /* bytes, with the 0 at the end */

/* wall_s: seconds since 1970. */
void zt_http_date(char out[ZT_HTTP_DATE], int64_t wall_s);

#endif
