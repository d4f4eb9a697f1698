/* SPDX-License-Identifier: Apache-2.0 */
/* A netconn loses its pcb, and with it its options, when connecting fails: here it gets a new one. */
#include "stack/tcpsock.h"

#include "stack/hooks.h"

#include "lwip/priv/api_msg.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "os/corelock.h"

#include <string.h>

struct noted {
    bool is_noted;
    ip_addr_t local_ip;
    u16_t local_port;
    u8_t so_options, tos, ttl, netif_index;
    tcpflags_t no_delay;
    u32_t keep_idle, keep_interval, keep_count;
};

enum { SMALLEST_SEND_BUFFER = 2 * TCP_MSS };

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

void zt_tcpsock_prepare(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && socket->conn->state == NETCONN_NONE) {
        const struct tcp_pcb *pcb = socket->conn->pcb.tcp;
        if (pcb == NULL)
            renew(socket, &notes[fd]);
        else if (pcb->state == CLOSED)
            note_options(&notes[fd], pcb);
    }
    zt_core_unlock();
}

void zt_tcpsock_cancel(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && socket->conn->state == NETCONN_CONNECT && socket->conn->pcb.tcp != NULL)
        tcp_abort(socket->conn->pcb.tcp);
    zt_core_unlock();
}

bool zt_tcpsock_is_unconnected(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    bool unconnected = socket != NULL && socket->conn->pcb.tcp != NULL &&
                       socket->conn->pcb.tcp->state == CLOSED &&
                       socket->conn->state == NETCONN_NONE;
    zt_core_unlock();
    return unconnected;
}

bool zt_tcpsock_is_bound(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    bool bound =
        socket != NULL && socket->conn->pcb.tcp != NULL && socket->conn->pcb.tcp->local_port != 0;
    zt_core_unlock();
    return bound;
}

/* lwIP counts the room that is left: what is queued is the rest, up to the size set before. */
static int resize_send_buffer(struct tcp_pcb *pcb, int size)
{
    tcpwnd_size_t old = (tcpwnd_size_t)(uintptr_t)tcp_ext_arg_get(pcb, 0);

    if (old == 0)
        old = TCP_SND_BUF;
    if (size == 0)
        return (int)old;
    tcpwnd_size_t queued = old - pcb->snd_buf;
    tcpwnd_size_t wanted =
        (tcpwnd_size_t)LWIP_MIN(LWIP_MAX(size, SMALLEST_SEND_BUFFER), TCP_SND_BUF);
    if (wanted < queued)
        wanted = queued;
    pcb->snd_buf = wanted - queued;
    tcp_ext_arg_set(pcb, 0, (void *)(uintptr_t)wanted);
    return (int)wanted;
}

int zt_tcpsock_send_buffer(int fd, int size)
{
    int result = -1;

    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    if (socket != NULL && socket->conn->pcb.tcp != NULL && socket->conn->pcb.tcp->state != LISTEN)
        result = resize_send_buffer(socket->conn->pcb.tcp, size);
    zt_core_unlock();
    return result;
}

void zt_socket_abort_on_close(int fd)
{
    const struct linger abort_now = { .l_onoff = 1, .l_linger = 0 };

    lwip_setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_now, sizeof abort_now);
}

/* Takes over and resets what waits to be accepted. The lock keeps more from arriving. */
static void drain_listener(int fd)
{
    int waiting;

    lwip_fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((waiting = lwip_accept(fd, NULL, NULL)) >= 0) {
        zt_socket_abort_on_close(waiting);
        lwip_close(waiting);
    }
}

static bool listens(const struct lwip_sock *socket)
{
    return socket != NULL && socket->conn->pcb.tcp != NULL &&
           socket->conn->pcb.tcp->state == LISTEN;
}

int zt_socket_close(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = tcp_socket_of(fd);
    bool listening = listens(socket);
    int result = -1;
    if (listening) {
        /* With a linger time set lwIP looks for unsent data, which a listening pcb has no place for. */
        socket->conn->linger = -1;
        drain_listener(fd);
        result = lwip_close(fd);
    }
    zt_core_unlock();
    /* Others may linger, which must not happen under the lock. */
    return listening ? result : lwip_close(fd);
}

bool zt_socket_is_open(int fd)
{
    return socket_of(fd) != NULL;
}

bool zt_stack_can_reach(const ip_addr_t *dest)
{
    zt_core_lock();
    bool can = ip_addr_isloopback(dest);
    if (!can && IP_IS_V4(dest))
        can = zt_stack_route4(NULL, ip_2_ip4(dest)) != NULL;
    else if (!can && ip6_addr_isipv4mappedipv6(ip_2_ip6(dest))) {
        ip4_addr_t inner;
        unmap_ipv4_mapped_ipv6(&inner, ip_2_ip6(dest));
        can = zt_stack_route4(NULL, &inner) != NULL;
    } else if (!can)
        can = ip6_addr_islinklocal(ip_2_ip6(dest)) || zt_stack_route6(NULL, ip_2_ip6(dest)) != NULL;
    zt_core_unlock();
    return can;
}
