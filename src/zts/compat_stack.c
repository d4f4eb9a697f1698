/* SPDX-License-Identifier: Apache-2.0 */
/* Where public constants and layouts must equal lwIP's, as values pass between them untranslated. */
#include "ZeroTierSockets.h"

#include "lwip/sockets.h"
#include "lwip/errno.h"

#include <stddef.h>

#define SAME(ours, theirs) _Static_assert((ours) == (theirs), #ours)
#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours)
#define SAME_FIELD(ours, our_field, theirs, their_field)                                           \
    _Static_assert(offsetof(ours, our_field) == offsetof(theirs, their_field), #ours " " #our_field)

SAME(ZTS_EBADF, EBADF);
SAME(ZTS_EAGAIN, EAGAIN);
SAME(ZTS_EWOULDBLOCK, EWOULDBLOCK);
SAME(ZTS_EINVAL, EINVAL);
SAME(ZTS_ENOMEM, ENOMEM);
SAME(ZTS_EIO, EIO);
SAME(ZTS_ENOPROTOOPT, ENOPROTOOPT);
SAME(ZTS_EOPNOTSUPP, EOPNOTSUPP);
SAME(ZTS_EADDRINUSE, EADDRINUSE);
SAME(ZTS_ECONNABORTED, ECONNABORTED);
SAME(ZTS_ECONNRESET, ECONNRESET);
SAME(ZTS_EISCONN, EISCONN);
SAME(ZTS_ENOTCONN, ENOTCONN);
SAME(ZTS_EHOSTUNREACH, EHOSTUNREACH);
SAME(ZTS_EALREADY, EALREADY);
SAME(ZTS_EINPROGRESS, EINPROGRESS);

SAME(ZTS_AF_INET, AF_INET);
SAME(ZTS_AF_INET6, AF_INET6);
SAME(ZTS_SOCK_STREAM, SOCK_STREAM);
SAME(ZTS_SOCK_DGRAM, SOCK_DGRAM);
SAME(ZTS_SOCK_RAW, SOCK_RAW);
SAME(ZTS_MSG_PEEK, MSG_PEEK);
SAME(ZTS_MSG_DONTWAIT, MSG_DONTWAIT);
SAME(ZTS_MSG_MORE, MSG_MORE);
SAME(ZTS_MSG_TRUNC, MSG_TRUNC);
SAME(ZTS_SHUT_RDWR, SHUT_RDWR);
SAME(ZTS_F_GETFL, F_GETFL);
SAME(ZTS_F_SETFL, F_SETFL);
SAME(ZTS_O_NONBLOCK, O_NONBLOCK);
SAME(ZTS_O_RDWR, O_RDWR);
SAME(ZTS_POLLIN, POLLIN);
SAME(ZTS_POLLOUT, POLLOUT);
SAME(ZTS_POLLERR, POLLERR);
SAME(ZTS_POLLNVAL, POLLNVAL);
SAME(ZTS_FIONREAD, FIONREAD);
SAME(ZTS_FIONBIO, FIONBIO);

SAME(ZTS_SOL_SOCKET, SOL_SOCKET);
SAME(ZTS_SO_ACCEPTCONN, SO_ACCEPTCONN);
SAME(ZTS_SO_REUSEADDR, SO_REUSEADDR);
SAME(ZTS_SO_KEEPALIVE, SO_KEEPALIVE);
SAME(ZTS_SO_BROADCAST, SO_BROADCAST);
SAME(ZTS_SO_LINGER, SO_LINGER);
SAME(ZTS_SO_SNDBUF, SO_SNDBUF);
SAME(ZTS_SO_RCVBUF, SO_RCVBUF);
SAME(ZTS_SO_SNDTIMEO, SO_SNDTIMEO);
SAME(ZTS_SO_RCVTIMEO, SO_RCVTIMEO);
SAME(ZTS_SO_ERROR, SO_ERROR);
SAME(ZTS_SO_TYPE, SO_TYPE);
SAME(ZTS_SO_NO_CHECK, SO_NO_CHECK);
SAME(ZTS_SO_BINDTODEVICE, SO_BINDTODEVICE);
SAME(ZTS_IP_TOS, IP_TOS);
SAME(ZTS_IP_TTL, IP_TTL);
SAME(ZTS_IP_PKTINFO, IP_PKTINFO);
SAME(ZTS_IP_ADD_MEMBERSHIP, IP_ADD_MEMBERSHIP);
SAME(ZTS_IP_DROP_MEMBERSHIP, IP_DROP_MEMBERSHIP);
SAME(ZTS_IP_MULTICAST_TTL, IP_MULTICAST_TTL);
SAME(ZTS_IP_MULTICAST_IF, IP_MULTICAST_IF);
SAME(ZTS_IP_MULTICAST_LOOP, IP_MULTICAST_LOOP);
SAME(ZTS_TCP_NODELAY, TCP_NODELAY);
SAME(ZTS_TCP_KEEPALIVE, TCP_KEEPALIVE);
SAME(ZTS_TCP_KEEPIDLE, TCP_KEEPIDLE);
SAME(ZTS_TCP_KEEPINTVL, TCP_KEEPINTVL);
SAME(ZTS_TCP_KEEPCNT, TCP_KEEPCNT);
SAME(ZTS_IPV6_V6ONLY, IPV6_V6ONLY);
SAME(ZTS_IPV6_JOIN_GROUP, IPV6_JOIN_GROUP);
SAME(ZTS_IPV6_LEAVE_GROUP, IPV6_LEAVE_GROUP);

SAME_SIZE(struct zts_sockaddr_in, struct sockaddr_in);
SAME_FIELD(struct zts_sockaddr_in, sin_port, struct sockaddr_in, sin_port);
SAME_FIELD(struct zts_sockaddr_in, sin_addr, struct sockaddr_in, sin_addr);
SAME_SIZE(struct zts_sockaddr_in6, struct sockaddr_in6);
SAME_FIELD(struct zts_sockaddr_in6, sin6_addr, struct sockaddr_in6, sin6_addr);
SAME_FIELD(struct zts_sockaddr_in6, sin6_scope_id, struct sockaddr_in6, sin6_scope_id);
SAME_SIZE(struct zts_sockaddr_storage, struct sockaddr_storage);
SAME_FIELD(struct zts_sockaddr, sa_family, struct sockaddr, sa_family);
SAME_SIZE(zts_socklen_t, socklen_t);
SAME_SIZE(struct zts_linger, struct linger);
SAME_SIZE(zts_ip_mreq, struct ip_mreq);
SAME_SIZE(zts_ipv6_mreq, struct ipv6_mreq);
SAME_SIZE(zts_timeval, struct timeval);
SAME_SIZE(struct zts_pollfd, struct pollfd);
SAME_FIELD(struct zts_pollfd, revents, struct pollfd, revents);
SAME_SIZE(struct zts_iovec, struct iovec);
SAME_SIZE(struct zts_msghdr, struct msghdr);
SAME_FIELD(struct zts_msghdr, msg_flags, struct msghdr, msg_flags);
SAME_SIZE(zts_ip_addr, ip_addr_t);
SAME_FIELD(zts_ip_addr, type, ip_addr_t, type);
