/* SPDX-License-Identifier: Apache-2.0 */
/* The door of VL1, the encrypted peer-to-peer transport: its inputs, and sending for the layer above.
   Alone it makes a root server. No call blocks, calls back into its caller, or knows the clock. */
#ifndef ZT_VL1_VL1_H
#define ZT_VL1_VL1_H

#include "base/instant.h"
#include "base/log.h"
#include "base/outbox.h"
#include "vl1/drop.h"
#include "vl1/identity.h"
#include "vl1/wire.h"
#include "vl1/world.h"

struct zt_vl1;

/* An authenticated, decrypted, expanded packet from a known peer, as the layer above sees it. */
struct zt_inbound {
    zt_address source;
    const struct zt_identity *identity; /* of the source */
    uint64_t id;                        /* as on the wire; replies quote it */
    enum zt_verb verb;
    unsigned hops;
    const uint8_t *payload; /* after the verb byte */
    size_t length;
    struct zt_link link; /* by which it came */
    bool retried;        /* it was deferred before */
    bool is_from_asked;  /* an OK, from the endpoint that was asked */
    bool trusted; /* set by the handler: this packet proves a real relationship. docs/wire.md 6.2 */
};

/* Verbs that VL1 does not know itself, and OK and ERROR about such verbs, go here. Returns how the
   packet was judged; ZT_DROP_DEFERRED keeps it for another try (docs/wire.md 3.8). */
struct zt_upper {
    void *context;
    enum zt_drop (*packet)(void *context, struct zt_inbound *in);
};

struct zt_vl1_options {
    const struct zt_identity *self; /* with secret; copied */
    struct zt_rng *rng;             /* borrowed for VL1's life, as are the next three */
    struct zt_outbox *sends;        /* SEND effects */
    struct zt_outbox *effects;      /* all others */
    const struct zt_log *log;       /* may be NULL */
    struct zt_upper upper;          /* packet NULL: nobody above */
    bool allow_loopback; /* admit paths over loopback addresses: demos and tests on one machine */
    bool low_bandwidth;  /* docs/wire.md 8.4 */
};

struct zt_vl1 *zt_vl1_new(const struct zt_vl1_options *options, struct zt_instant now);
void zt_vl1_free(struct zt_vl1 *vl1);

/* Inputs. Each stores the time it is given; time never runs backwards. */
void zt_vl1_datagram(struct zt_vl1 *vl1, struct zt_instant now, const struct zt_link *from,
                     uint8_t *bytes, size_t length); /* bytes may be decrypted in place */
void zt_vl1_tick(struct zt_vl1 *vl1, struct zt_instant now);
int64_t zt_vl1_deadline_ms(
    const struct zt_vl1 *vl1); /* mono clock: when tick must be called next */
void zt_vl1_proved(struct zt_vl1 *vl1, struct zt_instant now, uint64_t ticket, bool genuine);
void zt_vl1_enter(struct zt_vl1 *vl1,
                  struct zt_instant now); /* for the layer above: stores the time */
struct zt_instant zt_vl1_now(const struct zt_vl1 *vl1);

/* Roots. A world offered by the user or from disk: trusted if nothing is held yet (docs/wire.md 5.3);
   a moon so offered is orbited. */
enum zt_drop zt_vl1_offer_world(struct zt_vl1 *vl1, struct zt_instant now, const uint8_t *bytes,
                                size_t length);
bool zt_vl1_orbit(struct zt_vl1 *vl1, struct zt_instant now, uint64_t moon, zt_address seed);
bool zt_vl1_deorbit(struct zt_vl1 *vl1, struct zt_instant now, uint64_t moon);

/* Surroundings, told by the driver. Each call replaces what was told before. */
void zt_vl1_set_local_endpoints(struct zt_vl1 *vl1, const struct zt_endpoint *endpoints,
                                size_t count);
void zt_vl1_socket_closed(struct zt_vl1 *vl1, struct zt_instant now, uint32_t socket);
/* Managed subnets of joined networks: no path may lead into one. */
void zt_vl1_set_overlay(struct zt_vl1 *vl1, const struct zt_endpoint *subnets, size_t count);

/* local.conf "physical": what holds for remote endpoints within a network. */
struct zt_physical {
    struct zt_endpoint network; /* port = prefix length */
    uint64_t trusted_path_id;   /* 0: none */
    uint16_t mtu;               /* UDP payload; 0: default */
    bool blacklist;
};
void zt_vl1_set_physical(struct zt_vl1 *vl1, const struct zt_physical *entries, size_t count);

/* local.conf "virtual" try: an endpoint to try for a peer that has no path. False when full. */
bool zt_vl1_add_hint(struct zt_vl1 *vl1, zt_address peer, const struct zt_endpoint *endpoint);
/* A record of the peer cache (docs/wire.md 8.2), read at start. */
enum zt_drop zt_vl1_load_peer(struct zt_vl1 *vl1, struct zt_instant now, const uint8_t *bytes,
                              size_t length);
/* Queues a SAVE effect for each known peer; at shutdown. */
void zt_vl1_save_peers(struct zt_vl1 *vl1);

/* For the layer above. */
const struct zt_identity *zt_vl1_self(const struct zt_vl1 *vl1);
const struct zt_identity *zt_vl1_identity_of(struct zt_vl1 *vl1,
                                             zt_address address); /* NULL: unknown */
void zt_vl1_whois(struct zt_vl1 *vl1, zt_address address); /* asks a root, at most every 500 ms */
bool zt_vl1_is_upstream(const struct zt_vl1 *vl1, zt_address address);
bool zt_vl1_am_upstream(const struct zt_vl1 *vl1);
bool zt_vl1_is_online(const struct zt_vl1 *vl1);
size_t zt_vl1_upstreams(const struct zt_vl1 *vl1, zt_address *out, size_t capacity);
zt_address zt_vl1_best_upstream(struct zt_vl1 *vl1); /* 0: none */
int zt_vl1_latency(struct zt_vl1 *vl1,
                   zt_address address); /* ms of the best direct path; -1: none */
/* Nodes to be kept connected without traffic (anchors, replicators); replaces the former set. */
void zt_vl1_set_designated(struct zt_vl1 *vl1, const zt_address *addresses, size_t count);

/* Sending: compose one packet at a time in the layer's own buffer, then send it.
   compose returns the payload's writer, borrowed until send. */
struct zt_writer *zt_vl1_compose(struct zt_vl1 *vl1, zt_address destination, enum zt_verb verb);
/* Starts OK or ERROR with the verb and id that it answers already written. */
struct zt_writer *zt_vl1_compose_ok(struct zt_vl1 *vl1, const struct zt_inbound *in);
struct zt_writer *zt_vl1_compose_error(struct zt_vl1 *vl1, const struct zt_inbound *in,
                                       uint8_t code);
/* Like compose_ok and compose_error for a request whose zt_inbound is gone: goes over link. */
struct zt_writer *zt_vl1_compose_late(struct zt_vl1 *vl1, zt_address destination,
                                      const struct zt_link *link, enum zt_verb ok_or_error,
                                      enum zt_verb asked_verb, uint64_t asked_id);

#define ZT_SEND_COMPRESS 1u /* try to */
#define ZT_SEND_EXPECT 2u   /* an OK may come back: remember the id */
/* NONE: sent, or parked until an identity or a path is known. NO_ROOM: the send ring is full.
   Replies go over the link the request came by, others over the best path. */
enum zt_drop zt_vl1_send(struct zt_vl1 *vl1, unsigned flags);

/* What deferred packets wait for may have come: they are judged again before this input ends. */
void zt_vl1_retry_soon(struct zt_vl1 *vl1);

/* Counters: one for each reason, NONE counts accepted packets; bytes and datagrams both ways. */
struct zt_counters {
    uint64_t drops[ZT_DROP_COUNT];
    uint64_t datagrams_in, datagrams_out, bytes_in, bytes_out;
    uint64_t fragments_in, relayed, proofs;
    uint64_t verbs_in[ZT_VERB_COUNT], verbs_out[ZT_VERB_COUNT];     /* authentic ones */
    uint64_t errors_in[ZT_ERROR_CODES], errors_out[ZT_ERROR_CODES]; /* by code; [0]: other codes */
};

#define ZT_LATENCY_BOUNDS 10
extern const int zt_latency_bounds[ZT_LATENCY_BOUNDS]; /* ms */

/* What was counted for one peer since it became one. */
struct zt_peer_tally {
    uint64_t packets_in, packets_out;
    uint64_t refused; /* of those that came, though authentic */
    uint64_t round_trip_sum_ms;
    uint32_t round_trips[ZT_LATENCY_BOUNDS + 1]; /* up to each bound, and above the last */
};

const struct zt_counters *zt_vl1_counters(const struct zt_vl1 *vl1);
/* Counts a judgement made by the layer above outside of a packet (a frame from the host). */
void zt_vl1_count(struct zt_vl1 *vl1, enum zt_drop reason);

/* Snapshots. */
struct zt_path_status {
    struct zt_link link;
    int64_t sent_ms, heard_ms; /* mono clock; ZT_NEVER_MS: never */
    int latency_ms;            /* -1: unknown */
    uint64_t trusted_path_id;
    bool alive; /* heard within 19 s */
    bool expired;
    bool preferred;
};

struct zt_peer_status {
    zt_address address;
    struct zt_identity identity;          /* public */
    int protocol, major, minor, revision; /* -1: unknown */
    int latency_ms;                       /* -1: unknown */
    enum zt_world_type role;              /* NONE: a leaf */
    unsigned cipher;                      /* suite used for the next packet to it */
    struct zt_peer_tally tally;
    size_t path_count;
    struct zt_path_status paths[ZT_MAX_PATHS_PER_PEER];
};

size_t zt_vl1_peer_count(const struct zt_vl1 *vl1);
/* In order of creation. False past the end. */
bool zt_vl1_peer_at(const struct zt_vl1 *vl1, size_t index, struct zt_peer_status *status);
bool zt_vl1_peer_status(const struct zt_vl1 *vl1, zt_address address,
                        struct zt_peer_status *status);
/* The one created after that with this address; 0: the first. False: there is none, or no such address.
   A list read in steps costs what one read at once does. */
bool zt_vl1_peer_after(const struct zt_vl1 *vl1, zt_address address, struct zt_peer_status *status);
const struct zt_world *zt_vl1_planet(const struct zt_vl1 *vl1); /* type NONE: none yet */
/* Moons that we have, until the next input; NULL past the end. And ids of those still waited for; 0. */
const struct zt_world *zt_vl1_moon_at(const struct zt_vl1 *vl1, size_t index);
uint64_t zt_vl1_awaited_moon_at(const struct zt_vl1 *vl1, size_t index);
/* Where others see us; returns how many were written. */
size_t zt_vl1_surfaces(const struct zt_vl1 *vl1, struct zt_endpoint *out, size_t capacity);

#endif
