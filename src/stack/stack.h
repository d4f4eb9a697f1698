/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the stack: lwIP in this process, and one virtual interface for each joined network.
   All calls but start and stop need the core lock (os/corelock.h) held. */
#ifndef ZT_STACK_STACK_H
#define ZT_STACK_STACK_H

#include "base/endpoint.h"

/* Where frames and multicast subscriptions of the interfaces go. Called with the core lock held. */
struct zt_stack_host {
    void *context;
    /* A whole frame with its 14-byte header. False: no room now, lwIP keeps the segment. */
    bool (*frame)(void *context, uint64_t nwid, const uint8_t *frame, size_t length);
    /* The interface starts or stops listening to a multicast MAC. */
    void (*subscribe)(void *context, uint64_t nwid, const uint8_t mac[6], bool on);
};

/* Starts lwIP's own thread, the first time in the process; later calls only replace the host.
   Without the lock. 0 or negative. */
int zt_stack_start(const struct zt_stack_host *host);
/* Removes all interfaces, aborts all connections, wakes all blocked calls. lwIP itself stays. */
void zt_stack_stop(void);

struct zt_stack_route {
    struct zt_endpoint target; /* port = prefix length */
    struct zt_endpoint via;    /* family none: on link */
};

struct zt_stack_network {
    uint64_t nwid;
    uint8_t mac[6];
    unsigned mtu;
    const struct zt_endpoint *addresses; /* port = prefix length */
    size_t address_count;
    const struct zt_stack_route *routes;
    size_t route_count;
    const struct zt_endpoint *dns_servers;
    size_t dns_server_count;
};

/* Creates the interface, or brings an existing one in line with what is given: addresses no longer
   listed go, new ones are usable at once (no duplicate address detection). False: out of memory. */
bool zt_stack_set_network(const struct zt_stack_network *network);
/* Has the network's interface an address of this family? */
bool zt_stack_has_address(uint64_t nwid, enum zt_family family);
void zt_stack_remove_network(uint64_t nwid);
/* A frame from the network, with its 14-byte header; copied. */
void zt_stack_input(uint64_t nwid, const uint8_t *frame, size_t length);
/* After the last frame of a batch, before the lock is released: acknowledges what came. */
void zt_stack_input_done(void);
/* The host has room again after frame returned false: lwIP may send what it kept. */
void zt_stack_resume(void);
/* Has frame returned false since? */
bool zt_stack_is_held_up(void);
/* Called at the next and each further zt_stack_resume. */
void zt_stack_on_room(void (*on_room)(void));
/* Has all that was written to open connections been acknowledged? */
bool zt_stack_is_flushed(void);

#endif
