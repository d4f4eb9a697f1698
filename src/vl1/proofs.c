/* SPDX-License-Identifier: Apache-2.0 */
/* Pending proofs: asked for by an effect, answered by zt_vl1_proved. */
#include "vl1/proofs.h"
#include "vl1/state.h"

#include <assert.h>
#include <string.h>

#define ANSWER_LIFE_MS 60000

static void release(struct zt_proofs *proofs, size_t i)
{
    assert(i < proofs->count);

    zt_free(proofs->pending[i]);
    proofs->count--;
    memmove(&proofs->pending[i], &proofs->pending[i + 1],
            (proofs->count - i) * sizeof(struct zt_proof *));
}

static bool is_pending(const struct zt_proofs *proofs, const struct zt_identity *identity)
{
    for (size_t i = 0; i < proofs->count; i++) {
        if (zt_identity_equal(&proofs->pending[i]->identity, identity))
            return true;
    }
    return false;
}

static bool ask(struct zt_vl1 *vl1, const struct zt_proof *proof)
{
    uint8_t bytes[ZT_IDENTITY_SIZE];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_effect effect = {
        .kind = ZT_EFFECT_PROVE, .id = proof->ticket, .bytes = bytes, .length = sizeof bytes
    };

    zt_identity_write(&proof->identity, &out);
    assert(!out.failed);
    return zt_outbox_put(vl1->options.effects, &effect);
}

enum zt_drop zt_proofs_begin(struct zt_vl1 *vl1, const struct zt_identity *identity,
                             const struct zt_session_key *key, const struct zt_link *link,
                             const uint8_t *packet, size_t length)
{
    struct zt_proofs *proofs = &vl1->proofs;

    if (is_pending(proofs, identity))
        return ZT_DROP_PROOF_PENDING;
    if (proofs->count == ZT_MAX_PROOFS)
        return ZT_DROP_NO_ROOM;
    if (!proofs->pending)
        proofs->pending = zt_alloc(ZT_MAX_PROOFS * sizeof(struct zt_proof *));
    struct zt_proof *proof = proofs->pending ? zt_alloc(sizeof *proof + length) : NULL;
    if (!proof)
        return ZT_DROP_NO_MEMORY;

    *proof = (struct zt_proof){ .ticket = proofs->last_ticket + 1,
                                .identity = *identity,
                                .key = *key,
                                .link = *link,
                                .since_ms = vl1->now.mono_ms,
                                .length = length };
    memcpy(proof->packet, packet, length);
    if (!ask(vl1, proof)) {
        zt_free(proof);
        return ZT_DROP_NO_ROOM;
    }
    proofs->last_ticket++;
    proofs->pending[proofs->count++] = proof;
    vl1->counters.proofs++;
    return ZT_DROP_DEFERRED;
}

static enum zt_drop conclude(struct zt_vl1 *vl1, const struct zt_proof *proof, bool is_genuine)
{
    if (!is_genuine)
        return ZT_DROP_BAD_PROOF;
    return zt_hello_admit(vl1, &proof->identity, &proof->key, &proof->link, proof->packet,
                          proof->length);
}

void zt_vl1_proved(struct zt_vl1 *vl1, struct zt_instant now, uint64_t ticket, bool genuine)
{
    struct zt_proofs *proofs = &vl1->proofs;

    zt_vl1_enter(vl1, now);
    for (size_t i = 0; i < proofs->count; i++) {
        if (proofs->pending[i]->ticket != ticket)
            continue;
        zt_vl1_count(vl1, conclude(vl1, proofs->pending[i], genuine));
        release(proofs, i);
        break;
    }
    zt_settle(vl1);
}

void zt_proofs_expire(struct zt_vl1 *vl1)
{
    struct zt_proofs *proofs = &vl1->proofs;

    while (proofs->count > 0 && vl1->now.mono_ms - proofs->pending[0]->since_ms >= ANSWER_LIFE_MS) {
        zt_vl1_count(vl1, ZT_DROP_EXPIRED);
        release(proofs, 0);
    }
}

void zt_proofs_clear(struct zt_proofs *proofs)
{
    while (proofs->count > 0)
        release(proofs, proofs->count - 1);
    zt_free(proofs->pending);
    proofs->pending = NULL;
}
