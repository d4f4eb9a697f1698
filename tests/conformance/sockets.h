/* SPDX-License-Identifier: Apache-2.0 */
/* One set of names for two kinds of sockets: the system's own, or with ZT_OURS the library's. */
#ifndef ZT_CONFORMANCE_SOCKETS_H
#define ZT_CONFORMANCE_SOCKETS_H

#ifdef ZT_OURS

#include "ZeroTierSockets.h"

#include <string.h>

#define last_error() zts_get_errno()
#define host_order(x) ((uint16_t)((uint16_t)(x) << 8 | (uint16_t)(x) >> 8))

#define sockaddr zts_sockaddr
#define sockaddr_in zts_sockaddr_in
#define sockaddr_in6 zts_sockaddr_in6
#define sockaddr_storage zts_sockaddr_storage
#define socklen_t zts_socklen_t
#define in6_addr zts_in6_addr
#define iovec zts_iovec
#define msghdr zts_msghdr
#define pollfd zts_pollfd
#define timeval zts_timeval
#define linger zts_linger
#define ip_mreq zts_ip_mreq
#define ipv6_mreq zts_ipv6_mreq
typedef zts_fd_set fd_set_of_ours;
#define fd_set fd_set_of_ours

#define accept zts_bsd_accept
#define bind zts_bsd_bind
#define close zts_bsd_close
#define connect zts_bsd_connect
#define fcntl zts_bsd_fcntl
#define getpeername zts_bsd_getpeername
#define getsockname zts_bsd_getsockname
#define getsockopt zts_bsd_getsockopt
#define inet_ntop zts_inet_ntop
#define inet_pton zts_inet_pton
#define ioctl zts_bsd_ioctl
#define listen zts_bsd_listen
#define poll zts_bsd_poll
#define read zts_bsd_read
#define readv zts_bsd_readv
#define recv zts_bsd_recv
#define recvfrom zts_bsd_recvfrom
#define recvmsg zts_bsd_recvmsg
#define select zts_bsd_select
#define send zts_bsd_send
#define sendmsg zts_bsd_sendmsg
#define sendto zts_bsd_sendto
#define setsockopt zts_bsd_setsockopt
#define shutdown zts_bsd_shutdown
#define socket zts_bsd_socket
#define write zts_bsd_write
#define writev zts_bsd_writev

#define AF_UNSPEC ZTS_AF_UNSPEC
#define AF_INET ZTS_AF_INET
#define AF_INET6 ZTS_AF_INET6
#define SOCK_STREAM ZTS_SOCK_STREAM
#define SOCK_DGRAM ZTS_SOCK_DGRAM
#define SOL_SOCKET ZTS_SOL_SOCKET
#define IPPROTO_IP ZTS_IPPROTO_IP
#define IPPROTO_IPV6 ZTS_IPPROTO_IPV6
#define IPPROTO_TCP ZTS_IPPROTO_TCP
#define SO_ACCEPTCONN ZTS_SO_ACCEPTCONN
#define SO_BROADCAST ZTS_SO_BROADCAST
#define SO_ERROR ZTS_SO_ERROR
#define SO_KEEPALIVE ZTS_SO_KEEPALIVE
#define SO_LINGER ZTS_SO_LINGER
#define SO_RCVBUF ZTS_SO_RCVBUF
#define SO_RCVTIMEO ZTS_SO_RCVTIMEO
#define SO_REUSEADDR ZTS_SO_REUSEADDR
#define SO_REUSEPORT ZTS_SO_REUSEPORT
#define SO_SNDBUF ZTS_SO_SNDBUF
#define SO_SNDTIMEO ZTS_SO_SNDTIMEO
#define SO_TYPE ZTS_SO_TYPE
#define IP_TOS ZTS_IP_TOS
#define IP_TTL ZTS_IP_TTL
#define IP_ADD_MEMBERSHIP ZTS_IP_ADD_MEMBERSHIP
#define IP_DROP_MEMBERSHIP ZTS_IP_DROP_MEMBERSHIP
#define IP_MULTICAST_TTL ZTS_IP_MULTICAST_TTL
#define IP_MULTICAST_LOOP ZTS_IP_MULTICAST_LOOP
#define IPV6_V6ONLY ZTS_IPV6_V6ONLY
#define IPV6_JOIN_GROUP ZTS_IPV6_JOIN_GROUP
#define IPV6_LEAVE_GROUP ZTS_IPV6_LEAVE_GROUP
#define TCP_KEEPCNT ZTS_TCP_KEEPCNT
#define TCP_KEEPIDLE ZTS_TCP_KEEPIDLE
#define TCP_KEEPINTVL ZTS_TCP_KEEPINTVL
#define TCP_NODELAY ZTS_TCP_NODELAY
#define MSG_DONTWAIT ZTS_MSG_DONTWAIT
#define MSG_MORE ZTS_MSG_MORE
#define MSG_NOSIGNAL ZTS_MSG_NOSIGNAL
#define MSG_OOB ZTS_MSG_OOB
#define MSG_PEEK ZTS_MSG_PEEK
#define MSG_TRUNC ZTS_MSG_TRUNC
#define MSG_WAITALL ZTS_MSG_WAITALL
#define SHUT_RD ZTS_SHUT_RD
#define SHUT_WR ZTS_SHUT_WR
#define SHUT_RDWR ZTS_SHUT_RDWR
#define F_GETFL ZTS_F_GETFL
#define F_SETFL ZTS_F_SETFL
#define O_NONBLOCK ZTS_O_NONBLOCK
#define FIONREAD ZTS_FIONREAD
#define FIONBIO ZTS_FIONBIO
#define POLLIN ZTS_POLLIN
#define POLLOUT ZTS_POLLOUT
#define POLLERR ZTS_POLLERR
#define POLLHUP ZTS_POLLHUP
#define POLLNVAL ZTS_POLLNVAL
#define FD_ISSET ZTS_FD_ISSET
#define FD_SET ZTS_FD_SET
#define FD_ZERO ZTS_FD_ZERO

#else

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define last_error() errno
#define host_order(x) ntohs(x)

#endif
#endif
