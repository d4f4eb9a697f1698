/* SPDX-License-Identifier: Apache-2.0 */
/* struct zt_service, composed of its modules' own structs; seen inside service only. */
#ifndef ZT_SERVICE_STATE_H
#define ZT_SERVICE_STATE_H

#include "os/host.h"
#include "os/udp.h"
#include "service/events.h"
#include "service/persist.h"
#include "service/settings.h"
#include "service/worker.h"

#include <stdatomic.h>

#define ZT_SEND_BATCH 256

/* Datagrams taken from the node that a full socket did not take. */
struct zt_backlog {
    struct zt_datagram waiting[ZT_SEND_BATCH];
    size_t first, count;
    uint8_t *memory; /* their bytes */
    size_t capacity;
    int64_t since_ms;
    bool refused_frame; /* lwIP was told to wait, and must be told to go on */
};

enum { ZT_PRIMARY_PORT, ZT_SECONDARY_PORT, ZT_PORT_COUNT };

struct zt_ports {
    uint16_t numbers[ZT_PORT_COUNT]; /* 0: none */
    int64_t refresh_ms;              /* when local addresses are read again */
    int64_t redraw_ms;               /* when the secondary port changes unless online */
};

/* Said before there was a node: joined or left when there is one, after the networks kept on disk. */
struct zt_wish {
    zt_nwid nwid;
    bool join;
};

/* What the stack and the user were told about one network. */
struct zt_applied;

struct zt_service {
    struct zt_settings settings;
    const struct zt_log *log;
    struct zt_persist persist;
    struct zt_events *events; /* NULL: nobody listens */
    struct zt_worker *worker;
    struct zt_udp *udp;
    struct zt_thread *wire;
    _Atomic bool is_stopping;

    /* Of whoever has the turn (os/turn.h). */
    struct zt_datagram arrived[ZT_UDP_BATCH];

    /* Guarded by the core lock. */
    struct zt_service *next; /* the other services of this process */
    struct zt_node *node;    /* NULL: not yet, or no more */
    struct zt_identity identity;
    bool has_identity;
    bool has_stack; /* lwIP serves our networks; no more once it is being stopped */
    bool is_fatal;
    char fatal_text[ZT_PERSIST_TEXT];
    struct zt_ports ports;
    struct zt_backlog backlog;
    struct zt_applied *applied;
    struct zt_wish wishes[ZT_MAX_NETWORKS];
    size_t wish_count;
    uint8_t *planet; /* last one told to the user */
    size_t planet_length;
    int64_t sleep_until_ms; /* the wire thread wakes then; INT64_MIN: it is awake */
};

/* Takes the core lock. Ends the protocol for good; the thread stays until the service is stopped. */
void zt_service_fail(struct zt_service *service, const char *text);

#endif
