/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people. One sink; nothing is composed if the level is off. */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum { LINE_SIZE = 512 }; /* longer lines are cut */

static bool is_wanted(const struct zt_log *log, enum zt_log_level level, const char *module)
{
    if (log == NULL || log->sink == NULL)
        return false;
    return log->wants != NULL ? log->wants(log->context, level, module) : level <= log->level;
}

void zt_log_write(const struct zt_log *log, enum zt_log_level level, const char *module,
                  const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    if (!is_wanted(log, level, module))
        return;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length >= 0)
        log->sink(log->context, level, module, line);
}
