/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration into its dictionary, key by key in a fixed order, so that the same configuration
   always gives the same bytes. docs/wire.md 12.5. */
#include "vl2/config.h"

#include "vl2/rules_codec.h"

#include <assert.h>
#include <string.h>

#define TYPE_PRIVATE 0
#define TYPE_PUBLIC 1
#define MAX_ENDPOINT 19
#define MAX_CAPABILITY                                                                             \
    (22 + ZT_MAX_RULE_SIZE * ZT_MAX_CAPABILITY_RULES + 1 + 109 * ZT_MAX_CUSTODY + 5 + 2)
#define MAX_TAG 135
#define MAX_OWNERSHIP (141 + 17 * ZT_MAX_OWNED_THINGS)

/* Moves what a small writer holds into the value being written. */
static void append(struct zt_writer *out, const struct zt_writer *piece)
{
    assert(!piece->failed);
    zt_dict_append(out, piece->start, zt_writer_length(piece));
}

static void put_numbers(const struct zt_config *config, struct zt_writer *out)
{
    zt_dict_put_u64(out, "v", ZT_CONFIG_VERSION);
    zt_dict_put_u64(out, "nwid", config->nwid);
    zt_dict_put_u64(out, "ts", (uint64_t)config->issued_ms);
    zt_dict_put_u64(out, "ctmd", (uint64_t)config->window_ms);
    zt_dict_put_u64(out, "r", config->revision);
    zt_dict_put_address(out, "id", config->member);
    zt_dict_put_address(out, "tt", config->trace_target);
    zt_dict_put_u64(out, "tl", config->trace_level);
    zt_dict_put_u64(out, "f", config->flags);
    zt_dict_put_u64(out, "ml", config->multicast_limit);
    zt_dict_put_u64(out, "t", config->is_public ? TYPE_PUBLIC : TYPE_PRIVATE);
    zt_dict_put_text(out, "n", config->name);
    zt_dict_put_u64(out, "mtu", config->mtu);
}

static void put_com(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[ZT_COM_SIZE];
    struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

    if (config->com.count == 0)
        return;
    zt_com_write(&config->com, &piece);
    zt_dict_open(out, "C");
    append(out, &piece);
}

static void put_capabilities(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[MAX_CAPABILITY];

    if (config->capability_count > 0)
        zt_dict_open(out, "CAP");
    for (size_t i = 0; i < config->capability_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_capability_write(&config->capabilities[i], &piece);
        append(out, &piece);
    }
}

static void put_tags(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[MAX_TAG];

    if (config->tag_count > 0)
        zt_dict_open(out, "TAG");
    for (size_t i = 0; i < config->tag_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_tag_write(&config->tags[i], &piece);
        append(out, &piece);
    }
}

static void put_ownerships(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[MAX_OWNERSHIP];

    if (config->ownership_count > 0)
        zt_dict_open(out, "COO");
    for (size_t i = 0; i < config->ownership_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_ownership_write(&config->ownerships[i], &piece);
        append(out, &piece);
    }
}

static void put_specialists(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[8];

    if (config->specialist_count > 0)
        zt_dict_open(out, "S");
    for (size_t i = 0; i < config->specialist_count; i++) {
        zt_store_u64(bytes, config->specialists[i]);
        zt_dict_append(out, bytes, sizeof bytes);
    }
}

static void put_routes(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[2 * MAX_ENDPOINT + 4];

    if (config->route_count > 0)
        zt_dict_open(out, "RT");
    for (size_t i = 0; i < config->route_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_endpoint_write(&config->routes[i].target, &piece);
        zt_endpoint_write(&config->routes[i].via, &piece);
        zt_write_u16(&piece, config->routes[i].flags);
        zt_write_u16(&piece, config->routes[i].metric);
        append(out, &piece);
    }
}

static void put_assigned(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[MAX_ENDPOINT];

    if (config->assigned_count > 0)
        zt_dict_open(out, "I");
    for (size_t i = 0; i < config->assigned_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_endpoint_write(&config->assigned[i], &piece);
        append(out, &piece);
    }
}

static void put_rules(const struct zt_config *config, struct zt_writer *out)
{
    uint8_t bytes[ZT_MAX_RULE_SIZE];

    if (config->rule_count > 0)
        zt_dict_open(out, "R");
    for (size_t i = 0; i < config->rule_count; i++) {
        struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);

        zt_rules_write(&config->rules[i], 1, &piece);
        append(out, &piece);
    }
}

/* Written even if there is none. */
static void put_dns(const struct zt_dns *dns, struct zt_writer *out)
{
    static const struct zt_endpoint none = { .family = ZT_FAMILY_NONE };
    uint8_t bytes[ZT_MAX_DNS_DOMAIN + MAX_ENDPOINT * ZT_MAX_DNS_SERVERS];
    struct zt_writer piece = zt_writer_of(bytes, sizeof bytes);
    char domain[ZT_MAX_DNS_DOMAIN] = { 0 };

    memcpy(domain, dns->domain, strlen(dns->domain));
    zt_write_copy(&piece, domain, sizeof domain);
    for (size_t i = 0; i < ZT_MAX_DNS_SERVERS; i++)
        zt_endpoint_write(i < dns->server_count ? &dns->servers[i] : &none, &piece);
    zt_dict_open(out, "DNS");
    append(out, &piece);
}

static void put_sso(const struct zt_sso *sso, struct zt_writer *out)
{
    zt_dict_put_u64(out, "ssov", sso != NULL ? sso->version : 0);
    zt_dict_put_bool(out, "ssoe", sso != NULL && sso->enabled);
    if (sso == NULL)
        return;
    if (sso->version == 0 && sso->enabled) {
        if (sso->url[0] != 0)
            zt_dict_put_text(out, "aurl", sso->url);
        zt_dict_put_u64(out, "aexpt", (uint64_t)sso->expiry_ms);
    }
    if (sso->version == 1) {
        zt_dict_put_text(out, "iurl", sso->issuer);
        zt_dict_put_text(out, "ssoce", sso->endpoint);
        zt_dict_put_text(out, "sson", sso->nonce);
        zt_dict_put_text(out, "ssos", sso->state);
        zt_dict_put_text(out, "ssocid", sso->client);
        zt_dict_put_text(out, "ssop", sso->provider);
    }
}

void zt_config_write(const struct zt_config *config, struct zt_writer *out)
{
    put_numbers(config, out);
    put_com(config, out);
    put_capabilities(config, out);
    put_tags(config, out);
    put_ownerships(config, out);
    put_specialists(config, out);
    put_routes(config, out);
    put_assigned(config, out);
    put_rules(config, out);
    put_dns(&config->dns, out);
    put_sso(config->sso, out);
}
