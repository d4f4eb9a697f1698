/* SPDX-License-Identifier: Apache-2.0 */
/* What a running root or controller answers about itself: method and path to JSON. docs/wire.md 20.2 */
#ifndef ZT_CMD_API_H
#define ZT_CMD_API_H

#include "cmd/keeper.h"

struct zt_api {
    struct zt_service *service; /* borrowed, as is the keeper */
    struct zt_keeper *keeper;   /* NULL: no controller here */
};

/* Always a JSON value, with *status set. body may be NULL. */
json_t *zt_api_route(const struct zt_api *api, const char *method, const char *path,
                     const json_t *body, int *status);

#endif
