/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in why a call of the API is refused. */
#include "controller/refuse.h"

#include <stdarg.h>
#include <stdio.h>

void *zt_refuse(struct zt_api_error *error, int status, const char *format, ...)
{
    va_list arguments;

    error->status = status;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return NULL;
}
