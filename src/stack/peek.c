/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a stream without taking from it. lwIP shows the first segment only: who waits for the end of a
   line that came in two would wait for ever. So what follows is joined to it before. */
#include "stack/tcpsock.h"

#include "lwip/priv/api_msg.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/sockets.h"
#include "os/corelock.h"

static struct lwip_sock *stream_of(int fd)
{
    struct lwip_sock *found = lwip_socket_dbg_get_socket(fd);

    if (found == NULL || found->conn == NULL || found->fd_free_pending != 0 ||
        NETCONNTYPE_GROUP(found->conn->type) != NETCONN_TCP ||
        !sys_mbox_valid(&found->conn->recvmbox))
        return NULL;
    return found;
}

static size_t length_of(const struct pbuf *data)
{
    return data == NULL ? 0 : data->tot_len;
}

/* The end of the stream and its errors stay where they are; and a pbuf has its bound. */
static bool is_joinable(struct lwip_sock *socket)
{
    void *first = zt_mailbox_first(&socket->conn->recvmbox);
    err_t error;

    return first != NULL && !lwip_netconn_is_err_msg(first, &error) &&
           !lwip_netconn_is_deallocated_msg(first) &&
           length_of(socket->lastdata.pbuf) + length_of(first) <= UINT16_MAX;
}

static bool join_next(struct lwip_sock *socket)
{
    struct pbuf *next = NULL;

    if (!is_joinable(socket) ||
        netconn_recv_tcp_pbuf_flags(socket->conn, &next, NETCONN_DONTBLOCK | NETCONN_NOAUTORCVD) !=
            ERR_OK)
        return false;
    if (socket->lastdata.pbuf == NULL)
        socket->lastdata.pbuf = next;
    else
        pbuf_cat(socket->lastdata.pbuf, next);
    return true;
}

void zt_stream_gather(int fd, size_t wanted)
{
    zt_core_lock();
    struct lwip_sock *socket = stream_of(fd);
    while (socket != NULL && length_of(socket->lastdata.pbuf) < wanted && join_next(socket))
        continue;
    zt_core_unlock();
}

ssize_t zt_stream_look(int fd, size_t offset, void *out, size_t length)
{
    size_t seen = 0;

    zt_core_lock();
    struct lwip_sock *socket = stream_of(fd);
    if (socket != NULL && offset < length_of(socket->lastdata.pbuf))
        seen = pbuf_copy_partial(socket->lastdata.pbuf, out, (u16_t)LWIP_MIN(length, UINT16_MAX),
                                 (u16_t)offset);
    zt_core_unlock();
    return (ssize_t)seen;
}
