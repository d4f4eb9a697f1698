/* SPDX-License-Identifier: Apache-2.0 */
/* Events, objects to keep, and datagrams. */
#include "vl1/effects.h"
#include "vl1/state.h"

void zt_event(struct zt_vl1 *vl1, enum zt_event event, uint64_t id)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_EVENT, .code = (uint32_t)event, .id = id };

    zt_outbox_put(vl1->options.effects, &effect);
}

void zt_save(struct zt_vl1 *vl1, enum zt_object object, uint64_t id, const uint8_t *bytes,
             size_t length)
{
    struct zt_effect effect = {
        .kind = ZT_EFFECT_SAVE, .code = (uint32_t)object, .id = id, .bytes = bytes, .length = length
    };

    zt_outbox_put(vl1->options.effects, &effect);
}

bool zt_emit(struct zt_vl1 *vl1, const struct zt_link *link, const uint8_t *bytes, size_t length,
             uint32_t ttl)
{
    struct zt_effect effect = {
        .kind = ZT_EFFECT_SEND, .code = ttl, .link = *link, .bytes = bytes, .length = length
    };

    if (!zt_outbox_put(vl1->options.sends, &effect))
        return false;
    vl1->counters.datagrams_out++;
    vl1->counters.bytes_out += length;
    return true;
}
