/* SPDX-License-Identifier: Apache-2.0 */
/* An IPv4 or IPv6 address with a port: the value, its wire form and its scope class. */
#include "base/endpoint.h"

#include <assert.h>
#include <string.h>

_Static_assert(sizeof(struct zt_endpoint) == 20, "no padding");
_Static_assert(sizeof(struct zt_link) == 24, "no padding");

struct zt_endpoint zt_endpoint_v4(const uint8_t ip[4], uint16_t port)
{
    struct zt_endpoint endpoint = { .family = ZT_FAMILY_IPV4, .port = port };

    memcpy(endpoint.ip, ip, 4);
    return endpoint;
}

struct zt_endpoint zt_endpoint_v6(const uint8_t ip[16], uint16_t port)
{
    struct zt_endpoint endpoint = { .family = ZT_FAMILY_IPV6, .port = port };

    memcpy(endpoint.ip, ip, 16);
    return endpoint;
}

size_t zt_endpoint_ip_length(const struct zt_endpoint *endpoint)
{
    if (endpoint->family == ZT_FAMILY_IPV4)
        return 4;
    return endpoint->family == ZT_FAMILY_IPV6 ? 16 : 0;
}

bool zt_endpoint_equal(const struct zt_endpoint *a, const struct zt_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool zt_endpoint_same_ip(const struct zt_endpoint *a, const struct zt_endpoint *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool zt_link_equal(const struct zt_link *a, const struct zt_link *b)
{
    return a->socket == b->socket && zt_endpoint_equal(&a->remote, &b->remote);
}

/* Are the first bits of two addresses the same? */
static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(a, b, bits / 8) != 0)
        return false;
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool zt_endpoint_in(const struct zt_endpoint *network, const struct zt_endpoint *endpoint)
{
    if (network->family != endpoint->family)
        return false;
    if (network->port > 8 * zt_endpoint_ip_length(network))
        return false;
    return network->family != ZT_FAMILY_NONE &&
           same_prefix(network->ip, endpoint->ip, network->port);
}

struct scope_block {
    uint8_t prefix[4];
    uint8_t bits;
    uint8_t scope;
};

/* The first match counts. Blocks of /8 named pseudo-private are in use inside organisations only. */
static const struct scope_block scopes_v4[] = {
    { { 0 }, 8, ZT_SCOPE_NONE },
    { { 255 }, 8, ZT_SCOPE_NONE },
    { { 224 }, 4, ZT_SCOPE_MULTICAST },
    { { 127 }, 8, ZT_SCOPE_LOOPBACK },
    { { 6 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 11 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 21 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 22 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 25 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 26 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 28 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 29 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 30 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 51 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 55 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 56 }, 8, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 240 }, 4, ZT_SCOPE_PSEUDO_PRIVATE },
    { { 169, 254 }, 16, ZT_SCOPE_LINK_LOCAL },
    { { 10 }, 8, ZT_SCOPE_PRIVATE },
    { { 172, 16 }, 12, ZT_SCOPE_PRIVATE },
    { { 192, 168 }, 16, ZT_SCOPE_PRIVATE },
    { { 100, 64 }, 10, ZT_SCOPE_PRIVATE },
    { { 198, 18 }, 15, ZT_SCOPE_PRIVATE },
    { { 192, 0, 2 }, 24, ZT_SCOPE_PRIVATE },
    { { 198, 51, 100 }, 24, ZT_SCOPE_PRIVATE },
    { { 203, 0, 113 }, 24, ZT_SCOPE_PRIVATE },
};

static enum zt_scope scope_v4(const uint8_t ip[4])
{
    for (size_t i = 0; i < sizeof scopes_v4 / sizeof scopes_v4[0]; i++) {
        if (same_prefix(ip, scopes_v4[i].prefix, scopes_v4[i].bits))
            return (enum zt_scope)scopes_v4[i].scope;
    }
    return ZT_SCOPE_GLOBAL;
}

static enum zt_scope scope_v6(const uint8_t ip[16])
{
    static const uint8_t none[16] = { 0 };
    static const uint8_t loopback[16] = { [15] = 1 };
    static const uint8_t link_loopback[16] = { 0xfe, 0x80, [15] = 1 };
    static const uint8_t mapped_loopback[16] = { [10] = 0xff, [11] = 0xff, [12] = 127 };

    if (memcmp(ip, none, 16) == 0)
        return ZT_SCOPE_NONE;
    if (ip[0] == 0xff)
        return ZT_SCOPE_MULTICAST;
    if (memcmp(ip, loopback, 16) == 0 || memcmp(ip, link_loopback, 16) == 0 ||
        same_prefix(ip, mapped_loopback, 104))
        return ZT_SCOPE_LOOPBACK;
    if (same_prefix(ip, link_loopback, 10))
        return ZT_SCOPE_LINK_LOCAL;
    if ((ip[0] & 0xfe) == 0xfc)
        return ZT_SCOPE_PRIVATE;
    return ZT_SCOPE_GLOBAL;
}

enum zt_scope zt_endpoint_scope(const struct zt_endpoint *endpoint)
{
    if (endpoint->family == ZT_FAMILY_IPV4)
        return scope_v4(endpoint->ip);
    if (endpoint->family == ZT_FAMILY_IPV6)
        return scope_v6(endpoint->ip);
    return ZT_SCOPE_NONE;
}

bool zt_endpoint_usable(const struct zt_endpoint *endpoint, bool allow_loopback)
{
    /* A tunnel broker whose detours are worse than a relay. */
    static const uint8_t tunnel_broker[4] = { 0x20, 0x01, 0x04, 0x70 };

    if (endpoint->family == ZT_FAMILY_IPV6 && same_prefix(endpoint->ip, tunnel_broker, 32))
        return false;
    switch (zt_endpoint_scope(endpoint)) {
    case ZT_SCOPE_PSEUDO_PRIVATE:
    case ZT_SCOPE_GLOBAL:
    case ZT_SCOPE_SHARED:
    case ZT_SCOPE_PRIVATE:
        return true;
    case ZT_SCOPE_LOOPBACK:
        return allow_loopback;
    case ZT_SCOPE_NONE:
    case ZT_SCOPE_MULTICAST:
    case ZT_SCOPE_LINK_LOCAL:
        break;
    }
    return false;
}

/* The first byte of the wire form, docs/wire.md 0.4. */
enum wire_kind {
    WIRE_NONE = 0,
    WIRE_ETHERNET = 1,
    WIRE_BLUETOOTH = 2,
    WIRE_OTHER = 3,
    WIRE_IPV4 = 4,
    WIRE_IPV6 = 6
};

static void read_ip(struct zt_endpoint *endpoint, enum zt_family family, struct zt_reader *in)
{
    endpoint->family = (uint8_t)family;
    zt_read_copy(in, endpoint->ip, zt_endpoint_ip_length(endpoint));
    endpoint->port = zt_read_u16(in);
}

void zt_endpoint_read(struct zt_endpoint *endpoint, struct zt_reader *in)
{
    struct zt_endpoint next = { 0 };

    switch (zt_read_u8(in)) {
    case WIRE_NONE:
        break;
    case WIRE_ETHERNET:
    case WIRE_BLUETOOTH:
        zt_read_take(in, 6);
        break;
    case WIRE_OTHER:
        zt_read_take(in, zt_read_u16(in));
        break;
    case WIRE_IPV4:
        read_ip(&next, ZT_FAMILY_IPV4, in);
        break;
    case WIRE_IPV6:
        read_ip(&next, ZT_FAMILY_IPV6, in);
        break;
    default:
        in->failed = true;
        break;
    }
    *endpoint = in->failed ? (struct zt_endpoint){ 0 } : next;
}

void zt_endpoint_write(const struct zt_endpoint *endpoint, struct zt_writer *out)
{
    assert(endpoint->family == ZT_FAMILY_NONE || zt_endpoint_ip_length(endpoint) > 0);

    zt_write_u8(out, endpoint->family);
    if (endpoint->family == ZT_FAMILY_NONE)
        return;
    zt_write_copy(out, endpoint->ip, zt_endpoint_ip_length(endpoint));
    zt_write_u16(out, endpoint->port);
}
