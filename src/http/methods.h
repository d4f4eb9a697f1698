/* SPDX-License-Identifier: Apache-2.0 */
/* Refusing a method that a path does not know. */
#ifndef ZT_HTTP_METHODS_H
#define ZT_HTTP_METHODS_H

#include "http/request.h"

/* 405, with the methods that the path knows; 404 if neither API has such a path. RFC 9110 (15.5.6).
   path: of the hosted API with its version. */
void zt_methods_refuse(struct zt_http_answer *answer, const char *path);

#endif
