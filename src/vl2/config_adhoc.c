/* SPDX-License-Identifier: Apache-2.0 */
/* Ad-hoc networks: their configuration is written in their id, and nobody controls them.
   docs/wire.md 11.7. */
#include "vl2/config.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

#define ADHOC_WINDOW_MS 7200000
#define ADHOC_MULTICAST_LIMIT 1024
#define TCP_SYN 0x02
#define TCP_ACK 0x10

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };

static bool is_adhoc(zt_nwid nwid)
{
    return nwid >> 56 == 0xff;
}

/* ffSSSSEEEE000000 */
static bool is_port_range(zt_nwid nwid)
{
    return is_adhoc(nwid) && (nwid & 0xffffff) == 0;
}

/* ffAAhhhhhhhhhh01 */
static bool is_slash_eight(zt_nwid nwid)
{
    return is_adhoc(nwid) && (nwid & 0xff) == 1;
}

static struct zt_config *new_config(zt_nwid nwid, zt_address self, int64_t now_ms,
                                    const struct zt_rule *rules, size_t rule_count)
{
    struct zt_config *config = zt_config_new();

    if (config == NULL)
        return NULL;
    config->rules = zt_alloc(rule_count * sizeof *rules);
    if (config->rules == NULL) {
        zt_config_free(config);
        return NULL;
    }
    memcpy(config->rules, rules, rule_count * sizeof *rules);
    config->rule_count = rule_count;
    config->nwid = nwid;
    config->issued_ms = now_ms;
    config->window_ms = ADHOC_WINDOW_MS;
    config->revision = 1;
    config->member = self;
    config->flags = ZT_CONFIG_FLAG_NDP_EMULATION;
    config->is_public = true;
    config->mtu = ZT_DEFAULT_MTU;
    config->assigned[config->assigned_count++] = zt_ip_6plane(nwid, self);
    return config;
}

/* IPv6 only; ICMPv6, UDP and TCP to ports of the range, and whatever opens no TCP connection. All
   members must use the very same rules. */
static struct zt_config *new_port_range(zt_nwid nwid, zt_address self, int64_t now_ms)
{
    uint16_t first = (uint16_t)(nwid >> 40);
    uint16_t last = (uint16_t)(nwid >> 24);
    const struct zt_rule rules[] = {
        { .type = ZT_RULE_ETHERTYPE | ZT_RULE_NOT, .u.number = ZT_ETHER_IPV6 },
        { .type = ZT_RULE_DROP },
        { .type = ZT_RULE_IP_PROTOCOL, .u.number = PROTOCOL_ICMPV6 },
        { .type = ZT_RULE_ACCEPT },
        { .type = ZT_RULE_IP_PROTOCOL, .u.number = PROTOCOL_UDP },
        { .type = ZT_RULE_IP_PROTOCOL | ZT_RULE_OR, .u.number = PROTOCOL_TCP },
        { .type = ZT_RULE_DEST_PORT, .u.range = { first, last } },
        { .type = ZT_RULE_ACCEPT },
        { .type = ZT_RULE_CHARACTERISTICS | ZT_RULE_NOT, .u.mask = TCP_SYN },
        { .type = ZT_RULE_ACCEPT },
        { .type = ZT_RULE_CHARACTERISTICS, .u.mask = TCP_SYN },
        { .type = ZT_RULE_CHARACTERISTICS, .u.mask = TCP_ACK },
        { .type = ZT_RULE_ACCEPT },
        { .type = ZT_RULE_DROP },
    };
    struct zt_config *config =
        new_config(nwid, self, now_ms, rules, sizeof rules / sizeof rules[0]);

    if (config != NULL)
        zt_format(config->name, sizeof config->name, "adhoc-%04x-%04x", first, last);
    return config;
}

/* The hub finds the others' groups; older members know it only as a root or as nothing at all. */
static void add_hub(struct zt_config *config)
{
    zt_address hub = (config->nwid >> 8) & ZT_SPECIALIST_ADDRESS;

    if (!zt_address_is_reserved(hub))
        config->specialists[config->specialist_count++] = hub | ZT_SPECIALIST_ANCHOR;
}

static struct zt_config *new_slash_eight(zt_nwid nwid, zt_address self, int64_t now_ms)
{
    const struct zt_rule accept = { .type = ZT_RULE_ACCEPT };
    uint8_t network = (uint8_t)(nwid >> 48);
    uint8_t ip[4] = { network, (uint8_t)(self >> 16), (uint8_t)(self >> 8), (uint8_t)self };
    struct zt_config *config = new_config(nwid, self, now_ms, &accept, 1);

    if (config == NULL)
        return NULL;
    zt_format(config->name, sizeof config->name, "adhoc-%u.0.0.0", (unsigned)network);
    config->multicast_limit = ADHOC_MULTICAST_LIMIT;
    config->assigned[config->assigned_count++] = zt_endpoint_v4(ip, 8);
    add_hub(config);
    return config;
}

struct zt_config *zt_config_adhoc(zt_nwid nwid, zt_address self, int64_t now_ms, bool *not_found)
{
    assert(!zt_address_is_reserved(self));

    *not_found = is_port_range(nwid) && (uint16_t)(nwid >> 24) < (uint16_t)(nwid >> 40);
    if (*not_found)
        return NULL;
    if (is_port_range(nwid))
        return new_port_range(nwid, self, now_ms);
    if (is_slash_eight(nwid))
        return new_slash_eight(nwid, self, now_ms);
    return NULL;
}
