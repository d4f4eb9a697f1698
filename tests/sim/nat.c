/* SPDX-License-Identifier: Apache-2.0 */
/* A NAT: mappings from inside endpoints to public ports, and whom it lets in. */
#include "sim.h"

#define MAPPING_LIFE_MS 120000

void nat_init(struct nat *nat, enum nat_kind kind, struct zt_endpoint public_ip)
{
    *nat = (struct nat){ .kind = kind, .public_ip = public_ip, .next_port = 20000 };
}

static bool serves(const struct nat *nat, const struct mapping *mapping, int64_t now_ms)
{
    (void)nat;
    return mapping->used && now_ms - mapping->used_ms < MAPPING_LIFE_MS;
}

static struct mapping *find_out(struct nat *nat, int64_t now_ms, const struct datagram *datagram)
{
    for (size_t i = 0; i < NAT_MAPPINGS; i++) {
        struct mapping *mapping = &nat->mappings[i];

        if (serves(nat, mapping, now_ms) && zt_endpoint_equal(&mapping->inside, &datagram->from) &&
            (nat->kind != NAT_SYMMETRIC || zt_endpoint_equal(&mapping->remote, &datagram->to)))
            return mapping;
    }
    return NULL;
}

static struct mapping *make(struct nat *nat, int64_t now_ms)
{
    struct mapping *oldest = &nat->mappings[0];

    for (size_t i = 0; i < NAT_MAPPINGS; i++) {
        struct mapping *mapping = &nat->mappings[i];

        if (!serves(nat, mapping, now_ms)) {
            oldest = mapping;
            break;
        }
        if (mapping->used_ms < oldest->used_ms)
            oldest = mapping;
    }
    *oldest = (struct mapping){ .used = true, .port = nat->next_port };
    nat->next_port = nat->next_port == 60000 ? 20000 : (uint16_t)(nat->next_port + 1);
    return oldest;
}

static void permit(struct nat *nat, int64_t now_ms, const struct datagram *datagram)
{
    for (size_t i = 0; i < NAT_PERMITS; i++) {
        if (zt_endpoint_equal(&nat->permits[i].inside, &datagram->from) &&
            zt_endpoint_equal(&nat->permits[i].remote, &datagram->to)) {
            nat->permits[i].at_ms = now_ms;
            return;
        }
    }
    nat->permits[nat->permit_next].inside = datagram->from;
    nat->permits[nat->permit_next].remote = datagram->to;
    nat->permits[nat->permit_next].at_ms = now_ms;
    nat->permit_next = (nat->permit_next + 1) % NAT_PERMITS;
}

bool nat_out(struct nat *nat, int64_t now_ms, struct datagram *datagram)
{
    struct mapping *mapping = find_out(nat, now_ms, datagram);

    if (!mapping) {
        mapping = make(nat, now_ms);
        mapping->inside = datagram->from;
    }
    mapping->remote = datagram->to;
    mapping->used_ms = now_ms;
    permit(nat, now_ms, datagram);
    datagram->from = nat->public_ip;
    datagram->from.port = mapping->port;
    return true;
}

static bool is_permitted(const struct nat *nat, int64_t now_ms, const struct mapping *mapping,
                         const struct zt_endpoint *remote)
{
    if (nat->kind == NAT_FULL_CONE)
        return true;
    if (nat->kind == NAT_SYMMETRIC)
        return zt_endpoint_equal(&mapping->remote, remote);
    for (size_t i = 0; i < NAT_PERMITS; i++) {
        if (!zt_endpoint_equal(&nat->permits[i].inside, &mapping->inside) ||
            now_ms - nat->permits[i].at_ms >= MAPPING_LIFE_MS)
            continue;
        if (nat->kind == NAT_RESTRICTED ? zt_endpoint_same_ip(&nat->permits[i].remote, remote)
                                        : zt_endpoint_equal(&nat->permits[i].remote, remote))
            return true;
    }
    return false;
}

bool nat_in(struct nat *nat, int64_t now_ms, struct datagram *datagram)
{
    for (size_t i = 0; i < NAT_MAPPINGS; i++) {
        struct mapping *mapping = &nat->mappings[i];

        if (!serves(nat, mapping, now_ms) || mapping->port != datagram->to.port)
            continue;
        if (!is_permitted(nat, now_ms, mapping, &datagram->from))
            return false;
        datagram->to = mapping->inside;
        return true;
    }
    return false;
}

bool nat_permits(int kind_a, int kind_b)
{
    if (kind_a == NAT_SYMMETRIC)
        return kind_b != NAT_SYMMETRIC && kind_b != NAT_PORT_RESTRICTED;
    if (kind_b == NAT_SYMMETRIC)
        return kind_a != NAT_PORT_RESTRICTED;
    return true;
}
