/* SPDX-License-Identifier: Apache-2.0 */
/* The public interface, number by number: every constant and layout, as programs were compiled with it. */
#include "ZeroTierSockets.h"

#include <stddef.h>

#define VALUE(name, value) _Static_assert((long long)(name) == (value), #name)
#define SIZE(type, size, alignment)                                                                \
    _Static_assert(sizeof(type) == (size) && _Alignof(type) == (alignment), #type)
#define FIELD(type, field, offset, size)                                                           \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size),      \
                   #type " " #field)

/* 1. Constants */

VALUE(ZTS_EVENT_NODE_UP, 200);
VALUE(ZTS_EVENT_NODE_ONLINE, 201);
VALUE(ZTS_EVENT_NODE_OFFLINE, 202);
VALUE(ZTS_EVENT_NODE_DOWN, 203);
VALUE(ZTS_EVENT_NODE_FATAL_ERROR, 204);
VALUE(ZTS_EVENT_NETWORK_NOT_FOUND, 210);
VALUE(ZTS_EVENT_NETWORK_CLIENT_TOO_OLD, 211);
VALUE(ZTS_EVENT_NETWORK_REQ_CONFIG, 212);
VALUE(ZTS_EVENT_NETWORK_OK, 213);
VALUE(ZTS_EVENT_NETWORK_ACCESS_DENIED, 214);
VALUE(ZTS_EVENT_NETWORK_READY_IP4, 215);
VALUE(ZTS_EVENT_NETWORK_READY_IP6, 216);
VALUE(ZTS_EVENT_NETWORK_READY_IP4_IP6, 217);
VALUE(ZTS_EVENT_NETWORK_DOWN, 218);
VALUE(ZTS_EVENT_NETWORK_UPDATE, 219);
VALUE(ZTS_EVENT_STACK_UP, 220);
VALUE(ZTS_EVENT_STACK_DOWN, 221);
VALUE(ZTS_EVENT_NETIF_UP, 230);
VALUE(ZTS_EVENT_NETIF_DOWN, 231);
VALUE(ZTS_EVENT_NETIF_REMOVED, 232);
VALUE(ZTS_EVENT_NETIF_LINK_UP, 233);
VALUE(ZTS_EVENT_NETIF_LINK_DOWN, 234);
VALUE(ZTS_EVENT_PEER_DIRECT, 240);
VALUE(ZTS_EVENT_PEER_RELAY, 241);
VALUE(ZTS_EVENT_PEER_UNREACHABLE, 242);
VALUE(ZTS_EVENT_PEER_PATH_DISCOVERED, 243);
VALUE(ZTS_EVENT_PEER_PATH_DEAD, 244);
VALUE(ZTS_EVENT_ROUTE_ADDED, 250);
VALUE(ZTS_EVENT_ROUTE_REMOVED, 251);
VALUE(ZTS_EVENT_ADDR_ADDED_IP4, 260);
VALUE(ZTS_EVENT_ADDR_REMOVED_IP4, 261);
VALUE(ZTS_EVENT_ADDR_ADDED_IP6, 262);
VALUE(ZTS_EVENT_ADDR_REMOVED_IP6, 263);
VALUE(ZTS_EVENT_STORE_IDENTITY_SECRET, 270);
VALUE(ZTS_EVENT_STORE_IDENTITY_PUBLIC, 271);
VALUE(ZTS_EVENT_STORE_PLANET, 272);
VALUE(ZTS_EVENT_STORE_PEER, 273);
VALUE(ZTS_EVENT_STORE_NETWORK, 274);
VALUE(ZTS_ERR_OK, 0);
VALUE(ZTS_ERR_SOCKET, -1);
VALUE(ZTS_ERR_SERVICE, -2);
VALUE(ZTS_ERR_ARG, -3);
VALUE(ZTS_ERR_NO_RESULT, -4);
VALUE(ZTS_ERR_GENERAL, -5);
VALUE(ZTS_NETWORK_STATUS_REQUESTING_CONFIGURATION, 0);
VALUE(ZTS_NETWORK_STATUS_OK, 1);
VALUE(ZTS_NETWORK_STATUS_ACCESS_DENIED, 2);
VALUE(ZTS_NETWORK_STATUS_NOT_FOUND, 3);
VALUE(ZTS_NETWORK_STATUS_PORT_ERROR, 4);
VALUE(ZTS_NETWORK_STATUS_CLIENT_TOO_OLD, 5);
VALUE(ZTS_NETWORK_STATUS_AUTHENTICATION_REQUIRED, 6);
VALUE(ZTS_NETWORK_TYPE_PRIVATE, 0);
VALUE(ZTS_NETWORK_TYPE_PUBLIC, 1);
VALUE(ZTS_PEER_ROLE_LEAF, 0);
VALUE(ZTS_PEER_ROLE_MOON, 1);
VALUE(ZTS_PEER_ROLE_PLANET, 2);
VALUE(ZTS_MAC_ADDRSTRLEN, 18);
VALUE(ZTS_INET_ADDRSTRLEN, 16);
VALUE(ZTS_INET6_ADDRSTRLEN, 46);
VALUE(ZTS_IP_MAX_STR_LEN, 46);
VALUE(ZTS_STORE_DATA_LEN, 4096);
VALUE(ZTS_MAX_NETWORK_SHORT_NAME_LENGTH, 127);
VALUE(ZTS_MAX_NETWORK_ROUTES, 32);
VALUE(ZTS_MAX_ASSIGNED_ADDRESSES, 16);
VALUE(ZTS_MAX_PEER_NETWORK_PATHS, 64);
VALUE(ZTS_MAX_MULTICAST_SUBSCRIPTIONS, 1024);
VALUE(ZTS_MAX_ENDPOINT_STR_LEN, 52);
VALUE(ZTS_MAX_NUM_ROOTS, 16);
VALUE(ZTS_MAX_ENDPOINTS_PER_ROOT, 32);
VALUE(ZTS_ID_STR_BUF_LEN, 384);
VALUE(ZTS_FD_SETSIZE, 1024);
VALUE(LWIP_SOCKET_OFFSET, 0);
VALUE(MEMP_NUM_NETCONN, 1024);
VALUE(SIN_ZERO_LEN, 8);
VALUE(ZTS_C_API_ONLY, 1);
VALUE(ZTS_DISABLE_CENTRAL_API, 1);
VALUE(ZTS_AF_UNSPEC, 0);
VALUE(ZTS_AF_INET, 2);
VALUE(ZTS_AF_INET6, 10);
VALUE(ZTS_PF_UNSPEC, 0);
VALUE(ZTS_PF_INET, 2);
VALUE(ZTS_PF_INET6, 10);
VALUE(ZTS_SOCK_STREAM, 1);
VALUE(ZTS_SOCK_DGRAM, 2);
VALUE(ZTS_SOCK_RAW, 3);
VALUE(ZTS_IPPROTO_IP, 0);
VALUE(ZTS_IPPROTO_ICMP, 1);
VALUE(ZTS_IPPROTO_TCP, 6);
VALUE(ZTS_IPPROTO_UDP, 17);
VALUE(ZTS_IPPROTO_IPV6, 41);
VALUE(ZTS_IPPROTO_ICMPV6, 58);
VALUE(ZTS_IPPROTO_UDPLITE, 136);
VALUE(ZTS_IPPROTO_RAW, 255);
VALUE(ZTS_IPADDR_NONE, 0xffffffff);
VALUE(ZTS_IPADDR_LOOPBACK, 0x7f000001);
VALUE(ZTS_IPADDR_ANY, 0x0);
VALUE(ZTS_IPADDR_BROADCAST, 0xffffffff);
VALUE(ZTS_INADDR_NONE, 0xffffffff);
VALUE(ZTS_INADDR_LOOPBACK, 0x7f000001);
VALUE(ZTS_INADDR_ANY, 0x0);
VALUE(ZTS_INADDR_BROADCAST, 0xffffffff);
VALUE(ZTS_MSG_PEEK, 1);
VALUE(ZTS_MSG_WAITALL, 2);
VALUE(ZTS_MSG_OOB, 4);
VALUE(ZTS_MSG_DONTWAIT, 8);
VALUE(ZTS_MSG_MORE, 16);
VALUE(ZTS_MSG_TRUNC, 4);
VALUE(ZTS_MSG_CTRUNC, 8);
VALUE(ZTS_SHUT_RD, 0);
VALUE(ZTS_SHUT_WR, 1);
VALUE(ZTS_SHUT_RDWR, 2);
VALUE(ZTS_F_GETFL, 3);
VALUE(ZTS_F_SETFL, 4);
VALUE(ZTS_O_NONBLOCK, 1);
VALUE(ZTS_O_NDELAY, 1);
VALUE(ZTS_O_RDONLY, 2);
VALUE(ZTS_O_WRONLY, 4);
VALUE(ZTS_O_RDWR, 6);
VALUE(ZTS_POLLIN, 1);
VALUE(ZTS_POLLOUT, 2);
VALUE(ZTS_POLLERR, 4);
VALUE(ZTS_POLLNVAL, 8);
VALUE(ZTS_POLLRDNORM, 16);
VALUE(ZTS_POLLRDBAND, 32);
VALUE(ZTS_POLLPRI, 64);
VALUE(ZTS_POLLWRNORM, 128);
VALUE(ZTS_POLLWRBAND, 256);
VALUE(ZTS_POLLHUP, 512);
VALUE(ZTS_IOCPARM_MASK, 0x7f);
VALUE(ZTS_IOC_VOID, 0x20000000);
VALUE(ZTS_IOC_OUT, 0x40000000);
VALUE(ZTS_IOC_IN, 0x80000000);
VALUE(ZTS_IOC_INOUT, 0xc0000000);
VALUE(ZTS_FIONREAD, 0x4008667f);
VALUE(ZTS_FIONBIO, 0x8008667e);
VALUE(ZTS_SOL_SOCKET, 0xfff);
VALUE(ZTS_SO_DEBUG, 0x1);
VALUE(ZTS_SO_ACCEPTCONN, 0x2);
VALUE(ZTS_SO_REUSEADDR, 0x4);
VALUE(ZTS_SO_KEEPALIVE, 0x8);
VALUE(ZTS_SO_DONTROUTE, 0x10);
VALUE(ZTS_SO_BROADCAST, 0x20);
VALUE(ZTS_SO_USELOOPBACK, 0x40);
VALUE(ZTS_SO_LINGER, 0x80);
VALUE(ZTS_SO_DONTLINGER, -0x81);
VALUE(ZTS_SO_OOBINLINE, 0x100);
VALUE(ZTS_SO_REUSEPORT, 0x200);
VALUE(ZTS_SO_SNDBUF, 0x1001);
VALUE(ZTS_SO_RCVBUF, 0x1002);
VALUE(ZTS_SO_SNDLOWAT, 0x1003);
VALUE(ZTS_SO_RCVLOWAT, 0x1004);
VALUE(ZTS_SO_SNDTIMEO, 0x1005);
VALUE(ZTS_SO_RCVTIMEO, 0x1006);
VALUE(ZTS_SO_ERROR, 0x1007);
VALUE(ZTS_SO_TYPE, 0x1008);
VALUE(ZTS_SO_CONTIMEO, 0x1009);
VALUE(ZTS_SO_NO_CHECK, 0x100a);
VALUE(ZTS_SO_BINDTODEVICE, 0x100b);
VALUE(ZTS_IP_TOS, 0x1);
VALUE(ZTS_IP_TTL, 0x2);
VALUE(ZTS_IP_PKTINFO, 0x8);
VALUE(ZTS_IP_ADD_MEMBERSHIP, 0x3);
VALUE(ZTS_IP_DROP_MEMBERSHIP, 0x4);
VALUE(ZTS_IP_MULTICAST_TTL, 0x5);
VALUE(ZTS_IP_MULTICAST_IF, 0x6);
VALUE(ZTS_IP_MULTICAST_LOOP, 0x7);
VALUE(ZTS_TCP_NODELAY, 0x1);
VALUE(ZTS_TCP_KEEPALIVE, 0x2);
VALUE(ZTS_TCP_KEEPIDLE, 0x3);
VALUE(ZTS_TCP_KEEPINTVL, 0x4);
VALUE(ZTS_TCP_KEEPCNT, 0x5);
VALUE(ZTS_IPV6_CHECKSUM, 0x7);
VALUE(ZTS_IPV6_V6ONLY, 0x1b);
VALUE(ZTS_IPV6_JOIN_GROUP, 0xc);
VALUE(ZTS_IPV6_ADD_MEMBERSHIP, 0xc);
VALUE(ZTS_IPV6_LEAVE_GROUP, 0xd);
VALUE(ZTS_IPV6_DROP_MEMBERSHIP, 0xd);
VALUE(ZTS_UDPLITE_SEND_CSCOV, 0x1);
VALUE(ZTS_UDPLITE_RECV_CSCOV, 0x2);
VALUE(ZTS_IPTOS_TOS_MASK, 0x1e);
VALUE(ZTS_IPTOS_LOWDELAY, 0x10);
VALUE(ZTS_IPTOS_THROUGHPUT, 0x8);
VALUE(ZTS_IPTOS_RELIABILITY, 0x4);
VALUE(ZTS_IPTOS_LOWCOST, 0x2);
VALUE(ZTS_IPTOS_MINCOST, 0x2);
VALUE(ZTS_IPTOS_PREC_MASK, 0xe0);
VALUE(ZTS_IPTOS_PREC_NETCONTROL, 0xe0);
VALUE(ZTS_IPTOS_PREC_INTERNETCONTROL, 0xc0);
VALUE(ZTS_IPTOS_PREC_CRITIC_ECP, 0xa0);
VALUE(ZTS_IPTOS_PREC_FLASHOVERRIDE, 0x80);
VALUE(ZTS_IPTOS_PREC_FLASH, 0x60);
VALUE(ZTS_IPTOS_PREC_IMMEDIATE, 0x40);
VALUE(ZTS_IPTOS_PREC_PRIORITY, 0x20);
VALUE(ZTS_IPTOS_PREC_ROUTINE, 0x0);
VALUE(ZTS_EPERM, 1);
VALUE(ZTS_ENOENT, 2);
VALUE(ZTS_ESRCH, 3);
VALUE(ZTS_EINTR, 4);
VALUE(ZTS_EIO, 5);
VALUE(ZTS_ENXIO, 6);
VALUE(ZTS_EBADF, 9);
VALUE(ZTS_EAGAIN, 11);
VALUE(ZTS_EWOULDBLOCK, 11);
VALUE(ZTS_ENOMEM, 12);
VALUE(ZTS_EACCES, 13);
VALUE(ZTS_EFAULT, 14);
VALUE(ZTS_EBUSY, 16);
VALUE(ZTS_EEXIST, 17);
VALUE(ZTS_ENODEV, 19);
VALUE(ZTS_EINVAL, 22);
VALUE(ZTS_ENFILE, 23);
VALUE(ZTS_EMFILE, 24);
VALUE(ZTS_ENOSYS, 38);
VALUE(ZTS_ENOTSOCK, 88);
VALUE(ZTS_EDESTADDRREQ, 89);
VALUE(ZTS_EMSGSIZE, 90);
VALUE(ZTS_EPROTOTYPE, 91);
VALUE(ZTS_ENOPROTOOPT, 92);
VALUE(ZTS_EPROTONOSUPPORT, 93);
VALUE(ZTS_ESOCKTNOSUPPORT, 94);
VALUE(ZTS_EOPNOTSUPP, 95);
VALUE(ZTS_EPFNOSUPPORT, 96);
VALUE(ZTS_EAFNOSUPPORT, 97);
VALUE(ZTS_EADDRINUSE, 98);
VALUE(ZTS_EADDRNOTAVAIL, 99);
VALUE(ZTS_ENETDOWN, 100);
VALUE(ZTS_ENETUNREACH, 101);
VALUE(ZTS_ECONNABORTED, 103);
VALUE(ZTS_ECONNRESET, 104);
VALUE(ZTS_ENOBUFS, 105);
VALUE(ZTS_EISCONN, 106);
VALUE(ZTS_ENOTCONN, 107);
VALUE(ZTS_ETIMEDOUT, 110);
VALUE(ZTS_ECONNREFUSED, 111);
VALUE(ZTS_EHOSTUNREACH, 113);
VALUE(ZTS_EALREADY, 114);
VALUE(ZTS_EINPROGRESS, 115);

/* 2. Layouts where long and pointers have 8 bytes */

#if defined(__LP64__)

SIZE(struct zts_in_addr, 4, 4);
FIELD(struct zts_in_addr, s_addr, 0, 4);

SIZE(struct zts_in6_addr, 16, 4);
FIELD(struct zts_in6_addr, un, 0, 16);
FIELD(struct zts_in6_addr, un.u32_addr, 0, 16);
FIELD(struct zts_in6_addr, un.u8_addr, 0, 16);

SIZE(struct zts_sockaddr_in, 16, 4);
FIELD(struct zts_sockaddr_in, sin_len, 0, 1);
FIELD(struct zts_sockaddr_in, sin_family, 1, 1);
FIELD(struct zts_sockaddr_in, sin_port, 2, 2);
FIELD(struct zts_sockaddr_in, sin_addr, 4, 4);
FIELD(struct zts_sockaddr_in, sin_zero, 8, 8);

SIZE(struct zts_sockaddr_in6, 28, 4);
FIELD(struct zts_sockaddr_in6, sin6_len, 0, 1);
FIELD(struct zts_sockaddr_in6, sin6_family, 1, 1);
FIELD(struct zts_sockaddr_in6, sin6_port, 2, 2);
FIELD(struct zts_sockaddr_in6, sin6_flowinfo, 4, 4);
FIELD(struct zts_sockaddr_in6, sin6_addr, 8, 16);
FIELD(struct zts_sockaddr_in6, sin6_scope_id, 24, 4);

SIZE(struct zts_sockaddr, 16, 1);
FIELD(struct zts_sockaddr, sa_len, 0, 1);
FIELD(struct zts_sockaddr, sa_family, 1, 1);
FIELD(struct zts_sockaddr, sa_data, 2, 14);

SIZE(struct zts_sockaddr_storage, 28, 4);
FIELD(struct zts_sockaddr_storage, s2_len, 0, 1);
FIELD(struct zts_sockaddr_storage, ss_family, 1, 1);
FIELD(struct zts_sockaddr_storage, s2_data1, 2, 2);
FIELD(struct zts_sockaddr_storage, s2_data2, 4, 12);
FIELD(struct zts_sockaddr_storage, s2_data3, 16, 12);

SIZE(zts_node_info_t, 24, 8);
FIELD(zts_node_info_t, node_id, 0, 8);
FIELD(zts_node_info_t, port_primary, 8, 2);
FIELD(zts_node_info_t, port_secondary, 10, 2);
FIELD(zts_node_info_t, port_tertiary, 12, 2);
FIELD(zts_node_info_t, ver_major, 14, 1);
FIELD(zts_node_info_t, ver_minor, 15, 1);
FIELD(zts_node_info_t, ver_rev, 16, 1);

SIZE(zts_addr_info_t, 40, 8);
FIELD(zts_addr_info_t, net_id, 0, 8);
FIELD(zts_addr_info_t, addr, 8, 28);

SIZE(zts_route_info_t, 60, 4);
FIELD(zts_route_info_t, target, 0, 28);
FIELD(zts_route_info_t, via, 28, 28);
FIELD(zts_route_info_t, flags, 56, 2);
FIELD(zts_route_info_t, metric, 58, 2);

SIZE(zts_multicast_group_t, 16, 8);
FIELD(zts_multicast_group_t, mac, 0, 8);
FIELD(zts_multicast_group_t, adi, 8, 8);

SIZE(zts_net_info_t, 18952, 8);
FIELD(zts_net_info_t, net_id, 0, 8);
FIELD(zts_net_info_t, mac, 8, 8);
FIELD(zts_net_info_t, name, 16, 128);
FIELD(zts_net_info_t, status, 144, 4);
FIELD(zts_net_info_t, type, 148, 4);
FIELD(zts_net_info_t, mtu, 152, 4);
FIELD(zts_net_info_t, dhcp, 156, 4);
FIELD(zts_net_info_t, bridge, 160, 4);
FIELD(zts_net_info_t, broadcast_enabled, 164, 4);
FIELD(zts_net_info_t, port_error, 168, 4);
FIELD(zts_net_info_t, netconf_rev, 176, 8);
FIELD(zts_net_info_t, assigned_addr_count, 184, 4);
FIELD(zts_net_info_t, assigned_addrs, 188, 448);
FIELD(zts_net_info_t, route_count, 636, 4);
FIELD(zts_net_info_t, routes, 640, 1920);
FIELD(zts_net_info_t, multicast_sub_count, 2560, 4);
FIELD(zts_net_info_t, multicast_subs, 2568, 16384);
FIELD(zts_net_info_t, multicast_subs[0].mac, 2568, 8);
FIELD(zts_net_info_t, multicast_subs[0].adi, 2576, 4);
FIELD(zts_net_info_t, multicast_subs[1], 2584, 16);

SIZE(zts_path_t, 120, 8);
FIELD(zts_path_t, address, 0, 28);
FIELD(zts_path_t, last_tx, 32, 8);
FIELD(zts_path_t, last_rx, 40, 8);
FIELD(zts_path_t, trusted_path_id, 48, 8);
FIELD(zts_path_t, latency, 56, 4);
FIELD(zts_path_t, unused_0, 60, 4);
FIELD(zts_path_t, unused_1, 64, 4);
FIELD(zts_path_t, unused_2, 68, 4);
FIELD(zts_path_t, unused_3, 72, 4);
FIELD(zts_path_t, unused_4, 76, 4);
FIELD(zts_path_t, unused_5, 80, 8);
FIELD(zts_path_t, unused_6, 88, 8);
FIELD(zts_path_t, unused_7, 96, 4);
FIELD(zts_path_t, ifname, 104, 8);
FIELD(zts_path_t, expired, 112, 4);
FIELD(zts_path_t, preferred, 116, 4);

SIZE(zts_peer_info_t, 7720, 8);
FIELD(zts_peer_info_t, peer_id, 0, 8);
FIELD(zts_peer_info_t, ver_major, 8, 4);
FIELD(zts_peer_info_t, ver_minor, 12, 4);
FIELD(zts_peer_info_t, ver_rev, 16, 4);
FIELD(zts_peer_info_t, latency, 20, 4);
FIELD(zts_peer_info_t, role, 24, 4);
FIELD(zts_peer_info_t, path_count, 28, 4);
FIELD(zts_peer_info_t, unused_0, 32, 4);
FIELD(zts_peer_info_t, paths, 40, 7680);

SIZE(zts_root_set_t, 4224, 8);
FIELD(zts_root_set_t, public_id_str, 0, 128);
FIELD(zts_root_set_t, endpoint_ip_str, 128, 4096);

SIZE(zts_netif_info_t, 24, 8);
FIELD(zts_netif_info_t, net_id, 0, 8);
FIELD(zts_netif_info_t, mac, 8, 8);
FIELD(zts_netif_info_t, mtu, 16, 4);

SIZE(zts_event_msg_t, 72, 8);
FIELD(zts_event_msg_t, event_code, 0, 2);
FIELD(zts_event_msg_t, node, 8, 8);
FIELD(zts_event_msg_t, network, 16, 8);
FIELD(zts_event_msg_t, netif, 24, 8);
FIELD(zts_event_msg_t, route, 32, 8);
FIELD(zts_event_msg_t, peer, 40, 8);
FIELD(zts_event_msg_t, addr, 48, 8);
FIELD(zts_event_msg_t, cache, 56, 8);
FIELD(zts_event_msg_t, len, 64, 4);

SIZE(struct zts_linger, 8, 4);
FIELD(struct zts_linger, l_onoff, 0, 4);
FIELD(struct zts_linger, l_linger, 4, 4);

SIZE(zts_ip_mreq, 8, 4);
FIELD(zts_ip_mreq, imr_multiaddr, 0, 4);
FIELD(zts_ip_mreq, imr_interface, 4, 4);

SIZE(struct zts_in_pktinfo, 8, 4);
FIELD(struct zts_in_pktinfo, ipi_ifindex, 0, 4);
FIELD(struct zts_in_pktinfo, ipi_addr, 4, 4);

SIZE(zts_ipv6_mreq, 20, 4);
FIELD(zts_ipv6_mreq, ipv6mr_multiaddr, 0, 16);
FIELD(zts_ipv6_mreq, ipv6mr_interface, 16, 4);

SIZE(zts_fd_set, 128, 1);
FIELD(zts_fd_set, fd_bits, 0, 128);

SIZE(zts_timeval, 16, 8);
FIELD(zts_timeval, tv_sec, 0, 8);
FIELD(zts_timeval, tv_usec, 8, 8);

SIZE(struct zts_pollfd, 8, 4);
FIELD(struct zts_pollfd, fd, 0, 4);
FIELD(struct zts_pollfd, events, 4, 2);
FIELD(struct zts_pollfd, revents, 6, 2);

SIZE(struct zts_iovec, 16, 8);
FIELD(struct zts_iovec, iov_base, 0, 8);
FIELD(struct zts_iovec, iov_len, 8, 8);

SIZE(struct zts_msghdr, 48, 8);
FIELD(struct zts_msghdr, msg_name, 0, 8);
FIELD(struct zts_msghdr, msg_namelen, 8, 4);
FIELD(struct zts_msghdr, msg_iov, 16, 8);
FIELD(struct zts_msghdr, msg_iovlen, 24, 4);
FIELD(struct zts_msghdr, msg_control, 32, 8);
FIELD(struct zts_msghdr, msg_controllen, 40, 4);
FIELD(struct zts_msghdr, msg_flags, 44, 4);

SIZE(struct zts_hostent, 32, 8);
FIELD(struct zts_hostent, h_name, 0, 8);
FIELD(struct zts_hostent, h_aliases, 8, 8);
FIELD(struct zts_hostent, h_addrtype, 16, 4);
FIELD(struct zts_hostent, h_length, 20, 4);
FIELD(struct zts_hostent, h_addr_list, 24, 8);

SIZE(struct zts_ip4_addr, 4, 4);
FIELD(struct zts_ip4_addr, addr, 0, 4);

SIZE(struct zts_ip6_addr, 16, 4);
FIELD(struct zts_ip6_addr, addr, 0, 16);

SIZE(zts_stats_counter_t, 144, 4);

SIZE(zts_ip_addr, 20, 4);
FIELD(zts_ip_addr, u_addr, 0, 16);
FIELD(zts_ip_addr, type, 16, 1);

FIELD(zts_stats_counter_t, link_tx, 0, 4);
FIELD(zts_stats_counter_t, link_rx, 4, 4);
FIELD(zts_stats_counter_t, link_drop, 8, 4);
FIELD(zts_stats_counter_t, link_err, 12, 4);
FIELD(zts_stats_counter_t, etharp_tx, 16, 4);
FIELD(zts_stats_counter_t, etharp_rx, 20, 4);
FIELD(zts_stats_counter_t, etharp_drop, 24, 4);
FIELD(zts_stats_counter_t, etharp_err, 28, 4);
FIELD(zts_stats_counter_t, ip4_tx, 32, 4);
FIELD(zts_stats_counter_t, ip4_rx, 36, 4);
FIELD(zts_stats_counter_t, ip4_drop, 40, 4);
FIELD(zts_stats_counter_t, ip4_err, 44, 4);
FIELD(zts_stats_counter_t, ip6_tx, 48, 4);
FIELD(zts_stats_counter_t, ip6_rx, 52, 4);
FIELD(zts_stats_counter_t, ip6_drop, 56, 4);
FIELD(zts_stats_counter_t, ip6_err, 60, 4);
FIELD(zts_stats_counter_t, icmp4_tx, 64, 4);
FIELD(zts_stats_counter_t, icmp4_rx, 68, 4);
FIELD(zts_stats_counter_t, icmp4_drop, 72, 4);
FIELD(zts_stats_counter_t, icmp4_err, 76, 4);
FIELD(zts_stats_counter_t, icmp6_tx, 80, 4);
FIELD(zts_stats_counter_t, icmp6_rx, 84, 4);
FIELD(zts_stats_counter_t, icmp6_drop, 88, 4);
FIELD(zts_stats_counter_t, icmp6_err, 92, 4);
FIELD(zts_stats_counter_t, udp_tx, 96, 4);
FIELD(zts_stats_counter_t, udp_rx, 100, 4);
FIELD(zts_stats_counter_t, udp_drop, 104, 4);
FIELD(zts_stats_counter_t, udp_err, 108, 4);
FIELD(zts_stats_counter_t, tcp_tx, 112, 4);
FIELD(zts_stats_counter_t, tcp_rx, 116, 4);
FIELD(zts_stats_counter_t, tcp_drop, 120, 4);
FIELD(zts_stats_counter_t, tcp_err, 124, 4);
FIELD(zts_stats_counter_t, nd6_tx, 128, 4);
FIELD(zts_stats_counter_t, nd6_rx, 132, 4);
FIELD(zts_stats_counter_t, nd6_drop, 136, 4);
FIELD(zts_stats_counter_t, nd6_err, 140, 4);

#endif
