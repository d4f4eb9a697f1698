/* SPDX-License-Identifier: Apache-2.0 */
/* Counting packets by verb, error code and peer, and round trips by their length. */
#include "vl1/tally.h"

#include "vl1/packet.h"
#include "vl1/state.h"

#include <assert.h>

/* Upper ends of the ranges of zt_peer_tally.round_trips; the last has none. */
const int zt_latency_bounds[ZT_LATENCY_BOUNDS] = { 1, 3, 6, 10, 30, 60, 100, 300, 600, 1000 };

static void count_error(uint64_t *errors, const uint8_t *payload, size_t length)
{
    uint8_t code = length > ZT_REPLY_HEADER ? payload[ZT_REPLY_HEADER] : 0;

    errors[code < ZT_ERROR_CODES ? code : 0]++;
}

void zt_tally_in(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                 enum zt_drop reason)
{
    assert(in->verb < ZT_VERB_COUNT);

    if (reason == ZT_DROP_DEFERRED)
        return; /* it will be judged again */
    vl1->counters.verbs_in[in->verb]++;
    if (in->verb == ZT_VERB_ERROR)
        count_error(vl1->counters.errors_in, in->payload, in->length);
    peer->tally.packets_in++;
    if (reason != ZT_DROP_NONE)
        peer->tally.refused++;
}

void zt_tally_out(struct zt_vl1 *vl1, struct zt_peer *peer, const uint8_t *packet, size_t length)
{
    unsigned verb = packet[ZT_AT_VERB] & ZT_VERB_MASK;

    assert(length >= ZT_HEADER_SIZE);

    vl1->counters.verbs_out[verb]++;
    /* One that is compressed carries a text: it is of none of the known codes. */
    if (verb == ZT_VERB_ERROR)
        count_error(vl1->counters.errors_out, packet + ZT_AT_PAYLOAD,
                    packet[ZT_AT_VERB] & ZT_VERB_COMPRESSED ? 0 : length - ZT_HEADER_SIZE);
    peer->tally.packets_out++;
}

void zt_tally_latency(struct zt_peer *peer, int64_t round_trip_ms)
{
    size_t i = 0;

    if (round_trip_ms < 0 || round_trip_ms >= ZT_LATENCY_WORST)
        return;
    while (i < ZT_LATENCY_BOUNDS && round_trip_ms > zt_latency_bounds[i])
        i++;
    peer->tally.round_trips[i]++;
    peer->tally.round_trip_sum_ms += (uint64_t)round_trip_ms;
}
