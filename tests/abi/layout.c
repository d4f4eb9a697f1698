/* SPDX-License-Identifier: Apache-2.0 */
/* Every structure of the public header lies in memory as programs were compiled with it, on each ABI. */
#include "ZeroTierSockets.h"

#include <stddef.h>

/* The four kinds of machine: LP64; 64-bit Windows; 32 bits with 64-bit integers aligned to 8 (ARM, 32-bit
   Windows), and to 4 (i386). */
#if defined(__LP64__)
#define BY_ABI(lp64, llp64, ilp32, i386) (lp64)
#elif defined(_WIN64)
#define BY_ABI(lp64, llp64, ilp32, i386) (llp64)
#elif defined(__i386__) && !defined(_WIN32)
#define BY_ABI(lp64, llp64, ilp32, i386) (i386)
#else
#define BY_ABI(lp64, llp64, ilp32, i386) (ilp32)
#endif
#define INT64_ALIGNMENT BY_ABI(8, 8, 8, 4)

#define SIZE(type, size, alignment)                                                                \
    _Static_assert(sizeof(type) == (size) && _Alignof(type) == (alignment), #type)
#define FIELD(type, field, offset, size)                                                           \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size),      \
                   #type " " #field)

SIZE(struct zts_in_addr, 4, 4);
#if defined(_WIN32)
FIELD(struct zts_in_addr, S_addr, 0, 4);
#else
FIELD(struct zts_in_addr, s_addr, 0, 4);
#endif

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

SIZE(zts_node_info_t, BY_ABI(24, 24, 24, 20), INT64_ALIGNMENT);
FIELD(zts_node_info_t, node_id, 0, 8);
FIELD(zts_node_info_t, port_primary, 8, 2);
FIELD(zts_node_info_t, port_secondary, 10, 2);
FIELD(zts_node_info_t, port_tertiary, 12, 2);
FIELD(zts_node_info_t, ver_major, 14, 1);
FIELD(zts_node_info_t, ver_minor, 15, 1);
FIELD(zts_node_info_t, ver_rev, 16, 1);

SIZE(zts_addr_info_t, BY_ABI(40, 40, 40, 36), INT64_ALIGNMENT);
FIELD(zts_addr_info_t, net_id, 0, 8);
FIELD(zts_addr_info_t, addr, 8, 28);

SIZE(zts_route_info_t, 60, 4);
FIELD(zts_route_info_t, target, 0, 28);
FIELD(zts_route_info_t, via, 28, 28);
FIELD(zts_route_info_t, flags, 56, 2);
FIELD(zts_route_info_t, metric, 58, 2);

SIZE(zts_multicast_group_t, BY_ABI(16, 16, 16, 12), INT64_ALIGNMENT);
FIELD(zts_multicast_group_t, mac, 0, 8);
FIELD(zts_multicast_group_t, adi, 8, sizeof(long));

SIZE(zts_net_info_t, BY_ABI(18952, 18944, 18944, 14844), INT64_ALIGNMENT);
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
FIELD(zts_net_info_t, netconf_rev, BY_ABI(176, 172, 172, 172), sizeof(long));
FIELD(zts_net_info_t, assigned_addr_count, BY_ABI(184, 176, 176, 176), 4);
FIELD(zts_net_info_t, assigned_addrs, BY_ABI(188, 180, 180, 180), 448);
FIELD(zts_net_info_t, route_count, BY_ABI(636, 628, 628, 628), 4);
FIELD(zts_net_info_t, routes, BY_ABI(640, 632, 632, 632), 1920);
FIELD(zts_net_info_t, multicast_sub_count, BY_ABI(2560, 2552, 2552, 2552), 4);
FIELD(zts_net_info_t, multicast_subs, BY_ABI(2568, 2560, 2560, 2556),
      BY_ABI(16384, 16384, 16384, 12288));
FIELD(zts_net_info_t, multicast_subs[0].mac, BY_ABI(2568, 2560, 2560, 2556), 8);
FIELD(zts_net_info_t, multicast_subs[0].adi, BY_ABI(2576, 2568, 2568, 2564), 4);
FIELD(zts_net_info_t, multicast_subs[1], BY_ABI(2584, 2576, 2576, 2568), BY_ABI(16, 16, 16, 12));

SIZE(zts_path_t, BY_ABI(120, 120, 112, 108), INT64_ALIGNMENT);
FIELD(zts_path_t, address, 0, 28);
FIELD(zts_path_t, last_tx, BY_ABI(32, 32, 32, 28), 8);
FIELD(zts_path_t, last_rx, BY_ABI(40, 40, 40, 36), 8);
FIELD(zts_path_t, trusted_path_id, BY_ABI(48, 48, 48, 44), 8);
FIELD(zts_path_t, latency, BY_ABI(56, 56, 56, 52), 4);
FIELD(zts_path_t, unused_0, BY_ABI(60, 60, 60, 56), 4);
FIELD(zts_path_t, unused_1, BY_ABI(64, 64, 64, 60), 4);
FIELD(zts_path_t, unused_2, BY_ABI(68, 68, 68, 64), 4);
FIELD(zts_path_t, unused_3, BY_ABI(72, 72, 72, 68), 4);
FIELD(zts_path_t, unused_4, BY_ABI(76, 76, 76, 72), 4);
FIELD(zts_path_t, unused_5, BY_ABI(80, 80, 80, 76), 8);
FIELD(zts_path_t, unused_6, BY_ABI(88, 88, 88, 84), 8);
FIELD(zts_path_t, unused_7, BY_ABI(96, 96, 96, 92), 4);
FIELD(zts_path_t, ifname, BY_ABI(104, 104, 100, 96), sizeof(void *));
FIELD(zts_path_t, expired, BY_ABI(112, 112, 104, 100), 4);
FIELD(zts_path_t, preferred, BY_ABI(116, 116, 108, 104), 4);

SIZE(zts_peer_info_t, BY_ABI(7720, 7720, 7208, 6948), INT64_ALIGNMENT);
FIELD(zts_peer_info_t, peer_id, 0, 8);
FIELD(zts_peer_info_t, ver_major, 8, 4);
FIELD(zts_peer_info_t, ver_minor, 12, 4);
FIELD(zts_peer_info_t, ver_rev, 16, 4);
FIELD(zts_peer_info_t, latency, 20, 4);
FIELD(zts_peer_info_t, role, 24, 4);
FIELD(zts_peer_info_t, path_count, 28, 4);
FIELD(zts_peer_info_t, unused_0, 32, 4);
FIELD(zts_peer_info_t, paths, BY_ABI(40, 40, 40, 36), BY_ABI(7680, 7680, 7168, 6912));

SIZE(zts_root_set_t, BY_ABI(4224, 4224, 2112, 2112), sizeof(void *));
FIELD(zts_root_set_t, public_id_str, 0, BY_ABI(128, 128, 64, 64));
FIELD(zts_root_set_t, endpoint_ip_str, BY_ABI(128, 128, 64, 64), BY_ABI(4096, 4096, 2048, 2048));

SIZE(zts_netif_info_t, BY_ABI(24, 24, 24, 20), INT64_ALIGNMENT);
FIELD(zts_netif_info_t, net_id, 0, 8);
FIELD(zts_netif_info_t, mac, 8, 8);
FIELD(zts_netif_info_t, mtu, 16, 4);

SIZE(zts_event_msg_t, BY_ABI(72, 72, 36, 36), sizeof(void *));
FIELD(zts_event_msg_t, event_code, 0, 2);
FIELD(zts_event_msg_t, node, BY_ABI(8, 8, 4, 4), sizeof(void *));
FIELD(zts_event_msg_t, network, BY_ABI(16, 16, 8, 8), sizeof(void *));
FIELD(zts_event_msg_t, netif, BY_ABI(24, 24, 12, 12), sizeof(void *));
FIELD(zts_event_msg_t, route, BY_ABI(32, 32, 16, 16), sizeof(void *));
FIELD(zts_event_msg_t, peer, BY_ABI(40, 40, 20, 20), sizeof(void *));
FIELD(zts_event_msg_t, addr, BY_ABI(48, 48, 24, 24), sizeof(void *));
FIELD(zts_event_msg_t, cache, BY_ABI(56, 56, 28, 28), sizeof(void *));
FIELD(zts_event_msg_t, len, BY_ABI(64, 64, 32, 32), 4);

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

SIZE(zts_timeval, BY_ABI(16, 8, 8, 8), sizeof(long));
FIELD(zts_timeval, tv_sec, 0, sizeof(long));
FIELD(zts_timeval, tv_usec, BY_ABI(8, 4, 4, 4), sizeof(long));

SIZE(struct zts_pollfd, 8, 4);
FIELD(struct zts_pollfd, fd, 0, 4);
FIELD(struct zts_pollfd, events, 4, 2);
FIELD(struct zts_pollfd, revents, 6, 2);

SIZE(struct zts_iovec, BY_ABI(16, 16, 8, 8), sizeof(void *));
FIELD(struct zts_iovec, iov_base, 0, sizeof(void *));
FIELD(struct zts_iovec, iov_len, BY_ABI(8, 8, 4, 4), sizeof(void *));

SIZE(struct zts_msghdr, BY_ABI(48, 48, 28, 28), sizeof(void *));
FIELD(struct zts_msghdr, msg_name, 0, sizeof(void *));
FIELD(struct zts_msghdr, msg_namelen, BY_ABI(8, 8, 4, 4), 4);
FIELD(struct zts_msghdr, msg_iov, BY_ABI(16, 16, 8, 8), sizeof(void *));
FIELD(struct zts_msghdr, msg_iovlen, BY_ABI(24, 24, 12, 12), 4);
FIELD(struct zts_msghdr, msg_control, BY_ABI(32, 32, 16, 16), sizeof(void *));
FIELD(struct zts_msghdr, msg_controllen, BY_ABI(40, 40, 20, 20), 4);
FIELD(struct zts_msghdr, msg_flags, BY_ABI(44, 44, 24, 24), 4);

SIZE(struct zts_hostent, BY_ABI(32, 32, 20, 20), sizeof(void *));
FIELD(struct zts_hostent, h_name, 0, sizeof(void *));
FIELD(struct zts_hostent, h_aliases, BY_ABI(8, 8, 4, 4), sizeof(void *));
FIELD(struct zts_hostent, h_addrtype, BY_ABI(16, 16, 8, 8), 4);
FIELD(struct zts_hostent, h_length, BY_ABI(20, 20, 12, 12), 4);
FIELD(struct zts_hostent, h_addr_list, BY_ABI(24, 24, 16, 16), sizeof(void *));

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
