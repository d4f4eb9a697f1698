/* SPDX-License-Identifier: Apache-2.0 */
/* Closing and shutting down while other threads use the same descriptor. lwIP alone must not be asked to
   close what is connecting, lingering or already being closed, and its readers may miss the end: so here
   a close happens once, in one hold of the core lock, and never waits inside lwIP. */
#include "stack/tcpsock.h"

#include "stack/groups.h"
#include "stack/ready.h"

#include "lwip/priv/api_msg.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "os/corelock.h"
#include "os/host.h"

/* Not every acknowledgement is an event of the socket. */
enum { LINGER_STEP_MS = 50 };

static bool is_closing[ZT_MAX_SOCKETS]; /* with the core lock held */

static struct lwip_sock *socket_of(int fd)
{
    struct lwip_sock *found = lwip_socket_dbg_get_socket(fd);

    if (found == NULL || found->conn == NULL || found->fd_free_pending != 0 || is_closing[fd])
        return NULL;
    return found;
}

static bool is_stream(const struct netconn *conn)
{
    return NETCONNTYPE_GROUP(conn->type) == NETCONN_TCP;
}

void zt_socket_abort_on_close(int fd)
{
    const struct linger abort_now = { .l_onoff = 1, .l_linger = 0 };

    lwip_setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_now, sizeof abort_now);
}

/* Wakes the thread that waits for the end of a write, a connect or a shutdown. */
static void interrupt(struct netconn *conn)
{
    struct api_msg *running = conn->current_msg;

    if (running == NULL)
        return;
    running->err = ERR_CLSD;
    conn->current_msg = NULL;
    conn->state = NETCONN_NONE;
    sys_sem_signal(LWIP_API_MSG_SEM(running));
}

/* lwIP tells nobody when it ends one that waits for stray segments. */
static void reset(struct netconn *conn)
{
    if (conn->pcb.tcp->state != TIME_WAIT)
        tcp_abort(conn->pcb.tcp);
}

/* Resets what waits to be accepted. The lock keeps more from arriving. */
static void drain_queue(struct netconn *listener)
{
    void *message;
    err_t error;

    while (sys_mbox_valid(&listener->acceptmbox) &&
           sys_mbox_tryfetch(&listener->acceptmbox, &message) != SYS_MBOX_EMPTY) {
        struct netconn *waiting = message;
        if (message == NULL || lwip_netconn_is_err_msg(message, &error) ||
            lwip_netconn_is_deallocated_msg(message))
            continue;
        if (waiting->pcb.tcp != NULL)
            reset(waiting);
        netconn_delete(waiting);
    }
}

/* Whoever reads or accepts meets the end, also if it comes to wait only later. */
static void end_waiting(struct netconn *conn)
{
    if (sys_mbox_valid(&conn->recvmbox))
        zt_mailbox_end(&conn->recvmbox);
    if (sys_mbox_valid(&conn->acceptmbox))
        zt_mailbox_end(&conn->acceptmbox);
}

static bool has_unread_data(const struct tcp_pcb *pcb)
{
    return pcb->refused_data != NULL || pcb->rcv_wnd != TCP_WND_MAX(pcb);
}

static bool has_unacknowledged(const struct netconn *conn)
{
    const struct tcp_pcb *pcb = conn->pcb.tcp;

    return pcb != NULL && (pcb->unsent != NULL || pcb->unacked != NULL);
}

/* Until all is acknowledged, or for as long as was set; then it is reset. */
static void linger(int fd, struct netconn *conn)
{
    int64_t deadline_ms = zt_host_mono_ms() + (int64_t)conn->linger * 1000;
    struct zt_waiter waiter;

    (void)tcp_shutdown(conn->pcb.tcp, 0, 1);
    while (conn->linger > 0 && has_unacknowledged(conn) && zt_host_mono_ms() < deadline_ms) {
        zt_waiter_init(&waiter, fd + 1);
        zt_waiter_add(&waiter, fd, false, true);
        zt_waiter_wait(&waiter, LINGER_STEP_MS);
    }
    if (has_unacknowledged(conn))
        reset(conn);
}

static void end_connection(int fd, struct netconn *conn)
{
    struct tcp_pcb *pcb = conn->pcb.tcp;

    if (pcb->state == CLOSED || pcb->state == LISTEN)
        return;
    if (conn->linger == 0)
        reset(conn);
    else if (conn->linger > 0 && has_unacknowledged(conn) && !netconn_is_nonblocking(conn) &&
             !has_unread_data(pcb))
        linger(fd, conn);
}

static void end_stream(int fd, struct netconn *conn)
{
    bool is_connecting = conn->state == NETCONN_CONNECT;

    interrupt(conn);
    if (conn->pcb.tcp != NULL && is_connecting)
        tcp_abandon(conn->pcb.tcp, conn->pcb.tcp->state != SYN_SENT);
    else if (conn->pcb.tcp != NULL)
        end_connection(fd, conn);
    /* lwIP would look for unsent data, which a listening pcb has no place for, or wait. */
    conn->linger = -1;
    drain_queue(conn);
}

int zt_socket_close(int fd)
{
    int result = -1;

    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    zt_stack_errno = socket == NULL ? EBADF : 0;
    if (socket != NULL) {
        is_closing[fd] = true;
        end_waiting(socket->conn);
        if (is_stream(socket->conn))
            end_stream(fd, socket->conn);
        zt_tcpsock_forget(fd);
        zt_groups_closed(fd);
        result = lwip_close(fd);
        is_closing[fd] = false;
    }
    zt_core_unlock();
    return result;
}

bool zt_socket_is_closing(int fd)
{
    return fd >= 0 && fd < ZT_MAX_SOCKETS && is_closing[fd];
}

static int shut(int fd, struct netconn *conn, int how)
{
    int lingers = conn->linger;

    /* Only closing lingers. */
    conn->linger = -1;
    int result = lwip_shutdown(fd, how);
    conn->linger = (s16_t)lingers;
    if (result == 0 && how != SHUT_WR)
        end_waiting(conn);
    return result;
}

/* lwIP has no such thing. Nobody is accepted any more, and who waits for somebody is told. */
static void end_listening(struct netconn *conn)
{
    drain_queue(conn);
    (void)tcp_close(conn->pcb.tcp);
    conn->pcb.tcp = NULL;
    conn->state = NETCONN_NONE;
    conn->flags |= NETCONN_FLAG_MBOXINVALID;
    end_waiting(conn);
    conn->callback(conn, NETCONN_EVT_RCVPLUS, 0);
}

/* Sending is nothing that a listener does. */
static int shut_listener(struct netconn *conn, int how)
{
    if (how != SHUT_WR)
        end_listening(conn);
    return 0;
}

/* An attempt to connect ends with either direction, and may be followed by another. */
static int shut_attempt(int fd)
{
    zt_tcpsock_cancel(fd);
    return 0;
}

int zt_socket_shutdown(int fd, int how)
{
    bool is_known = how >= SHUT_RD && how <= SHUT_RDWR;
    int result = -1;

    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    if (socket == NULL)
        zt_stack_errno = EBADF;
    else if (is_stream(socket->conn) && socket->conn->state == NETCONN_CLOSE)
        zt_stack_errno = ENOTCONN;
    else if (is_stream(socket->conn) && socket->conn->state == NETCONN_LISTEN && is_known)
        result = shut_listener(socket->conn, how);
    else if (is_stream(socket->conn) && socket->conn->state == NETCONN_CONNECT && is_known)
        result = shut_attempt(fd);
    else
        result = shut(fd, socket->conn, how);
    zt_core_unlock();
    return result;
}

bool zt_socket_reads_no_more(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    bool has_end = socket != NULL && is_stream(socket->conn) &&
                   (socket->conn->flags & NETCONN_FLAG_MBOXINVALID) != 0;
    zt_core_unlock();
    return has_end;
}
