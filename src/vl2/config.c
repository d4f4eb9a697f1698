/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a configuration object: made, compared, asked, freed. */
#include "vl2/config.h"

#include "base/mem.h"
#include "vl2/rules_codec.h"

#include <string.h>

struct zt_config *zt_config_new(void)
{
    return zt_alloc(sizeof(struct zt_config));
}

void zt_config_free(struct zt_config *config)
{
    if (config == NULL)
        return;
    zt_free(config->sso);
    zt_free(config->rules);
    zt_free(config->tags);
    zt_free(config->capabilities);
    zt_free(config);
}

bool zt_config_has_specialist(const struct zt_config *config, zt_address address, uint64_t role)
{
    for (size_t i = 0; i < config->specialist_count; i++)
        if ((config->specialists[i] & ZT_SPECIALIST_ADDRESS) == address &&
            (config->specialists[i] & role) != 0)
            return true;
    return false;
}

static bool numbers_equal(const struct zt_config *a, const struct zt_config *b)
{
    return a->nwid == b->nwid && a->issued_ms == b->issued_ms && a->window_ms == b->window_ms &&
           a->revision == b->revision && a->member == b->member &&
           a->trace_target == b->trace_target && a->trace_level == b->trace_level &&
           a->flags == b->flags && a->multicast_limit == b->multicast_limit &&
           a->is_public == b->is_public && a->mtu == b->mtu;
}

static bool texts_equal(const char *a, const char *b)
{
    size_t length = strlen(a);

    return length == strlen(b) && memcmp(a, b, length) == 0;
}

static bool endpoints_equal(const struct zt_endpoint *a, const struct zt_endpoint *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!zt_endpoint_equal(&a[i], &b[i]))
            return false;
    return true;
}

static bool routes_equal(const struct zt_config *a, const struct zt_config *b)
{
    if (a->route_count != b->route_count)
        return false;
    for (size_t i = 0; i < a->route_count; i++) {
        const struct zt_route *x = &a->routes[i];
        const struct zt_route *y = &b->routes[i];

        if (!zt_endpoint_equal(&x->target, &y->target) || !zt_endpoint_equal(&x->via, &y->via) ||
            x->flags != y->flags || x->metric != y->metric)
            return false;
    }
    return true;
}

static bool specialists_equal(const struct zt_config *a, const struct zt_config *b)
{
    return a->specialist_count == b->specialist_count &&
           memcmp(a->specialists, b->specialists, a->specialist_count * sizeof a->specialists[0]) ==
               0;
}

static bool dns_equal(const struct zt_dns *a, const struct zt_dns *b)
{
    return texts_equal(a->domain, b->domain) && a->server_count == b->server_count &&
           endpoints_equal(a->servers, b->servers, a->server_count);
}

static bool sso_equal(const struct zt_sso *a, const struct zt_sso *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->enabled == b->enabled && a->version == b->version && a->expiry_ms == b->expiry_ms &&
           texts_equal(a->url, b->url) && texts_equal(a->issuer, b->issuer) &&
           texts_equal(a->endpoint, b->endpoint) && texts_equal(a->nonce, b->nonce) &&
           texts_equal(a->state, b->state) && texts_equal(a->client, b->client) &&
           texts_equal(a->provider, b->provider);
}

static bool grants_equal(const struct zt_config *a, const struct zt_config *b)
{
    if (a->tag_count != b->tag_count || a->capability_count != b->capability_count ||
        a->ownership_count != b->ownership_count)
        return false;
    for (size_t i = 0; i < a->tag_count; i++)
        if (!zt_tag_equal(&a->tags[i], &b->tags[i]))
            return false;
    for (size_t i = 0; i < a->capability_count; i++)
        if (!zt_capability_equal(&a->capabilities[i], &b->capabilities[i]))
            return false;
    for (size_t i = 0; i < a->ownership_count; i++)
        if (!zt_ownership_equal(&a->ownerships[i], &b->ownerships[i]))
            return false;
    return true;
}

bool zt_config_equal(const struct zt_config *a, const struct zt_config *b)
{
    return numbers_equal(a, b) && texts_equal(a->name, b->name) && zt_com_equal(&a->com, &b->com) &&
           specialists_equal(a, b) && routes_equal(a, b) &&
           a->assigned_count == b->assigned_count &&
           endpoints_equal(a->assigned, b->assigned, a->assigned_count) && grants_equal(a, b) &&
           a->rule_count == b->rule_count && zt_rules_equal(a->rules, b->rules, a->rule_count) &&
           dns_equal(&a->dns, &b->dns) && sso_equal(a->sso, b->sso);
}
