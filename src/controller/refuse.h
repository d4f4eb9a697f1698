/* SPDX-License-Identifier: Apache-2.0 */
/* Refusing a call of the API. */
#ifndef ZT_CONTROLLER_REFUSE_H
#define ZT_CONTROLLER_REFUSE_H

#include "controller/controller.h"

/* Fills in the error and returns NULL, for the one line `return zt_refuse(...)`. */
void *zt_refuse(struct zt_api_error *error, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
