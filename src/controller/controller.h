/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the controller: hosts networks. Decides on requests and changes; pure but for its store:
   time comes in as an argument, answers go out through zt_controller_next. Not thread-safe. */
#ifndef ZT_CONTROLLER_CONTROLLER_H
#define ZT_CONTROLLER_CONTROLLER_H

#include "base/instant.h"
#include "base/log.h"
#include "controller/store.h"
#include "vl2/config.h"
#include "vl2/revocation.h"

#include <jansson.h>

struct zt_controller;

/* Loads all records. self: with secret, copied. store: borrowed. NULL: memory out, or the store can't be
   read (text in error). */
struct zt_controller *zt_controller_new(const struct zt_identity *self, struct zt_store *store,
                                        const uint8_t seed[32], const struct zt_log *log,
                                        char *error, size_t error_size);
/* Saves what is not in the store yet. */
void zt_controller_free(struct zt_controller *controller);

/* A member asks. docs/wire.md 18.1, 18.2. */
void zt_controller_request(struct zt_controller *controller, struct zt_instant now,
                           const struct zt_config_request *request);
/* Several ask. What is decided is stored in one transaction, or, if that fails, one by one. */
void zt_controller_requests(struct zt_controller *controller, struct zt_instant now,
                            const struct zt_config_request *requests, size_t count);

/* To be called each second or so: tells again, after a start, who was cut off shortly before; saves when
   members were last seen, ends sign-ons that have lapsed, and takes over what others have changed in the store, which zt_controller_follow does by itself: when the
   store's descriptor is ready. */
void zt_controller_tend(struct zt_controller *controller, struct zt_instant now);
void zt_controller_follow(struct zt_controller *controller, struct zt_instant now);

enum zt_controller_effect_kind { ZT_CONTROLLER_ANSWER = 1, ZT_CONTROLLER_REVOKE };

struct zt_controller_effect {
    enum zt_controller_effect_kind kind;
    struct zt_config_answer answer; /* ANSWER; its bytes are valid until the next call */
    zt_address to;                  /* REVOKE */
    struct zt_revocation revocation;
};

/* Takes the oldest effect. Pushes to many members are built one by one here, so that a change of a large
   network does not stall the caller: call until false, a bounded number at a time. */
bool zt_controller_next(struct zt_controller *controller, struct zt_instant now,
                        struct zt_controller_effect *effect);

/* Administration, with the JSON objects of the controller's API. Results are new references. On failure
   NULL, *status is the HTTP status that fits (400, 404, 500, ...) and error says what is wrong. */
struct zt_api_error {
    int status;
    char text[256];
};

json_t *zt_controller_networks(struct zt_controller *controller); /* array of ids */
json_t *zt_controller_network(struct zt_controller *controller, zt_nwid nwid,
                              struct zt_api_error *error);
/* Creates or changes. nwid 0: a free random id is chosen. body: object with the fields to set. */
json_t *zt_controller_set_network(struct zt_controller *controller, struct zt_instant now,
                                  zt_nwid nwid, const json_t *body, struct zt_api_error *error);
json_t *zt_controller_delete_network(struct zt_controller *controller, struct zt_instant now,
                                     zt_nwid nwid, struct zt_api_error *error);
json_t *zt_controller_members(struct zt_controller *controller, zt_nwid nwid,
                              struct zt_api_error *error); /* address -> revision */
json_t *zt_controller_member(struct zt_controller *controller, zt_nwid nwid, zt_address member,
                             struct zt_api_error *error);
json_t *zt_controller_set_member(struct zt_controller *controller, struct zt_instant now,
                                 zt_nwid nwid, zt_address member, const json_t *body,
                                 struct zt_api_error *error);
json_t *zt_controller_delete_member(struct zt_controller *controller, struct zt_instant now,
                                    zt_nwid nwid, zt_address member, struct zt_api_error *error);

/* Since the start; changes made by others in a shared store are not ours. */
struct zt_controller_counters {
    uint64_t network_changes, member_changes; /* stored, deletions too */
    uint64_t authorized, deauthorized;        /* members */
    uint64_t requests;                        /* of members, for networks of ours */
    uint64_t networks, members;               /* that there are now */
};
struct zt_controller_counters zt_controller_counters(const struct zt_controller *controller);

/* A record from outside, as it would be stored: completed and put in order. NULL: it is not one, and error
   says why. address 0: a network. */
json_t *zt_controller_read_record(zt_nwid nwid, zt_address address, const json_t *given,
                                  struct zt_api_error *error);

/* HTTP method and path ("/controller/network/<nwid>/member/<address>", ...) to the calls above. Always
   returns a JSON value and sets *status. body may be NULL. */
json_t *zt_controller_route(struct zt_controller *controller, struct zt_instant now,
                            const char *method, const char *path, const json_t *body, int *status);

#endif
