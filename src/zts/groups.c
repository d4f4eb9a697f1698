/* SPDX-License-Identifier: Apache-2.0 */
/* The options by which sockets join and leave groups. */
#include "zts/groups.h"

#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/corelock.h"
#include "stack/groups.h"
#include "stack/tcpsock.h"

#include <string.h>

bool zts_groups_has(int level, int optname, zts_socklen_t optlen)
{
    if (level == ZTS_IPPROTO_IP)
        return (optname == ZTS_IP_ADD_MEMBERSHIP || optname == ZTS_IP_DROP_MEMBERSHIP) &&
               optlen >= sizeof(struct zts_ip_mreq);
    return level == ZTS_IPPROTO_IPV6 &&
           (optname == ZTS_IPV6_JOIN_GROUP || optname == ZTS_IPV6_LEAVE_GROUP) &&
           optlen >= sizeof(struct zts_ipv6_mreq);
}

static struct zt_membership membership4(int fd, const void *optval)
{
    struct zts_ip_mreq request;

    memcpy(&request, optval, sizeof request);
    struct zt_membership wanted = { .fd = fd, .network = request.imr_interface.s_addr };
    ip_addr_set_ip4_u32(&wanted.group, request.imr_multiaddr.s_addr);
    return wanted;
}

static struct zt_membership membership6(int fd, const void *optval)
{
    struct zts_ipv6_mreq request;

    memcpy(&request, optval, sizeof request);
    struct zt_membership wanted = { .fd = fd, .network = request.ipv6mr_interface };
    IP_SET_TYPE_VAL(wanted.group, IPADDR_TYPE_V6);
    memcpy(ip_2_ip6(&wanted.group)->addr, &request.ipv6mr_multiaddr,
           sizeof request.ipv6mr_multiaddr);
    return wanted;
}

int zts_groups_set(int fd, int level, int optname, const void *optval)
{
    bool joins = optname == ZTS_IP_ADD_MEMBERSHIP || optname == ZTS_IPV6_JOIN_GROUP;
    struct zt_membership wanted =
        level == ZTS_IPPROTO_IP ? membership4(fd, optval) : membership6(fd, optval);
    int code;

    zt_core_lock();
    if (!zt_socket_is_open(fd))
        code = ZTS_EBADF;
    else if (zts_is_stream(fd) || zt_socket_is_raw(fd))
        code = ZTS_ENOPROTOOPT;
    else
        code = joins ? zt_groups_join(&wanted) : zt_groups_leave(&wanted);
    zt_core_unlock();
    zt_stack_errno = code;
    return code == 0 ? 0 : -1;
}
