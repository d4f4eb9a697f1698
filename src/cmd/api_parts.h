/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the local API that the node answers; each takes the core's lock for a bounded time. */
#ifndef ZT_CMD_API_PARTS_H
#define ZT_CMD_API_PARTS_H

#include "cmd/policies.h"
#include "service/service.h"

#include <jansson.h>

struct zt_api_call {
    const char *method, *path;
    const char *rest; /* of the path, behind the part's own word: "" or "/..." */
    const json_t *body;
};

/* Each returns a JSON value, always; *status is 200 before. */
json_t *zt_api_status(struct zt_service *service, const struct zt_api_call *call, int *status);
json_t *zt_api_peers(struct zt_service *service, const struct zt_api_call *call, int *status);
json_t *zt_api_moons(struct zt_service *service, const struct zt_api_call *call, int *status);
json_t *zt_api_networks(struct zt_service *service, struct zt_policies *policies,
                        const struct zt_api_call *call, int *status);
json_t *zt_api_counters(struct zt_service *service, const struct zt_api_call *call, int *status);
json_t *zt_api_rules(struct zt_service *service, const struct zt_api_call *call, int *status);

json_t *zt_api_error(int *status, int code, const char *text);
json_t *zt_api_no_method(int *status);
json_t *zt_api_hex(uint64_t number, unsigned digits);
json_t *zt_api_endpoint(const struct zt_endpoint *endpoint, bool with_port);

/* Calls see for each peer, a few at a time with the core's lock held for no more than these; see itself
   is called without it. False: the node is not running. */
typedef void (*zt_api_see_peer)(void *context, const struct zt_peer_status *peer);
ZT_MUST_USE bool zt_api_each_peer(struct zt_service *service, zt_api_see_peer see, void *context);

#endif
