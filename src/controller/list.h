/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a network's members as JSON text, in a form that the caller gives: a part of the controller's
   door. Ten thousand members take milliseconds, where trees of JSON values take hundreds. */
#ifndef ZT_CONTROLLER_LIST_H
#define ZT_CONTROLLER_LIST_H

#include "base/instant.h"

#include <stddef.h>

/* What can be said of a member. Those of the last group are left out with their keys if they are not
   known. */
enum zt_list_value {
    ZT_LIST_OPEN, /* an object in the member's own, until CLOSE, which has no key */
    ZT_LIST_CLOSE,
    ZT_LIST_CONSTANT, /* the column's text as it is */
    ZT_LIST_ADDRESS,
    ZT_LIST_NWID,
    ZT_LIST_NWID_ADDRESS, /* "<nwid>-<address>" */
    ZT_LIST_AUTHORIZED,
    ZT_LIST_BRIDGE,
    ZT_LIST_NO_AUTO_ASSIGN,
    ZT_LIST_SSO_EXEMPT,
    ZT_LIST_IPS,
    ZT_LIST_TAGS,
    ZT_LIST_CAPABILITIES,
    ZT_LIST_CREATED,
    ZT_LIST_REVISION,
    ZT_LIST_AUTHORIZED_MS,
    ZT_LIST_DEAUTHORIZED_MS,
    ZT_LIST_SSO_EXPIRY,
    ZT_LIST_TRACE_LEVEL,
    ZT_LIST_TRACE_TARGET,
    ZT_LIST_CREDENTIAL_TYPE,
    ZT_LIST_CREDENTIAL,
    ZT_LIST_V_MAJOR,
    ZT_LIST_V_MINOR,
    ZT_LIST_V_REVISION,
    ZT_LIST_V_PROTOCOL,
    ZT_LIST_KNOWS_RULES,
    ZT_LIST_ONLINE,
    ZT_LIST_NAME, /* empty if there is none */
    ZT_LIST_DESCRIPTION,
    ZT_LIST_HIDDEN,
    ZT_LIST_SEEN_OR_ZERO,
    ZT_LIST_IP_OR_NULL, /* from which it asked */
    ZT_LIST_CLIENT_OR_EMPTY,
    ZT_LIST_IDENTITY_OR_EMPTY,
    ZT_LIST_EXTRA, /* all that is kept besides, with keys of its own */
    ZT_LIST_IDENTITY,
    ZT_LIST_SEEN,
    ZT_LIST_CLIENT,
    ZT_LIST_LINK,
};

struct zt_list_column {
    const char *key; /* plain ASCII; NULL for CLOSE and EXTRA */
    enum zt_list_value value;
    const char *text; /* of a CONSTANT */
};

struct zt_list_form {
    const struct zt_list_column *columns;
    size_t count;
};

struct zt_controller;

/* form: an array of such members; NULL: what zt_controller_route answers to
   GET /unstable/controller/network/<nwid>/member, the same bytes. On failure the text is the error's JSON.
   The text is freed with free(); NULL: out of memory. */
char *zt_controller_list_members(struct zt_controller *controller, struct zt_instant now,
                                 uint64_t nwid, const struct zt_list_form *form, size_t *length,
                                 int *status);

#endif
