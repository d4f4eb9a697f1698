/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded session in memory, and one message of it on its way through readers and writers. */
#ifndef ZT_TESTS_VECTORS_SESSION_H
#define ZT_TESTS_VECTORS_SESSION_H

#include "vectors.h"

#include "vl1/packet.h"
#include "vl1/world.h"
#include "vl2/ether.h"
#include "vl2/updates.h"

#define SESSION_MAX_NODES 32

/* One UDP datagram of the capture; bytes borrowed from the file in memory. */
struct session_datagram {
    int64_t time_us;
    const uint8_t *frame; /* the Ethernet header */
    struct zt_endpoint from, to;
    const uint8_t *at;
    size_t length;
    bool opened; /* alone or as part of a packet */
    bool seen;   /* listed */
};

struct session_node {
    struct zt_identity identity;
    const char *name;
    struct zt_session_key keys[SESSION_MAX_NODES]; /* with each of the others */
    struct zt_gmac_siv *sivs[SESSION_MAX_NODES];
};

struct session {
    uint8_t *file; /* owned */
    size_t file_length;
    struct session_datagram *datagrams; /* owned */
    size_t count;
    struct session_node nodes[SESSION_MAX_NODES];
    size_t node_count;
    struct zt_world planet, moon; /* no moon: type NONE */
    struct zt_updates updates;    /* configurations in pieces */
    size_t seen;                  /* datagrams judged so far */
    json_t *statistics;           /* owned: counted by us */
};

/* Into a zeroed session, which is to be cleared in any case. NULL when all is well, or what is
   wrong. */
const char *session_load(struct session *session, const char *dir, const json_t *root);
void session_clear(struct session *session);
/* Reads the capture file. NULL when all is well, or what is wrong. */
const char *session_read_capture(struct session *session, const char *path);
/* NULL: no such node. */
const struct session_node *session_node(const struct session *session, zt_address address);
/* The number of the first datagram that is a packet, whole or its head, with this id; 0: none. */
size_t session_find_packet(const struct session *session, uint64_t id);
/* Short datagrams open a NAT, fragments are told by a mark, others begin with a packet header. */
bool session_is_short(const struct session_datagram *datagram);
bool session_is_fragment(const struct session_datagram *datagram);
/* Counts one more of a kind in the statistics. */
void session_count(struct session *session, const char *kind);

/* Is all that we say in what was recorded, at any depth? Names and remarks may be left out, and there may
   be more, which is noted once for each member. NULL or what is wrong. */
const char *session_compare(const json_t *ours, const json_t *recorded);

/* Opens the packet of these bytes, arms it again and compares, expands it, and gives what is
   recorded as `decoded`: a new object. NULL with *wrong set if anything is not as it must be. */
json_t *session_open(struct session *session, const uint8_t *wire, size_t length,
                     const char **wrong);

/* A message between reader and writer: what is read is written again and put into the fields. */
struct session_message {
    struct session *session;
    const struct session_node *source, *destination;
    const struct zt_session_key *key;
    const uint8_t *packet; /* opened and expanded */
    size_t length;
    struct zt_reader in;  /* its payload */
    uint8_t *again;       /* header and room for the payload */
    struct zt_writer out; /* that room */
    json_t *fields;
};

/* NULL when all is well, or what is wrong. */
typedef const char *session_decode(struct session_message *message);

/* Reads and writes a number of 8, 16, 32, 40 or 64 bits. */
uint64_t session_copy(struct session_message *message, unsigned bits);
struct zt_mac session_copy_mac(struct session_message *message);
/* The bytes that are left: how many. */
size_t session_copy_rest(struct session_message *message);

void session_put_integer(json_t *object, const char *key, uint64_t value);
void session_put_hex(json_t *object, const char *key, uint64_t value, unsigned digits);
void session_put_bytes(json_t *object, const char *key, const uint8_t *bytes, size_t length);
void session_put_mac(json_t *object, const char *key, struct zt_mac mac);
void session_put_endpoint(json_t *object, const char *key, const struct zt_endpoint *endpoint);
void session_copy_endpoint(struct session_message *message, const char *key);
json_t *session_copy_identity(struct session_message *message); /* as text */
/* Both at once, which is most of decoding. */
uint64_t session_copy_integer(struct session_message *message, const char *key, unsigned bits);
uint64_t session_copy_hex(struct session_message *message, const char *key, unsigned bits);

/* The controller of the network if its secret is in the session, else NULL. */
const struct zt_identity *session_controller(const struct session *session, zt_nwid nwid);

session_decode session_decode_message; /* by the verb of the packet */
session_decode session_decode_request, session_decode_chunk, session_decode_credentials;
session_decode session_decode_like, session_decode_gather, session_decode_multicast;
session_decode session_decode_gather_ok, session_decode_multicast_ok;
session_decode session_decode_hello, session_decode_hello_ok;
session_decode session_decode_frame, session_decode_ext_frame;
/* A certificate of membership: a new object, or NULL when it is forged. */
json_t *session_copy_com(struct session_message *message);
const char *session_verb_name(unsigned verb); /* "" if it has none */

#endif
