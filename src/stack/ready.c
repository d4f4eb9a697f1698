/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP counts events per socket; what they mean to a caller depends on the state of the connection. */
#include "stack/ready.h"

#include "stack/tcpsock.h"

#include "lwip/api.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "os/corelock.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

static struct zt_waiter *waiters;
static void (*told_hook)(int fd, bool is_news);
static _Atomic(netconn_callback) original; /* lwIP's, the same for all; read without the lock too */

static bool has_sent_end(const struct tcp_pcb *pcb)
{
    return pcb->state == FIN_WAIT_1 || pcb->state == FIN_WAIT_2 || pcb->state == CLOSING ||
           pcb->state == LAST_ACK || pcb->state == TIME_WAIT;
}

static bool has_received_end(const struct tcp_pcb *pcb)
{
    return pcb->state == CLOSE_WAIT || pcb->state == CLOSING || pcb->state == LAST_ACK ||
           pcb->state == TIME_WAIT;
}

/* Without a connection any more: nothing can be read of one that was never there. */
static unsigned gone_ready(int fd, const struct netconn *conn)
{
    bool ended_well = conn->pending_err == ERR_OK || conn->pending_err == ERR_CLSD;

    return ZT_READY_OUT | ZT_READY_HANGUP | (ended_well ? 0 : ZT_READY_ERROR) |
           (zt_tcpsock_was_cancelled(fd) ? 0 : ZT_READY_IN);
}

static unsigned stream_ready(int fd, const struct lwip_sock *socket)
{
    const struct netconn *conn = socket->conn;
    const struct tcp_pcb *pcb = conn->pcb.tcp;
    unsigned ready = 0;

    if (pcb == NULL)
        return gone_ready(fd, conn);
    if (pcb->state == LISTEN)
        return socket->rcvevent > 0 ? ZT_READY_IN : 0;
    if (conn->state == NETCONN_CONNECT)
        return 0;
    if (pcb->state == CLOSED)
        return ZT_READY_OUT | ZT_READY_HANGUP;

    bool no_more_in = has_received_end(pcb) || (conn->flags & NETCONN_FLAG_MBOXINVALID) != 0;
    bool no_more_out = has_sent_end(pcb);
    if (socket->lastdata.pbuf != NULL || socket->rcvevent > 0 || no_more_in)
        ready |= ZT_READY_IN;
    if (socket->sendevent != 0 || no_more_out)
        ready |= ZT_READY_OUT;
    if (no_more_in && no_more_out)
        ready |= ZT_READY_HANGUP;
    return ready;
}

static unsigned datagram_ready(const struct lwip_sock *socket)
{
    bool has_failed = socket->conn->pending_err != ERR_OK;
    /* The report of an error is no datagram; see unreach.c. */
    int waiting = socket->rcvevent - (has_failed ? 1 : 0);
    unsigned ready = ZT_READY_OUT;

    if (socket->lastdata.netbuf != NULL || waiting > 0)
        ready |= ZT_READY_IN;
    return ready | (has_failed ? ZT_READY_ERROR : 0);
}

unsigned zt_socket_ready(int fd)
{
    const struct lwip_sock *socket = lwip_socket_dbg_get_socket(fd);

    if (socket == NULL || socket->conn == NULL || socket->fd_free_pending != 0)
        return ZT_READY_CLOSED;
    if (NETCONNTYPE_GROUP(socket->conn->type) == NETCONN_TCP)
        return stream_ready(fd, socket);
    return datagram_ready(socket);
}

bool zt_socket_ends_next(int fd)
{
    const struct lwip_sock *socket = lwip_socket_dbg_get_socket(fd);

    if (socket == NULL || socket->conn == NULL ||
        NETCONNTYPE_GROUP(socket->conn->type) != NETCONN_TCP)
        return false;
    return socket->conn->pcb.tcp == NULL ||
           netconn_is_flag_set(socket->conn, NETCONN_FIN_RX_PENDING);
}

static bool has_bit(const uint8_t *bits, int number)
{
    return (bits[number / 8] & (1U << (number % 8))) != 0;
}

static void set_bit(uint8_t *bits, int number)
{
    bits[number / 8] |= (uint8_t)(1U << (number % 8));
}

static bool concerns(const struct zt_waiter *waiter, int fd, enum netconn_evt event)
{
    if (fd >= waiter->end)
        return false;
    if (event != NETCONN_EVT_SENDPLUS && has_bit(waiter->in, fd))
        return true;
    return event != NETCONN_EVT_RCVPLUS && has_bit(waiter->out, fd);
}

/* Each acknowledgement says that there is room, and to note it lwIP looks the socket up and takes its lock
   three times. */
static bool is_known(int fd, enum netconn_evt event)
{
    const struct lwip_sock *socket;
    SYS_ARCH_DECL_PROTECT(level);

    if (event != NETCONN_EVT_SENDPLUS)
        return false;
    SYS_ARCH_PROTECT(level);
    socket = lwip_socket_dbg_get_socket(fd);
    bool has_room = socket != NULL && socket->sendevent != 0;
    SYS_ARCH_UNPROTECT(level);
    return has_room;
}

static void on_event(struct netconn *conn, enum netconn_evt event, u16_t length)
{
    netconn_callback theirs = atomic_load(&original);

    if (event == NETCONN_EVT_RCVMINUS) { /* comes without the lock */
        theirs(conn, event, length);
        return;
    }

    int fd = conn->callback_arg.socket; /* the call may free the netconn */

    if (!is_known(fd, event))
        theirs(conn, event, length);
    if (fd < 0)
        return;
    assert(zt_core_lock_is_mine());
    if (event == NETCONN_EVT_SENDPLUS && conn->state == NETCONN_NONE && conn->pcb.tcp != NULL)
        zt_tcpsock_opened(fd);
    if (told_hook != NULL)
        told_hook(fd, event == NETCONN_EVT_RCVPLUS);
    if (event == NETCONN_EVT_SENDMINUS)
        return;
    for (struct zt_waiter *waiter = waiters; waiter != NULL; waiter = waiter->next) {
        if (waiter->is_woken || !concerns(waiter, fd, event))
            continue;
        waiter->is_woken = true;
        sys_sem_signal((sys_sem_t *)waiter->semaphore);
    }
}

void zt_waiter_wake_all(void)
{
    assert(zt_core_lock_is_mine());
    for (struct zt_waiter *waiter = waiters; waiter != NULL; waiter = waiter->next) {
        if (waiter->is_woken)
            continue;
        waiter->is_woken = true;
        sys_sem_signal((sys_sem_t *)waiter->semaphore);
    }
}

void zt_ready_tell(void (*told)(int fd, bool is_news))
{
    told_hook = told;
}

void zt_ready_attach(int fd)
{
    struct lwip_sock *socket = lwip_socket_dbg_get_socket(fd);

    assert(socket != NULL && socket->conn != NULL);
    netconn_callback theirs = socket->conn->callback;
    assert(atomic_load(&original) == NULL || atomic_load(&original) == theirs);
    atomic_store(&original, theirs);
    socket->conn->callback = on_event;
}

void zt_waiter_init(struct zt_waiter *waiter, int end)
{
    size_t bytes = ((size_t)end + 7) / 8;

    assert(end >= 0 && end <= ZT_MAX_SOCKETS);
    waiter->end = end;
    memset(waiter->in, 0, bytes);
    memset(waiter->out, 0, bytes);
}

void zt_waiter_add(struct zt_waiter *waiter, int fd, bool in, bool out)
{
    assert(fd >= 0 && fd < waiter->end);
    if (in || !out)
        set_bit(waiter->in, fd);
    if (out || !in)
        set_bit(waiter->out, fd);
}

static void join(struct zt_waiter *waiter)
{
    waiter->semaphore = LWIP_NETCONN_THREAD_SEM_GET();
    waiter->is_woken = false;
    waiter->previous = NULL;
    waiter->next = waiters;
    if (waiters != NULL)
        waiters->previous = waiter;
    waiters = waiter;
}

static void leave(struct zt_waiter *waiter)
{
    if (waiter->next != NULL)
        waiter->next->previous = waiter->previous;
    if (waiter->previous != NULL)
        waiter->previous->next = waiter->next;
    else
        waiters = waiter->next;
}

void zt_waiter_wait(struct zt_waiter *waiter, uint32_t timeout_ms)
{
    assert(zt_core_lock_is_mine());
    join(waiter);
    zt_core_unlock();
    bool is_late =
        sys_arch_sem_wait((sys_sem_t *)waiter->semaphore, timeout_ms) == SYS_ARCH_TIMEOUT;
    zt_core_lock();
    leave(waiter);
    /* Woken just too late: the thread's semaphore must not stay signalled. */
    if (is_late && waiter->is_woken)
        sys_arch_sem_wait((sys_sem_t *)waiter->semaphore, 1);
}
