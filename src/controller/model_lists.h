/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of a network's record: what clients send for them, and reading it. docs/wire.md 19.1 */
#ifndef ZT_CONTROLLER_MODEL_LISTS_H
#define ZT_CONTROLLER_MODEL_LISTS_H

#include "controller/model.h"

/* Normalises one given value. A new reference, or NULL: then text says why it is refused. */
typedef json_t *zt_accept(const json_t *given, char *text, size_t text_size);

zt_accept zt_accept_routes, zt_accept_pools, zt_accept_rules, zt_accept_capabilities,
    zt_accept_tags;

/* One entry of "routes" and "ipAssignmentPools". */
ZT_MUST_USE bool zt_route_from_json(struct zt_route *route, const json_t *entry);
ZT_MUST_USE bool zt_pool_from_json(struct zt_pool *pool, const json_t *entry);

#endif
