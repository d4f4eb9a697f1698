/* SPDX-License-Identifier: Apache-2.0 */
/* Our own public endpoints, as others report them. docs/wire.md 6.10. */
#ifndef ZT_VL1_SURFACE_H
#define ZT_VL1_SURFACE_H

#include "base/endpoint.h"
#include "base/limits.h"
#include "vl1/address.h"

struct zt_report {
    zt_address reporter;
    struct zt_link link; /* our socket, and where the reporter is */
    struct zt_endpoint mine;
    int64_t at_ms;
    bool is_trusted; /* the reporter is a root */
};

struct zt_surfaces {
    struct zt_report *reports; /* owned, grows on demand */
    size_t count;
    size_t capacity;
};

void zt_surfaces_clear(struct zt_surfaces *surfaces);
/* Judges and keeps one report. True if a reporter we trust sees us at another IP than before:
   then the paths of that scope and family no longer work. A reporter with many reports loses its own
   oldest, and at the bound what roots say stays longest. */
bool zt_surfaces_report(struct zt_surfaces *surfaces, const struct zt_report *report);
/* Distinct endpoints, oldest report first; returns how many were written. */
size_t zt_surfaces_list(const struct zt_surfaces *surfaces, struct zt_endpoint *out,
                        size_t capacity);
void zt_surfaces_expire(struct zt_surfaces *surfaces, int64_t now_ms);
void zt_surfaces_socket_closed(struct zt_surfaces *surfaces, uint32_t socket);

#endif
