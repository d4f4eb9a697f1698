/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of ours to ourselves: they wait on the interface that they came by, until lwIP's thread takes
   them in. lwIP would tell its thread which interface; but that may be gone by then, so the thread looks
   at all there are. */
#include "stack/loop.h"

#include "stack/hooks.h"

#include "lwip/pbuf.h"
#include "lwip/tcpip.h"

#include <stdbool.h>

static struct tcpip_callback_msg *poll_message;
static bool poll_posted;

static void poll_all(void *unused)
{
    struct netif *netif;

    (void)unused;
    poll_posted = false;
    NETIF_FOREACH(netif)
    {
        netif_poll(netif);
    }
}

void zt_loop_init(void)
{
    poll_message = tcpip_callbackmsg_new(poll_all, NULL);
}

signed char zt_stack_poll_soon(void)
{
    if (poll_message == NULL)
        return ERR_MEM;
    if (!poll_posted)
        poll_posted = tcpip_callbackmsg_trycallback(poll_message) == ERR_OK;
    return poll_posted ? ERR_OK : ERR_MEM;
}

void zt_loop_drop(struct netif *netif)
{
    if (netif->loop_first != NULL)
        pbuf_free(netif->loop_first); /* they hang together, with a count of one each */
    netif->loop_first = netif->loop_last = NULL;
}
