/* SPDX-License-Identifier: Apache-2.0 */
/* A netconn loses its pcb, and with it its options, when connecting fails: here it gets a new one. */
#include "stack/tcpsock.h"

#include "stack/hooks.h"
#include "stack/ports.h"
#include "stack/sendbuf.h"
#include "stack/timewait.h"

#include "lwip/priv/api_msg.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "lwip/udp.h"
#include "os/corelock.h"

#include <string.h>

struct noted {
    bool is_noted;
    bool was_unreachable;
    bool was_cancelled;
    bool was_open;   /* the last attempt became a connection */
    bool chose_port; /* for the attempt that is being prepared */
    ip_addr_t local_ip;
    u16_t local_port;
    u8_t so_options, tos, ttl, netif_index;
    tcpflags_t no_delay;
    u32_t keep_idle, keep_interval, keep_count;
};

static struct noted notes[MEMP_NUM_NETCONN];

static struct lwip_sock *socket_of(int fd)
{
    struct lwip_sock *found = lwip_socket_dbg_get_socket(fd);

    return found == NULL || found->conn == NULL ? NULL : found;
}

static struct lwip_sock *tcp_socket_of(int fd)
{
    struct lwip_sock *found = socket_of(fd);

    if (found == NULL || NETCONNTYPE_GROUP(found->conn->type) != NETCONN_TCP)
        return NULL;
    return found;
}

static void note_options(struct noted *note, const struct tcp_pcb *pcb)
{
    note->is_noted = true;
    note->local_ip = pcb->local_ip;
    note->local_port = pcb->local_port;
    note->so_options = pcb->so_options;
    note->tos = pcb->tos;
    note->ttl = pcb->ttl;
    note->netif_index = pcb->netif_idx;
    note->no_delay = pcb->flags & TF_NODELAY;
    note->keep_idle = pcb->keep_idle;
    note->keep_interval = pcb->keep_intvl;
    note->keep_count = pcb->keep_cnt;
}

static void restore_options(const struct noted *note, struct tcp_pcb *pcb)
{
    if (!note->is_noted)
        return;
    pcb->so_options = note->so_options;
    pcb->tos = note->tos;
    pcb->ttl = note->ttl;
    pcb->netif_idx = note->netif_index;
    tcp_set_flags(pcb, note->no_delay);
    pcb->keep_idle = note->keep_idle;
    pcb->keep_intvl = note->keep_interval;
    pcb->keep_cnt = note->keep_count;
    if (note->local_port != 0)
        tcp_bind(pcb, &note->local_ip, note->local_port);
}

static void drain(sys_mbox_t *mailbox)
{
    void *message;
    err_t error;

    while (sys_mbox_valid(mailbox) && sys_mbox_tryfetch(mailbox, &message) != SYS_MBOX_EMPTY) {
        if (message != NULL && !lwip_netconn_is_err_msg(message, &error))
            pbuf_free(message);
    }
}

static void renew(struct lwip_sock *socket, const struct noted *note)
{
    struct api_msg message;
    SYS_ARCH_DECL_PROTECT(level);

    memset(&message, 0, sizeof message);
    message.conn = socket->conn;
    lwip_netconn_do_newconn(&message);
    if (message.err != ERR_OK)
        return;
    restore_options(note, socket->conn->pcb.tcp);
    drain(&socket->conn->recvmbox);
    SYS_ARCH_PROTECT(level);
    socket->conn->pending_err = ERR_OK;
    netconn_clear_flags(socket->conn, NETCONN_FLAG_MBOXCLOSED);
    socket->rcvevent = 0;
    socket->sendevent = 0;
    socket->errevent = 0;
    SYS_ARCH_UNPROTECT(level);
}

/* The port is held by being bound, from here until lwIP connects. */
static void choose_port(struct noted *note, struct tcp_pcb *pcb, const ip_addr_t *remote,
                        uint16_t port)
{
    note->chose_port = pcb->local_port == 0;
    if (!note->chose_port)
        return;
    zt_timewait_trim();
    pcb->local_port = zt_ports_stream(remote, port);
    if (pcb->local_port != 0)
        TCP_REG(&tcp_bound_pcbs, pcb);
}

/* A pcb given to what is being closed would never be freed. */
static bool may_be_renewed(int fd, const struct lwip_sock *socket)
{
    return socket->conn->state == NETCONN_NONE && socket->fd_free_pending == 0 &&
           !zt_socket_is_closing(fd) && (socket->conn->flags & NETCONN_FLAG_MBOXINVALID) == 0;
}

void zt_tcpsock_prepare(int fd, const ip_addr_t *remote, uint16_t port)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && may_be_renewed(fd, socket)) {
        if (socket->conn->pcb.tcp == NULL)
            renew(socket, &notes[fd]);
        else if (socket->conn->pcb.tcp->state == CLOSED)
            note_options(&notes[fd], socket->conn->pcb.tcp);
        struct tcp_pcb *pcb = socket->conn->pcb.tcp;
        if (pcb != NULL && pcb->state == CLOSED) {
            notes[fd].was_unreachable = false;
            notes[fd].was_cancelled = false;
            notes[fd].was_open = false;
            zt_sendbuf_init(pcb);
            choose_port(&notes[fd], pcb, remote, port);
        }
    }
    zt_core_unlock();
}

void zt_tcpsock_unprepare(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    struct tcp_pcb *pcb = socket == NULL ? NULL : socket->conn->pcb.tcp;
    if (pcb != NULL && pcb->state == CLOSED && notes[fd].chose_port) {
        if (pcb->local_port != 0)
            TCP_RMV(&tcp_bound_pcbs, pcb);
        pcb->local_port = 0;
        pcb->local_ip = notes[fd].local_ip;
        notes[fd].chose_port = false;
    }
    zt_core_unlock();
}

void zt_tcpsock_cancel(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && socket->conn->state == NETCONN_CONNECT && socket->conn->pcb.tcp != NULL) {
        notes[fd].was_cancelled = true;
        tcp_abandon(socket->conn->pcb.tcp, socket->conn->pcb.tcp->state != SYN_SENT);
    }
    zt_core_unlock();
}

bool zt_tcpsock_was_cancelled(int fd)
{
    return notes[fd].was_cancelled;
}

void zt_tcpsock_forget(int fd)
{
    memset(&notes[fd], 0, sizeof notes[fd]);
}

void zt_tcpsock_unreachable(int fd)
{
    if (fd >= 0)
        notes[fd].was_unreachable = true;
}

bool zt_tcpsock_was_unreachable(int fd)
{
    zt_core_lock();
    bool was = tcp_socket_of(fd) != NULL && notes[fd].was_unreachable;
    zt_core_unlock();
    return was;
}

void zt_tcpsock_opened(int fd)
{
    notes[fd].was_open = true;
}

bool zt_tcpsock_was_open(int fd)
{
    zt_core_lock();
    bool was = tcp_socket_of(fd) != NULL && notes[fd].was_open;
    zt_core_unlock();
    return was;
}

bool zt_tcpsock_ended_well(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    bool well = socket != NULL &&
                (socket->conn->pending_err == ERR_OK || socket->conn->pending_err == ERR_CLSD);
    zt_core_unlock();
    return well;
}

void zt_tcpsock_forget_error(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL)
        (void)netconn_err(socket->conn);
    zt_core_unlock();
}

static enum zt_stream_stage stage_of(const struct lwip_sock *socket)
{
    if (socket == NULL)
        return ZT_STREAM_NONE;
    if (socket->conn->pcb.tcp == NULL)
        return ZT_STREAM_GONE;
    if (socket->conn->pcb.tcp->state == LISTEN)
        return ZT_STREAM_LISTENING;
    if (socket->conn->state == NETCONN_CONNECT)
        return ZT_STREAM_CONNECTING;
    return socket->conn->pcb.tcp->state == CLOSED ? ZT_STREAM_FRESH : ZT_STREAM_OPEN;
}

enum zt_stream_stage zt_stream_stage(int fd)
{
    zt_core_lock();
    enum zt_stream_stage stage = stage_of(tcp_socket_of(fd));
    zt_core_unlock();
    return stage;
}

int zt_tcpsock_send_buffer(int fd, int size)
{
    int result = -1;

    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && socket->conn->pcb.tcp != NULL && socket->conn->pcb.tcp->state != LISTEN)
        result = zt_sendbuf_size(socket->conn->pcb.tcp, size);
    zt_core_unlock();
    return result;
}
