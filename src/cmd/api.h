/* SPDX-License-Identifier: Apache-2.0 */
/* What a running root or controller answers about itself: method and path to JSON. docs/wire.md 20.2 */
#ifndef ZT_CMD_API_H
#define ZT_CMD_API_H

#include "cmd/keeper.h"
#include "cmd/policies.h"

struct zt_api {
    struct zt_service *service;   /* borrowed, as are the next two */
    struct zt_keeper *keeper;     /* NULL: no controller here */
    struct zt_policies *policies; /* NULL: no network is joined or left here */
};

/* Always a JSON value, with *status set. body may be NULL. */
json_t *zt_api_route(const struct zt_api *api, const char *method, const char *path,
                     const json_t *body, int *status);
/* The members of a network as text of malloc, in that form; NULL: out of memory. */
char *zt_api_list(const struct zt_api *api, zt_nwid nwid, const struct zt_list_form *form,
                  size_t *length, int *status);

#endif
