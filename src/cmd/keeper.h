/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's thread: takes requests from the node, decides, and hands the answers back. */
#ifndef ZT_CMD_KEEPER_H
#define ZT_CMD_KEEPER_H

#include "controller/controller.h"
#include "controller/list.h"
#include "service/service.h"

#define ZT_MAX_KEEPER_QUEUE 1024 /* requests waiting; the newcomer is dropped and asks again */
#define ZT_KEEPER_BATCH 64       /* requests decided together, and effects carried out between */
#define ZT_KEEPER_ROUND_MS 1000  /* between looks at what changes with time */

struct zt_keeper;

/* Takes the store, which is closed in the end, also on failure. NULL: out of memory. */
struct zt_keeper *zt_keeper_new(struct zt_store *store);
/* The service's request callback; context is the keeper. Never blocks. */
void zt_keeper_request(void *context, const struct zt_config_request *request);
/* Loads the records and starts to answer through this service, which must outlive zt_keeper_stop. To be
   called after the service was started, which keys the tables. False: error says why. */
bool zt_keeper_start(struct zt_keeper *keeper, struct zt_service *service,
                     const struct zt_identity *self, const struct zt_log *log, char *error,
                     size_t error_size);
void zt_keeper_stop(struct zt_keeper *keeper); /* ends the thread; NULL and not started are fine */
void zt_keeper_free(struct zt_keeper *keeper); /* stopped; after the service's end */

/* A call of the controller's API, from any thread. */
json_t *zt_keeper_route(struct zt_keeper *keeper, const char *method, const char *path,
                        const json_t *body, int *status);
/* What was counted and what waits, as an object; a new reference. */
json_t *zt_keeper_counters(struct zt_keeper *keeper);
/* zt_controller_list_members, likewise. */
char *zt_keeper_list(struct zt_keeper *keeper, zt_nwid nwid, const struct zt_list_form *form,
                     size_t *length, int *status);

#endif
