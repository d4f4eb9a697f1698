/* SPDX-License-Identifier: Apache-2.0 */
/* ECHO, the cheap probe, and USER_MESSAGE. docs/wire.md 4.11, 4.21. */
#include "vl1/state.h"

void zt_echo_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link)
{
    (void)zt_draft_start(vl1, &vl1->drafts.question, peer->identity.address, ZT_VERB_ECHO);
    (void)zt_draft_send_over(vl1, &vl1->drafts.question, peer, link, zt_peer_cipher(peer),
                             ZT_SEND_EXPECT);
}

/* Anything, which goes back as it came. */
enum zt_drop zt_echo_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_path *path = zt_peer_path(peer, &in->link);
    int64_t *last_ms = path ? &path->echoed_ms : &peer->echoed_ms;

    if (!zt_interval_passed(last_ms, ZT_ECHO_GATE_MS, vl1->now.mono_ms))
        return ZT_DROP_RATE_LIMITED;

    struct zt_writer *out = zt_draft_reply(vl1, &vl1->drafts.answer, in->source, &in->link,
                                           ZT_VERB_OK, ZT_VERB_ECHO, in->id);
    zt_write_copy(out, in->payload, in->length);
    (void)zt_draft_send(vl1, &vl1->drafts.answer, 0);
    return ZT_DROP_NONE;
}

/* type(8) content */
enum zt_drop zt_message_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_MESSAGE,
                                .id = peer->identity.address,
                                .bytes = in->payload,
                                .length = in->length };

    return zt_outbox_put(vl1->options.effects, &effect) ? ZT_DROP_NONE : ZT_DROP_NO_ROOM;
}
