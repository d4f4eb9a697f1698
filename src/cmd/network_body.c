/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a network, judged here so that a mistyped one is not silently left out by the API. */
#include "cmd/network_body.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/home.h"
#include "cmd/rules_file.h"

#include <stdlib.h>
#include <string.h>

#define MAX_RULES_FILE (1 << 20)

/* Copies the text before the divider, and gives what is behind it; NULL: there is none or no room. */
static const char *divide(const char *text, char divider, char *before, size_t size)
{
    const char *at = strchr(text, divider);

    if (!at || (size_t)(at - text) >= size)
        return NULL;
    zt_format(before, size, "%.*s", (int)(at - text), text);
    return at + 1;
}

static int put_pools(const struct zt_command *command, json_t *body, const struct zt_texts *texts,
                     const json_t *v6_mode)
{
    json_t *pools = json_array(), *v6 = json_deep_copy(v6_mode);
    bool has_v4 = false, has_v6 = false;

    for (size_t i = 0; i < texts->count; i++) {
        char first_text[ZT_ENDPOINT_TEXT];
        const char *last_text = divide(texts->values[i], '-', first_text, sizeof first_text);
        struct zt_endpoint first, last;

        if (!last_text || !zt_endpoint_parse(&first, first_text, 0) ||
            !zt_endpoint_parse(&last, last_text, 0) || first.family != last.family ||
            memcmp(first.ip, last.ip, sizeof first.ip) > 0) {
            json_decref(pools);
            json_decref(v6);
            return zt_complain(command, ZT_EXIT_USAGE, "--pool: %s is not FIRST-LAST",
                               texts->values[i]);
        }
        has_v4 |= first.family == ZT_FAMILY_IPV4;
        has_v6 |= first.family == ZT_FAMILY_IPV6;
        (void)json_array_append_new(
            pools, json_pack("{s:s, s:s}", "ipRangeStart", first_text, "ipRangeEnd", last_text));
    }
    if (texts->count > 0) {
        (void)json_object_set(body, "ipAssignmentPools", pools);
        (void)json_object_set_new(body, "v4AssignMode", json_pack("{s:b}", "zt", has_v4));
        (void)json_object_set_new(v6, "zt", json_boolean(has_v6));
        (void)json_object_set(body, "v6AssignMode", v6);
    }
    json_decref(pools);
    json_decref(v6);
    return ZT_GO_ON;
}

static bool is_route(const char *target_text, const char *via_text)
{
    struct zt_endpoint target, via;
    uint16_t most;

    if (!zt_endpoint_parse(&target, target_text, UINT16_MAX))
        return false;
    most = target.family == ZT_FAMILY_IPV4 ? 32 : 128;
    if (target.port > most)
        return false;
    return !via_text || (zt_endpoint_parse(&via, via_text, 0) && via.family == target.family);
}

static int put_routes(const struct zt_command *command, json_t *body, const struct zt_texts *texts)
{
    json_t *routes = json_array();

    for (size_t i = 0; i < texts->count; i++) {
        char target[ZT_ENDPOINT_TEXT];
        const char *text = texts->values[i];
        const char *via = divide(text, ',', target, sizeof target);

        if (!is_route(via ? target : text, via)) {
            json_decref(routes);
            return zt_complain(command, ZT_EXIT_USAGE, "--route: %s is not NET/BITS[,VIA]", text);
        }
        (void)json_array_append_new(
            routes, json_pack("{s:s, s:s?}", "target", via ? target : text, "via", via));
    }
    if (texts->count > 0)
        (void)json_object_set(body, "routes", routes);
    json_decref(routes);
    return ZT_GO_ON;
}

static int put_number(const struct zt_command *command, json_t *body, const char *option,
                      const char *key, const char *text, uint64_t least, uint64_t most)
{
    uint64_t number;

    if (!text)
        return ZT_GO_ON;
    if (!zt_args_number(&number, text, least, most))
        return zt_complain(command, ZT_EXIT_USAGE, "%s: %s is not a number from %u to %u", option,
                           text, (unsigned)least, (unsigned)most);
    (void)json_object_set_new(body, key, json_integer((json_int_t)number));
    return ZT_GO_ON;
}

static int put_dns(const struct zt_command *command, json_t *body, const char *text)
{
    char domain[ZT_MAX_DNS_DOMAIN], server[ZT_ENDPOINT_TEXT];
    const char *list = text ? divide(text, ':', domain, sizeof domain) : NULL;
    json_t *servers;

    if (!text)
        return ZT_GO_ON;
    servers = json_array();
    while (list && *list) {
        size_t length = strcspn(list, ",");
        struct zt_endpoint endpoint;

        zt_format(server, sizeof server, "%.*s", (int)length, list);
        if (length >= sizeof server || !zt_endpoint_parse(&endpoint, server, 0))
            break;
        (void)json_array_append_new(servers, json_string(server));
        list += length + (list[length] == ',');
    }
    if (!list || *list) {
        json_decref(servers);
        return zt_complain(command, ZT_EXIT_USAGE, "--dns: %s is not DOMAIN:IP[,IP...]", text);
    }
    (void)json_object_set_new(body, "dns",
                              json_pack("{s:s, s:o}", "domain", domain, "servers", servers));
    return ZT_GO_ON;
}

/* A text in the rule language is compiled here; the controller keeps it for whoever edits it next. */
static int put_rules_text(const struct zt_command *command, json_t *body, const char *path,
                          const uint8_t *bytes, size_t length)
{
    struct zt_rulebook *book = zt_rules_file_compile(command, path, bytes, length);
    json_t *config;

    if (!book)
        return ZT_EXIT_FAILED;
    config = zt_rulebook_config(book);
    zt_free(book);
    (void)json_object_update(body, config);
    json_decref(config);
    (void)json_object_set_new(body, "rulesSource", json_stringn((const char *)bytes, length));
    return ZT_GO_ON;
}

static int put_rules(const struct zt_command *command, json_t *body, const char *path)
{
    char error[ZT_HOME_TEXT];
    json_error_t where;
    uint8_t *bytes;
    size_t length;
    json_t *rules, *inner;
    int code;

    if (!path)
        return ZT_GO_ON;
    if (zt_home_read(path, MAX_RULES_FILE, &bytes, &length, error) != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "--rules: %s", error);
    if (!zt_rules_file_is_json(bytes, length)) {
        code = put_rules_text(command, body, path, bytes, length);
        free(bytes);
        return code;
    }
    rules = json_loadb((const char *)bytes, length, 0, &where);
    free(bytes);
    if (!rules)
        return zt_complain(command, ZT_EXIT_FAILED, "--rules: %s:%d: %s", path, where.line,
                           where.text);
    if (json_is_array(rules)) {
        (void)json_object_set_new(body, "rules", rules);
        return ZT_GO_ON;
    }
    inner = json_object_get(rules, "config"); /* as `zt rules compile` prints it */
    for (size_t i = 0; i < 4; i++) {
        static const char *const keys[] = { "rules", "capabilities", "tags", "rulesSource" };
        json_t *value = json_object_get(inner ? inner : rules, keys[i]);
        if (value)
            (void)json_object_set(body, keys[i], value);
    }
    json_decref(rules);
    return ZT_GO_ON;
}

static int fill_body(const struct zt_command *command, const struct zt_network_options *options,
                     json_t *body, json_t *v6_mode)
{
    int code = ZT_GO_ON;

    if (options->is_private && options->is_public)
        return zt_complain(command, ZT_EXIT_USAGE, "--private and --public exclude each other");
    if (options->name)
        (void)json_object_set_new(body, "name", json_string(options->name));
    if (options->is_private || options->is_public)
        (void)json_object_set_new(body, "private", json_boolean(options->is_private));
    if (options->rfc4193)
        (void)json_object_set_new(v6_mode, "rfc4193", json_true());
    if (options->plane6)
        (void)json_object_set_new(v6_mode, "6plane", json_true());
    if (options->rfc4193 || options->plane6)
        (void)json_object_set(body, "v6AssignMode", v6_mode);
    code = put_pools(command, body, &options->pools, v6_mode);
    if (code == ZT_GO_ON)
        code = put_routes(command, body, &options->routes);
    if (code == ZT_GO_ON)
        code = put_number(command, body, "--mtu", "mtu", options->mtu, ZT_MIN_MTU, ZT_MAX_MTU);
    if (code == ZT_GO_ON)
        code = put_number(command, body, "--multicast-limit", "multicastLimit",
                          options->multicast_limit, 0, UINT32_MAX);
    if (code == ZT_GO_ON)
        code = put_dns(command, body, options->dns);
    return code == ZT_GO_ON ? put_rules(command, body, options->rules_file) : code;
}

json_t *zt_network_body(const struct zt_command *command, const struct zt_network_options *options,
                        const json_t *old)
{
    const json_t *old_mode = json_object_get(old, "v6AssignMode");
    json_t *v6_mode = old_mode ? json_deep_copy(old_mode) : json_object();
    json_t *body = json_object();
    int code = fill_body(command, options, body, v6_mode);

    json_decref(v6_mode);
    if (code == ZT_GO_ON)
        return body;
    json_decref(body);
    return NULL;
}
