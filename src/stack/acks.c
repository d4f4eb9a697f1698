/* SPDX-License-Identifier: Apache-2.0 */
/* One acknowledgement for the segments that a connection received in one batch, as a network card that
   joins segments would cause. lwIP alone acknowledges each second one, and to seal and send, to receive and
   open an acknowledgement costs both ends as much as a segment does. */
#include "stack/acks.h"

#include "stack/ending.h"
#include "stack/hooks.h"
#include "stack/sendbuf.h"
#include "stack/timers.h"

#include "lwip/priv/tcp_priv.h"

#include <stdint.h>

/* A sender may count acknowledgements rather than bytes to open its window. So that it does not slow
   down, a connection must first receive a whole window in order, since its beginning or the last gap;
   and few enough segments are acknowledged at once that the sender need not wait for us. */
enum { ORDERLY_BYTES = TCP_WND, MOST_HELD = 16 };

/* Places of our numbers in a pcb; the first is that of tcpsock.c. */
enum { ARG_ORDERLY = 1, ARG_HELD = 2 };

static bool is_batch;
static unsigned waiting; /* connections with held acknowledgements */

static uintptr_t get(const struct tcp_pcb *pcb, uint8_t place)
{
    return (uintptr_t)tcp_ext_arg_get(pcb, place);
}

static void set(struct tcp_pcb *pcb, uint8_t place, uintptr_t value)
{
    tcp_ext_arg_set(pcb, place, (void *)value);
}

static bool is_orderly(struct tcp_pcb *pcb, size_t length)
{
    uintptr_t bytes = get(pcb, ARG_ORDERLY);

    if (pcb->ooseq != NULL) {
        set(pcb, ARG_ORDERLY, 0);
        return false;
    }
    if (bytes >= ORDERLY_BYTES)
        return true;
    set(pcb, ARG_ORDERLY, bytes + length);
    return false;
}

/* lwIP acknowledges a segment at once if the one before still waits for its acknowledgement, which a flag
   tells: we take the flag away. */
static void hold(struct tcp_pcb *pcb)
{
    uintptr_t held = get(pcb, ARG_HELD);

    if (held == MOST_HELD) {
        set(pcb, ARG_HELD, 0);
        waiting--;
        return;
    }
    if (held == 0)
        waiting++;
    set(pcb, ARG_HELD, held + 1);
    tcp_clear_flags(pcb, TF_ACK_DELAY);
}

signed char zt_stack_segment(struct tcp_pcb *pcb, const struct tcp_hdr *header,
                             const struct pbuf *segment)
{
    zt_timers_tcp_busy();
    /* A listening pcb is a shorter struct. */
    if (pcb->state == LISTEN)
        return ERR_OK;
    if (pcb->state != TIME_WAIT)
        zt_sendbuf_heard(pcb);
    if (!zt_ending_heard(pcb, header))
        return ERR_ABRT;
    if (!is_batch || pcb->state != ESTABLISHED || segment->tot_len == 0)
        return ERR_OK;
    if (is_orderly(pcb, segment->tot_len) && (pcb->flags & TF_ACK_DELAY) != 0)
        hold(pcb);
    return ERR_OK;
}

void zt_acks_set_batch(bool on)
{
    is_batch = on;
}

/* lwIP moves whoever receives to the front of its list, so those who wait are found there. */
void zt_acks_release(void)
{
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL && waiting > 0; pcb = pcb->next) {
        if (get(pcb, ARG_HELD) == 0)
            continue;
        waiting--;
        set(pcb, ARG_HELD, 0);
        if ((pcb->flags & TF_ACK_DELAY) == 0)
            continue; /* it went out with data */
        tcp_clear_flags(pcb, TF_ACK_DELAY);
        tcp_ack_now(pcb);
        tcp_output(pcb);
    }
    waiting = 0; /* of one that was closed meanwhile */
}
