/* SPDX-License-Identifier: Apache-2.0 */
/* Not strftime, whose names of days and months are those of the locale. */
#define _POSIX_C_SOURCE 200809L

#include "http/date.h"

#include "base/text.h"

#include <time.h>

void zt_http_date(char out[ZT_HTTP_DATE], int64_t wall_s)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)wall_s;
    struct tm parts;

    if (!gmtime_r(&seconds, &parts))
        parts = (struct tm){ .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
    zt_format(out, ZT_HTTP_DATE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
              days + 3 * parts.tm_wday, parts.tm_mday, months + 3 * parts.tm_mon,
              parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}
