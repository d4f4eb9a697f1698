/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets on ZeroTier networks, inside a process: the public interface of libzt.

   A program starts one node (zts_node_start), joins networks (zts_net_join) and then uses sockets as it
   is used to: zts_bsd_* take the arguments of the POSIX calls, zts_* take addresses as text. Both may be
   used on the same descriptor.

   Rules that hold everywhere unless a function says otherwise:
   - Results: 0 or a count; -1 (ZTS_ERR_SOCKET) with the reason in zts_errno; -2 (ZTS_ERR_SERVICE) when
     the node is not running, or, for zts_init_*, when it is; -3 (ZTS_ERR_ARG) for a bad argument; -4
     (ZTS_ERR_NO_RESULT) when there is nothing to report; -5 (ZTS_ERR_GENERAL) for an internal failure.
     The service state is judged before the arguments. Questions (..._is_...) are answered by 1 or 0.
   - Any function may be called from any thread, and from the event handler. None blocks, apart from
     those that say so. Blocked calls return when their descriptor is closed or the node is stopped.
     A signal doesn't end them, and none is delivered on a thread of the library.
   - Pointers are borrowed for the call. NULL is refused with -3.
   - Ports are in host byte order where the address is text, in network byte order in socket addresses.
     Node and network ids, and MACs, are plain numbers.
   - Addresses of networks carry the prefix length, in network byte order, in the port field. */
#ifndef ZTS_SOCKETS_H
#define ZTS_SOCKETS_H

/* Switches for bindings, to be defined before the header is included; the library is the same.
   - ZTS_ENABLE_PYTHON (C++): zts_init_set_event_handler takes a PythonDirectorCallbackClass.
   - ZTS_ENABLE_JAVA: zts_init_set_event_handler takes an object of Java and its method.
   - ZTS_ENABLE_PINVOKE: there is the type CppCallback. */
#if defined(ZTS_ENABLE_PYTHON) && defined(__cplusplus)
#define ZTS_PYTHON_HANDLER 1
#include <Python.h> /* wants to be the first */
#endif
#ifdef ZTS_ENABLE_JAVA
#include <jni.h>
#endif

#ifndef ZTS_NO_STDINT_H
#include <stdint.h>
#endif
#include <stddef.h>
#include <string.h>
#if defined(_MSC_VER)
typedef int ssize_t;
#else
#include <unistd.h>
#endif

/* ZTS_STATIC: the program links the static library (matters on Windows only). */
#if defined(_WIN32) && !defined(ZTS_STATIC)
#ifdef ADD_EXPORTS
#define ZTS_API __declspec(dllexport)
#else
#define ZTS_API __declspec(dllimport)
#endif
#elif defined(__GNUC__) && !defined(_WIN32)
#define ZTS_API __attribute__((visibility("default")))
#else
#define ZTS_API
#endif
#if defined(_WIN32)
#define ZTCALL __cdecl
#else
#define ZTCALL
#endif

#if !defined(ZTS_PYTHON_HANDLER) && !defined(ZTS_ENABLE_JAVA) && !defined(ZTS_ENABLE_PINVOKE)
#define ZTS_C_API_ONLY 1
#endif
#ifndef ZTS_DISABLE_CENTRAL_API
#define ZTS_DISABLE_CENTRAL_API 1
#endif
#define ZTS_UNUSED_ARG(x) (void)x

#ifdef __cplusplus
extern "C" {
#endif

#ifdef ZTS_ENABLE_PINVOKE
typedef void (*CppCallback)(void *);
#endif

/* ---- Results ---- */

typedef enum {
    ZTS_ERR_OK = 0,         /* success */
    ZTS_ERR_SOCKET = -1,    /* socket call failed, see zts_errno */
    ZTS_ERR_SERVICE = -2,   /* wrong moment: the node is not running, or already is */
    ZTS_ERR_ARG = -3,       /* invalid argument */
    ZTS_ERR_NO_RESULT = -4, /* nothing to report */
    ZTS_ERR_GENERAL = -5    /* internal failure */
} zts_error_t;

/* Reason of the last failed socket call, an enum zts_errno_t; 0 after a successful one. One object for
   the process: with several threads ask zts_get_errno. */
extern ZTS_API int zts_errno;

/* The same for the calling thread (extension). */
ZTS_API int ZTCALL zts_get_errno(void);

/* The same numbers on every platform. */
typedef enum {
    ZTS_EPERM = 1,
    ZTS_ENOENT = 2,
    ZTS_ESRCH = 3,
    ZTS_EINTR = 4,
    ZTS_EIO = 5,
    ZTS_ENXIO = 6,
    ZTS_EBADF = 9,
    ZTS_EAGAIN = 11,
    ZTS_EWOULDBLOCK = 11,
    ZTS_ENOMEM = 12,
    ZTS_EACCES = 13,
    ZTS_EFAULT = 14,
    ZTS_EBUSY = 16,
    ZTS_EEXIST = 17,
    ZTS_ENODEV = 19,
    ZTS_EINVAL = 22,
    ZTS_ENFILE = 23,
    ZTS_EMFILE = 24,
    ZTS_EPIPE = 32,
    ZTS_ENOSYS = 38,
    ZTS_ENOTSOCK = 88,
    ZTS_EDESTADDRREQ = 89,
    ZTS_EMSGSIZE = 90,
    ZTS_EPROTOTYPE = 91,
    ZTS_ENOPROTOOPT = 92,
    ZTS_EPROTONOSUPPORT = 93,
    ZTS_ESOCKTNOSUPPORT = 94,
    ZTS_EOPNOTSUPP = 95,
    ZTS_EPFNOSUPPORT = 96,
    ZTS_EAFNOSUPPORT = 97,
    ZTS_EADDRINUSE = 98,
    ZTS_EADDRNOTAVAIL = 99,
    ZTS_ENETDOWN = 100,
    ZTS_ENETUNREACH = 101,
    ZTS_ECONNABORTED = 103,
    ZTS_ECONNRESET = 104,
    ZTS_ENOBUFS = 105,
    ZTS_EISCONN = 106,
    ZTS_ENOTCONN = 107,
    ZTS_ETIMEDOUT = 110,
    ZTS_ECONNREFUSED = 111,
    ZTS_EHOSTUNREACH = 113,
    ZTS_EALREADY = 114,
    ZTS_EINPROGRESS = 115
} zts_errno_t;

/* ---- Events ---- */

typedef enum {
    ZTS_EVENT_NODE_UP = 200,          /* node: started, not yet online */
    ZTS_EVENT_NODE_ONLINE = 201,      /* node: a root answers */
    ZTS_EVENT_NODE_OFFLINE = 202,     /* node: no root answers any more */
    ZTS_EVENT_NODE_DOWN = 203,        /* node: the last event before the node is gone */
    ZTS_EVENT_NODE_FATAL_ERROR = 204, /* node: it can't work, for instance its port is taken */
    ZTS_EVENT_NETWORK_NOT_FOUND = 210,
    ZTS_EVENT_NETWORK_CLIENT_TOO_OLD = 211,
    ZTS_EVENT_NETWORK_REQ_CONFIG = 212,
    ZTS_EVENT_NETWORK_OK = 213,
    ZTS_EVENT_NETWORK_ACCESS_DENIED = 214,
    ZTS_EVENT_NETWORK_READY_IP4 = 215, /* has an IPv4 address and is usable */
    ZTS_EVENT_NETWORK_READY_IP6 = 216,
    ZTS_EVENT_NETWORK_READY_IP4_IP6 = 217, /* deprecated, never sent */
    ZTS_EVENT_NETWORK_DOWN = 218,          /* left */
    ZTS_EVENT_NETWORK_UPDATE = 219,        /* its configuration or status changed */
    ZTS_EVENT_STACK_UP = 220,              /* sockets work */
    ZTS_EVENT_STACK_DOWN = 221,            /* they don't any more */
    ZTS_EVENT_NETIF_UP = 230,              /* netif: a network's interface is in the stack */
    ZTS_EVENT_NETIF_DOWN = 231,
    ZTS_EVENT_NETIF_REMOVED = 232,
    ZTS_EVENT_NETIF_LINK_UP = 233, /* netif: the network's controller admits us */
    ZTS_EVENT_NETIF_LINK_DOWN = 234,
    ZTS_EVENT_PEER_DIRECT = 240,      /* peer: has a direct path */
    ZTS_EVENT_PEER_RELAY = 241,       /* peer: reached by relaying only */
    ZTS_EVENT_PEER_UNREACHABLE = 242, /* never sent */
    ZTS_EVENT_PEER_PATH_DISCOVERED = 243,
    ZTS_EVENT_PEER_PATH_DEAD = 244,
    ZTS_EVENT_ROUTE_ADDED = 250,
    ZTS_EVENT_ROUTE_REMOVED = 251,
    ZTS_EVENT_ADDR_ADDED_IP4 = 260,
    ZTS_EVENT_ADDR_REMOVED_IP4 = 261,
    ZTS_EVENT_ADDR_ADDED_IP6 = 262,
    ZTS_EVENT_ADDR_REMOVED_IP6 = 263,
    ZTS_EVENT_STORE_IDENTITY_SECRET = 270, /* cache: text of len characters; keep it secret */
    ZTS_EVENT_STORE_IDENTITY_PUBLIC = 271,
    ZTS_EVENT_STORE_PLANET = 272, /* cache: binary */
    ZTS_EVENT_STORE_PEER = 273,
    ZTS_EVENT_STORE_NETWORK = 274
} zts_event_t;

typedef enum {
    ZTS_NETWORK_STATUS_REQUESTING_CONFIGURATION = 0,
    ZTS_NETWORK_STATUS_OK = 1,
    ZTS_NETWORK_STATUS_ACCESS_DENIED = 2,
    ZTS_NETWORK_STATUS_NOT_FOUND = 3,
    ZTS_NETWORK_STATUS_PORT_ERROR = 4,
    ZTS_NETWORK_STATUS_CLIENT_TOO_OLD = 5,
    ZTS_NETWORK_STATUS_AUTHENTICATION_REQUIRED = 6 /* single sign-on */
} zts_network_status_t;

typedef enum { ZTS_NETWORK_TYPE_PRIVATE = 0, ZTS_NETWORK_TYPE_PUBLIC = 1 } zts_net_info_type_t;

typedef enum {
    ZTS_PEER_ROLE_LEAF = 0,
    ZTS_PEER_ROLE_MOON = 1,
    ZTS_PEER_ROLE_PLANET = 2
} zts_peer_role_t;

/* ---- Lengths and limits ---- */

#define ZTS_MAC_ADDRSTRLEN 18
#define ZTS_INET_ADDRSTRLEN 16
#define ZTS_INET6_ADDRSTRLEN 46
#define ZTS_IP_MAX_STR_LEN 46
#define ZTS_STORE_DATA_LEN 4096
#define ZTS_MAX_NETWORK_SHORT_NAME_LENGTH 127
#define ZTS_MAX_NETWORK_ROUTES 32
#define ZTS_MAX_ASSIGNED_ADDRESSES 16
#define ZTS_MAX_PEER_NETWORK_PATHS 64
#define ZTS_MAX_MULTICAST_SUBSCRIPTIONS 1024
#define ZTS_MAX_ENDPOINT_STR_LEN (ZTS_INET6_ADDRSTRLEN + 6)
#define ZTS_MAX_NUM_ROOTS 16
#define ZTS_MAX_ENDPOINTS_PER_ROOT 32
#define ZTS_ID_STR_BUF_LEN 384
#define LWIP_SOCKET_OFFSET 0
#ifndef MEMP_NUM_NETCONN
#define MEMP_NUM_NETCONN 1024
#endif
#define ZTS_FD_SETSIZE 1024
#ifndef SIN_ZERO_LEN
#define SIN_ZERO_LEN 8
#endif

/* ---- Addresses ---- */

#define ZTS_AF_UNSPEC 0
#define ZTS_AF_INET 2
#define ZTS_AF_INET6 10
#define ZTS_PF_UNSPEC ZTS_AF_UNSPEC
#define ZTS_PF_INET ZTS_AF_INET
#define ZTS_PF_INET6 ZTS_AF_INET6
#define ZTS_SOCK_STREAM 1
#define ZTS_SOCK_DGRAM 2
#define ZTS_SOCK_RAW 3
#define ZTS_IPPROTO_IP 0
#define ZTS_IPPROTO_ICMP 1
#define ZTS_IPPROTO_TCP 6
#define ZTS_IPPROTO_UDP 17
#define ZTS_IPPROTO_IPV6 41
#define ZTS_IPPROTO_ICMPV6 58
#define ZTS_IPPROTO_UDPLITE 136
#define ZTS_IPPROTO_RAW 255

#define ZTS_IPADDR_NONE ((uint32_t)0xffffffffUL)
#define ZTS_IPADDR_LOOPBACK ((uint32_t)0x7f000001UL)
#define ZTS_IPADDR_ANY ((uint32_t)0x00000000UL)
#define ZTS_IPADDR_BROADCAST ((uint32_t)0xffffffffUL)
#define ZTS_INADDR_NONE ZTS_IPADDR_NONE
#define ZTS_INADDR_LOOPBACK ZTS_IPADDR_LOOPBACK
#define ZTS_INADDR_ANY ZTS_IPADDR_ANY
#define ZTS_INADDR_BROADCAST ZTS_IPADDR_BROADCAST

typedef uint32_t zts_socklen_t;
typedef uint32_t zts_in_addr_t;
typedef uint16_t zts_in_port_t;
typedef uint8_t zts_sa_family_t;

struct zts_in_addr {
#if defined(_WIN32)
    zts_in_addr_t S_addr;
#else
    zts_in_addr_t s_addr; /* network byte order */
#endif
};

struct zts_in6_addr {
    union {
        uint32_t u32_addr[4];
        uint8_t u8_addr[16];
    } un;
};

#define ZTS_IN6ADDR_ANY_INIT                                                                       \
    {                                                                                              \
        {                                                                                          \
            {                                                                                      \
                0, 0, 0, 0                                                                         \
            }                                                                                      \
        }                                                                                          \
    }

#if defined(__GNUC__)
__attribute__((unused))
#endif
static const struct zts_in6_addr zts_in6addr_any = ZTS_IN6ADDR_ANY_INIT;

struct zts_sockaddr_in {
    uint8_t sin_len;
    zts_sa_family_t sin_family;
    zts_in_port_t sin_port;
    struct zts_in_addr sin_addr;
    char sin_zero[SIN_ZERO_LEN];
};

struct zts_sockaddr_in6 {
    uint8_t sin6_len;
    zts_sa_family_t sin6_family;
    zts_in_port_t sin6_port;
    uint32_t sin6_flowinfo;
    struct zts_in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};

struct zts_sockaddr {
    uint8_t sa_len;
    zts_sa_family_t sa_family;
    char sa_data[14];
};

struct zts_sockaddr_storage {
    uint8_t s2_len;
    zts_sa_family_t ss_family;
    char s2_data1[2];
    uint32_t s2_data2[3];
    uint32_t s2_data3[3];
};

/* ---- What events and queries tell ---- */

typedef struct {
    uint64_t node_id;
    uint16_t port_primary; /* UDP; 0: none */
    uint16_t port_secondary;
    uint16_t port_tertiary;
    uint8_t ver_major; /* of the protocol's reference implementation */
    uint8_t ver_minor;
    uint8_t ver_rev;
} zts_node_info_t;

typedef struct {
    uint64_t net_id;
    struct zts_sockaddr_storage addr; /* port: prefix length */
} zts_addr_info_t;

typedef struct {
    struct zts_sockaddr_storage target; /* port: prefix length */
    struct zts_sockaddr_storage via;    /* all zero: on link */
    uint16_t flags;
    uint16_t metric;
} zts_route_info_t;

typedef struct {
    uint64_t mac; /* lower 48 bits */
    unsigned long adi;
} zts_multicast_group_t;

typedef struct {
    uint64_t net_id;
    uint64_t mac;
    char name[ZTS_MAX_NETWORK_SHORT_NAME_LENGTH + 1];
    zts_network_status_t status;
    zts_net_info_type_t type;
    unsigned int mtu;
    int dhcp;
    int bridge;
    int broadcast_enabled;
    int port_error;
    unsigned long netconf_rev;
    unsigned int assigned_addr_count;
    struct zts_sockaddr_storage assigned_addrs[ZTS_MAX_ASSIGNED_ADDRESSES];
    unsigned int route_count;
    zts_route_info_t routes[ZTS_MAX_NETWORK_ROUTES];
    unsigned int multicast_sub_count;
    struct {
        uint64_t mac;
        uint32_t adi;
    } multicast_subs[ZTS_MAX_MULTICAST_SUBSCRIPTIONS];
} zts_net_info_t;

typedef struct {
    struct zts_sockaddr_storage address;
    uint64_t last_tx; /* ms since 1970; 0: never */
    uint64_t last_rx;
    uint64_t trusted_path_id; /* 0: none */
    float latency;            /* ms; -1: unknown */
    float unused_0;
    float unused_1;
    float unused_2;
    float unused_3;
    float unused_4;
    uint64_t unused_5;
    uint64_t unused_6;
    float unused_7;
    char *ifname; /* NULL */
    int expired;
    int preferred;
} zts_path_t;

typedef struct {
    uint64_t peer_id;
    int ver_major; /* -1: unknown */
    int ver_minor;
    int ver_rev;
    int latency; /* ms; -1: unknown */
    zts_peer_role_t role;
    unsigned int path_count; /* direct paths; 0: relayed */
    int unused_0; /* cipher suite used towards it: 0 none, 1 Salsa20/12, 3 AES-GMAC-SIV */
    zts_path_t paths[ZTS_MAX_PEER_NETWORK_PATHS];
} zts_peer_info_t;

typedef struct {
    char *public_id_str[ZTS_MAX_NUM_ROOTS]; /* ends at the first NULL */
    char *endpoint_ip_str[ZTS_MAX_NUM_ROOTS][ZTS_MAX_ENDPOINTS_PER_ROOT]; /* "address/port" */
} zts_root_set_t;

typedef struct {
    uint64_t net_id;
    uint64_t mac;
    int mtu;
} zts_netif_info_t;

/* What the event handler gets. At most one of the pointers is set, by the class of the event. All of it
   is freed when the handler returns: copy what you keep. */
typedef struct {
    int16_t event_code;
    zts_node_info_t *node;
    zts_net_info_t *network;
    zts_netif_info_t *netif;
    zts_route_info_t *route;
    zts_peer_info_t *peer;
    zts_addr_info_t *addr;
    void *cache;
    int len; /* bytes behind the pointer */
} zts_event_msg_t;

/* ---- Identities; no node is needed ---- */

/* Makes a new identity. key: ZTS_ID_STR_BUF_LEN bytes, *key_buf_len must say so; receives the text with
   its secret, 270 characters and a 0, and its length. Takes up to 2 s of CPU time. -3, -5. */
ZTS_API int ZTCALL zts_id_new(char *key, unsigned int *key_buf_len);

/* 1 if key, a buffer of len = ZTS_ID_STR_BUF_LEN bytes, holds the text of a genuine identity, else 0.
   Takes CPU time. */
ZTS_API int ZTCALL zts_id_pair_is_valid(const char *key, unsigned int len);

/* ---- Settings; before zts_node_start, forgotten when the node stops ---- */

/* Directory for identity, roots, networks and peers; created if missing. */
ZTS_API int ZTCALL zts_init_from_storage(const char *path);
/* Identity as text with its secret, as zts_id_new gives it; ends at len or at a 0. -3 if it is none. */
ZTS_API int ZTCALL zts_init_from_memory(const char *key, unsigned int len);
/* The next start makes a new identity, even if the storage holds one (which it replaces). */
ZTS_API int ZTCALL zts_init_new_identity(void);
/* The handler is called with a zts_event_msg_t, on one thread, in order. It may call anything here; while
   it blocks, later events wait. The switches for bindings change what it takes, see the end. */
#ifndef ZTS_PYTHON_HANDLER
ZTS_API int ZTCALL zts_init_set_event_handler(void (*callback)(void *));
#endif
/* Where a fallback relay over TCP is: an IPv4 address as text. This and the next two are judged and kept,
   but have no effect: this library sends everything by UDP. */
ZTS_API int ZTCALL zts_init_set_tcp_relay(const char *tcp_relay_addr,
                                          unsigned short tcp_relay_port);
/* May the relay over TCP be used? Default 1. */
ZTS_API int ZTCALL zts_init_allow_tcp_relay(int enabled);
/* Shall everything go by the relay over TCP? Default 0. */
ZTS_API int ZTCALL zts_init_force_tcp_relay(int enabled);
/* Physical interfaces whose name begins so are not used. len: its length, 1 to 15. Additive. */
ZTS_API int ZTCALL zts_init_blacklist_if(const char *prefix, unsigned int len);
/* A signed set of roots ("planet") in binary form, 1 to 4096 bytes, instead of the built-in one; a later
   revision of it that the storage holds goes on in force. Judged at start: bad data is reported by
   ZTS_EVENT_NODE_FATAL_ERROR. */
ZTS_API int ZTCALL zts_init_set_roots(const void *roots_data, unsigned int len);
/* 1: fewer keep-alives and refreshes, at the price of slower reactions. Default 0. */
ZTS_API int ZTCALL zts_init_set_low_bandwidth_mode(int enabled);
/* Primary UDP port; 0: a random one. */
ZTS_API int ZTCALL zts_init_set_port(unsigned short port);
/* Range that a random primary port is drawn from; default 20000 to 45500. -3 unless 1 <= start
   <= end. */
ZTS_API int ZTCALL zts_init_set_random_port_range(unsigned short start_port,
                                                  unsigned short end_port);
/* May a second UDP port be opened, which helps with some NATs? Default 1. */
ZTS_API int ZTCALL zts_init_allow_secondary_port(unsigned int allowed);
/* May the router be asked to map a port? Default 1. */
ZTS_API int ZTCALL zts_init_allow_port_mapping(unsigned int allowed);
/* What is kept in the storage. Cached networks are joined again at the next start. */
ZTS_API int ZTCALL zts_init_allow_net_cache(unsigned int allowed);
/* Are peers kept in the storage? Default 1. */
ZTS_API int ZTCALL zts_init_allow_peer_cache(unsigned int allowed);
/* Is the set of roots kept in the storage? Default 1. */
ZTS_API int ZTCALL zts_init_allow_roots_cache(unsigned int allowed);
/* Is the identity kept in the storage? Default 1. */
ZTS_API int ZTCALL zts_init_allow_id_cache(unsigned int allowed);
/* Extension, off by default: admit physical paths over loopback addresses, so that nodes, roots and
   controllers on one machine meet without any network. For tests and demonstrations. */
ZTS_API int ZTCALL zts_init_allow_loopback_paths(int enabled);

/* ---- The node ---- */

/* Starts the node in the background and returns at once. Everything may be called from now on; sockets
   work before the node is online. A start while an earlier stop is under way waits for it. */
ZTS_API int ZTCALL zts_node_start(void);
/* 1 while a root answers. Never negative. */
ZTS_API int ZTCALL zts_node_is_online(void);
/* The 40-bit address; 0: not known yet; (uint64_t)-2: not running. */
ZTS_API uint64_t ZTCALL zts_node_get_id(void);
/* Identity with secret as text, as by zts_id_new. -5: not known yet. */
ZTS_API int ZTCALL zts_node_get_id_pair(char *key, unsigned int *key_dst_len);
/* The primary UDP port in use; 0: none yet. */
ZTS_API int ZTCALL zts_node_get_port(void);
/* Ends the node in the background; established connections get a moment to flush, for which a process that
   ends by exit, or by returning from main, waits. All descriptors are gone, all blocked calls return. Settings
   are forgotten. */
ZTS_API int ZTCALL zts_node_stop(void);
/* Stops the node for good and waits for it; nothing can be started again in this process. Blocks. Called
   from the event handler it does not wait. */
ZTS_API int ZTCALL zts_node_free(void);

/* ---- Networks ---- */

/* Id of the network without controller that allows TCP to the ports in the range. */
ZTS_API uint64_t ZTCALL zts_net_compute_adhoc_id(uint16_t start_port, uint16_t end_port);
/* Asynchronous; joining twice is fine, so is leaving what is not joined. */
ZTS_API int ZTCALL zts_net_join(uint64_t net_id);
/* Asynchronous; the storage forgets the network too. */
ZTS_API int ZTCALL zts_net_leave(uint64_t net_id);
/* 1 once the network has given us an address. */
ZTS_API int ZTCALL zts_net_transport_is_ready(const uint64_t net_id);
/* 48 bits, or a negative code as uint64_t. */
ZTS_API uint64_t ZTCALL zts_net_get_mac(uint64_t net_id);
/* Hexadecimal with colons; len at least ZTS_MAC_ADDRSTRLEN. */
ZTS_API int ZTCALL zts_net_get_mac_str(uint64_t net_id, char *dst, unsigned int len);
/* 1 if the network carries broadcasts. -4: not joined. */
ZTS_API int ZTCALL zts_net_get_broadcast(uint64_t net_id);
/* Largest packet in bytes. -4: not joined. */
ZTS_API int ZTCALL zts_net_get_mtu(uint64_t net_id);
/* Cut to len - 1 characters and always terminated. */
ZTS_API int ZTCALL zts_net_get_name(uint64_t net_id, char *dst, unsigned int len);
ZTS_API int ZTCALL zts_net_get_status(uint64_t net_id); /* zts_network_status_t */
ZTS_API int ZTCALL zts_net_get_type(uint64_t net_id);   /* zts_net_info_type_t */

/* ---- Addresses and routes of a network ---- */

/* family: ZTS_AF_INET or ZTS_AF_INET6. 0 while the node is not running. */
ZTS_API int ZTCALL zts_addr_is_assigned(uint64_t net_id, unsigned int family);
/* The first address of the family. Of an IPv4 one only family, port and address are written. */
ZTS_API int ZTCALL zts_addr_get(uint64_t net_id, unsigned int family,
                                struct zts_sockaddr_storage *addr);
/* len at least ZTS_IP_MAX_STR_LEN. IPv6 in upper case. */
ZTS_API int ZTCALL zts_addr_get_str(uint64_t net_id, unsigned int family, char *dst,
                                    unsigned int len);
/* addr: array of *count = ZTS_MAX_ASSIGNED_ADDRESSES; *count becomes the number found. */
ZTS_API int ZTCALL zts_addr_get_all(uint64_t net_id, struct zts_sockaddr_storage *addr,
                                    unsigned int *count);
/* The automatic addresses that members have in networks with these modes. No node is needed.
   len of the text forms: exactly ZTS_IP_MAX_STR_LEN. */
ZTS_API int ZTCALL zts_addr_compute_6plane(const uint64_t net_id, const uint64_t node_id,
                                           struct zts_sockaddr_storage *addr);
/* As zts_addr_compute_6plane, for the RFC 4193 scheme. */
ZTS_API int ZTCALL zts_addr_compute_rfc4193(const uint64_t net_id, const uint64_t node_id,
                                            struct zts_sockaddr_storage *addr);
/* The same as text. */
ZTS_API int ZTCALL zts_addr_compute_rfc4193_str(uint64_t net_id, uint64_t node_id, char *dst,
                                                unsigned int len);
/* zts_addr_compute_6plane as text. */
ZTS_API int ZTCALL zts_addr_compute_6plane_str(uint64_t net_id, uint64_t node_id, char *dst,
                                               unsigned int len);
/* 1 if a managed route's target is of the family. */
ZTS_API int ZTCALL zts_route_is_assigned(uint64_t net_id, unsigned int family);

/* ---- Moons: further roots ---- */

/* moon_seed: address of a root that can supply the moon's definition. Asynchronous. */
ZTS_API int ZTCALL zts_moon_orbit(uint64_t moon_roots_id, uint64_t moon_seed);
/* Takes zts_moon_orbit back. */
ZTS_API int ZTCALL zts_moon_deorbit(uint64_t moon_roots_id);

/* ---- Peers (extension) ---- */

/* What is known of a peer now: versions, role, latency and direct paths. -4: not known. */
ZTS_API int ZTCALL zts_peer_get_info(uint64_t peer_id, zts_peer_info_t *dst);

/* ---- Statistics ---- */

/* Packets since the process started, by protocol. */
typedef struct {
    uint32_t link_tx, link_rx, link_drop, link_err;
    uint32_t etharp_tx, etharp_rx, etharp_drop, etharp_err;
    uint32_t ip4_tx, ip4_rx, ip4_drop, ip4_err;
    uint32_t ip6_tx, ip6_rx, ip6_drop, ip6_err;
    uint32_t icmp4_tx, icmp4_rx, icmp4_drop, icmp4_err;
    uint32_t icmp6_tx, icmp6_rx, icmp6_drop, icmp6_err;
    uint32_t udp_tx, udp_rx, udp_drop, udp_err;
    uint32_t tcp_tx, tcp_rx, tcp_drop, tcp_err;
    uint32_t nd6_tx, nd6_rx, nd6_drop, nd6_err;
} zts_stats_counter_t;

/* NULL is refused before the service state is judged. */
ZTS_API int ZTCALL zts_stats_get_all(zts_stats_counter_t *dst);

/* ---- Sockets: constants ---- */

#define ZTS_MSG_PEEK 0x01
#define ZTS_MSG_WAITALL 0x02
#define ZTS_MSG_OOB 0x04
#define ZTS_MSG_DONTWAIT 0x08
#define ZTS_MSG_MORE 0x10
#define ZTS_MSG_NOSIGNAL 0x20 /* accepted; there never is a signal */
#define ZTS_MSG_TRUNC 0x04    /* in msg_flags */
#define ZTS_MSG_CTRUNC 0x08

#define ZTS_SHUT_RD 0
#define ZTS_SHUT_WR 1
#define ZTS_SHUT_RDWR 2

#define ZTS_F_GETFL 3
#define ZTS_F_SETFL 4
#define ZTS_O_NONBLOCK 1
#define ZTS_O_NDELAY ZTS_O_NONBLOCK
#define ZTS_O_RDONLY 2
#define ZTS_O_WRONLY 4
#define ZTS_O_RDWR (ZTS_O_RDONLY | ZTS_O_WRONLY)

#define ZTS_POLLIN 0x1
#define ZTS_POLLOUT 0x2
#define ZTS_POLLERR 0x4
#define ZTS_POLLNVAL 0x8
#define ZTS_POLLRDNORM 0x10
#define ZTS_POLLRDBAND 0x20
#define ZTS_POLLPRI 0x40
#define ZTS_POLLWRNORM 0x80
#define ZTS_POLLWRBAND 0x100
#define ZTS_POLLHUP 0x200

#define ZTS_IOCPARM_MASK 0x7fU
#define ZTS_IOC_VOID 0x20000000UL
#define ZTS_IOC_OUT 0x40000000UL
#define ZTS_IOC_IN 0x80000000UL
#define ZTS_IOC_INOUT (ZTS_IOC_IN | ZTS_IOC_OUT)
#define ZTS_IO(x, y) ((long)(ZTS_IOC_VOID | ((x) << 8) | (y)))
#define ZTS_IOR(x, y, t)                                                                           \
    ((long)(ZTS_IOC_OUT | (((unsigned long)sizeof(t) & ZTS_IOCPARM_MASK) << 16) | ((x) << 8) | (y)))
#define ZTS_IOW(x, y, t)                                                                           \
    ((long)(ZTS_IOC_IN | (((unsigned long)sizeof(t) & ZTS_IOCPARM_MASK) << 16) | ((x) << 8) | (y)))
#define ZTS_FIONREAD ZTS_IOR('f', 127, unsigned long) /* int *: bytes to read */
#define ZTS_FIONBIO ZTS_IOW('f', 126, unsigned long)  /* int *: non-blocking or not */

#define ZTS_SOL_SOCKET 0x0fff
#define ZTS_SO_DEBUG 0x0001
#define ZTS_SO_ACCEPTCONN 0x0002
#define ZTS_SO_REUSEADDR 0x0004
#define ZTS_SO_KEEPALIVE 0x0008
#define ZTS_SO_DONTROUTE 0x0010
#define ZTS_SO_BROADCAST 0x0020
#define ZTS_SO_USELOOPBACK 0x0040
#define ZTS_SO_LINGER 0x0080
#define ZTS_SO_DONTLINGER ((int)(~ZTS_SO_LINGER))
#define ZTS_SO_OOBINLINE 0x0100
#define ZTS_SO_REUSEPORT 0x0200
#define ZTS_SO_SNDBUF 0x1001
#define ZTS_SO_RCVBUF 0x1002
#define ZTS_SO_SNDLOWAT 0x1003
#define ZTS_SO_RCVLOWAT 0x1004
#define ZTS_SO_SNDTIMEO 0x1005
#define ZTS_SO_RCVTIMEO 0x1006
#define ZTS_SO_ERROR 0x1007
#define ZTS_SO_TYPE 0x1008
#define ZTS_SO_CONTIMEO 0x1009
#define ZTS_SO_NO_CHECK 0x100a
#define ZTS_SO_BINDTODEVICE 0x100b /* char[6]: "4a" the network joined first, "4b"...; "": all */
#define ZTS_IP_TOS 1
#define ZTS_IP_TTL 2
#define ZTS_IP_ADD_MEMBERSHIP 3
#define ZTS_IP_DROP_MEMBERSHIP 4
#define ZTS_IP_MULTICAST_TTL 5
#define ZTS_IP_MULTICAST_IF 6
#define ZTS_IP_MULTICAST_LOOP 7
#define ZTS_IP_PKTINFO 8
#define ZTS_TCP_NODELAY 0x01
#define ZTS_TCP_KEEPALIVE 0x02 /* ms */
#define ZTS_TCP_KEEPIDLE 0x03  /* s */
#define ZTS_TCP_KEEPINTVL 0x04 /* s */
#define ZTS_TCP_KEEPCNT 0x05
#define ZTS_IPV6_CHECKSUM 7
#define ZTS_IPV6_JOIN_GROUP 12
#define ZTS_IPV6_ADD_MEMBERSHIP ZTS_IPV6_JOIN_GROUP
#define ZTS_IPV6_LEAVE_GROUP 13
#define ZTS_IPV6_DROP_MEMBERSHIP ZTS_IPV6_LEAVE_GROUP
#define ZTS_IPV6_V6ONLY 27
#define ZTS_UDPLITE_SEND_CSCOV 0x01
#define ZTS_UDPLITE_RECV_CSCOV 0x02

#define ZTS_IPTOS_TOS_MASK 0x1E
#define ZTS_IPTOS_TOS(tos) ((tos)&ZTS_IPTOS_TOS_MASK)
#define ZTS_IPTOS_LOWDELAY 0x10
#define ZTS_IPTOS_THROUGHPUT 0x08
#define ZTS_IPTOS_RELIABILITY 0x04
#define ZTS_IPTOS_LOWCOST 0x02
#define ZTS_IPTOS_MINCOST ZTS_IPTOS_LOWCOST
#define ZTS_IPTOS_PREC_MASK 0xe0
#define ZTS_IPTOS_PREC(tos) ((tos)&ZTS_IPTOS_PREC_MASK)
#define ZTS_IPTOS_PREC_NETCONTROL 0xe0
#define ZTS_IPTOS_PREC_INTERNETCONTROL 0xc0
#define ZTS_IPTOS_PREC_CRITIC_ECP 0xa0
#define ZTS_IPTOS_PREC_FLASHOVERRIDE 0x80
#define ZTS_IPTOS_PREC_FLASH 0x60
#define ZTS_IPTOS_PREC_IMMEDIATE 0x40
#define ZTS_IPTOS_PREC_PRIORITY 0x20
#define ZTS_IPTOS_PREC_ROUTINE 0x00

/* ---- Sockets: structures ---- */

struct zts_linger {
    int l_onoff;
    int l_linger; /* s */
};

typedef struct zts_ip_mreq {
    struct zts_in_addr imr_multiaddr;
    struct zts_in_addr imr_interface;
} zts_ip_mreq;

struct zts_in_pktinfo {
    unsigned int ipi_ifindex;
    struct zts_in_addr ipi_addr;
};

typedef struct zts_ipv6_mreq {
    struct zts_in6_addr ipv6mr_multiaddr;
    unsigned int ipv6mr_interface;
} zts_ipv6_mreq;

typedef struct zts_fd_set {
    unsigned char fd_bits[(ZTS_FD_SETSIZE + 7) / 8];
} zts_fd_set;

/* Numbers out of range are ignored. */
#define ZTS_FDSETSAFESET(n, code)                                                                  \
    do {                                                                                           \
        if (((n)-LWIP_SOCKET_OFFSET < MEMP_NUM_NETCONN) && (((int)(n)-LWIP_SOCKET_OFFSET) >= 0)) { \
            code;                                                                                  \
        }                                                                                          \
    } while (0)
#define ZTS_FDSETSAFEGET(n, code)                                                                  \
    (((n)-LWIP_SOCKET_OFFSET < MEMP_NUM_NETCONN) && (((int)(n)-LWIP_SOCKET_OFFSET) >= 0) ? (code)  \
                                                                                         : 0)
#define ZTS_FD_SET(n, p)                                                                           \
    ZTS_FDSETSAFESET(n, (p)->fd_bits[((n)-LWIP_SOCKET_OFFSET) / 8] =                               \
                            (unsigned char)((p)->fd_bits[((n)-LWIP_SOCKET_OFFSET) / 8] |           \
                                            (1 << (((n)-LWIP_SOCKET_OFFSET) & 7))))
#define ZTS_FD_CLR(n, p)                                                                           \
    ZTS_FDSETSAFESET(n, (p)->fd_bits[((n)-LWIP_SOCKET_OFFSET) / 8] =                               \
                            (unsigned char)((p)->fd_bits[((n)-LWIP_SOCKET_OFFSET) / 8] &           \
                                            ~(1 << (((n)-LWIP_SOCKET_OFFSET) & 7))))
#define ZTS_FD_ISSET(n, p)                                                                         \
    ZTS_FDSETSAFEGET(n, (p)->fd_bits[((n)-LWIP_SOCKET_OFFSET) / 8] &                               \
                            (1 << (((n)-LWIP_SOCKET_OFFSET) & 7)))
#define ZTS_FD_ZERO(p) memset((void *)(p), 0, sizeof(*(p)))

typedef struct zts_timeval {
    long tv_sec;
    long tv_usec;
} zts_timeval;

typedef unsigned int zts_nfds_t;
struct zts_pollfd {
    int fd;
    short events;
    short revents;
};

struct zts_iovec {
    void *iov_base;
    size_t iov_len;
};

struct zts_msghdr {
    void *msg_name;
    zts_socklen_t msg_namelen;
    struct zts_iovec *msg_iov;
    int msg_iovlen;
    void *msg_control;
    zts_socklen_t msg_controllen;
    int msg_flags;
};

struct zts_hostent {
    char *h_name;
    char **h_aliases;
    int h_addrtype;
    int h_length;
    char **h_addr_list;
#define h_addr h_addr_list[0]
};

/* ---- Sockets like POSIX ----
   Descriptors are small numbers of our own, lowest free first from 0, 16,384 at most; not those of the
   system. docs/api.md lists where they differ from the system's sockets. */

/* family ZTS_AF_INET or ZTS_AF_INET6 (receives IPv4 too unless ZTS_IPV6_V6ONLY), type ZTS_SOCK_STREAM,
   ZTS_SOCK_DGRAM or ZTS_SOCK_RAW. Returns the descriptor. */
ZTS_API int ZTCALL zts_bsd_socket(int family, int type, int protocol);
/* Blocks until connected, refused (111), timed out (110), or nobody answered for the address (113). After
   a failure it may be called again. */
ZTS_API int ZTCALL zts_bsd_connect(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen);
/* The address need not be assigned yet. */
ZTS_API int ZTCALL zts_bsd_bind(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen);
/* backlog: how many connections may wait to be accepted. */
ZTS_API int ZTCALL zts_bsd_listen(int fd, int backlog);
/* Blocks. addr may be NULL. Returns the new descriptor, which is blocking. */
ZTS_API int ZTCALL zts_bsd_accept(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen);
/* level and optname: ZTS_SOL_SOCKET with ZTS_SO_*, and so on; docs/api.md lists them. */
ZTS_API int ZTCALL zts_bsd_setsockopt(int fd, int level, int optname, const void *optval,
                                      zts_socklen_t optlen);
/* *optlen: room on entry, bytes written on return. */
ZTS_API int ZTCALL zts_bsd_getsockopt(int fd, int level, int optname, void *optval,
                                      zts_socklen_t *optlen);
/* Own address. *addrlen: room on entry, 16 to 28; the address's length on return. */
ZTS_API int ZTCALL zts_bsd_getsockname(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen);
/* The peer's address, as zts_bsd_getsockname. 107: not connected. */
ZTS_API int ZTCALL zts_bsd_getpeername(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen);
/* Unsent data follows in the background, unless ZTS_SO_LINGER says otherwise (then it blocks). Wakes
   calls blocked on the descriptor. */
ZTS_API int ZTCALL zts_bsd_close(int fd);
/* Blocks until ready or timeout (NULL: for ever), which is not changed. nfds: up to ZTS_FD_SETSIZE;
   descriptors beyond are for zts_bsd_poll. exceptfds: pending errors. -1: ZTS_EBADF, one is not open. */
ZTS_API int ZTCALL zts_bsd_select(int nfds, zts_fd_set *readfds, zts_fd_set *writefds,
                                  zts_fd_set *exceptfds, struct zts_timeval *timeout);
/* ZTS_F_GETFL, and ZTS_F_SETFL with ZTS_O_NONBLOCK. */
ZTS_API int ZTCALL zts_bsd_fcntl(int fd, int cmd, int flags);
/* Blocks until ready or timeout (ms; -1: for ever). Negative descriptors are skipped; without being asked
   for it tells ZTS_POLLERR, ZTS_POLLHUP (closed in both directions) and ZTS_POLLNVAL (not open). */
ZTS_API int ZTCALL zts_bsd_poll(struct zts_pollfd *fds, zts_nfds_t nfds, int timeout);
/* ZTS_FIONREAD, ZTS_FIONBIO. */
ZTS_API int ZTCALL zts_bsd_ioctl(int fd, unsigned long request, void *argp);
/* Sending blocks until all is buffered, receiving until something is there. 0 received: the peer closed
   (TCP) or an empty datagram. flags: ZTS_MSG_*. What is longer than the buffers is cut from a datagram;
   zts_bsd_recvmsg then sets ZTS_MSG_TRUNC in msg_flags, and with that flag the whole length is returned.
   A lost connection is told once (ZTS_ECONNRESET, ZTS_ETIMEDOUT); after that receiving returns 0 and
   sending fails with ZTS_EPIPE. */
ZTS_API ssize_t ZTCALL zts_bsd_send(int fd, const void *buf, size_t len, int flags);
/* zts_bsd_send to an address. */
ZTS_API ssize_t ZTCALL zts_bsd_sendto(int fd, const void *buf, size_t len, int flags,
                                      const struct zts_sockaddr *addr, zts_socklen_t addrlen);
/* Gathers from vectors; msg_name may name the address. */
ZTS_API ssize_t ZTCALL zts_bsd_sendmsg(int fd, const struct zts_msghdr *msg, int flags);
/* Returns the bytes received; 0: the peer closed, or an empty datagram. */
ZTS_API ssize_t ZTCALL zts_bsd_recv(int fd, void *buf, size_t len, int flags);
/* zts_bsd_recv that tells the sender. addr may be NULL. */
ZTS_API ssize_t ZTCALL zts_bsd_recvfrom(int fd, void *buf, size_t len, int flags,
                                        struct zts_sockaddr *addr, zts_socklen_t *addrlen);
/* Scatters into vectors; msg_flags says whether a datagram was cut. */
ZTS_API ssize_t ZTCALL zts_bsd_recvmsg(int fd, struct zts_msghdr *msg, int flags);
/* zts_bsd_recv without flags. */
ZTS_API ssize_t ZTCALL zts_bsd_read(int fd, void *buf, size_t len);
/* zts_bsd_recvmsg with these vectors. */
ZTS_API ssize_t ZTCALL zts_bsd_readv(int fd, const struct zts_iovec *iov, int iovcnt);
/* zts_bsd_send without flags. */
ZTS_API ssize_t ZTCALL zts_bsd_write(int fd, const void *buf, size_t len);
/* zts_bsd_sendmsg with these vectors. */
ZTS_API ssize_t ZTCALL zts_bsd_writev(int fd, const struct zts_iovec *iov, int iovcnt);
/* how: ZTS_SHUT_RD, ZTS_SHUT_WR or ZTS_SHUT_RDWR. A listener that ends receiving accepts nobody any more, and
   who waits for that gets 22. 107: not connected. */
ZTS_API int ZTCALL zts_bsd_shutdown(int fd, int how);

/* ---- Sockets with text addresses ---- */

/* As zts_bsd_socket. */
ZTS_API int ZTCALL zts_socket(int family, int type, int protocol);
/* Blocks until connected or timeout_ms are over (0: 30 s), trying again after failures: the first
   packets to a new peer may get lost while a path is found. On a non-blocking socket: one attempt. */
ZTS_API int ZTCALL zts_connect(int fd, const char *ipstr, unsigned short port, int timeout_ms);
/* As zts_bsd_bind; ipstr an address as text, port in host byte order. */
ZTS_API int ZTCALL zts_bind(int fd, const char *ipstr, unsigned short port);
/* As zts_bsd_listen. */
ZTS_API int ZTCALL zts_listen(int fd, int backlog);
/* Blocks. remote_addr: len must be ZTS_INET6_ADDRSTRLEN. Returns the new descriptor. */
ZTS_API int ZTCALL zts_accept(int fd, char *remote_addr, int len, unsigned short *port);
/* As zts_bsd_send. */
ZTS_API ssize_t ZTCALL zts_send(int fd, const void *buf, size_t len, int flags);
/* As zts_bsd_recv. */
ZTS_API ssize_t ZTCALL zts_recv(int fd, void *buf, size_t len, int flags);
/* As zts_bsd_read. */
ZTS_API ssize_t ZTCALL zts_read(int fd, void *buf, size_t len);
/* As zts_bsd_write. */
ZTS_API ssize_t ZTCALL zts_write(int fd, const void *buf, size_t len);
/* Ends receiving. */
ZTS_API int ZTCALL zts_shutdown_rd(int fd);
/* Ends sending: the peer reads the end. */
ZTS_API int ZTCALL zts_shutdown_wr(int fd);
/* Ends both. */
ZTS_API int ZTCALL zts_shutdown_rdwr(int fd);
/* As zts_bsd_close. */
ZTS_API int ZTCALL zts_close(int fd);
/* len must be ZTS_INET6_ADDRSTRLEN. */
ZTS_API int ZTCALL zts_getpeername(int fd, char *remote_addr_str, int len, unsigned short *port);
/* Own address, as zts_getpeername. */
ZTS_API int ZTCALL zts_getsockname(int fd, char *local_addr_str, int len, unsigned short *port);
/* Socket and zts_connect with 30 s. Returns the descriptor. Blocks. */
ZTS_API int ZTCALL zts_tcp_client(const char *remote_ipstr, unsigned short remote_port);
/* Socket, bind, listen and accept of one client, whose descriptor it returns. Blocks. */
ZTS_API int ZTCALL zts_tcp_server(const char *local_ipstr, unsigned short local_port,
                                  char *remote_ipstr, int len, unsigned short *remote_port);
/* A bound datagram socket, and an unbound one of the address's family. Return the descriptor. */
ZTS_API int ZTCALL zts_udp_server(const char *local_ipstr, unsigned short local_port);
/* An unbound datagram socket of the family of this address. Returns the descriptor. */
ZTS_API int ZTCALL zts_udp_client(const char *remote_ipstr);

/* Options; enabled is 0 or 1. Getters return the value or a negative code. */
ZTS_API int ZTCALL zts_set_no_delay(int fd, int enabled);
ZTS_API int ZTCALL zts_get_last_socket_error(int fd); /* ZTS_SO_ERROR; reading clears it */
ZTS_API size_t ZTCALL zts_get_data_available(int fd); /* bytes; negative codes as size_t */
/* 1: small segments are sent at once. */
ZTS_API int ZTCALL zts_get_no_delay(int fd);
ZTS_API int ZTCALL zts_set_linger(int fd, int enabled, int value); /* s */
/* 1 or 0, of ZTS_SO_LINGER. */
ZTS_API int ZTCALL zts_get_linger_enabled(int fd);
/* s, of ZTS_SO_LINGER. */
ZTS_API int ZTCALL zts_get_linger_value(int fd);
ZTS_API int ZTCALL zts_get_pending_data_size(int fd); /* zts_get_data_available as int */
/* ZTS_SO_REUSEADDR. */
ZTS_API int ZTCALL zts_set_reuse_addr(int fd, int enabled);
/* ZTS_SO_REUSEADDR. */
ZTS_API int ZTCALL zts_get_reuse_addr(int fd);
ZTS_API int ZTCALL zts_set_recv_timeout(int fd, int seconds, int microseconds); /* 0, 0: none */
ZTS_API int ZTCALL zts_get_recv_timeout(int fd);                                /* s */
/* As zts_set_recv_timeout, for sending. */
ZTS_API int ZTCALL zts_set_send_timeout(int fd, int seconds, int microseconds);
/* s, rounded down. */
ZTS_API int ZTCALL zts_get_send_timeout(int fd);
ZTS_API int ZTCALL zts_set_send_buf_size(int fd, int size); /* bytes; bounded by the stack's */
/* Bytes. */
ZTS_API int ZTCALL zts_get_send_buf_size(int fd);
/* Bytes. */
ZTS_API int ZTCALL zts_set_recv_buf_size(int fd, int size);
/* Bytes. */
ZTS_API int ZTCALL zts_get_recv_buf_size(int fd);
ZTS_API int ZTCALL zts_set_ttl(int fd, int ttl); /* 0 to 255 */
/* 0 to 255. */
ZTS_API int ZTCALL zts_get_ttl(int fd);
/* 0: calls fail with ZTS_EAGAIN or ZTS_EINPROGRESS instead of waiting. */
ZTS_API int ZTCALL zts_set_blocking(int fd, int enabled);
/* 1: calls wait. */
ZTS_API int ZTCALL zts_get_blocking(int fd);
/* ZTS_SO_KEEPALIVE. */
ZTS_API int ZTCALL zts_set_keepalive(int fd, int enabled);
/* ZTS_SO_KEEPALIVE. */
ZTS_API int ZTCALL zts_get_keepalive(int fd);

/* ---- Names and addresses as text ---- */

struct zts_ip4_addr {
    uint32_t addr; /* network byte order */
};

struct zts_ip6_addr {
    uint32_t addr[4]; /* network byte order */
#if LWIP_IPV6_SCOPES
    uint8_t zone;
#endif
};

#define ZTS_IPADDR_TYPE_V4 0U
#define ZTS_IPADDR_TYPE_V6 6U
#define ZTS_IPADDR_TYPE_ANY 46U

typedef struct zts_ip_addr {
    union {
        struct zts_ip6_addr ip6;
        struct zts_ip4_addr ip4;
    } u_addr;
    uint8_t type; /* ZTS_IPADDR_TYPE_* */
} zts_ip_addr;

/* Asks the DNS servers, over the networks. Blocks. The result is an object of the calling thread, valid
   until its next call; NULL: not found, or not running. */
ZTS_API struct zts_hostent *ZTCALL zts_bsd_gethostbyname(const char *name);
/* index 0 or 1. Servers named by joined networks are set by themselves. */
ZTS_API int ZTCALL zts_dns_set_server(uint8_t index, const zts_ip_addr *addr);
/* The result is an object of the calling thread, valid until its next call with this index; NULL: no such
   index, or not running. */
ZTS_API const zts_ip_addr *ZTCALL zts_dns_get_server(uint8_t index);

/* Sleeps; nothing of the library ends it. */
ZTS_API void ZTCALL zts_util_delay(unsigned long milliseconds);
/* ZTS_AF_INET, ZTS_AF_INET6, -1: neither. */
ZTS_API int ZTCALL zts_util_get_ip_family(const char *ipstr);
/* dstaddr: room for a struct zts_sockaddr_storage; *addrlen becomes 16 or 28. */
ZTS_API int ZTCALL zts_util_ipstr_to_saddr(const char *src_ipstr, unsigned short port,
                                           struct zts_sockaddr *dstaddr, zts_socklen_t *addrlen);
/* dst_str: len must be ZTS_INET6_ADDRSTRLEN. */
ZTS_API int ZTCALL zts_util_ntop(struct zts_sockaddr *addr, zts_socklen_t addrlen, char *dst_str,
                                 int len, unsigned short *port);
/* The result is a buffer of the calling thread, valid until its next call. */
ZTS_API char *ZTCALL zts_ipaddr_ntoa(const zts_ip_addr *addr);
ZTS_API int ZTCALL zts_ipaddr_aton(const char *cp, zts_ip_addr *addr); /* 1: read, 0: no address */
/* dst, or NULL if the family is unknown or size too small. IPv6 in upper case. */
ZTS_API const char *ZTCALL zts_inet_ntop(int family, const void *src, char *dst,
                                         zts_socklen_t size);
/* 1: read, 0: no address, -1: unknown family. */
ZTS_API int ZTCALL zts_inet_pton(int family, const char *src, void *dst);
/* Makes and signs a set of roots for zts_init_set_roots. roots_out: 4096 bytes; each key: 128 bytes,
   public half first; all lengths are set. Key pairs come from the files previous.c25519 and
   current.c25519 in the current directory if both exist, else a new one is returned as both. */
ZTS_API int ZTCALL zts_util_sign_root_set(char *roots_out, unsigned int *roots_len, char *prev_key,
                                          unsigned int *prev_key_len, char *curr_key,
                                          unsigned int *curr_key_len, uint64_t id, uint64_t ts,
                                          zts_root_set_t *roots_spec);

/* ---- Consistent queries ---- */

/* Holds the library's lock, so that counts and items fit together. Counted per thread; other calls than
   queries must not be made meanwhile, as they could wait for ever. */
ZTS_API int ZTCALL zts_core_lock_obtain(void);
/* -2: the calling thread does not hold it. */
ZTS_API int ZTCALL zts_core_lock_release(void);
/* Counts; items by index; len at least ZTS_IP_MAX_STR_LEN. Texts in lower case, without prefix. */
ZTS_API int ZTCALL zts_core_query_addr_count(uint64_t net_id);
/* The address with this index. -3: no such index. */
ZTS_API int ZTCALL zts_core_query_addr(uint64_t net_id, unsigned int idx, char *addr,
                                       unsigned int len);
/* Managed routes. -4: not joined. */
ZTS_API int ZTCALL zts_core_query_route_count(uint64_t net_id);
/* via is "0.0.0.0" or "::" when on link. */
ZTS_API int ZTCALL zts_core_query_route(uint64_t net_id, unsigned int idx, char *target, char *via,
                                        unsigned int len, uint16_t *flags, uint16_t *metric);
/* Direct paths of a peer, "address/port"; len at least ZTS_MAX_ENDPOINT_STR_LEN. */
ZTS_API int ZTCALL zts_core_query_path_count(uint64_t peer_id);
/* The path with this index. -3: no such index. */
ZTS_API int ZTCALL zts_core_query_path(uint64_t peer_id, unsigned int idx, char *dst,
                                       unsigned int len);
/* Multicast groups this node listens to. */
ZTS_API int ZTCALL zts_core_query_mc_count(uint64_t net_id);
/* The group with this index. -3: no such index. */
ZTS_API int ZTCALL zts_core_query_mc(uint64_t net_id, unsigned int idx, uint64_t *mac,
                                     uint32_t *adi);

/* ---- Extensions: waiting together with the operating system ----
   Not in the original. Everything up to the next group may be called from any thread. */

/* A descriptor of the operating system that is readable and writable in step with the socket fd, for
   epoll, kqueue, poll, select and the loops built on them (level or edge triggered). Bytes still pass by
   zts_bsd_* and zts_*, which keeps datagrams apart: wait on the one, receive and send on the other.
   - readable: receiving or accepting would not block: data, a connection, the peer's end, an error;
   - writable: sending would not block, or fails. Connecting: once it is decided, see ZTS_SO_ERROR.
   The same number each time. It belongs to the library: don't read, write or close it. zts_bsd_close
   closes it. When the node stops it reports a hang-up, readable and writable, and is left to the caller,
   who closes it with the system's close. One for each socket, made at the first call; sockets without one
   cost nothing. -1: ZTS_EBADF; ZTS_EMFILE, the process has no descriptors or memory left. */
ZTS_API int ZTCALL zts_get_os_fd(int fd);

/* Hands the socket fd over to the operating system: returns a descriptor of the system that carries its
   data itself, so that read, write, send, recv, poll and shutdown work on it, also in libraries that know
   nothing of ZeroTier. For a connected TCP socket a stream (AF_UNIX, SOCK_STREAM), for a connected UDP
   socket datagrams with their borders (SOCK_SEQPACKET; empty ones are left out, as they would read as the
   end). Full buffers on one side stop the other; shutdown for writing and the peer's end pass through;
   after a reset, or when the node stops, reading ends and writing fails. Listeners are watched with
   zts_get_os_fd, and what they accept is handed over.
   On success fd is the library's, and what zts_get_os_fd gave for it: don't use them any more, nor close
   them, also when the node stops. The result is the caller's, to be closed with
   the system's close, which closes the connection after what was written has been sent. It is blocking;
   set it as you like. Data passes through one thread, shared by all such sockets.
   -1: ZTS_EBADF, also if fd was handed over before; ZTS_ENOTCONN; ZTS_EOPNOTSUPP for raw sockets;
   ZTS_ENOMEM; ZTS_EMFILE, no descriptors are left, or there are 1024 such sockets. */
ZTS_API int ZTCALL zts_export_fd(int fd);

/* ---- Extensions: the event queue ---- */

/* In the queue only: older events gave way to newer ones; len says how many. */
#define ZTS_EVENT_LOST 299
#define ZTS_MAX_EVENT_QUEUE 65536

/* The next node also puts its events into a queue of at most capacity (1 to ZTS_MAX_EVENT_QUEUE; else -3)
   events, beside the handler if there is one. At the bound the oldest is lost, which is reported by
   ZTS_EVENT_LOST in its place. Empties what an earlier node left. A setting, forgotten when the node
   stops, while what is queued stays. */
ZTS_API int ZTCALL zts_init_event_queue(unsigned int capacity);
/* Takes the next event, waiting at most timeout_ms (-1: for ever, 0: not at all). It is the caller's with
   all it points to, to be freed with zts_event_free. With several threads each event goes to one of them.
   Blocks. -3: event is NULL, or timeout_ms below -1; -4: none in time; -2: there is no queue, or
   ZTS_EVENT_NODE_DOWN has been taken. */
ZTS_API int ZTCALL zts_event_wait(zts_event_msg_t **event, int timeout_ms);
/* NULL is fine. */
ZTS_API void ZTCALL zts_event_free(zts_event_msg_t *event);
/* A descriptor of the operating system that is readable while zts_event_wait would not block. One for the
   process, kept by the library to its end: don't read or close it. -5: the process has no descriptors
   left. */
ZTS_API int ZTCALL zts_event_get_os_fd(void);

/* ---- Extensions: waiting for a state ----
   These block until it is so, at most timeout_ms (-1: for ever, 0: only ask), and return at once when it
   comes about. 0: it is so; -4: not in time; -2: the node is not running, or was stopped meanwhile; -5:
   the node can't work (ZTS_EVENT_NODE_FATAL_ERROR); -3: bad argument. */

/* A root answers. */
ZTS_API int ZTCALL zts_wait_online(int timeout_ms);
/* For zts_net_transport_is_ready. The network may be joined later. */
ZTS_API int ZTCALL zts_wait_network(uint64_t net_id, int timeout_ms);
/* For zts_addr_is_assigned. family: ZTS_AF_INET or ZTS_AF_INET6. */
ZTS_API int ZTCALL zts_wait_address(uint64_t net_id, unsigned int family, int timeout_ms);

/* ---- Extensions: looking inside ---- */

/* Counters of the running node, from 0 at its start. The texts are static. */
typedef struct {
    const char *name; /* "DROP_BAD_MAC", "DATAGRAMS_IN" */
    const char *text; /* what is counted */
    uint64_t count;
} zts_counter_t;

/* The counter number idx: packets and frames accepted, those dropped by reason, datagrams and bytes.
   -4 past the last one. */
ZTS_API int ZTCALL zts_counter_get(unsigned int idx, zts_counter_t *dst);

#define ZTS_TRACE_VL1 1u     /* peers and packets */
#define ZTS_TRACE_VL2 2u     /* networks, and frames with the reason when dropped */
#define ZTS_TRACE_STACK 4u   /* frames as the stack sends and receives them */
#define ZTS_TRACE_SERVICE 8u /* ports, files, and every notice behind the events */

/* time_us: microseconds since 1970. The texts are valid during the call. */
typedef void (*zts_trace_sink)(void *context, int64_t time_us, const char *module,
                               const char *line);
/* Traces the modules given by ZTS_TRACE_* together, 0: none, from now on and over restarts. Needs no
   node. Errors that somebody must act upon, as a taken port or a full disk, are among the lines whatever
   the modules, also before the first call. sink NULL: lines go to stderr. The sink is called on whatever
   thread acts, mostly with the library's lock held: it must be quick and may call nothing here. When this
   returns the former sink is not called any more. -3: unknown bits. */
ZTS_API int ZTCALL zts_trace_set(unsigned int modules, zts_trace_sink sink, void *context);

typedef struct {
    uint64_t frames; /* written */
    uint64_t lost;   /* left out: the file was full, or the disk too slow */
    uint64_t bytes;  /* of the file */
} zts_capture_info_t;

/* Writes the Ethernet frames of a network (0: of all) to a new file at path in pcapng form, both ways with
   the direction, dropped ones with the reason as comment, until zts_capture_stop or max_bytes (at least
   4096; else -3). Frames are copied into a buffer and written by a thread of its own. Works before, over and
   after starts of the node. A new file is for its owner only (0600): what travels encrypted stands in clear
   there. -2: a capture is under way; -5: the file can't be made, which stderr tells. */
ZTS_API int ZTCALL zts_capture_start(const char *path, uint64_t net_id, uint64_t max_bytes);
/* Ends the capture when all is written; dst may be NULL. Blocks for that. -2: there is none; -5: not
   everything could be written, as stderr has told since. */
ZTS_API int ZTCALL zts_capture_stop(zts_capture_info_t *dst);

/* ---- Central: the hosted service that manages networks ----
   Only for programs that define ZTS_DISABLE_CENTRAL_API as 0 before they include this header. Needs no
   node. Requests leave by HTTPS over the host's own network, carry the token as a bearer token and
   block for up to 30 s; certificates are verified, redirects followed (never from HTTPS to HTTP), and
   a URL without scheme is taken as HTTPS. Answers are JSON and end, with a 0 added, in the buffer given
   to zts_central_init.

   There is one session for the process. Any thread may call; a request under way makes other calls of
   this group wait. Requests return 0 when a whole answer arrived, with its HTTP status, whatever it is,
   in *http_resp_code; -2 before zts_central_init, when the access mode forbids them, or when no whole
   answer arrived (refused, too slow, cut short, larger than the buffer); -3 for an id of 0 or NULL. */
#if !ZTS_DISABLE_CENTRAL_API

#define ZTS_CENTRAL_DEFAULT_URL "https://my.zerotier.com"
#define ZTS_CENTRAL_MAX_URL_LEN 128
#define ZTS_CENTRAL_TOKEN_LEN 32
#define ZTS_CENTRAL_RESP_BUF_DEFAULT_SZ (128 * 1024)
#define ZTS_HTTP_GET 0
#define ZTS_HTTP_POST 1
#define ZTS_HTTP_DELETE 2
#define ZTS_CENTRAL_NODE_AUTH_FALSE 0
#define ZTS_CENTRAL_NODE_AUTH_TRUE 1
#define ZTS_CENTRAL_READ 1
#define ZTS_CENTRAL_WRITE 2

/* What requests may do: ZTS_CENTRAL_READ, ZTS_CENTRAL_WRITE or both. zts_central_init sets READ. -3. */
ZTS_API int ZTCALL zts_central_set_access_mode(int8_t modes);
/* 1: each request prints a line to stderr, without the token. 0: silence. Else -3. */
ZTS_API int ZTCALL zts_central_set_verbose(int8_t is_verbose);
/* Fills the answer's buffer with zeros. */
ZTS_API void ZTCALL zts_central_clear_resp_buf(void);
/* Opens the session, ending an earlier one. url_str: 3 to ZTS_CENTRAL_MAX_URL_LEN characters; token_str:
   exactly ZTS_CENTRAL_TOKEN_LEN; resp_buf: stays the caller's and must live until zts_central_cleanup.
   -3 for anything else; -5 if the library was built without libcurl. */
ZTS_API int ZTCALL zts_central_init(const char *url_str, const char *token_str, char *resp_buf,
                                    uint32_t buf_len);
/* Ends the session and forgets the token. */
ZTS_API void ZTCALL zts_central_cleanup(void);
/* Copies the last answer and a 0. -3 if len does not exceed its length. */
ZTS_API int ZTCALL zts_central_get_last_resp_buf(char *dst, int len);
/* GET /api/status: the service and the user. */
ZTS_API int ZTCALL zts_central_status_get(int *http_resp_code);
/* GET /api/self: the user. */
ZTS_API int ZTCALL zts_central_self_get(int *http_resp_code);
/* GET /api/network/ID. Ids are written with 16 and 10 digits. */
ZTS_API int ZTCALL zts_central_net_get(int *http_resp_code, uint64_t net_id);
/* POST /api/network/ID with an empty object, which changes nothing. Needs WRITE. */
ZTS_API int ZTCALL zts_central_net_update(int *http_resp_code, uint64_t net_id);
/* DELETE /api/network/ID. Needs WRITE. */
ZTS_API int ZTCALL zts_central_net_delete(int *http_resp_code, uint64_t net_id);
/* GET /api/network: all networks of the user. */
ZTS_API int ZTCALL zts_central_net_get_all(int *http_resp_code);
/* GET /api/network/ID/member/NODE. */
ZTS_API int ZTCALL zts_central_member_get(int *http_resp_code, uint64_t net_id, uint64_t node_id);
/* POST /api/network/ID/member/NODE; post_data: JSON with the fields to change. Needs WRITE. */
ZTS_API int ZTCALL zts_central_member_update(int *http_resp_code, uint64_t net_id, uint64_t node_id,
                                             char *post_data);
/* Authorises a member, or takes that back; is_authed: ZTS_CENTRAL_NODE_AUTH_TRUE or _FALSE, else -3.
   Needs WRITE. */
ZTS_API int ZTCALL zts_central_node_auth(int *http_resp_code, uint64_t net_id, uint64_t node_id,
                                         uint8_t is_authed);
/* GET /api/network/ID/member: all members. */
ZTS_API int ZTCALL zts_central_net_get_members(int *http_resp_code, uint64_t net_id);

#endif

/* ---- Event handlers of other languages ---- */

#ifdef ZTS_ENABLE_JAVA
#ifdef __cplusplus
#define ZTS_JNI(at) ((at)->functions)
#else
#define ZTS_JNI(at) (*(at))
#endif
#ifdef __ANDROID__
#define ZTS_JNI_ENV(at) ((JNIEnv **)(at))
#else
#define ZTS_JNI_ENV(at) (at)
#endif

typedef struct {
    JavaVM *vm;
    jobject object; /* a global reference */
    jmethodID method;
} zts_java_handler;

static inline zts_java_handler *zts_java_handler_get(void)
{
    static zts_java_handler handler;

    return &handler;
}

/* Whom the event is about: a node, network or peer; 0 for all others. */
static inline uint64_t zts_java_event_id(const zts_event_msg_t *msg)
{
    if (msg->node)
        return msg->node->node_id;
    if (msg->network)
        return msg->network->net_id;
    return msg->peer ? msg->peer->peer_id : 0;
}

/* The event thread belongs to the virtual machine for the time of the call only, since a thread that ended
   as its own would be fatal. */
static inline void zts_java_on_event(void *message)
{
    const zts_event_msg_t *msg = (const zts_event_msg_t *)message;
    zts_java_handler *to = zts_java_handler_get();
    void *place = NULL;
    int is_attached = ZTS_JNI(to->vm)->GetEnv(to->vm, &place, JNI_VERSION_1_6) == JNI_OK;

    if (!is_attached &&
        ZTS_JNI(to->vm)->AttachCurrentThread(to->vm, ZTS_JNI_ENV(&place), NULL) != JNI_OK)
        return;
    JNIEnv *env = (JNIEnv *)place;
    ZTS_JNI(env)->CallVoidMethod(env, to->object, to->method, (jlong)zts_java_event_id(msg),
                                 (jint)msg->event_code);
    if (ZTS_JNI(env)->ExceptionCheck(env)) {
        ZTS_JNI(env)->ExceptionDescribe(env);
        ZTS_JNI(env)->ExceptionClear(env);
    }
    if (!is_attached)
        ZTS_JNI(to->vm)->DetachCurrentThread(to->vm);
}

/* What zts_init_set_event_handler(object, method) does: method, void (long id, int code), of object is called
   with each event. From a thread of the virtual machine. -3: no object or method; -5: no virtual machine, or
   it has no memory left. */
static inline int zts_java_set_event_handler(jobject object, jmethodID method)
{
    zts_java_handler next = { NULL, NULL, NULL };
    zts_java_handler *now = zts_java_handler_get();
    jsize count = 0;
    void *place = NULL;

    if (!object || !method)
        return zts_init_set_event_handler(NULL);
    if (JNI_GetCreatedJavaVMs(&next.vm, 1, &count) != JNI_OK || count != 1 ||
        ZTS_JNI(next.vm)->GetEnv(next.vm, &place, JNI_VERSION_1_6) != JNI_OK)
        return ZTS_ERR_GENERAL;
    JNIEnv *env = (JNIEnv *)place;
    next.object = ZTS_JNI(env)->NewGlobalRef(env, object);
    next.method = method;
    if (!next.object)
        return ZTS_ERR_GENERAL;
    int result = zts_init_set_event_handler(zts_java_on_event);
    jobject unused = result == ZTS_ERR_OK ? now->object : next.object;
    if (result == ZTS_ERR_OK)
        *now = next;
    if (unused)
        ZTS_JNI(env)->DeleteGlobalRef(env, unused);
    return result;
}

#define zts_init_set_event_handler(object, method) zts_java_set_event_handler(object, method)
#endif

#ifdef __cplusplus
}
#endif

#ifdef ZTS_PYTHON_HANDLER
/* Derived from by the handler, in Python by way of SWIG's directors, which take Python's lock. Called with
   each event, on the event thread. */
class PythonDirectorCallbackClass {
  public:
    virtual ~PythonDirectorCallbackClass()
    {
    }
    virtual void on_zerotier_event(zts_event_msg_t *msg)
    {
        (void)msg;
    }
};

#ifdef SWIG
int zts_init_set_event_handler(PythonDirectorCallbackClass *callback);
#else
namespace zts_python {
extern "C" ZTS_API int ZTCALL zts_init_set_event_handler(void (*callback)(void *));

inline PythonDirectorCallbackClass *&handler()
{
    static PythonDirectorCallbackClass *set;

    return set;
}

inline void on_event(void *message)
{
    handler()->on_zerotier_event(static_cast<zts_event_msg_t *>(message));
}
} // namespace zts_python

/* The handler is borrowed until another one is set. */
inline int zts_init_set_event_handler(PythonDirectorCallbackClass *callback)
{
    int result = zts_python::zts_init_set_event_handler(callback ? zts_python::on_event : 0);

    if (result == ZTS_ERR_OK)
        zts_python::handler() = callback;
    return result;
}
#endif
#endif

#endif
