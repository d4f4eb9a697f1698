/* SPDX-License-Identifier: Apache-2.0 */
/* An IPv4 or IPv6 address with a port: the value, its text, its wire form and its scope class. */
#ifndef ZT_BASE_ENDPOINT_H
#define ZT_BASE_ENDPOINT_H

#include "base/bytes.h"

enum zt_family { ZT_FAMILY_NONE = 0, ZT_FAMILY_IPV4 = 4, ZT_FAMILY_IPV6 = 6 };

/* docs/wire.md 0.5: decides preference and use of a path. Higher is preferred. */
enum zt_scope {
    ZT_SCOPE_NONE = 0,
    ZT_SCOPE_MULTICAST = 1,
    ZT_SCOPE_LOOPBACK = 2,
    ZT_SCOPE_PSEUDO_PRIVATE = 3,
    ZT_SCOPE_GLOBAL = 4,
    ZT_SCOPE_LINK_LOCAL = 5,
    ZT_SCOPE_SHARED = 6,
    ZT_SCOPE_PRIVATE = 7
};

/* No padding, so that memcmp and hashing are safe; unused address bytes and reserved are zero.
   Also stands for a network or a managed address: then port is the prefix length. */
struct zt_endpoint {
    uint8_t family; /* enum zt_family */
    uint8_t reserved;
    uint16_t port; /* host byte order */
    uint8_t ip[16];
};

#define ZT_ENDPOINT_TEXT 56 /* longest text form with its 0 */

struct zt_endpoint zt_endpoint_v4(const uint8_t ip[4], uint16_t port);
struct zt_endpoint zt_endpoint_v6(const uint8_t ip[16], uint16_t port);
size_t zt_endpoint_ip_length(const struct zt_endpoint *endpoint); /* 0, 4 or 16 */
bool zt_endpoint_equal(const struct zt_endpoint *a, const struct zt_endpoint *b);
bool zt_endpoint_same_ip(const struct zt_endpoint *a, const struct zt_endpoint *b);
enum zt_scope zt_endpoint_scope(const struct zt_endpoint *endpoint);
/* May a path lead there at all? docs/wire.md 0.5; loopback counts when allow_loopback is set. */
bool zt_endpoint_usable(const struct zt_endpoint *endpoint, bool allow_loopback);
/* Is the IP inside network, whose port is the prefix length? */
bool zt_endpoint_in(const struct zt_endpoint *network, const struct zt_endpoint *endpoint);

/* Text "IP/port" (lower case, RFC 5952). Without "/port" when with_port is false. */
void zt_endpoint_text(const struct zt_endpoint *endpoint, bool with_port,
                      char out[ZT_ENDPOINT_TEXT]);
/* Accepts "IP" and "IP/number"; default_port where there is no number. Nothing may follow. */
ZT_MUST_USE bool zt_endpoint_parse(struct zt_endpoint *endpoint, const char *text,
                                   uint16_t default_port);

/* docs/wire.md 0.4. Reserved kinds are skipped and read as none; an unknown kind fails the reader. */
void zt_endpoint_read(struct zt_endpoint *endpoint, struct zt_reader *in);
void zt_endpoint_write(const struct zt_endpoint *endpoint, struct zt_writer *out);

/* One (local socket, remote endpoint) pair. No padding. */
struct zt_link {
    uint32_t socket; /* number given by the driver; UINT32_MAX: every socket of the family */
    struct zt_endpoint remote;
};

#define ZT_LINK_ALL_SOCKETS UINT32_MAX

bool zt_link_equal(const struct zt_link *a, const struct zt_link *b);

#endif
