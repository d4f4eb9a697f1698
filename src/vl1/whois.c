/* SPDX-License-Identifier: Apache-2.0 */
/* WHOIS and its OK, both directions: addresses in, identities out. docs/wire.md 4.7. */
#include "vl1/whois.h"
#include "vl1/state.h"

#include <assert.h>

#define ADDRESS_SIZE 5

static struct zt_question *find(struct zt_whois *whois, zt_address address)
{
    for (size_t i = 0; i < whois->count; i++) {
        if (whois->questions[i].address == address)
            return &whois->questions[i];
    }
    return NULL;
}

/* An unused place, one whose answer is overdue, or the oldest. */
static struct zt_question *place(struct zt_whois *whois, int64_t now_ms)
{
    struct zt_question *oldest = whois->questions;

    for (size_t i = 0; i < whois->count; i++) {
        struct zt_question *question = &whois->questions[i];

        if (now_ms - question->asked_ms >= ZT_EXPECTED_LIFE_MS)
            return question;
        if (question->asked_ms < oldest->asked_ms)
            oldest = question;
    }
    return whois->count < ZT_MAX_WHOIS ? &whois->questions[whois->count++] : oldest;
}

void zt_whois_ask(struct zt_vl1 *vl1, zt_address address)
{
    int64_t now_ms = vl1->now.mono_ms;
    struct zt_question *question = find(&vl1->whois, address);

    if (zt_address_is_reserved(address) || address == vl1->self.address ||
        zt_topology_find(vl1, address))
        return;
    if (question && now_ms - question->asked_ms < ZT_WHOIS_RETRY_MS)
        return;
    struct zt_peer *upstream = zt_roots_best(vl1);
    if (!upstream)
        return;

    zt_write_u40(zt_draft_start(vl1, &vl1->draft, upstream->identity.address, ZT_VERB_WHOIS),
                 address);
    if (zt_draft_send(vl1, &vl1->draft, ZT_SEND_EXPECT | ZT_SEND_UNPARKED) != ZT_DROP_NONE)
        return;
    if (!question)
        question = place(&vl1->whois, now_ms);
    *question = (struct zt_question){ address, now_ms };
}

void zt_vl1_whois(struct zt_vl1 *vl1, zt_address address)
{
    zt_whois_ask(vl1, address);
}

static const struct zt_identity *known_identity(struct zt_vl1 *vl1, zt_address address)
{
    const struct zt_peer *peer = zt_topology_find(vl1, address);

    if (address == vl1->self.address)
        return &vl1->self;
    return peer ? &peer->identity : NULL;
}

/* address(5) ... What we don't know an upstream is asked for, so that we do when asked again;
   never on behalf of another upstream, or two of them could ask each other forever. */
enum zt_drop zt_whois_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    size_t found = 0;

    if (!vl1->roots.am_upstream &&
        !zt_interval_passed(&peer->whois_ms, ZT_WHOIS_GATE_MS, vl1->now.mono_ms))
        return ZT_DROP_RATE_LIMITED;

    zt_address unknown = 0;
    struct zt_writer *out =
        zt_draft_reply(vl1, &vl1->draft, in->source, &in->link, ZT_VERB_OK, ZT_VERB_WHOIS, in->id);
    while (zt_reader_left(&reader) >= ADDRESS_SIZE) {
        zt_address address = zt_read_u40(&reader);
        const struct zt_identity *identity = known_identity(vl1, address);

        if (!identity) {
            unknown = unknown ? unknown : address;
        } else if (zt_writer_left(out) >= ZT_IDENTITY_SIZE) {
            zt_identity_write(identity, out);
            found++;
        }
    }
    if (found > 0)
        (void)zt_draft_send(vl1, &vl1->draft, 0);
    if (unknown && peer->role == ZT_WORLD_NONE)
        zt_whois_ask(vl1, unknown);
    return ZT_DROP_NONE;
}

/* Takes an identity only if we asked for its address. It is not proved: a root is trusted for
   its word (docs/wire.md 9.2), as it could hide or misroute the peer anyway, and then no
   stranger can make us do the slow proof by being mentioned. */
static void learn_identity(struct zt_vl1 *vl1, const struct zt_identity *identity)
{
    struct zt_question *question = find(&vl1->whois, identity->address);

    if (!question || vl1->now.mono_ms - question->asked_ms >= ZT_EXPECTED_LIFE_MS)
        return;
    if (!zt_topology_find(vl1, identity->address) && !zt_topology_add(vl1, identity, NULL))
        return;
    *question = vl1->whois.questions[--vl1->whois.count];
}

/* identity(71) ... */
enum zt_drop zt_whois_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer,
                                 const struct zt_reply *reply)
{
    struct zt_reader reader = reply->rest;

    if (peer->role == ZT_WORLD_NONE)
        return ZT_DROP_NOT_UPSTREAM;

    struct zt_reader check = reader;
    struct zt_identity identity;
    while (zt_reader_left(&check) > 0)
        zt_identity_read(&identity, &check);
    if (check.failed)
        return ZT_DROP_TRUNCATED;

    while (zt_reader_left(&reader) > 0) {
        zt_identity_read(&identity, &reader);
        learn_identity(vl1, &identity);
    }
    return ZT_DROP_NONE;
}
