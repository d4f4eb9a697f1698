/* SPDX-License-Identifier: Apache-2.0 */
/* A root and controller in the test's own process, on loopback, for the one node that zts_* runs. */
#ifndef ZT_TESTS_ZTS_LAB_H
#define ZT_TESTS_ZTS_LAB_H

#include "ZeroTierSockets.h"

#include <stdbool.h>

struct lab; /* heap object */

/* Starts the root, which is also the controller. Fails the test if that can't be. */
struct lab *lab_open(void);
void lab_close(struct lab *lab);

uint64_t lab_network(const struct lab *lab, uint32_t number); /* an id of its controller's */
/* Creates or changes a network or a member, as JSON says. */
void lab_set_network(struct lab *lab, uint64_t nwid, const char *json);
void lab_set_member(struct lab *lab, uint64_t nwid, uint64_t member, const char *json);

/* The settings that a node needs to meet the root; the handler may be NULL. */
void lab_settings(struct lab *lab, void (*handler)(void *));
/* The same with one of a few identities that were made once, which spares time. */
void lab_settings_with_identity(struct lab *lab, unsigned index, void (*handler)(void *));

/* What the handler below was told, in order. */
enum { LAB_EVENTS = 1024 };
struct lab_event {
    int code;
    uint64_t id;                   /* node, network, peer; of addresses the network */
    int status;                    /* of a network */
    bool is_sound;                 /* only the pointer of its class was set, with its length */
    char text[ZTS_IP_MAX_STR_LEN]; /* of an address or a route's target */
    unsigned prefix;
};
void lab_note(void *message);
void lab_forget(void);
/* Waits for the count-th event with this code (from 1) since lab_forget; its place, or -1 in the end. */
int lab_wait(int code, int count);
int lab_find(int code, int from); /* the first at or after this place; -1: none */
int lab_count(int code);          /* 0: of any code */
struct lab_event lab_event_at(int place);
void lab_print(void); /* the codes, when a test fails */

#endif
