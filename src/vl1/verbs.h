/* SPDX-License-Identifier: Apache-2.0 */
/* The verb table, the gates every packet passes, and the handlers' prototypes. docs/wire.md 3.7,
   4. */
#ifndef ZT_VL1_VERBS_H
#define ZT_VL1_VERBS_H

#include "vl1/peer.h"
#include "vl1/queue.h"
#include "vl1/vl1.h"

/* Judges a whole packet for us; bytes may be decrypted in place. */
enum zt_drop zt_verbs_receive(struct zt_vl1 *vl1, const struct zt_link *link, uint8_t *packet,
                              size_t length);
/* Judges a deferred one again; decrypts it the first time its sender is known. */
enum zt_drop zt_verbs_retry(struct zt_vl1 *vl1, struct zt_waiting **waiting);
/* The view of an opened packet that handlers get. */
struct zt_inbound zt_inbound_of(const struct zt_peer *peer, const struct zt_link *link,
                                const uint8_t *packet, size_t length);

/* An OK that was expected, after its header. */
struct zt_reply {
    const struct zt_inbound *in;
    enum zt_verb asked_verb;
    uint64_t asked_id;
    struct zt_reader rest;
};

/* Handlers: judge, commit, and leave counting and learning to the gate. */
enum zt_drop zt_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_error_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_hello_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_hello_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer,
                                 const struct zt_reply *reply);
enum zt_drop zt_whois_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_whois_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer,
                                 const struct zt_reply *reply);
enum zt_drop zt_rendezvous_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_push_paths_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_echo_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);
enum zt_drop zt_message_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);

/* The stranger's door: a HELLO in clear, whose sender may be unknown. */
enum zt_drop zt_hello_meet(struct zt_vl1 *vl1, const struct zt_link *link, uint8_t *packet,
                           size_t length);
/* Continues with a stranger whose identity was proved. */
enum zt_drop zt_hello_admit(struct zt_vl1 *vl1, const struct zt_identity *identity,
                            const struct zt_session_key *key, const struct zt_link *link,
                            const uint8_t *packet, size_t length);

/* Senders. */
void zt_hello_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link);
void zt_echo_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link);
void zt_push_paths_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in);

#endif
