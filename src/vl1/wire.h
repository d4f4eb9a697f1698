/* SPDX-License-Identifier: Apache-2.0 */
/* Every VL1 verb, offset, size, flag, error code and protocol interval; nothing else. docs/wire.md 3, 4, 6. */
#ifndef ZT_VL1_WIRE_H
#define ZT_VL1_WIRE_H

/* What we announce. docs/wire.md 4.3. */
#define ZT_PROTOCOL_VERSION 12
#define ZT_PROTOCOL_MINIMUM 4
#define ZT_PROTOCOL_ECHO                                                                           \
    5 /* from here on a probe is an ECHO, and OK(HELLO) carries the real port */
#define ZT_PROTOCOL_GMAC_SIV 12
#define ZT_VERSION_MAJOR 1
#define ZT_VERSION_MINOR 14
#define ZT_VERSION_REVISION 2

enum zt_verb {
    ZT_VERB_NOP = 0x00,
    ZT_VERB_HELLO = 0x01,
    ZT_VERB_ERROR = 0x02,
    ZT_VERB_OK = 0x03,
    ZT_VERB_WHOIS = 0x04,
    ZT_VERB_RENDEZVOUS = 0x05,
    ZT_VERB_FRAME = 0x06,
    ZT_VERB_EXT_FRAME = 0x07,
    ZT_VERB_ECHO = 0x08,
    ZT_VERB_MULTICAST_LIKE = 0x09,
    ZT_VERB_NETWORK_CREDENTIALS = 0x0a,
    ZT_VERB_NETWORK_CONFIG_REQUEST = 0x0b,
    ZT_VERB_NETWORK_CONFIG = 0x0c,
    ZT_VERB_MULTICAST_GATHER = 0x0d,
    ZT_VERB_MULTICAST_FRAME = 0x0e,
    ZT_VERB_PUSH_DIRECT_PATHS = 0x10,
    ZT_VERB_ACK = 0x12,
    ZT_VERB_QOS_MEASUREMENT = 0x13,
    ZT_VERB_USER_MESSAGE = 0x14,
    ZT_VERB_REMOTE_TRACE = 0x15,
    ZT_VERB_PATH_NEGOTIATION_REQUEST = 0x16,
    ZT_VERB_COUNT = 0x20
};

enum zt_error_code {
    ZT_ERROR_OBJ_NOT_FOUND = 3,
    ZT_ERROR_IDENTITY_COLLISION = 4,
    ZT_ERROR_UNSUPPORTED_OPERATION = 5,
    ZT_ERROR_NEED_MEMBERSHIP_CERTIFICATE = 6,
    ZT_ERROR_NETWORK_ACCESS_DENIED = 7,
    ZT_ERROR_UNWANTED_MULTICAST = 8,
    ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED = 9,
    ZT_ERROR_CODES = 10
};

enum zt_cipher {
    ZT_CIPHER_MAC_ONLY = 0,
    ZT_CIPHER_SALSA = 1,
    ZT_CIPHER_TRUSTED = 2,
    ZT_CIPHER_GMAC_SIV = 3
};

/* Packet header, docs/wire.md 3.1 */
#define ZT_AT_ID 0
#define ZT_AT_DESTINATION 8
#define ZT_AT_SOURCE 13
#define ZT_AT_FLAGS 18
#define ZT_AT_MAC 19
#define ZT_AT_VERB 27
#define ZT_AT_PAYLOAD 28
#define ZT_HEADER_SIZE 28

#define ZT_FLAG_LEGACY_ENCRYPTED 0x80
#define ZT_FLAG_FRAGMENTED 0x40
#define ZT_CIPHER_SHIFT 3
#define ZT_CIPHER_MASK 0x38
#define ZT_HOPS_MASK 0x07
#define ZT_VERB_MASK 0x1f
#define ZT_VERB_COMPRESSED 0x80
#define ZT_MAX_HOPS 3 /* a packet received with that many is not forwarded */
#define ZT_COMPRESS_ABOVE 64

/* Fragment header, docs/wire.md 3.3 */
#define ZT_FRAGMENT_AT_MARK 13
#define ZT_FRAGMENT_AT_NUMBER 14
#define ZT_FRAGMENT_AT_HOPS 15
#define ZT_FRAGMENT_HEADER_SIZE 16
#define ZT_FRAGMENT_MARK 0xff

/* OK and ERROR, docs/wire.md 4.4 and 4.5; offsets within the payload */
#define ZT_REPLY_HEADER 9 /* verb asked, id asked */

#define ZT_PUSH_FLAG_FORGET 0x01
#define ZT_PUSH_FLAG_REDIRECT 0x02
#define ZT_PUSH_LIMIT_BYTES 1200

/* Intervals in milliseconds, docs/wire.md appendix A */
#define ZT_PING_CHECK_MS 5000
#define ZT_RETRY_MS 500
#define ZT_HOUSEKEEPING_MS 30000
#define ZT_WHOIS_RETRY_MS 500
#define ZT_QUEUE_LIFE_MS 5000
#define ZT_REASSEMBLY_LIFE_MS 5000
#define ZT_PATH_HEARTBEAT_MS 14000
#define ZT_PATH_ALIVE_MS 19000
#define ZT_PATH_EXPIRY_MS 243000
#define ZT_FULL_HELLO_MS 60000
#define ZT_PEER_ACTIVITY_MS 500000
#define ZT_TRUST_LIFE_MS 600000
#define ZT_PUSH_RELAYED_MS 15000
#define ZT_PUSH_DIRECT_MS 120000
#define ZT_PUSH_GATE_MS 30000
#define ZT_PUSH_GATE_COUNT 8
#define ZT_PUSH_PER_CLASS 8
#define ZT_RENDEZVOUS_INTERVAL_MS 30000
#define ZT_RENDEZVOUS_FORGET_MS 240000
#define ZT_SURFACE_LIFE_MS 600000
#define ZT_ECHO_GATE_MS 166
#define ZT_WHOIS_GATE_MS 100
#define ZT_CONFIRM_GATE_MS 1000
#define ZT_IDENTITY_GATE_MS 2000
#define ZT_HINT_INTERVAL_MS 30000
#define ZT_SEEK_INTERVAL_MS 5000
#define ZT_EXPECTED_LIFE_MS 30000

#endif
