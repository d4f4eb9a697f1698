/* SPDX-License-Identifier: Apache-2.0 */
/* WHOIS and its OK, both directions: addresses in, identities out. docs/wire.md 4.7. */
#include "vl1/whois.h"
#include "vl1/state.h"

#include <string.h>

#define ADDRESS_SIZE 5
#define MENTIONS_PER_SECOND 100
#define MENTIONS_BURST 128
#define ANSWERS_PER_SECOND 1000 /* each costs an agreement */
#define FIRST_CAPACITY 8

void zt_whois_init(struct zt_whois *whois, int64_t now_ms)
{
    *whois = (struct zt_whois){ 0 };
    zt_rate_init(&whois->mentions, MENTIONS_PER_SECOND, MENTIONS_BURST, now_ms);
    zt_rate_init(&whois->answers, ANSWERS_PER_SECOND, ANSWERS_PER_SECOND, now_ms);
}

void zt_whois_clear(struct zt_whois *whois)
{
    zt_free(whois->questions);
    whois->questions = NULL;
    whois->count = whois->capacity = 0;
}

static struct zt_question *find(struct zt_whois *whois, zt_address address)
{
    for (size_t i = 0; i < whois->count; i++) {
        if (whois->questions[i].address == address)
            return &whois->questions[i];
    }
    return NULL;
}

static bool is_overdue(const struct zt_question *question, int64_t now_ms)
{
    return now_ms - question->asked_ms >= ZT_EXPECTED_LIFE_MS;
}

static bool grow(struct zt_whois *whois)
{
    size_t capacity = whois->capacity ? whois->capacity * 2 : FIRST_CAPACITY;
    struct zt_question *questions = zt_alloc(capacity * sizeof *questions);

    if (!questions)
        return false;
    if (whois->count > 0)
        memcpy(questions, whois->questions, whois->count * sizeof *questions);
    zt_free(whois->questions);
    whois->questions = questions;
    whois->capacity = capacity;
    return true;
}

/* Others' questions before our own, then the older. */
static bool gives_way_before(const struct zt_question *a, const struct zt_question *b)
{
    if (a->is_ours != b->is_ours)
        return b->is_ours;
    return a->asked_ms < b->asked_ms;
}

/* A place whose answer is overdue, an unused one, or that of the question that gives way; NULL: the
   newcomer does. */
static struct zt_question *place(struct zt_whois *whois, bool is_ours, int64_t now_ms)
{
    struct zt_question *first = whois->questions;

    for (size_t i = 0; i < whois->count; i++) {
        struct zt_question *question = &whois->questions[i];

        if (is_overdue(question, now_ms))
            return question;
        if (gives_way_before(question, first))
            first = question;
    }
    if (whois->count == whois->capacity && whois->count < ZT_MAX_WHOIS && !grow(whois))
        return NULL;
    if (whois->count < ZT_MAX_WHOIS)
        return &whois->questions[whois->count++];
    return first->is_ours && !is_ours ? NULL : first;
}

/* Is it unknown, and not asked for just now? */
static bool is_worth_asking(struct zt_vl1 *vl1, zt_address address)
{
    const struct zt_question *question = find(&vl1->whois, address);

    if (zt_address_is_reserved(address) || address == vl1->self.address ||
        zt_topology_find(vl1, address))
        return false;
    return !question || vl1->now.mono_ms - question->asked_ms >= ZT_WHOIS_RETRY_MS;
}

static void ask(struct zt_vl1 *vl1, zt_address address, bool is_ours)
{
    struct zt_peer *upstream = zt_roots_best(vl1);

    if (!upstream)
        return;
    zt_write_u40(
        zt_draft_start(vl1, &vl1->drafts.question, upstream->identity.address, ZT_VERB_WHOIS),
        address);
    if (zt_draft_send(vl1, &vl1->drafts.question, ZT_SEND_EXPECT | ZT_SEND_UNPARKED) !=
        ZT_DROP_NONE)
        return;

    struct zt_question *question = find(&vl1->whois, address);
    if (question)
        is_ours |= question->is_ours;
    else
        question = place(&vl1->whois, is_ours, vl1->now.mono_ms);
    if (question)
        *question = (struct zt_question){ address, vl1->now.mono_ms, is_ours };
}

void zt_whois_ask(struct zt_vl1 *vl1, zt_address address)
{
    struct zt_question *question = find(&vl1->whois, address);

    if (question)
        question->is_ours = true;
    if (is_worth_asking(vl1, address))
        ask(vl1, address, true);
}

void zt_whois_ask_mentioned(struct zt_vl1 *vl1, zt_address address)
{
    if (is_worth_asking(vl1, address) && zt_rate_take(&vl1->whois.mentions, vl1->now.mono_ms))
        ask(vl1, address, false);
}

void zt_whois_expire(struct zt_vl1 *vl1)
{
    struct zt_whois *whois = &vl1->whois;

    for (size_t i = whois->count; i-- > 0;) {
        if (is_overdue(&whois->questions[i], vl1->now.mono_ms))
            whois->questions[i] = whois->questions[--whois->count];
    }
    if (whois->count == 0)
        zt_whois_clear(whois);
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

/* A link that never answered may lead to a victim: there a question may not bring an answer many
   times its size. Nodes in the field ask for one address at a time. */
static size_t most_answers(struct zt_peer *peer, const struct zt_link *link)
{
    return zt_peer_path(peer, link) ? SIZE_MAX : 1;
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
    size_t most = most_answers(peer, &in->link);
    struct zt_writer *out = zt_draft_reply(vl1, &vl1->drafts.answer, in->source, &in->link,
                                           ZT_VERB_OK, ZT_VERB_WHOIS, in->id);
    while (zt_reader_left(&reader) >= ADDRESS_SIZE) {
        zt_address address = zt_read_u40(&reader);
        const struct zt_identity *identity = known_identity(vl1, address);

        if (!identity) {
            unknown = unknown ? unknown : address;
        } else if (found < most && zt_writer_left(out) >= ZT_IDENTITY_SIZE) {
            zt_identity_write(identity, out);
            found++;
        }
    }
    if (found > 0)
        (void)zt_draft_send(vl1, &vl1->drafts.answer, 0);
    if (unknown && peer->role == ZT_WORLD_NONE)
        zt_whois_ask_mentioned(vl1, unknown);
    return ZT_DROP_NONE;
}

/* Takes an identity only if we asked for its address. It is not proved: a root is trusted for
   its word (docs/wire.md 9.2), as it could hide or misroute the peer anyway, and then no
   stranger can make us do the slow proof by being mentioned. */
static void learn_identity(struct zt_vl1 *vl1, const struct zt_identity *identity)
{
    struct zt_question *question = find(&vl1->whois, identity->address);

    if (!question || is_overdue(question, vl1->now.mono_ms))
        return;
    if (!zt_topology_find(vl1, identity->address) && !zt_topology_add(vl1, identity, NULL))
        return;
    if (!question->is_ours && zt_rate_take(&vl1->whois.answers, vl1->now.mono_ms))
        zt_rate_give_back(&vl1->whois.mentions);
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
