/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol as one value: datagrams, frames, ticks and commands in; effects out. Time and a random
   seed are inputs. Not thread-safe: the caller holds a lock. Nothing here blocks or calls back. */
#ifndef ZT_NODE_NODE_H
#define ZT_NODE_NODE_H

#include "vl2/vl2.h"

struct zt_node;

struct zt_node_options {
    const struct zt_identity *self; /* with secret; copied */
    uint8_t seed[32];               /* all randomness follows from it */
    const struct zt_log *log;       /* borrowed for the node's life; may be NULL */
    const char *platform;           /* "linux/x86_64"; copied */
    bool is_controller;
    bool allow_loopback; /* admit paths over loopback addresses */
    bool low_bandwidth;
};

struct zt_node *zt_node_new(const struct zt_node_options *options, struct zt_instant now);
void zt_node_free(struct zt_node *node);

/* Inputs: see the same names in vl1.h and vl2.h. */
void zt_node_datagram(struct zt_node *node, struct zt_instant now, const struct zt_link *from,
                      uint8_t *bytes, size_t length);
enum zt_drop zt_node_frame(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                           const uint8_t *frame, size_t length);
void zt_node_report_drops(struct zt_node *node, bool on);
void zt_node_tick(struct zt_node *node, struct zt_instant now);
int64_t zt_node_deadline_ms(const struct zt_node *node); /* mono clock */
void zt_node_proved(struct zt_node *node, struct zt_instant now, uint64_t ticket, bool genuine);
void zt_node_stir(struct zt_node *node, const uint8_t seed[32]);

bool zt_node_join(struct zt_node *node, struct zt_instant now, zt_nwid nwid, const uint8_t *saved,
                  size_t saved_length);
bool zt_node_leave(struct zt_node *node, struct zt_instant now, zt_nwid nwid);
bool zt_node_subscribe(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                       const struct zt_group *group);
bool zt_node_unsubscribe(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                         const struct zt_group *group);
void zt_node_answer(struct zt_node *node, struct zt_instant now,
                    const struct zt_config_answer *answer);
void zt_node_send_revocation(struct zt_node *node, struct zt_instant now, zt_address to,
                             const struct zt_revocation *revocation);

enum zt_drop zt_node_offer_world(struct zt_node *node, struct zt_instant now, const uint8_t *bytes,
                                 size_t length);
bool zt_node_orbit(struct zt_node *node, struct zt_instant now, uint64_t moon, zt_address seed);
bool zt_node_deorbit(struct zt_node *node, struct zt_instant now, uint64_t moon);
enum zt_drop zt_node_load_peer(struct zt_node *node, struct zt_instant now, const uint8_t *bytes,
                               size_t length);
void zt_node_save_peers(struct zt_node *node, struct zt_instant now);
void zt_node_set_local_endpoints(struct zt_node *node, const struct zt_endpoint *endpoints,
                                 size_t count);
void zt_node_socket_closed(struct zt_node *node, struct zt_instant now, uint32_t socket);
void zt_node_set_physical(struct zt_node *node, const struct zt_physical *entries, size_t count);
bool zt_node_add_hint(struct zt_node *node, zt_address peer, const struct zt_endpoint *endpoint);

/* Effects. Taken until none is left; bytes are valid until the next input. */
bool zt_node_next_send(struct zt_node *node, struct zt_effect *effect); /* SEND only */
bool zt_node_next(struct zt_node *node, struct zt_effect *effect);      /* all others */
bool zt_node_has_sends(const struct zt_node *node);   /* would zt_node_next_send give one? */
bool zt_node_has_effects(const struct zt_node *node); /* would zt_node_next give one? */

/* Queries; see vl1.h and vl2.h. The layers are handed out for reading only. */
const struct zt_vl1 *zt_node_vl1(const struct zt_node *node);
const struct zt_vl2 *zt_node_vl2(const struct zt_node *node);

#endif
