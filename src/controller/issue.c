/* SPDX-License-Identifier: Apache-2.0 */
/* Issuing: fills one reused configuration from the records, signs its credentials, writes it out. */
#include "controller/issue.h"

#include "base/mem.h"
#include "base/text.h"
#include "controller/assign.h"
#include "controller/coerce.h"
#include "controller/state.h"

#include <string.h>

bool zt_issuer_init(struct zt_issuer *issuer, const struct zt_identity *self)
{
    issuer->self = self;
    issuer->bytes = zt_alloc(ZT_MAX_CONFIG);
    issuer->config = zt_config_new();
    if (!issuer->bytes || !issuer->config)
        return false;
    issuer->config->tags = zt_alloc(ZT_MAX_TAGS * sizeof *issuer->config->tags);
    issuer->config->capabilities =
        zt_alloc(ZT_MAX_CAPABILITIES * sizeof *issuer->config->capabilities);
    issuer->config->rules = zt_alloc(ZT_MAX_RULES * sizeof *issuer->config->rules);
    issuer->config->sso = zt_alloc(sizeof *issuer->config->sso);
    return issuer->config->tags && issuer->config->capabilities && issuer->config->rules &&
           issuer->config->sso;
}

void zt_issuer_clear(struct zt_issuer *issuer)
{
    zt_config_free(issuer->config);
    zt_free(issuer->bytes);
    memset(issuer, 0, sizeof *issuer);
}

static void fill_fixed(struct zt_config *config, const struct zt_network_record *network,
                       const struct zt_member_record *member)
{
    config->nwid = network->nwid;
    config->window_ms = network->window_ms;
    config->revision = network->revision;
    config->member = member->address;
    config->trace_target = member->trace_target ? member->trace_target : network->trace_target;
    config->trace_level =
        member->trace_target ? (uint64_t)member->trace_level : network->trace_level;
    config->flags = network->has_broadcast ? ZT_CONFIG_FLAG_BROADCAST : 0;
    config->multicast_limit = network->multicast_limit;
    config->is_public = !network->is_private;
    memcpy(config->name, network->name, sizeof config->name);
    config->mtu = network->mtu;
    config->dns = network->dns;
    memcpy(config->routes, network->routes, network->route_count * sizeof config->routes[0]);
    config->route_count = network->route_count;
}

static void fill_sso(struct zt_sso *sso, const struct zt_network_record *network,
                     const struct zt_member_record *member)
{
    sso->enabled = network->sso_enabled;
    sso->version = 0;
    sso->expiry_ms = member->sso_expiry_ms;
    sso->url[0] = 0;
    if (sso->enabled)
        zt_format(sso->url, sizeof sso->url, "%s",
                  zt_json_text(network->json, "authorizationEndpoint", ""));
}

static void fill_bridges(struct zt_config *config, const struct zt_hosted_network *network)
{
    for (size_t i = 0; i < network->bridge_count; i++)
        config->specialists[i] = network->bridges[i] | ZT_SPECIALIST_BRIDGE;
    config->specialist_count = network->bridge_count;
}

static void fill_addresses(struct zt_config *config, const struct zt_network_record *network,
                           const struct zt_member_record *member)
{
    bool is_automatic;

    config->assigned_count =
        zt_assign_list(config->assigned, ZT_MAX_ASSIGNED, &is_automatic, network, member);
    if (is_automatic)
        config->flags |= ZT_CONFIG_FLAG_NDP_EMULATION;
}

/* One certificate holds as many of the addresses as it can. docs/wire.md 13.4 */
static void sign_ownership(struct zt_config *config, const struct zt_identity *self)
{
    struct zt_ownership *ownership = &config->ownerships[0];

    config->ownership_count = config->assigned_count > 0;
    if (config->assigned_count == 0)
        return;
    memset(ownership, 0, sizeof *ownership);
    ownership->nwid = config->nwid;
    ownership->issued_ms = config->issued_ms;
    ownership->id = 1;
    ownership->member = config->member;
    for (size_t i = 0; i < config->assigned_count && i < ZT_MAX_OWNED_THINGS; i++) {
        const struct zt_endpoint *ip = &config->assigned[i];
        struct zt_thing *thing = &ownership->things[ownership->thing_count++];

        thing->type = ip->family == ZT_FAMILY_IPV4 ? ZT_THING_IPV4 : ZT_THING_IPV6;
        memcpy(thing->value, ip->ip, zt_endpoint_ip_length(ip));
    }
    zt_ownership_sign(ownership, self);
}

static void sign_tags(struct zt_config *config, const struct zt_identity *self,
                      const struct zt_member_record *member, uint64_t most)
{
    config->tag_count = 0;
    for (size_t i = 0; i < member->tag_count && config->tag_count < most; i++) {
        struct zt_tag *tag = &config->tags[config->tag_count++];

        memset(tag, 0, sizeof *tag);
        tag->nwid = config->nwid;
        tag->issued_ms = config->issued_ms;
        tag->id = member->tags[i].id;
        tag->value = member->tags[i].value;
        tag->member = config->member;
        zt_tag_sign(tag, self);
    }
}

/* A capability cut short could allow more than was meant, so one that the member can't hold is left out. */
static void sign_capabilities(struct zt_config *config, const struct zt_identity *self,
                              const struct zt_network_record *network,
                              const struct zt_hosted_member *member)
{
    const struct zt_member_record *record = &member->record;

    config->capability_count = 0;
    for (size_t i = 0; i < record->capability_count; i++) {
        const struct zt_capability_record *known =
            zt_network_capability(network, record->capabilities[i]);
        struct zt_capability *capability = &config->capabilities[config->capability_count];

        if (!known || known->rule_count > member->traits.max_capability_rules)
            continue;
        if (config->capability_count >= member->traits.max_capabilities)
            return;
        memset(capability, 0, sizeof *capability);
        capability->nwid = config->nwid;
        capability->issued_ms = config->issued_ms;
        capability->id = known->id;
        capability->rule_count = known->rule_count;
        memcpy(capability->rules, known->rules, known->rule_count * sizeof known->rules[0]);
        capability->max_custody = 1;
        zt_capability_sign(capability, self, config->member);
        config->capability_count++;
    }
}

static void fill_rules(struct zt_issuer *issuer, const struct zt_network_record *network,
                       const struct zt_hosted_member *member)
{
    struct zt_config *config = issuer->config;
    size_t most = member->traits.max_rules;

    config->tag_count = config->capability_count = 0;
    if (member->traits.rules_revision == 0) {
        memset(&config->rules[0], 0, sizeof config->rules[0]);
        config->rules[0].type = ZT_RULE_ACCEPT;
        config->rule_count = 1;
        return;
    }
    config->rule_count = network->rule_count < most ? network->rule_count : most;
    memcpy(config->rules, network->rules, config->rule_count * sizeof config->rules[0]);
    sign_capabilities(config, issuer->self, network, member);
    sign_tags(config, issuer->self, &member->record, member->traits.max_tags);
}

size_t zt_issue_config(struct zt_issuer *issuer, const struct zt_hosted_network *network,
                       const struct zt_hosted_member *member, int64_t now_ms)
{
    struct zt_config *config = issuer->config;
    struct zt_writer out = zt_writer_of(issuer->bytes, ZT_MAX_CONFIG - 1); /* longer is refused */
    const struct zt_member_record *record = &member->record;

    /* Members compare certificates by these times and keep the later one: were the clock set back,
       new and old certificates would not agree until it has caught up. Nor may the time be at or
       before the threshold of a revocation of this member; but a time far ahead, written into its record by
       others, must not lead all certificates there. */
    if (now_ms > issuer->issued_ms)
        issuer->issued_ms = now_ms;
    if (record->deauthorized_ms >= issuer->issued_ms &&
        record->deauthorized_ms - issuer->issued_ms <= ZT_WINDOW_MAX_MS)
        issuer->issued_ms = record->deauthorized_ms + 1;
    config->issued_ms = issuer->issued_ms;
    fill_fixed(config, network->record, record);
    fill_sso(config->sso, network->record, record);
    fill_bridges(config, network);
    fill_addresses(config, network->record, record);
    fill_rules(issuer, network->record, member);
    zt_com_make(&config->com, config->nwid, config->issued_ms, config->window_ms,
                &record->identity);
    zt_com_sign(&config->com, issuer->self);
    sign_ownership(config, issuer->self);
    zt_config_write(config, &out);
    return out.failed ? 0 : zt_writer_length(&out);
}

size_t zt_issue_authentication(struct zt_issuer *issuer, const struct zt_network_record *network)
{
    struct zt_writer out = zt_writer_of(issuer->bytes, ZT_MAX_CONFIG);

    zt_dict_put_u64(&out, "aV", 0);
    zt_dict_put_text(&out, "aU", zt_json_text(network->json, "authorizationEndpoint", ""));
    return out.failed ? 0 : zt_writer_length(&out);
}
