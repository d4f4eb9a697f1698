/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason for dropping a packet: name and text in one list. */
#ifndef ZT_VL1_DROP_H
#define ZT_VL1_DROP_H

/* X(name, text). NONE means accepted. DEFERRED is no drop: the packet waits and is judged again. */
#define ZT_DROP_LIST(X)                                                                            \
    X(NONE, "accepted")                                                                            \
    X(DEFERRED, "kept until an identity or a credential arrives")                                  \
    X(SHORT_DATAGRAM, "datagram too short for a packet")                                           \
    X(TRUNCATED, "message ends too early")                                                         \
    X(MALFORMED, "message contradicts its own layout")                                             \
    X(TOO_LARGE, "packet larger than any may be")                                                  \
    X(OWN_SOURCE, "source is our own address")                                                     \
    X(BAD_FRAGMENT, "fragment numbers out of range")                                               \
    X(DUPLICATE_FRAGMENT, "fragment seen before")                                                  \
    X(FRAGMENT_TIMEOUT, "other fragments never came")                                              \
    X(BAD_CIPHER, "cipher suite unknown")                                                          \
    X(UNTRUSTED_PATH, "no trusted path has this id and network")                                   \
    X(BAD_MAC, "authentication failed")                                                            \
    X(BAD_COMPRESSION, "compressed payload can't be expanded")                                     \
    X(UNKNOWN_VERB, "verb unknown")                                                                \
    X(OLD_PROTOCOL, "protocol version too old")                                                    \
    X(FOREIGN_IDENTITY, "source is not the identity's address")                                    \
    X(COLLISION, "address is held by another key")                                                 \
    X(BAD_PROOF, "identity's proof of work is wrong")                                              \
    X(PROOF_PENDING, "identity is being proved")                                                   \
    X(UNKNOWN_SENDER, "sender's identity never arrived")                                           \
    X(UNEXPECTED_REPLY, "reply to nothing we asked")                                               \
    X(NOT_UPSTREAM, "only a root may say this")                                                    \
    X(NOT_CONTROLLER, "only the network's controller may say this")                                \
    X(RATE_LIMITED, "more often than allowed")                                                     \
    X(HOP_LIMIT, "forwarded too often")                                                            \
    X(NOT_RELAYING, "we don't forward for this sender")                                            \
    X(NO_ROUTE, "no way to the destination")                                                       \
    X(PATH_FORBIDDEN, "endpoint may not be used as a path")                                        \
    X(STALE, "not newer than what we have")                                                        \
    X(FOREIGN, "about something that is not ours")                                                 \
    X(FORGED, "signature wrong")                                                                   \
    X(NOT_JOINED, "network not joined")                                                            \
    X(NOT_MEMBER, "sender is no member of the network")                                            \
    X(FILTERED, "rules say drop")                                                                  \
    X(REDIRECTED, "rules sent it elsewhere")                                                       \
    X(NO_BRIDGE, "bridged frame where no bridge may be")                                           \
    X(OWN_FRAME, "frame's source is our own or nobody's MAC")                                      \
    X(EMPTY_FRAME, "frame without payload")                                                        \
    X(NO_MULTICAST, "network has no multicast")                                                    \
    X(NO_BROADCAST, "network has no broadcast")                                                    \
    X(REVOKED, "credential has been revoked")                                                      \
    X(NO_ROOM, "table or queue full")                                                              \
    X(NO_MEMORY, "out of memory")                                                                  \
    X(EXPIRED, "waited too long")                                                                  \
    X(NOT_CONFIGURED, "network has no configuration yet")                                          \
    X(NO_TRUST, "sender is not trusted enough for this")

enum zt_drop {
#define ZT_DROP_ENUM(name, text) ZT_DROP_##name,
    ZT_DROP_LIST(ZT_DROP_ENUM)
#undef ZT_DROP_ENUM
        ZT_DROP_COUNT
};

const char *zt_drop_name(enum zt_drop drop); /* "BAD_MAC" */
const char *zt_drop_text(enum zt_drop drop);

#endif
