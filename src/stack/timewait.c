/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP keeps ended connections without bound, walks through all of them for each new one, and leaves a new
   attempt with the same ports unanswered. */
#include "stack/timewait.h"

#include "base/limits.h"
#include "stack/sequence.h"
#include "lwip/priv/tcp_priv.h"

enum { LONGEST_TICKS = 2 * TCP_MSL / TCP_SLOW_INTERVAL };

/* The socket that was not closed yet loses its connection. */
static void detach(struct tcp_pcb *pcb)
{
    tcp_err_fn tell = pcb->errf;

    pcb->errf = NULL;
    if (tell != NULL)
        tell(pcb->callback_arg, ERR_CLSD);
}

static void forget(struct tcp_pcb *pcb)
{
    detach(pcb);
    tcp_pcb_remove(&tcp_tw_pcbs, pcb);
    tcp_free(pcb);
}

void zt_timewait_trim(void)
{
    struct tcp_pcb *at = tcp_tw_pcbs;

    /* The newest come first. */
    for (unsigned kept = 0; at != NULL && kept < ZT_MAX_TIME_WAIT; kept++)
        at = at->next;
    while (at != NULL) {
        struct tcp_pcb *next = at->next;
        forget(at);
        at = next;
    }
}

static u16_t port_at(const uint8_t *bytes)
{
    return (u16_t)(bytes[0] << 8 | bytes[1]);
}

static u32_t sequence_at(const uint8_t *bytes)
{
    return (u32_t)port_at(bytes) << 16 | port_at(bytes + 2);
}

void zt_timewait_make_way(const ip_addr_t *local, const ip_addr_t *remote, const uint8_t *segment)
{
    u16_t remote_port = port_at(segment), local_port = port_at(segment + 2);

    if ((segment[13] & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return;
    zt_timewait_trim();
    for (struct tcp_pcb *at = tcp_tw_pcbs; at != NULL; at = at->next) {
        if (at->local_port != local_port || at->remote_port != remote_port ||
            !ip_addr_eq(&at->remote_ip, remote) || !ip_addr_eq(&at->local_ip, local))
            continue;
        /* Else it is a stray one, of the ended connection or one before. */
        if (TCP_SEQ_GEQ(sequence_at(segment + 4), at->rcv_nxt)) {
            zt_sequence_follow(at);
            forget(at);
        }
        return;
    }
}

void zt_timewait_detach_old(unsigned rounds)
{
    for (struct tcp_pcb *at = tcp_tw_pcbs; at != NULL; at = at->next) {
        if (at->errf != NULL && (u32_t)(tcp_ticks - at->tmr) + rounds >= LONGEST_TICKS)
            detach(at);
    }
}
