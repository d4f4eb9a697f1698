/* SPDX-License-Identifier: Apache-2.0 */
/* One joined network: its configuration, its state, and what belongs to it. docs/wire.md 12.1,
   12.7, 12.9. */
#ifndef ZT_VL2_NETWORK_H
#define ZT_VL2_NETWORK_H

#include "vl2/bridge.h"
#include "vl2/groups.h"
#include "vl2/member.h"
#include "vl2/spread.h"
#include "vl2/updates.h"
#include "vl2/vl2.h"

struct zt_network {
    zt_nwid nwid;
    struct zt_mac mac; /* our own */
    enum zt_network_state state;
    struct zt_config *config; /* owned; NULL: none yet */
    char *authentication_url; /* owned; NULL: none */
    /* Follows from the config. */
    bool am_bridge, am_replicator, emulates_6plane, emulates_rfc4193;
    unsigned installs;         /* configs installed so far */
    bool confirmed;            /* the controller answered since we joined */
    unsigned hurried;          /* how often it was asked again soon, as it said nothing */
    int64_t requested_ms;      /* last request */
    int64_t request_due_ms;    /* next request */
    int64_t announce_due_ms;   /* next announcement of our groups */
    struct zt_updates updates; /* configs being put together */
    struct zt_members members;
    struct zt_groups groups;
    struct zt_bridge bridge;
    struct zt_spread spread;
    struct zt_frame_tally tally;
    UT_hash_handle hh;
};

struct zt_network *zt_network_find(const struct zt_vl2 *vl2, zt_nwid nwid);
/* Joined, but without configuration. NULL when out of memory or at the bound. */
struct zt_network *zt_network_new(struct zt_vl2 *vl2, zt_nwid nwid);
/* Takes it out of its table and frees it. */
void zt_network_free(struct zt_vl2 *vl2, struct zt_network *network);

/* Takes over config, which becomes the current one unless it is for another member or network, or
   the same as before. text: its dictionary, to be kept; NULL for one made up here. docs/wire.md
   12.7. */
enum zt_drop zt_network_install(struct zt_vl2 *vl2, struct zt_network *network,
                                struct zt_config *config, const uint8_t *text, size_t length);
/* The controller refused; url (may be NULL) tells where to authenticate. A config held is kept. */
void zt_network_refused(struct zt_vl2 *vl2, struct zt_network *network, enum zt_network_state state,
                        const char *url);
void zt_network_describe(const struct zt_network *network, struct zt_network_status *status);
bool zt_network_is_adhoc(zt_nwid nwid); /* docs/wire.md 11.7 */
/* Tells VL1 about managed subnets and designated nodes of all networks. */
void zt_network_tell_vl1(struct zt_vl2 *vl2);

#endif
