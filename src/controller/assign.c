/* SPDX-License-Identifier: Apache-2.0 */
/* Address assignment: deterministic for IPv4, from the member's address; for IPv6 first so, then random. */
#include "controller/assign.h"

#include "controller/state.h"

#include <string.h>

#define TRIALS 1000

/* The longest prefix among the routes that contain ip; -1: none does. */
static int prefix_of(const struct zt_network_record *network, const struct zt_endpoint *ip)
{
    int longest = -1;

    for (size_t i = 0; i < network->route_count; i++) {
        const struct zt_endpoint *target = &network->routes[i].target;
        if (zt_endpoint_in(target, ip) && (int)target->port > longest)
            longest = target->port;
    }
    return longest;
}

static bool has_family(const struct zt_member_record *member,
                       const struct zt_network_record *network, enum zt_family family)
{
    for (size_t i = 0; i < member->ip_count; i++)
        if (member->ips[i].family == family && prefix_of(network, &member->ips[i]) >= 0)
            return true;
    return false;
}

static bool is_own(const struct zt_member_record *member, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < member->ip_count; i++)
        if (zt_endpoint_same_ip(&member->ips[i], ip))
            return true;
    return false;
}

static bool is_free(const struct zt_member_record *member, const struct zt_hosted_network *network,
                    const struct zt_endpoint *ip)
{
    return !is_own(member, ip) && !zt_hosting_ip_is_taken(network, ip);
}

static struct zt_endpoint ipv4_of(uint32_t number)
{
    uint8_t bytes[4];

    zt_store_u32(bytes, number);
    return zt_endpoint_v4(bytes, 0);
}

/* Is the address in an IPv4 route whose target is written without host bits? Default routes don't count. */
static bool has_v4_route(const struct zt_network_record *network, uint32_t ip)
{
    for (size_t i = 0; i < network->route_count; i++) {
        const struct zt_endpoint *target = &network->routes[i].target;
        uint32_t mask;

        if (target->family != ZT_FAMILY_IPV4 || target->port == 0)
            continue;
        mask = UINT32_MAX << (32 - target->port);
        if ((ip & mask) == zt_load_u32(target->ip))
            return true;
    }
    return false;
}

/* The pool's last address is never given out, as tools that predict addresses expect. */
static bool assign_v4(struct zt_endpoint *out, const struct zt_member_record *member,
                      const struct zt_hosted_network *network, const struct zt_pool *pool)
{
    uint32_t first = zt_load_u32(pool->first.ip), last = zt_load_u32(pool->last.ip);
    uint32_t span = last - first, counter = (uint32_t)member->address;
    uint32_t trials = span < TRIALS ? span + 1 : TRIALS;

    if (pool->first.family != ZT_FAMILY_IPV4 || last < first || first == 0)
        return false;
    for (uint32_t i = 0; i < trials; i++, counter++) {
        uint32_t ip = first + (span ? counter % span : 0);
        *out = ipv4_of(ip);
        if ((ip & 0xff) != 0xff && has_v4_route(network->record, ip) &&
            is_free(member, network, out))
            return true;
    }
    return false;
}

static bool has_v6_route(const struct zt_network_record *network, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < network->route_count; i++) {
        const struct zt_route *route = &network->routes[i];
        if (route->target.family == ZT_FAMILY_IPV6 && route->target.port > 0 &&
            route->via.family == ZT_FAMILY_NONE && zt_endpoint_in(&route->target, ip))
            return true;
    }
    return false;
}

static uint64_t draw(struct zt_rng *rng, uint64_t first, uint64_t last)
{
    return last > first ? first + zt_rng_u64(rng) % (last - first) : first;
}

static bool assign_v6(struct zt_endpoint *out, const struct zt_member_record *member,
                      const struct zt_hosted_network *network, const struct zt_pool *pool,
                      struct zt_rng *rng)
{
    uint64_t first_high = zt_load_u64(pool->first.ip), first_low = zt_load_u64(pool->first.ip + 8);
    uint64_t last_high = zt_load_u64(pool->last.ip), last_low = zt_load_u64(pool->last.ip + 8);
    bool fits_address = last_low >= first_low && last_low - first_low >= UINT64_C(0xffffffffff);

    if (pool->first.family != ZT_FAMILY_IPV6 || last_high < first_high)
        return false;
    for (int i = 0; i < TRIALS; i++) {
        uint8_t ip[16];
        bool by_address = i == 0 && fits_address;

        zt_store_u64(ip, by_address ? first_high : draw(rng, first_high, last_high));
        zt_store_u64(ip + 8,
                     by_address ? first_low + member->address : draw(rng, first_low, last_low));
        *out = zt_endpoint_v6(ip, 0);
        if (has_v6_route(network->record, out) && is_free(member, network, out))
            return true;
    }
    return false;
}

static void assign_family(struct zt_member_record *member, const struct zt_hosted_network *network,
                          enum zt_family family, struct zt_rng *rng)
{
    struct zt_endpoint ip;

    if (member->ip_count == ZT_MAX_ASSIGNED || has_family(member, network->record, family))
        return;
    for (size_t i = 0; i < network->record->pool_count; i++) {
        const struct zt_pool *pool = &network->record->pools[i];
        bool is_found = family == ZT_FAMILY_IPV4 ? assign_v4(&ip, member, network, pool)
                                                 : assign_v6(&ip, member, network, pool, rng);
        if (is_found) {
            member->ips[member->ip_count++] = ip;
            return;
        }
    }
}

void zt_assign_from_pools(struct zt_member_record *member, const struct zt_hosted_network *network,
                          struct zt_rng *rng)
{
    if (member->no_auto_assign)
        return;
    if (network->record->v6_pools)
        assign_family(member, network, ZT_FAMILY_IPV6, rng);
    if (network->record->v4_pools)
        assign_family(member, network, ZT_FAMILY_IPV4, rng);
}

size_t zt_assign_list(struct zt_endpoint *out, size_t capacity, bool *is_automatic,
                      const struct zt_network_record *network,
                      const struct zt_member_record *member)
{
    bool may_automatic = !member->no_auto_assign;
    size_t count = 0;

    if (may_automatic && network->v6_rfc4193 && count < capacity)
        out[count++] = zt_ip_rfc4193(network->nwid, member->address);
    if (may_automatic && network->v6_6plane && count < capacity)
        out[count++] = zt_ip_6plane(network->nwid, member->address);
    *is_automatic = count > 0;
    for (size_t i = 0; i < member->ip_count && count < capacity; i++) {
        int prefix = prefix_of(network, &member->ips[i]);
        if (prefix < 0)
            continue; /* outside all routes: the member could not use it */
        out[count] = member->ips[i];
        out[count++].port = (uint16_t)prefix;
    }
    return count;
}
