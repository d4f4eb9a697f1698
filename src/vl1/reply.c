/* SPDX-License-Identifier: Apache-2.0 */
/* OK and ERROR: whose question they answer, and to whom the answer goes. docs/wire.md 4.4 to
   4.6. */
#include "vl1/state.h"

#include <assert.h>

static enum zt_drop hand_up(struct zt_vl1 *vl1, struct zt_inbound *in)
{
    if (!vl1->options.upper.packet)
        return ZT_DROP_NONE;
    return vl1->options.upper.packet(vl1->options.upper.context, in);
}

/* asked verb(1) asked id(8) ... An OK to what we did not ask counts for nothing, not even for
   life. A deferred one was expected when it came. */
enum zt_drop zt_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_reply reply = { .in = in };

    reply.asked_verb = (enum zt_verb)(zt_read_u8(&reader) & ZT_VERB_MASK);
    reply.asked_id = zt_read_u64(&reader);
    reply.rest = reader;
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (!in->retried && !zt_expected_has(&vl1->expected, reply.asked_id, vl1->now.mono_ms))
        return ZT_DROP_UNEXPECTED_REPLY;
    in->is_from_asked =
        zt_expected_from(&vl1->expected, reply.asked_id, &in->link.remote, vl1->now.mono_ms);

    switch (reply.asked_verb) {
    case ZT_VERB_HELLO:
        return zt_hello_ok_receive(vl1, peer, &reply);
    case ZT_VERB_WHOIS:
        return zt_whois_ok_receive(vl1, peer, &reply);
    case ZT_VERB_ECHO:
        return ZT_DROP_NONE; /* that it came is all it says */
    default:
        return hand_up(vl1, in);
    }
}

/* asked verb(1) asked id(8) code(1) ... Errors need not be expected, each code has its own rule.
   Our address being taken is fatal, so that one must come from a root and answer a HELLO of
   ours. */
enum zt_drop zt_error_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    unsigned asked_verb = zt_read_u8(&reader);
    uint64_t asked_id = zt_read_u64(&reader);
    unsigned code = zt_read_u8(&reader);

    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (code != ZT_ERROR_IDENTITY_COLLISION)
        return hand_up(vl1, in);
    if (peer->role == ZT_WORLD_NONE)
        return ZT_DROP_NOT_UPSTREAM;
    if (asked_verb != ZT_VERB_HELLO || !zt_expected_has(&vl1->expected, asked_id, vl1->now.mono_ms))
        return ZT_DROP_UNEXPECTED_REPLY;
    zt_event(vl1, ZT_EVENT_COLLISION, vl1->self.address);
    return ZT_DROP_NONE;
}
