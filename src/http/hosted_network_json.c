/* SPDX-License-Identifier: Apache-2.0 */
/* Networks between the two APIs: config holds what the controller's object has; the rest is kept in that
   object's "extra", rulesSource excepted. docs/http.md */
#include "http/hosted.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Have the same name and form on both sides. */
static const char *const shared[] = {
    "name",   "private",           "enableBroadcast", "mtu",          "multicastLimit",
    "routes", "ipAssignmentPools", "rules",           "capabilities", "tags",
    "dns",
};
static const char *const modes[] = { "v4AssignMode", "v6AssignMode" };

/* Kept in "extra". */
static const struct {
    const char *name;
    bool is_object;
} extras[] = {
    { "description", false },       { "ownerId", false },   { "permissions", true },
    { "capabilitiesByName", true }, { "tagsByName", true },
};

static json_t *or_else(const json_t *object, const char *key, json_t *otherwise)
{
    json_t *value = zt_hosted_given(object, key);

    if (!value)
        return otherwise;
    json_decref(otherwise);
    return json_incref(value);
}

static json_t *dns_json(const json_t *local)
{
    json_t *dns = json_object_get(local, "dns");

    return json_is_object(dns) ? json_incref(dns)
                               : json_pack("{s:s, s:[]}", "domain", "", "servers");
}

static json_t *config_json(const json_t *local)
{
    json_t *config = json_object();
    json_t *created = json_object_get(local, "creationTime");

    zt_hosted_copy(config, local, shared, COUNT(shared));
    zt_hosted_copy(config, local, modes, COUNT(modes));
    (void)json_object_set(config, "id", json_object_get(local, "id"));
    (void)json_object_set(config, "creationTime", created);
    (void)json_object_set_new(config, "lastModified",
                              or_else(local, "lastModified", json_incref(created)));
    (void)json_object_set_new(config, "dns", dns_json(local));
    (void)json_object_set_new(
        config, "ssoConfig",
        json_pack("{s:o, s:s, s:o, s:s, s:s, s:o, s:[]}", "enabled",
                  or_else(local, "ssoEnabled", json_false()), "mode", "default", "clientId",
                  or_else(local, "clientId", json_string("")), "issuer", "", "provider", "",
                  "authorizationEndpoint", or_else(local, "authorizationEndpoint", json_string("")),
                  "allowList"));
    return config;
}

json_t *zt_hosted_network_json(const struct zt_hosted *hosted, const json_t *local)
{
    const json_t *extra = json_object_get(local, "extra");
    const json_t *meta = json_object_get(local, "meta");
    json_t *permissions =
        json_pack("{s:{s:b, s:b, s:b, s:b}}", hosted->user, "a", 1, "d", 1, "m", 1, "r", 1);

    return json_pack("{s:O, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     json_object_get(local, "id"), "type", "Network", "clock",
                     (json_int_t)hosted->now_ms, "description",
                     or_else(extra, "description", json_string("")), "rulesSource",
                     or_else(local, "rulesSource", json_string("")), "permissions",
                     or_else(extra, "permissions", permissions), "ownerId",
                     or_else(extra, "ownerId", json_string(hosted->user)), "onlineMemberCount",
                     or_else(meta, "onlineMemberCount", json_integer(0)), "authorizedMemberCount",
                     or_else(meta, "authorizedMemberCount", json_integer(0)), "totalMemberCount",
                     or_else(meta, "totalMemberCount", json_integer(0)), "capabilitiesByName",
                     or_else(extra, "capabilitiesByName", json_object()), "tagsByName",
                     or_else(extra, "tagsByName", json_object()), "config", config_json(local));
}

/* {"zt": true} alone leaves the others of the three as they are. */
static void change_modes(json_t *change, const json_t *config, const json_t *local)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        json_t *given = zt_hosted_given(config, modes[i]);
        json_t *before = json_object_get(local, modes[i]), *merged;

        if (!given)
            continue;
        if (!json_is_object(given) || !json_is_object(before)) {
            (void)json_object_set(change, modes[i], given);
            continue;
        }
        merged = json_copy(before);
        (void)json_object_update(merged, given);
        (void)json_object_set_new(change, modes[i], merged);
    }
}

static bool change_sso(struct zt_hosted *hosted, json_t *change, const json_t *config)
{
    static const char *const texts[] = { "clientId", "authorizationEndpoint" };
    json_t *sso = zt_hosted_given(config, "ssoConfig");
    json_t *enabled = zt_hosted_given(sso, "enabled");

    if (sso && !json_is_object(sso)) {
        zt_http_complain(hosted->answer, 400, "config.ssoConfig: not an object");
        return false;
    }
    zt_hosted_copy(change, sso, texts, COUNT(texts));
    if (enabled)
        (void)json_object_set(change, "ssoEnabled", enabled);
    return true;
}

/* shown: the network as it is, NULL for a new one. What is sent back as it was shown is no change, though
   it may be stored in another form. */
static bool change_config(struct zt_hosted *hosted, json_t *change, const json_t *body,
                          const json_t *local, const json_t *shown)
{
    json_t *config = zt_hosted_given(body, "config");
    const json_t *before = json_object_get(shown, "config");

    if (config && !json_is_object(config)) {
        zt_http_complain(hosted->answer, 400, "config: not an object");
        return false;
    }
    for (size_t i = 0; i < COUNT(shared); i++) {
        json_t *given = zt_hosted_given(config, shared[i]);

        if (given && !json_equal(given, json_object_get(before, shared[i])))
            (void)json_object_set(change, shared[i], given);
    }
    change_modes(change, config, local);
    return change_sso(hosted, change, config);
}

static bool change_extra(struct zt_hosted *hosted, json_t *extra, const json_t *body,
                         const json_t *shown)
{
    for (size_t i = 0; i < COUNT(extras); i++) {
        json_t *given = zt_hosted_given(body, extras[i].name);

        if (!given)
            continue;
        if (extras[i].is_object ? !json_is_object(given) : !json_is_string(given)) {
            zt_http_complain(hosted->answer, 400, "%s: not %s", extras[i].name,
                             extras[i].is_object ? "an object" : "a text");
            return false;
        }
        if (!json_equal(given, json_object_get(shown, extras[i].name)))
            (void)json_object_set(extra, extras[i].name, given);
    }
    return true;
}

/* A new text is compiled, and replaces what was compiled or given before. */
static bool change_rules(struct zt_hosted *hosted, json_t *change, json_t *extra,
                         const json_t *body, const json_t *local)
{
    static const char *const compiled[] = { "rules", "capabilities", "tags" };
    static const char *const names[] = { "capabilitiesByName", "tagsByName" };
    json_t *source = zt_hosted_given(body, "rulesSource"), *question, *result;

    if (!source || json_equal(source, json_object_get(local, "rulesSource")))
        return true;
    question = json_pack("{s:O}", "source", source);
    result = zt_hosted_ask(hosted, "POST", "/rules", question);
    json_decref(question);
    if (!result)
        return false;
    (void)json_object_set(change, "rulesSource", source);
    zt_hosted_copy(change, json_object_get(result, "config"), compiled, COUNT(compiled));
    zt_hosted_copy(extra, result, names, COUNT(names));
    json_decref(result);
    return true;
}

json_t *zt_hosted_network_change(struct zt_hosted *hosted, const json_t *body, const json_t *local)
{
    json_t *before = json_object_get(local, "extra");
    json_t *extra = json_is_object(before) ? json_copy(before) : json_object();
    json_t *shown = local ? zt_hosted_network_json(hosted, local) : NULL;
    json_t *change = json_object();
    bool is_good = change_config(hosted, change, body, local, shown) &&
                   change_extra(hosted, extra, body, shown) &&
                   change_rules(hosted, change, extra, body, local);

    json_decref(shown);
    (void)json_object_set_new(change, "extra", extra);
    if (is_good)
        return change;
    json_decref(change);
    return NULL;
}
