/* SPDX-License-Identifier: Apache-2.0 */
/* Between the first end of a connection and its last segment. Whom the program closed must still deliver
   what was written, for as long as it takes: lwIP counts the time from the close, and cuts off after a
   minute, or lets go so early that a slow reader is reset. And who has read the end of a stream is not told
   that it was reset later. */
#include "stack/ending.h"

#include "lwip/priv/tcp_priv.h"

#include <stdint.h>

enum { ARG_PROGRESS = 4 }; /* the place of our number in a pcb */
/* That long a receiver may take nothing, after which its connection is no reason to keep megabytes. */
enum { PATIENCE_S = 300, TICKS_PER_S = 1000 / TCP_SLOW_INTERVAL };

static bool is_closed_by_program(const struct tcp_pcb *pcb)
{
    bool has_sent_end = pcb->state == FIN_WAIT_1 || pcb->state == FIN_WAIT_2 ||
                        pcb->state == CLOSING || pcb->state == LAST_ACK;

    return has_sent_end && pcb->errf == NULL && (pcb->flags & TF_RXCLOSED) != 0;
}

/* Ticks since something was acknowledged last. 0 in the pcb: nothing noted yet. */
static u32_t stalled_ticks(struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    u32_t now = tcp_ticks << 1 | 1;
    u32_t noted = (u32_t)(uintptr_t)tcp_ext_arg_get(pcb, ARG_PROGRESS);

    if (noted != 0 && !TCP_SEQ_GT(header->ackno, pcb->lastack))
        return (now - noted) >> 1;
    tcp_ext_arg_set(pcb, ARG_PROGRESS, (void *)(uintptr_t)now);
    return 0;
}

/* Is all that was written taken, our end included? */
static bool has_delivered(const struct tcp_pcb *pcb)
{
    return pcb->unsent == NULL && pcb->unacked == NULL;
}

static bool is_worth_waiting(struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    if (stalled_ticks(pcb, header) < PATIENCE_S * TICKS_PER_S)
        pcb->tmr = tcp_ticks;
    else if (!has_delivered(pcb))
        return false;
    return true;
}

/* Nothing is lost by it: neither of what we sent since, nor of what the reader's queue had no room for. */
static bool is_reset_after_end(const struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    return pcb->state == CLOSE_WAIT && has_delivered(pcb) && pcb->refused_data == NULL &&
           pcb->errf != NULL && (TCPH_FLAGS(header) & TCP_RST) != 0 &&
           header->seqno == pcb->rcv_nxt;
}

/* As one that is closed at both ends: its reader meets the end, its writer a broken pipe. */
static void end_without_error(struct tcp_pcb *pcb)
{
    tcp_err_fn tell = pcb->errf;
    void *whom = pcb->callback_arg;

    pcb->errf = NULL;
    tcp_abandon(pcb, 0);
    tell(whom, ERR_CLSD);
}

bool zt_ending_heard(struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
    if (is_reset_after_end(pcb, header)) {
        end_without_error(pcb);
        return false;
    }
    if (is_closed_by_program(pcb) && !is_worth_waiting(pcb, header)) {
        tcp_abort(pcb);
        return false;
    }
    /* Else it would seem to have fallen silent once its end was read, and be taken for dead. */
    if (pcb->state == CLOSE_WAIT)
        pcb->tmr = tcp_ticks;
    /* lwIP believes that who receives no more has closed, and tells it nothing. */
    if (pcb->state == LAST_ACK && pcb->errf != NULL)
        tcp_clear_flags(pcb, TF_RXCLOSED);
    return true;
}

void zt_ending_leave_quietly(void)
{
    struct tcp_pcb *at = tcp_active_pcbs;

    while (at != NULL) {
        struct tcp_pcb *next = at->next;
        if (at->state == FIN_WAIT_2 && is_closed_by_program(at))
            tcp_abandon(at, 0);
        at = next;
    }
}
