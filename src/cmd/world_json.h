/* SPDX-License-Identifier: Apache-2.0 */
/* Planets and moons as JSON: what is shown of one, and the plan of which one is made. docs/wire.md 5.4. */
#ifndef ZT_CMD_WORLD_JSON_H
#define ZT_CMD_WORLD_JSON_H

#include "vl1/world.h"

#include <jansson.h>

/* A world to be, and the key pair that shall sign it. */
struct zt_world_plan {
    struct zt_world world; /* neither signed nor dated yet */
    struct zt_public_key key;
    struct zt_secret_key secret;
};

/* What the file says, signature included. */
json_t *zt_world_json(const struct zt_world *world);
json_t *zt_world_plan_json(const struct zt_world_plan *plan);
/* False, and error says which member is wrong, with a line's end nowhere in it. */
ZT_MUST_USE bool zt_world_plan_read(struct zt_world_plan *plan, const json_t *json, char *error,
                                    size_t size);
/* "IP/PORT[,IP/PORT...]" added to the root's endpoints. False: not such a list, or too long. */
ZT_MUST_USE bool zt_world_endpoints_read(struct zt_root *root, const char *list);
/* Roots by address, endpoints by family, port and address: the order in which they are written. */
void zt_world_sort(struct zt_world *world);

#endif
