/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's parts and how they meet: an event queue, a wide-area network with NATs and faults,
   nodes with a small host each, a controller, and checkers. Everything follows from one seed. */
#ifndef ZT_TESTS_SIM_H
#define ZT_TESTS_SIM_H

#include "controller/controller.h"
#include "node/node.h"

#include <stdio.h>

struct sim;

/* Four kinds of NAT, by what they let in. */
enum nat_kind { NAT_FULL_CONE, NAT_RESTRICTED, NAT_PORT_RESTRICTED, NAT_SYMMETRIC, NAT_KINDS };

struct mapping {
    bool used;
    struct zt_endpoint inside;
    struct zt_endpoint remote; /* symmetric: the only one it serves; else the last one spoken to */
    uint16_t port;             /* on the public side */
    int64_t used_ms;
};

#define NAT_MAPPINGS 256
#define NAT_PERMITS 256

struct nat {
    enum nat_kind kind;
    struct zt_endpoint public_ip;
    uint32_t first_node, node_count; /* who sits behind it */
    struct mapping mappings[NAT_MAPPINGS];
    struct {
        struct zt_endpoint inside, remote;
        int64_t at_ms;
    } permits[NAT_PERMITS];
    size_t permit_next;
    uint16_t next_port;
};

/* What may go wrong on the way; all probabilities in millionths. */
struct faults {
    uint32_t loss, duplicate, corrupt;
    int64_t jitter_ms;
    bool restarts, clock_jumps;
    int64_t heal_ms; /* from here on nothing goes wrong */
};

struct datagram {
    struct zt_endpoint from, to;
    unsigned ttl;
    size_t length;
    uint8_t bytes[];
};

enum event_kind {
    EVENT_ARRIVE,
    EVENT_TICK,
    EVENT_PAIR,
    EVENT_RESTART,
    EVENT_START,
    EVENT_AGAIN,
    EVENT_CLOCK,
    EVENT_CONTROLLER,
    EVENT_STORM
};

struct event {
    int64_t at_ms;
    uint64_t sequence; /* equal times fire in order of creation */
    enum event_kind kind;
    uint32_t index;
    struct datagram *datagram; /* owned */
};

struct queue {
    struct event *heap;
    size_t count, capacity;
    uint64_t sequence;
};

void queue_put(struct queue *queue, int64_t at_ms, enum event_kind kind, uint32_t index,
               struct datagram *datagram);
bool queue_take(struct queue *queue, struct event *event);
void queue_clear(struct queue *queue);

#define SAVED_OBJECTS 8

struct saved {
    uint32_t code;
    uint64_t id;
    uint8_t *bytes;
    size_t length;
};

enum role { ROLE_ROOT, ROLE_CONTROLLER, ROLE_MEMBER, ROLE_STRANGER /* never authorised */ };

struct sim_node {
    struct sim *sim;
    uint32_t index;
    enum role role;
    struct zt_identity identity;
    struct zt_node *node; /* NULL while it is down */
    struct zt_log log;
    struct zt_endpoint local;
    int nat; /* -1: public */
    int64_t delay_ms;
    int64_t tick_at_ms;
    int64_t wall_offset_ms;
    uint32_t starts;
    struct saved saved[SAVED_OBJECTS];
    size_t saved_count;
    uint64_t fed;            /* datagrams given to the present node value */
    struct zt_endpoint ipv4; /* as the controller assigned it; none yet: family 0 */
    int64_t configured_ms;   /* since when; -1: not yet */
    uint64_t frames_in;
    uint64_t sends; /* datagrams */
};

/* Two members that want to talk. */
struct pair {
    uint32_t a, b;
    bool by_ipv6;  /* RFC 4193 and neighbour discovery instead of IPv4 and ARP */
    bool resolved; /* a knows b's MAC */
    struct zt_mac mac_b;
    bool reached; /* an echo came back since the faults healed */
    int64_t first_ms, reached_ms;
    uint16_t number;      /* echo identifier */
    bool is_again;        /* a restarts once more, when all is well */
    uint64_t again_sends; /* datagrams of a until then */
};

struct options {
    uint32_t nodes;
    uint64_t seed;
    bool verbose, faults;
    bool storm; /* see storm.c */
};

struct result {
    unsigned tried, reached, permitted, direct, direct_permitted;
    unsigned members, configured; /* of a storm, as are the next two */
    int64_t median_wait_ms, worst_wait_ms;
    unsigned again_datagrams; /* the most that a restarted member sent until its peer answered */
    int64_t simulated_ms, first_contact_ms; /* median from the first try to the first answer */
    uint64_t hash, datagrams, bytes;
    unsigned violations;
};

struct sim {
    struct options options;
    struct faults faults;
    struct zt_rng rng;
    int64_t now_ms, end_ms;
    struct queue queue;
    struct sim_node *nodes;
    uint32_t node_count;
    struct nat *nats;
    uint32_t nat_count;
    uint32_t *by_public_ip; /* host or NAT at 60.a.b.10: index + 1, NATs offset by node_count */
    struct pair *pairs;
    uint32_t pair_count;
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
    zt_nwid nwid;
    struct zt_store *store;
    struct zt_controller *controller;
    uint32_t controller_index;
    bool controller_scheduled;
    struct zt_endpoint rfc4193_prefix;
    uint64_t hash;
    uint64_t datagrams, bytes;
    unsigned violations;
};

/* swarm.c: draws a whole world from the seed, runs it, judges it. */
void swarm_run(const struct options *options, struct result *result);

/* network.c */
void network_send(struct sim *sim, struct sim_node *from, const struct zt_effect *effect);
/* from_nat: the sender's, -1 if none: private addresses mean something only behind the same one. */
void network_arrive(struct sim *sim, int from_nat, struct datagram *datagram);
uint32_t network_public_slot(
    const struct zt_endpoint *endpoint); /* UINT32_MAX: no public address */
struct zt_endpoint network_public_ip(uint32_t slot, uint16_t port);

/* again.c: members restart when all is well, each with what it saved. */
void again_draw(struct sim *sim);
void again_run(struct sim *sim, struct pair *pair);
void again_judge(struct sim *sim, const struct pair *pair, struct result *result);

/* storm.c: the controller and all members restart at once. */
void storm_draw(struct sim *sim);
void storm_run(struct sim *sim);
void storm_judge(struct sim *sim, struct result *result);

/* nat.c */
void nat_init(struct nat *nat, enum nat_kind kind, struct zt_endpoint public_ip);
/* Translates an outgoing datagram's source. False: no mapping free. */
bool nat_out(struct nat *nat, int64_t now_ms, struct datagram *datagram);
/* Translates an incoming datagram's destination. False: not let in. */
bool nat_in(struct nat *nat, int64_t now_ms, struct datagram *datagram);
/* Can these two ever punch through to each other? -1 is no NAT. */
bool nat_permits(int kind_a, int kind_b);

/* node.c */
void node_start(struct sim_node *node);
void node_stop(struct sim_node *node);
struct zt_instant node_now(const struct sim_node *node);
void node_input(struct sim_node *node, struct datagram *datagram);
void node_tick(struct sim_node *node);
/* Carries out all effects and schedules the next tick; after every input. */
void node_settle(struct sim_node *node);

/* host.c */
void host_frame(struct sim_node *node, zt_nwid nwid, const uint8_t *frame, size_t length);
void host_pair(struct sim *sim, struct pair *pair); /* one more try, or one more echo */

/* hosting.c */
void hosting_start(struct sim *sim);
void hosting_stop(struct sim *sim);
void hosting_restart(struct sim *sim); /* anew, from what its store holds */
void hosting_request(struct sim *sim, const struct zt_config_request *request);
void hosting_run(struct sim *sim); /* carries out what the controller wants */

/* checkers.c */
void check_hash(struct sim *sim, const void *bytes, size_t length);
void check_that(struct sim *sim, bool claim, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void check_no_secret(struct sim *sim, const struct sim_node *from, const uint8_t *bytes,
                     size_t length);
void check_counters(struct sim *sim, const struct sim_node *node);

/* identities.c: identities made beforehand. */
extern const char *sim_identities_path;
bool identities_load(struct zt_identity *out, uint32_t count);
/* More than the file holds, without the proof of work, which nodes here leave to identities_is_known. */
void identities_make(struct zt_identity *out, uint32_t count, struct zt_rng *rng);
bool identities_is_known(const struct zt_identity *identity);

#endif
