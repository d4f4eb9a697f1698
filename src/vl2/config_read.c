/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration out of its dictionary. Whatever it holds is bounded; it may come from anyone who
   runs a controller. docs/wire.md 12.5. */
#include "vl2/config.h"

#include "base/mem.h"
#include "vl2/rules_codec.h"

#include <string.h>

#define ADDRESS_MASK UINT64_C(0xffffffffff)
#define OLDEST_VERSION 6 /* below is the form of the releases without rules */
#define TYPE_PUBLIC 1

/* One reading. A blob is unescaped into bytes, which has room for any value of this dictionary. */
struct reading {
    const struct zt_dict *dict;
    struct zt_config *config;
    uint8_t *bytes;
};

static struct zt_reader blob(const struct reading *reading, const char *key)
{
    long length = zt_dict_get(reading->dict, key, reading->bytes, reading->dict->length + 1);

    return zt_reader_of(reading->bytes, length > 0 ? (size_t)length : 0);
}

static zt_address get_address(const struct zt_dict *dict, const char *key)
{
    return zt_dict_get_u64(dict, key, 0) & ADDRESS_MASK;
}

/* Cut at the first 0 by those who use it as text. */
static void get_text(const struct zt_dict *dict, const char *key, char *out, size_t size)
{
    (void)zt_dict_get(dict, key, out, size);
    memset(out + strlen(out), 0, size - strlen(out));
}

static unsigned get_mtu(const struct zt_dict *dict)
{
    uint64_t mtu = zt_dict_get_u64(dict, "mtu", ZT_DEFAULT_MTU);

    if (mtu < ZT_MIN_MTU)
        return ZT_MIN_MTU;
    return mtu > ZT_MAX_MTU ? ZT_MAX_MTU : (unsigned)mtu;
}

/* Times are compared by their differences, so a negative one must not get in. */
static int64_t get_time(const struct zt_dict *dict, const char *key)
{
    int64_t time = zt_dict_get_i64(dict, key, 0);

    return time > 0 ? time : 0;
}

static bool read_numbers(struct reading *reading)
{
    const struct zt_dict *dict = reading->dict;
    struct zt_config *config = reading->config;

    config->nwid = zt_dict_get_u64(dict, "nwid", 0);
    config->member = get_address(dict, "id");
    if (zt_dict_get_u64(dict, "v", 0) < OLDEST_VERSION || config->nwid == 0 || config->member == 0)
        return false;
    config->issued_ms = get_time(dict, "ts");
    config->window_ms = get_time(dict, "ctmd");
    config->revision = zt_dict_get_u64(dict, "r", 0);
    config->trace_target = get_address(dict, "tt");
    config->trace_level = zt_dict_get_u64(dict, "tl", 0);
    config->flags = zt_dict_get_u64(dict, "f", 0);
    config->multicast_limit = zt_dict_get_u64(dict, "ml", 0);
    config->is_public = zt_dict_get_u64(dict, "t", 0) == TYPE_PUBLIC;
    get_text(dict, "n", config->name, sizeof config->name);
    config->mtu = get_mtu(dict);
    return true;
}

/* One without qualifiers certifies nothing, whoever signed it: it is none. */
static bool read_com(struct reading *reading)
{
    struct zt_com *com = &reading->config->com;
    struct zt_reader in = blob(reading, "C");

    if (zt_reader_left(&in) > 0)
        zt_com_read(com, &in);
    if (com->count == 0)
        memset(com, 0, sizeof *com);
    return !in.failed;
}

static size_t count_capabilities(struct zt_reader in)
{
    struct zt_capability capability;
    size_t count = 0;

    while (zt_reader_left(&in) > 0 && count < ZT_MAX_CAPABILITIES) {
        zt_capability_read(&capability, &in);
        if (in.failed)
            break;
        count++;
    }
    return count;
}

/* What follows an error, or the bound, is ignored; what was read so far counts. */
static bool read_capabilities(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "CAP");
    size_t count = count_capabilities(in);

    if (count == 0)
        return true;
    config->capabilities = zt_alloc(count * sizeof *config->capabilities);
    if (config->capabilities == NULL)
        return false;
    while (config->capability_count < count) {
        struct zt_capability capability;
        size_t at = config->capability_count;

        zt_capability_read(&capability, &in);
        while (at > 0 && config->capabilities[at - 1].id > capability.id)
            at--;
        memmove(config->capabilities + at + 1, config->capabilities + at,
                (config->capability_count - at) * sizeof capability);
        config->capabilities[at] = capability;
        config->capability_count++;
    }
    return true;
}

static size_t count_tags(struct zt_reader in)
{
    struct zt_tag tag;
    size_t count = 0;

    while (zt_reader_left(&in) > 0 && count < ZT_MAX_TAGS) {
        zt_tag_read(&tag, &in);
        if (in.failed)
            break;
        count++;
    }
    return count;
}

static bool read_tags(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "TAG");
    size_t count = count_tags(in);

    if (count == 0)
        return true;
    config->tags = zt_alloc(count * sizeof *config->tags);
    if (config->tags == NULL)
        return false;
    while (config->tag_count < count) {
        struct zt_tag tag;
        size_t at = config->tag_count;

        zt_tag_read(&tag, &in);
        while (at > 0 && config->tags[at - 1].id > tag.id)
            at--;
        memmove(config->tags + at + 1, config->tags + at, (config->tag_count - at) * sizeof tag);
        config->tags[at] = tag;
        config->tag_count++;
    }
    return true;
}

static bool read_ownerships(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "COO");

    while (zt_reader_left(&in) > 0 && config->ownership_count < ZT_MAX_OWNERSHIPS)
        zt_ownership_read(&config->ownerships[config->ownership_count++], &in);
    return !in.failed;
}

static bool read_specialists(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "S");

    while (zt_reader_left(&in) >= 8 && config->specialist_count < ZT_MAX_SPECIALISTS)
        config->specialists[config->specialist_count++] = zt_read_u64(&in);
    return true;
}

/* Is the port a prefix length? An address of no family, or with a longer prefix, means nothing. */
static bool is_network(const struct zt_endpoint *endpoint)
{
    size_t length = zt_endpoint_ip_length(endpoint);

    return length > 0 && endpoint->port <= 8 * length;
}

static bool read_routes(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "RT");

    while (zt_reader_left(&in) > 0 && !in.failed && config->route_count < ZT_MAX_ROUTES) {
        struct zt_route route;

        zt_endpoint_read(&route.target, &in);
        zt_endpoint_read(&route.via, &in);
        route.flags = zt_read_u16(&in);
        route.metric = zt_read_u16(&in);
        if (!in.failed && is_network(&route.target))
            config->routes[config->route_count++] = route;
    }
    return !in.failed;
}

static bool read_assigned(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "I");

    while (zt_reader_left(&in) > 0 && !in.failed && config->assigned_count < ZT_MAX_ASSIGNED) {
        struct zt_endpoint address;

        zt_endpoint_read(&address, &in);
        if (!in.failed && is_network(&address))
            config->assigned[config->assigned_count++] = address;
    }
    return !in.failed;
}

/* Each entry takes two bytes at least. */
static size_t most_rules(const struct zt_reader *in)
{
    size_t most = zt_reader_left(in) / 2;

    return most < ZT_MAX_RULES ? most : ZT_MAX_RULES;
}

static bool read_rules(struct reading *reading)
{
    struct zt_config *config = reading->config;
    struct zt_reader in = blob(reading, "R");
    size_t most = most_rules(&in);

    if (most == 0)
        return zt_reader_left(&in) == 0;
    config->rules = zt_alloc(most * sizeof *config->rules);
    if (config->rules == NULL)
        return false;
    config->rule_count = zt_rules_read(config->rules, most, SIZE_MAX, &in);
    return !in.failed;
}

/* domain(128), then four addresses */
static bool read_dns(struct reading *reading)
{
    struct zt_dns *dns = &reading->config->dns;
    struct zt_reader in = blob(reading, "DNS");

    if (zt_reader_left(&in) == 0)
        return true;
    zt_read_copy(&in, dns->domain, sizeof dns->domain);
    dns->domain[sizeof dns->domain - 1] = 0;
    for (size_t i = 0; i < ZT_MAX_DNS_SERVERS; i++) {
        struct zt_endpoint server;

        zt_endpoint_read(&server, &in);
        if (!in.failed && server.family != ZT_FAMILY_NONE)
            dns->servers[dns->server_count++] = server;
    }
    return !in.failed;
}

static void read_sso_strings(struct zt_sso *sso, const struct zt_dict *dict)
{
    get_text(dict, "iurl", sso->issuer, sizeof sso->issuer);
    get_text(dict, "ssoce", sso->endpoint, sizeof sso->endpoint);
    get_text(dict, "sson", sso->nonce, sizeof sso->nonce);
    get_text(dict, "ssos", sso->state, sizeof sso->state);
    get_text(dict, "ssocid", sso->client, sizeof sso->client);
    get_text(dict, "ssop", sso->provider, sizeof sso->provider);
    if (!zt_dict_has(dict, "ssop"))
        memcpy(sso->provider, "default", sizeof "default");
}

static bool read_sso(struct reading *reading)
{
    const struct zt_dict *dict = reading->dict;
    uint64_t version = zt_dict_get_u64(dict, "ssov", 0);
    bool enabled = zt_dict_get_bool(dict, "ssoe", false);
    struct zt_sso *sso;

    if (version == 0 && !enabled)
        return true;
    sso = zt_alloc(sizeof *sso);
    if (sso == NULL)
        return false;
    reading->config->sso = sso;
    sso->version = version;
    sso->enabled = enabled;
    if (version == 1)
        read_sso_strings(sso, dict);
    if (version == 0) {
        get_text(dict, "aurl", sso->url, sizeof sso->url);
        sso->expiry_ms = zt_dict_get_i64(dict, "aexpt", 0);
    }
    return true;
}

static bool read_all(struct reading *reading)
{
    return read_numbers(reading) && read_com(reading) && read_capabilities(reading) &&
           read_tags(reading) && read_ownerships(reading) && read_specialists(reading) &&
           read_routes(reading) && read_assigned(reading) && read_rules(reading) &&
           read_dns(reading) && read_sso(reading);
}

struct zt_config *zt_config_read(const struct zt_dict *dict)
{
    struct reading reading = { .dict = dict };
    bool complete;

    if (dict->length > ZT_MAX_CONFIG)
        return NULL;
    reading.config = zt_config_new();
    reading.bytes = zt_alloc(dict->length + 1);
    complete = reading.config != NULL && reading.bytes != NULL && read_all(&reading);
    zt_free(reading.bytes);
    if (complete)
        return reading.config;
    zt_config_free(reading.config);
    return NULL;
}
