/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded ring of effects: what the core wants done. Grows to its bound, never beyond. */
#ifndef ZT_BASE_OUTBOX_H
#define ZT_BASE_OUTBOX_H

#include "base/endpoint.h"

enum zt_effect_kind {
    ZT_EFFECT_SEND = 1, /* one datagram: link says where. code = IP TTL, 0 for the default */
    ZT_EFFECT_FRAME, /* an Ethernet frame for the host: id = network, bytes = whole frame with its
                           14-byte header (destination, source, type). code = 0, or the reason why it
                           was dropped, for those who look on (zt_node_report_drops) */
    ZT_EFFECT_EVENT, /* something users may care about: code = enum zt_event, id by event */
    ZT_EFFECT_SAVE,  /* keep bytes: code = enum zt_object, id by object. Length 0 deletes */
    ZT_EFFECT_PROVE, /* check the proof of work of the identity in bytes (binary form): id = ticket;
                           the answer enters by zt_node_proved */
    ZT_EFFECT_REQUEST, /* a config request for our controller: id = its packet id, bytes = struct
                           zt_config_request in its written form (vl2/config.h) */
    ZT_EFFECT_MESSAGE  /* USER_MESSAGE: id = sender, bytes = 8 bytes type and content */
};

/* What EVENT effects say. id is the network for ZT_EVENT_NETWORK_*, the peer for ZT_EVENT_PEER_*. */
enum zt_event {
    ZT_EVENT_ONLINE = 1,
    ZT_EVENT_OFFLINE,
    ZT_EVENT_COLLISION,      /* fatal: our address is taken by another key */
    ZT_EVENT_NETWORK_CONFIG, /* a new configuration was installed, or the status changed */
    ZT_EVENT_NETWORK_GONE,   /* left */
    ZT_EVENT_PEER_DIRECT,    /* first direct path */
    ZT_EVENT_PEER_RELAY,     /* known, no direct path (any more) */
    ZT_EVENT_PATH_NEW,       /* one more direct path */
    ZT_EVENT_PATH_DEAD       /* one less */
};

/* What SAVE effects keep (docs/wire.md 8). */
enum zt_object {
    ZT_OBJECT_PLANET = 3,
    ZT_OBJECT_MOON = 4,   /* id = moon */
    ZT_OBJECT_PEER = 5,   /* id = address */
    ZT_OBJECT_NETWORK = 6 /* id = network; bytes = config dictionary */
};

struct zt_effect {
    enum zt_effect_kind kind;
    uint32_t code;
    uint64_t id;
    struct zt_link link;
    const uint8_t
        *bytes; /* valid until the next effect is put into the same ring, so that several may
                             be taken and sent at once */
    size_t length;
};

struct zt_outbox {
    uint8_t *ring; /* owned */
    size_t capacity;
    size_t limit;
    size_t head; /* next to take */
    size_t tail; /* next to fill */
    size_t end;  /* of the last entry before the tail wrapped */
    size_t used; /* bytes of entries waiting */
    size_t count;
    uint64_t dropped; /* effects that found no room */
};

/* limit: the most bytes the ring may ever hold. No memory is taken before the first effect. */
void zt_outbox_init(struct zt_outbox *outbox, size_t limit);
void zt_outbox_clear(struct zt_outbox *outbox);

/* Copies bytes into the ring. False, and counted, when there is no room (or memory). */
bool zt_outbox_put(struct zt_outbox *outbox, const struct zt_effect *effect);
/* Like put with effect->length bytes to be filled in by the caller right away; NULL when no room. */
uint8_t *zt_outbox_reserve(struct zt_outbox *outbox, const struct zt_effect *effect);
/* Takes the oldest. False when empty. */
bool zt_outbox_next(struct zt_outbox *outbox, struct zt_effect *effect);
/* Would an effect of length bytes find room now? */
bool zt_outbox_has_room(const struct zt_outbox *outbox, size_t length);

#endif
