/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people. One sink; nothing is composed if the level is off. */
#ifndef ZT_BASE_LOG_H
#define ZT_BASE_LOG_H

#include <stdbool.h>

enum zt_log_level { ZT_LOG_ERROR = 0, ZT_LOG_INFO = 1, ZT_LOG_TRACE = 2 };

struct zt_log {
    enum zt_log_level level; /* lines above this level are not composed */
    void (*sink)(void *context, enum zt_log_level level, const char *module, const char *line);
    void *context;
    /* Decides instead of the level, if set: lines that are not wanted are not composed. */
    bool (*wants)(void *context, enum zt_log_level level, const char *module);
};

/* log may be NULL: then nothing happens. */
void zt_log_write(const struct zt_log *log, enum zt_log_level level, const char *module,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

#define zt_log_error(log, module, ...) zt_log_write(log, ZT_LOG_ERROR, module, __VA_ARGS__)
#define zt_log_info(log, module, ...) zt_log_write(log, ZT_LOG_INFO, module, __VA_ARGS__)
#define zt_log_trace(log, module, ...) zt_log_write(log, ZT_LOG_TRACE, module, __VA_ARGS__)

#endif
