/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the service: one running node in this process. Threads, the lock, sockets, files; carries
   out what the node wants done. Any thread may call. */
#ifndef ZT_SERVICE_SERVICE_H
#define ZT_SERVICE_SERVICE_H

#include "node/node.h"

struct zt_service;

/* What happened, for whoever started the service. Called on the event thread without any lock, in order;
   may call anything but zt_service_stop. */
enum zt_notice_kind {
    ZT_NOTICE_IDENTITY = 1, /* an identity was generated: identity */
    ZT_NOTICE_PLANET,       /* bytes: the planet in use */
    ZT_NOTICE_UP,
    ZT_NOTICE_FATAL, /* text says why; the service stops working */
    ZT_NOTICE_ONLINE,
    ZT_NOTICE_OFFLINE,
    ZT_NOTICE_NETWORK,       /* nwid, state: status or configuration changed */
    ZT_NOTICE_NETWORK_GONE,  /* nwid: left */
    ZT_NOTICE_ADDRESS_ADDED, /* nwid, endpoint (port = prefix length): usable now */
    ZT_NOTICE_ADDRESS_REMOVED,
    ZT_NOTICE_ROUTE_ADDED, /* nwid, endpoint = target, via, flags, metric */
    ZT_NOTICE_ROUTE_REMOVED,
    ZT_NOTICE_PEER_DIRECT, /* address */
    ZT_NOTICE_PEER_RELAY,
    ZT_NOTICE_PATH_NEW,
    ZT_NOTICE_PATH_DEAD,
    ZT_NOTICE_SAVED_PEER,    /* address, bytes */
    ZT_NOTICE_SAVED_NETWORK, /* nwid, bytes */
    ZT_NOTICE_STACK_UP,
    ZT_NOTICE_STACK_DOWN,
    ZT_NOTICE_NETIF_UP, /* nwid, mac, mtu: the network's interface is in the stack */
    ZT_NOTICE_NETIF_DOWN,
    ZT_NOTICE_NETIF_REMOVED,
    ZT_NOTICE_LINK_UP, /* nwid, mac, mtu: its controller admits us */
    ZT_NOTICE_LINK_DOWN,
    ZT_NOTICE_DOWN /* the last one */
};

struct zt_notice {
    enum zt_notice_kind kind;
    zt_nwid nwid;
    zt_address address;
    struct zt_endpoint endpoint, via;
    uint16_t flags, metric;      /* of a route */
    enum zt_network_state state; /* of a network, when this was noted: by now it may be another */
    struct zt_mac mac;
    uint16_t mtu;
    const char *text;
    const uint8_t *bytes; /* borrowed for the call */
    size_t length;
    struct zt_identity identity; /* ZT_NOTICE_IDENTITY: with secret */
};

/* Where a peer may be found, besides what it tells. */
struct zt_known_endpoint {
    zt_address peer;
    struct zt_endpoint endpoint;
};

struct zt_service_options {
    const char *storage;     /* state directory, created if missing; NULL: memory only */
    const char *planet_file; /* its name in storage: "roots" for the library, "planet" for zt */
    const struct zt_identity *identity; /* with secret; NULL: from storage, or generated */
    /* In place of the kept one, unless that is a later revision of it; NULL: none given. */
    const uint8_t *planet;
    size_t planet_length;
    uint16_t port; /* primary UDP port; 0: random in the range */
    uint16_t port_range_first, port_range_last;
    bool allow_secondary_port;
    bool cache_identity, cache_planet, cache_networks, cache_peers;
    bool allow_loopback; /* also bind loopback and admit paths over it */
    bool low_bandwidth;
    const struct zt_endpoint *bind; /* only these IPs; count 0: all local addresses */
    size_t bind_count;
    const char *const *interface_blacklist; /* name prefixes */
    size_t interface_blacklist_count;
    /* What holds for remote endpoints. One of our own that is blacklisted is not bound either. */
    const struct zt_physical *physical;
    size_t physical_count;
    const struct zt_known_endpoint *known; /* to be tried */
    size_t known_count;
    bool use_stack; /* lwIP on the joined networks */
    /* A controller in this process: gets each config request, with the lock held, and must not block;
       it answers later through zt_service_lock and zt_node_answer. NULL: no controller. */
    void (*request)(void *context, const struct zt_config_request *request);
    void *request_context;
    const struct zt_log *log; /* borrowed for the service's life; may be called from any thread */
    void (*notice)(void *context, const struct zt_notice *notice); /* NULL: none wanted */
    void *notice_context;
};

/* Defaults as the original library has them. */
void zt_service_options_init(struct zt_service_options *options);

/* Copies what it keeps. Returns at once: the identity is loaded or made, ports are bound and networks
   rejoined on the service's own thread. NULL if no thread or memory is to be had. */
struct zt_service *zt_service_start(const struct zt_service_options *options);
/* Gives established connections up to linger_ms to flush, then ends everything, within a second beyond
   that; the last notice has been delivered when it returns. Frees the service. Not from a notice. */
void zt_service_stop(struct zt_service *service, int linger_ms);

/* The node, to be used only between lock and unlock; NULL before the identity is known and after a fatal
   error. Unlock carries out what the node wants sent and wakes the wire thread as needed. */
struct zt_node *zt_service_lock(struct zt_service *service);
void zt_service_unlock(struct zt_service *service);

/* For those who look on, in the whole process; NULL: nobody. Both are called at once by the thread that
   acts, may only take note, and are not called any more when these return. */
typedef void (*zt_notice_watcher)(const struct zt_notice *notice);
void zt_service_watch_notices(zt_notice_watcher watcher); /* with or without the core lock */
/* A frame between the stack and the network, with the core lock held. */
struct zt_tapped {
    zt_nwid nwid;
    bool is_outbound;
    enum zt_drop drop;
    const uint8_t *bytes; /* with the 14-byte header */
    size_t length;
};
typedef void (*zt_frame_tap)(const struct zt_tapped *frame);
void zt_service_tap_frames(zt_frame_tap tap);

/* Queries and commands; they take the lock themselves. */
zt_address zt_service_address(struct zt_service *service); /* 0: not known yet */
bool zt_service_identity(struct zt_service *service,
                         struct zt_identity *identity); /* with secret */
uint16_t zt_service_port(struct zt_service *service,
                         unsigned which); /* 0 primary, 1 secondary; 0: none */
/* The addresses and ports that datagrams are received at, as many as fit: their number. */
size_t zt_service_bound(struct zt_service *service, struct zt_endpoint *out, size_t capacity);
bool zt_service_is_online(struct zt_service *service);
/* Join and leave are remembered while the node is still starting. 0 or a negative errno value */
int zt_service_join(struct zt_service *service, zt_nwid nwid);
int zt_service_leave(struct zt_service *service, zt_nwid nwid);
/* Text of the fatal error, "" if none; valid while the service lives. */
const char *zt_service_fatal_text(struct zt_service *service);

#endif
