/* SPDX-License-Identifier: Apache-2.0 */
/* Every bound of the program in one place, with a word on who gives way at the bound. */
#ifndef ZT_BASE_LIMITS_H
#define ZT_BASE_LIMITS_H

/* VL1 */
#define ZT_MAX_PACKET 10024 /* bytes; longer is dropped */
#define ZT_MAX_FRAGMENTS 7  /* pieces of one packet, head included */
#define ZT_DEFAULT_UDP_PAYLOAD 1432
#define ZT_MIN_UDP_PAYLOAD 1400
#define ZT_MAX_UDP_PAYLOAD 10324
#define ZT_MAX_DELIVERABLE 9928 /* 1432 + 6 * 1416: the largest packet at the default payload */
#define ZT_MAX_PEERS 65536      /* the longest silent one gives way, never a root; see topology.h */
#define ZT_MAX_PATHS_PER_PEER 16 /* the longest silent one gives way */
#define ZT_MAX_REASSEMBLY 64 /* packets being put together; the greediest source loses its oldest */
#define ZT_MAX_DEFERRED                                                                            \
    512 /* packets that wait for an identity or credentials; a greedy source's or the oldest gives way */
#define ZT_MAX_PARKED 64  /* packets to send that wait for WHOIS or a path; the oldest gives way */
#define ZT_MAX_PROOFS 512 /* identities being proved; the newcomer is dropped */
#define ZT_MAX_WHOIS                                                                               \
    256 /* addresses being asked for; the oldest not asked for ourselves gives way */
#define ZT_MAX_EXPECTED 65536 /* ids of packets that may be answered; the oldest gives way */
#define ZT_MAX_SURFACES 128   /* reports about our own endpoints; the oldest by no root gives way */
#define ZT_MAX_RENDEZVOUS 8192     /* pairs introduced lately; the oldest gives way */
#define ZT_MAX_GATES 16384         /* buckets of the identity gate */
#define ZT_MAX_ROOTS 4             /* per world; more is malformed */
#define ZT_MAX_ROOT_ENDPOINTS 32   /* per root; more is malformed */
#define ZT_MAX_WORLD 8480          /* bytes of a written world */
#define ZT_MAX_MOONS 16            /* the newcomer is refused */
#define ZT_MAX_TRUSTED_PATHS 32    /* the newcomer is refused */
#define ZT_MAX_LOCAL_ENDPOINTS 64  /* own endpoints to announce */
#define ZT_MAX_OVERLAY_SUBNETS 256 /* managed subnets no path may lead into */
#define ZT_MAX_HINTS 64            /* configured endpoints to try */
#define ZT_MAX_DESIGNATED 256      /* anchors and replicators kept connected; more are ignored */
#define ZT_MAX_TRUSTED_LINKS 4096  /* links by which trust was proven; the oldest gives way */

/* VL2 */
#define ZT_MAX_NETWORKS 1024 /* the newcomer is refused */
#define ZT_MAX_MEMBERS                                                                             \
    65536 /* remote members remembered per network; the longest silent gives way */
#define ZT_MAX_RULES 1024
#define ZT_MAX_CAPABILITY_RULES 64
#define ZT_MAX_CAPABILITIES 128
#define ZT_MAX_TAGS 128
#define ZT_MAX_OWNERSHIPS 4
#define ZT_MAX_OWNED_THINGS 16
#define ZT_MAX_CUSTODY 7
#define ZT_MAX_QUALIFIERS 8
#define ZT_MAX_ROUTES 128
#define ZT_MAX_ASSIGNED 32
#define ZT_MAX_SPECIALISTS 256
#define ZT_MAX_DNS_SERVERS 4
#define ZT_MAX_DNS_DOMAIN 128
#define ZT_MAX_NETWORK_NAME 127
#define ZT_MAX_CONFIG 484520    /* bytes of a config dictionary; longer is refused */
#define ZT_MAX_CONFIG_UPDATES 3 /* put together at once per network; the least recent gives way */
#define ZT_MAX_CONFIG_CHUNKS 474
#define ZT_MAX_CHUNK_DATA 9612 /* sent per packet: keeps a chunk within ZT_MAX_DELIVERABLE */
#define ZT_MAX_REQUEST_METADATA 1024
#define ZT_MAX_GROUPS 4096 /* own multicast subscriptions per network; the newcomer is refused */
#define ZT_MAX_GROUP_MEMBERS 65536 /* likes remembered per node; the oldest gives way */
#define ZT_MAX_LIKES_PER_NODE 8192 /* of one node, all networks together; the newcomer is refused */
#define ZT_MAX_MULTICAST_QUEUE                                                                     \
    32 /* frames waiting for more members, per network; the oldest gives way */
#define ZT_MAX_BRIDGE_ROUTES 65536 /* remote MACs remembered per network; the oldest gives way */
#define ZT_MAX_BRIDGE_COPIES 32    /* bridges that get a frame of unknown destination */
#define ZT_MAX_MTU 10000
#define ZT_MIN_MTU 1280
#define ZT_DEFAULT_MTU 2800

/* node */
#define ZT_MAX_SEND_RING                                                                           \
    (4 << 20) /* bytes of datagrams waiting; frames are refused, the rest dropped */
#define ZT_MAX_EFFECT_RING (4 << 20) /* bytes of other effects waiting; the newcomer is dropped */

/* sockets */
#define ZT_MAX_SOCKETS 16384  /* descriptors; the newcomer is refused */
#define ZT_MAX_TIME_WAIT 1024 /* ended connections kept for stray segments; the oldest gives way */
#define ZT_MAX_MEMBERSHIPS 1024 /* of sockets in groups, per family; the newcomer is refused */

_Static_assert(ZT_MAX_DELIVERABLE ==
                   ZT_DEFAULT_UDP_PAYLOAD + (ZT_MAX_FRAGMENTS - 1) * (ZT_DEFAULT_UDP_PAYLOAD - 16),
               "seven full pieces");
_Static_assert(ZT_MAX_DELIVERABLE <= ZT_MAX_PACKET, "a deliverable packet fits the buffer");
_Static_assert(28 + 9 + ZT_MAX_CHUNK_DATA + 27 + 3 + 96 + 10 <= ZT_MAX_DELIVERABLE, "a chunk fits");

#endif
