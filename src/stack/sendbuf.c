/* SPDX-License-Identifier: Apache-2.0 */
/* The send buffer grows with what the path carries, up to its bound: a connection begins small, so that
   thousands cost little and a writer soon learns that the other end does not read. lwIP gives each its
   largest at once, and counts the room that is left: what is queued is the rest. */
#include "stack/sendbuf.h"

#include "lwip/priv/tcp_priv.h"

#include <stdbool.h>
#include <stdint.h>

enum { ARG_SIZE = 0 };      /* the place of our number in a pcb */
enum { FIRST = 64 * 1024 }; /* bytes */
enum { SMALLEST = 2 * TCP_MSS };
enum { SET_BY_USER = 1 }; /* sizes are even */

static uintptr_t get(const struct tcp_pcb *pcb)
{
    return (uintptr_t)tcp_ext_arg_get(pcb, ARG_SIZE);
}

static tcpwnd_size_t size_of(const struct tcp_pcb *pcb)
{
    uintptr_t size = get(pcb) & ~(uintptr_t)SET_BY_USER;

    return size == 0 ? TCP_SND_BUF : (tcpwnd_size_t)size;
}

static void resize(struct tcp_pcb *pcb, tcpwnd_size_t size, unsigned by_user)
{
    tcpwnd_size_t old = size_of(pcb);
    tcpwnd_size_t queued = old > pcb->snd_buf ? old - pcb->snd_buf : 0;

    if (size < queued)
        size = (queued + 1) & ~(tcpwnd_size_t)1;
    pcb->snd_buf = size - queued;
    tcp_ext_arg_set(pcb, ARG_SIZE, (void *)(uintptr_t)(size | by_user));
}

void zt_sendbuf_init(struct tcp_pcb *pcb)
{
    if (get(pcb) == 0)
        resize(pcb, FIRST, 0);
}

void zt_sendbuf_heard(struct tcp_pcb *pcb)
{
    tcpwnd_size_t size = size_of(pcb);

    if (get(pcb) == 0) {
        zt_sendbuf_init(pcb);
        return;
    }
    if ((get(pcb) & SET_BY_USER) != 0 || size >= TCP_SND_BUF || pcb->cwnd < size / 2)
        return;
    resize(pcb, size <= TCP_SND_BUF / 2 ? 2 * size : TCP_SND_BUF, 0);
}

int zt_sendbuf_size(struct tcp_pcb *pcb, int size)
{
    if (size > 0)
        resize(pcb, (tcpwnd_size_t)LWIP_MIN(LWIP_MAX(size, SMALLEST), TCP_SND_BUF) & ~1U,
               SET_BY_USER);
    return (int)size_of(pcb);
}
