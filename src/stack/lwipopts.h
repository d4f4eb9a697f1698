/* SPDX-License-Identifier: Apache-2.0 */
/* How lwIP is configured, each choice with its reason. */
#ifndef ZT_STACK_LWIPOPTS_H
#define ZT_STACK_LWIPOPTS_H

#include "base/limits.h"
#include "os/corelock.h"

/* One lock for the protocol and for lwIP: frames pass between them without a hand-over. */
#define NO_SYS 0
#define LWIP_TCPIP_CORE_LOCKING 1
#define LWIP_TCPIP_CORE_LOCKING_INPUT 1
#define LOCK_TCPIP_CORE() zt_core_lock()
#define UNLOCK_TCPIP_CORE() zt_core_unlock()
#define SYS_LIGHTWEIGHT_PROT 1
#define TCPIP_THREAD_NAME "zt-tcpip"
#define TCPIP_MBOX_SIZE 4096

/* Error numbers are lwIP's own, which are Linux's on every platform, in our own variable. */
#define LWIP_PROVIDE_ERRNO 1
#define errno zt_stack_errno
extern _Thread_local int zt_stack_errno;

/* The system's allocator: windows of megabytes need no pools to be reserved for. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8
/* The public header has a macro of this name for programs: the size of zts_fd_set. */
#undef MEMP_NUM_NETCONN
#define MEMP_NUM_NETCONN ZT_MAX_SOCKETS
#define MEMP_NUM_TCP_SEG 65535

/* Timers run only while there is something to time; see timers.c. */
#define LWIP_TIMERS 1
#define LWIP_TIMERS_CUSTOM 1

/* Frames. Two bytes of padding align what follows the Ethernet header. */
#define ETH_PAD_SIZE 2
#define LWIP_ETHERNET 1
#define LWIP_ARP 1
#define ARP_TABLE_SIZE 512
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 32
#define ETHARP_SUPPORT_STATIC_ENTRIES 1
#define LWIP_NETIF_HWADDRHINT 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 1
#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define LWIP_ACD 0

/* A bound on what waits to be delivered to ourselves: beyond it TCP tries again. */
#define LWIP_LOOPBACK_MAX_PBUFS 8192

/* IPv4 */
#define LWIP_IPV4 1
#define IP_FORWARD 0
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define IP_REASS_MAX_PBUFS 256
#define IP_DEFAULT_TTL 255
#define LWIP_ICMP 1
#define LWIP_RAW 1
#define LWIP_IGMP 1
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_BROADCAST_PING 0
#define LWIP_MULTICAST_PING 0

/* IPv6. Managed addresses are unique by construction, so there is no duplicate address detection; and
   no stranger may configure us by router advertisements. */
#define LWIP_IPV6 1
#define LWIP_IPV6_SCOPES 0
#define LWIP_IPV6_NUM_ADDRESSES (ZT_MAX_ASSIGNED + 1)
#define LWIP_IPV6_FORWARD 0
#define LWIP_IPV6_AUTOCONFIG 0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0
#define LWIP_IPV6_MLD 1
#define LWIP_IPV6_FRAG 1
#define LWIP_IPV6_REASS 1
/* pointers of 8 bytes do not fit where lwIP would keep them */
#define IPV6_FRAG_COPYHEADER 1
/* lwIP counts both in a signed byte. */
#define LWIP_ND6_NUM_NEIGHBORS 127
#define LWIP_ND6_NUM_DESTINATIONS 127
#define LWIP_ND6_QUEUEING 1
#define LWIP_ND6_ALLOW_RA_UPDATES 0
#define LWIP_ICMP6_HL 255

/* TCP: windows of megabytes for long fat paths, segments as large as the interface's MTU allows. */
#define LWIP_TCP 1
#define TCP_MSS (ZT_MAX_MTU - 40)
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 7
#define TCP_WND (4 * 1024 * 1024)
#define TCP_SND_BUF (4 * 1024 * 1024)
#define TCP_SND_QUEUELEN 16384
#define TCP_SNDLOWAT 16384
#define TCP_SNDQUEUELOWAT 8192
#define TCP_WND_UPDATE_THRESHOLD (64 * 1024)
#define TCP_OVERSIZE TCP_MSS
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_MAX_SACK_NUM 4
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 255
#define TCP_SYNMAXRTX 12
#define TCP_MAXRTX 12
#define TCP_TTL 255
#define UDP_TTL 255
#define RAW_TTL 255
#define TCP_MSL 30000UL
#define LWIP_TCP_RTO_TIME 1000
/* Retransmission time-outs come in steps of twice this, at least three. */
#define TCP_TMR_INTERVAL 50
#define LWIP_TCP_KEEPALIVE 1
/* the size of the send buffer, two for held acknowledgements, seconds without an answer, the time of the
   last progress */
#define LWIP_TCP_PCB_NUM_EXT_ARGS 5

/* Checksums: generated while copying; not verified, as the network below authenticates every frame. */
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHECKSUM_ON_COPY 1
#define LWIP_CHKSUM zt_stack_checksum
#define LWIP_CHKSUM_COPY zt_stack_checksum_copy
#ifndef __ASSEMBLER__
unsigned short zt_stack_checksum(const void *data, int length);
unsigned short zt_stack_checksum_copy(void *to, const void *from, unsigned short length);
#endif

/* Sockets. Two threads may use one descriptor, and close wakes who is blocked on it. */
#define LWIP_NETCONN 1
#define LWIP_SOCKET 1
#define LWIP_COMPAT_SOCKETS 0
#define LWIP_POSIX_SOCKETS_IO_NAMES 0
#define LWIP_SOCKET_OFFSET 0
/* groups.c keeps them */
#define LWIP_SOCKET_MAX_MEMBERSHIPS 1
/* select is ours: lwIP's works on sets of its own size */
#define LWIP_SOCKET_SELECT 0
#define LWIP_NETCONN_SEM_PER_THREAD 1
#define LWIP_NETCONN_FULLDUPLEX 1
#define DEFAULT_TCP_RECVMBOX_SIZE 8192
#define DEFAULT_UDP_RECVMBOX_SIZE 2048
#define DEFAULT_RAW_RECVMBOX_SIZE 256
#define DEFAULT_ACCEPTMBOX_SIZE 256
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 1
#define LWIP_SO_LINGER 1
#define LWIP_SO_SNDTIMEO 1
#define LWIP_SO_RCVTIMEO 1
#define LWIP_SO_RCVBUF 1
#define LWIP_FIONREAD_LINUXMODE 1
#define LWIP_NETBUF_RECVINFO 1
#define LWIP_UDPLITE 0

/* Names. Servers come from the networks or the user, none is built in. */
#define LWIP_DNS 1
#define DNS_MAX_SERVERS 2
#define DNS_TABLE_SIZE 16
#define DNS_MAX_NAME_LENGTH 256

#define LWIP_STATS 1
#define LWIP_STATS_LARGE 1
#define ETHARP_STATS 1
#define LINK_STATS 1
#define IP_STATS 1
#define ICMP_STATS 1
#define UDP_STATS 1
#define TCP_STATS 1
#define IP6_STATS 1
#define ICMP6_STATS 1
#define ND6_STATS 1
#define MEM_STATS 0
#define MEMP_STATS 0
#define SYS_STATS 0

#define LWIP_HOOK_FILENAME "stack/hooks.h"
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port)                            \
    zt_stack_first_sequence(local_ip, local_port, remote_ip, remote_port)
#define LWIP_HOOK_IP4_ROUTE_SRC(src, dest) zt_stack_route4(src, dest)
#define LWIP_HOOK_ETHARP_GET_GW(netif, dest) zt_stack_gateway4(netif, dest)
#define LWIP_HOOK_IP6_ROUTE(src, dest) zt_stack_route6(src, dest)
#define LWIP_HOOK_ND6_GET_GW(netif, dest) zt_stack_gateway6(netif, dest)
#define LWIP_HOOK_IP4_INPUT(pbuf, netif) zt_stack_refuse4(pbuf, netif)
#define LWIP_HOOK_IP6_INPUT(pbuf, netif) zt_stack_refuse6(pbuf, netif)
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, length, length1, second, pbuf)                     \
    zt_stack_segment(pcb, header, pbuf)

#endif
