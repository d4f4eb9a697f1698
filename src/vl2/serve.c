/* SPDX-License-Identifier: Apache-2.0 */
/* A controller on the wire: config requests in; configs, refusals and revocations out. */
#include "vl2/serve.h"

#include "vl2/credentials.h"
#include "vl2/request.h"

#include <assert.h>

static enum zt_drop decline(struct zt_vl2 *vl2, const struct zt_inbound *in, zt_nwid nwid)
{
    struct zt_writer *out = zt_vl1_compose_error(vl2->vl1, in, ZT_ERROR_UNSUPPORTED_OPERATION);

    zt_write_u64(out, nwid);
    (void)zt_vl1_send(vl2->vl1, 0);
    return ZT_DROP_FOREIGN;
}

static enum zt_drop hand_over(struct zt_vl2 *vl2, const struct zt_config_request *request)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_REQUEST,
                                .id = request->packet_id,
                                .link = request->link };
    uint8_t bytes[ZT_MAX_REQUEST_METADATA + 256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_config_request_write(request, &out);
    assert(!out.failed);
    effect.bytes = bytes;
    effect.length = zt_writer_length(&out);
    return zt_outbox_put(vl2->effects, &effect) ? ZT_DROP_NONE : ZT_DROP_NO_ROOM;
}

/* network 8, length 2, metadata; the rest is of no use to us. docs/wire.md 12.2. */
enum zt_drop zt_serve_request(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_config_request request = { .packet_id = in->id,
                                         .link = in->link,
                                         .direct = in->hops == 0 };
    const uint8_t *metadata;
    size_t length;

    request.nwid = zt_read_u64(&reader);
    length = zt_read_u16(&reader);
    metadata = zt_read_take(&reader, length);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (!vl2->is_controller)
        return decline(vl2, in, request.nwid);
    if (zt_nwid_controller(request.nwid) != vl2->self)
        return ZT_DROP_FOREIGN;
    if (!zt_clients_asked(&vl2->clients, request.nwid, in->source, zt_vl2_now_ms(vl2)))
        return ZT_DROP_RATE_LIMITED;
    request.member = zt_identity_public(in->identity);
    request.metadata_length = length < sizeof request.metadata ? length : sizeof request.metadata;
    memcpy(request.metadata, metadata, request.metadata_length);
    return hand_over(vl2, &request);
}

static void answer_ourselves(struct zt_vl2 *vl2, const struct zt_config_answer *answer)
{
    struct zt_network *network = zt_network_find(vl2, answer->nwid);
    bool parsed;

    if (network == NULL)
        return;
    if (answer->error == 0)
        (void)zt_request_answered(vl2, network, answer->bytes, answer->length, &parsed);
    else
        zt_request_refused(vl2, network, answer->error, answer->bytes, answer->length);
}

/* Verb and id asked, code 1, network 8, [length 2, dictionary]. docs/wire.md 12.3. */
static void send_error(struct zt_vl2 *vl2, const struct zt_config_answer *answer)
{
    struct zt_writer *out;

    if (answer->packet_id == 0)
        return; /* a push can't be refused */
    out = zt_vl1_compose_late(vl2->vl1, answer->member, &answer->link, ZT_VERB_ERROR,
                              ZT_VERB_NETWORK_CONFIG_REQUEST, answer->packet_id);
    zt_write_u8(out, answer->error);
    zt_write_u64(out, answer->nwid);
    if (answer->error == ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED && answer->length > 0) {
        zt_write_u16(out, (uint16_t)answer->length);
        zt_write_copy(out, answer->bytes, answer->length);
    }
    (void)zt_vl1_send(vl2->vl1, 0);
}

static struct zt_writer *compose_chunk(struct zt_vl2 *vl2, const struct zt_config_answer *answer)
{
    if (answer->packet_id == 0)
        return zt_vl1_compose(vl2->vl1, answer->member, ZT_VERB_NETWORK_CONFIG);
    return zt_vl1_compose_late(vl2->vl1, answer->member, &answer->link, ZT_VERB_OK,
                               ZT_VERB_NETWORK_CONFIG_REQUEST, answer->packet_id);
}

static void send_config(struct zt_vl2 *vl2, const struct zt_config_answer *answer)
{
    uint64_t update_id = zt_rng_u64(vl2->rng) | 1; /* not 0 */

    for (size_t offset = 0; offset < answer->length; offset += ZT_MAX_CHUNK_DATA) {
        struct zt_writer *out = compose_chunk(vl2, answer);
        size_t left = answer->length - offset;

        zt_chunk_write(out, answer->nwid, answer->bytes + offset,
                       left < ZT_MAX_CHUNK_DATA ? left : (size_t)ZT_MAX_CHUNK_DATA, update_id,
                       (uint32_t)answer->length, (uint32_t)offset, zt_vl1_self(vl2->vl1));
        (void)zt_vl1_send(vl2->vl1,
                          ZT_SEND_COMPRESS | (answer->packet_id == 0 ? ZT_SEND_EXPECT : 0));
    }
}

void zt_vl2_answer(struct zt_vl2 *vl2, const struct zt_config_answer *answer)
{
    assert(zt_nwid_controller(answer->nwid) == vl2->self);
    /* No member takes a longer one; its next request is answered anew. */
    if (answer->length >= ZT_MAX_CONFIG)
        return;
    if (answer->member == vl2->self) {
        answer_ourselves(vl2, answer);
        return;
    }
    if (answer->error != 0) {
        send_error(vl2, answer);
        return;
    }
    zt_clients_granted(&vl2->clients, answer->nwid, answer->member, zt_vl2_now_ms(vl2));
    send_config(vl2, answer);
}

void zt_vl2_send_revocation(struct zt_vl2 *vl2, zt_address to,
                            const struct zt_revocation *revocation)
{
    if (to == vl2->self)
        (void)zt_credentials_offer_revocation(vl2, revocation, vl2->self);
    else
        zt_credentials_send_revocation(vl2, to, revocation);
}
