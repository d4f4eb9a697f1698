/* SPDX-License-Identifier: Apache-2.0 */
/* A node for fuzzing: fresh for each input, made fast from a peer cache and a saved configuration, so
   that it has a session with its root and controller and with another member of its network. */
#ifndef ZT_TESTS_FUZZ_NODE_H
#define ZT_TESTS_FUZZ_NODE_H

#include "node/node.h"

struct fuzz_node;

struct fuzz_message {
    uint8_t verb;
    enum zt_cipher cipher;
    bool compressed; /* says so, whether it is or not */
    bool reply;      /* put the id of the node's last packet to us where OK and ERROR name it */
    bool hops;
    const uint8_t *payload;
    size_t length;
};

struct fuzz_node *fuzz_node_new(void);
void fuzz_node_free(struct fuzz_node *fuzz);
/* from: 0 a stranger's endpoint, 1 the root's, 2 the member's. */
void fuzz_node_feed(struct fuzz_node *fuzz, int from, const uint8_t *datagram, size_t length);
void fuzz_node_message(struct fuzz_node *fuzz, bool from_member,
                       const struct fuzz_message *message);
void fuzz_node_certify(struct fuzz_node *fuzz); /* the member sends its certificate */
void fuzz_node_wait(struct fuzz_node *fuzz, int64_t ms);
const struct zt_identity *fuzz_root(void);

#endif
