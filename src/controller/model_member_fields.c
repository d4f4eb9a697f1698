/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a member record: a table, each with the function that makes the change that a client asks for.
   docs/wire.md 19.3 */
#include "controller/model.h"

#include "base/text.h"
#include "controller/coerce.h"
#include "controller/refuse.h"

#include <string.h>

/* Each returns NULL, or why the value is refused. */
typedef const char *(*change_function)(struct zt_member_record *record, int64_t now_ms,
                                       const json_t *given);

static const char *change_bool(bool *to, const json_t *given)
{
    return zt_coerce_bool(to, given) ? NULL : "not a boolean";
}

static const char *change_authorized(struct zt_member_record *record, int64_t now_ms,
                                     const json_t *given)
{
    bool before = record->authorized;
    const char *why = change_bool(&record->authorized, given);

    if (why || before == record->authorized)
        return why;
    if (!record->authorized) {
        record->deauthorized_ms = now_ms;
        return NULL;
    }
    record->authorized_ms = now_ms;
    record->authorized_by = ZT_BY_API;
    record->token[0] = 0;
    return NULL;
}

static const char *change_bridge(struct zt_member_record *record, int64_t now_ms,
                                 const json_t *given)
{
    (void)now_ms;
    return change_bool(&record->active_bridge, given);
}

static const char *change_no_auto(struct zt_member_record *record, int64_t now_ms,
                                  const json_t *given)
{
    (void)now_ms;
    return change_bool(&record->no_auto_assign, given);
}

static const char *change_exempt(struct zt_member_record *record, int64_t now_ms,
                                 const json_t *given)
{
    (void)now_ms;
    return change_bool(&record->sso_exempt, given);
}

static bool has_ip(const struct zt_member_record *record, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < record->ip_count; i++)
        if (zt_endpoint_same_ip(&record->ips[i], ip))
            return true;
    return false;
}

/* Texts that are no address are left out, as clients send what users typed: docs/wire.md 19.3. */
static const char *change_ips(struct zt_member_record *record, int64_t now_ms, const json_t *given)
{
    (void)now_ms;
    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_ASSIGNED)
        return "not an array of at most 32 addresses";
    record->ip_count = 0;
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *entry = json_array_get(given, i);
        struct zt_endpoint ip;

        if (!json_is_string(entry))
            return "an entry is not a text";
        if (!zt_endpoint_parse(&ip, json_string_value(entry), 0))
            continue;
        ip.port = 0;
        if (!has_ip(record, &ip))
            record->ips[record->ip_count++] = ip;
    }
    return NULL;
}

static const char *change_tags(struct zt_member_record *record, int64_t now_ms, const json_t *given)
{
    (void)now_ms;
    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_TAGS)
        return "not an array of at most 128 pairs";
    record->tag_count = 0;
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *pair = json_array_get(given, i);
        int64_t id, value;

        if (json_array_size(pair) != 2 || !zt_coerce_integer(&id, json_array_get(pair, 0)) ||
            !zt_coerce_integer(&value, json_array_get(pair, 1)))
            return "an entry is not a pair of numbers";
        if (!zt_member_record_set_tag(record, (uint32_t)id, (uint32_t)value))
            return "too many";
    }
    return NULL;
}

static const char *change_capabilities(struct zt_member_record *record, int64_t now_ms,
                                       const json_t *given)
{
    (void)now_ms;
    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_CAPABILITIES)
        return "not an array of at most 128 ids";
    record->capability_count = 0;
    for (size_t i = 0; i < json_array_size(given); i++) {
        int64_t id;

        if (!zt_coerce_integer(&id, json_array_get(given, i)))
            return "an entry is not a number";
        if (!zt_member_record_add_capability(record, (uint32_t)id))
            return "too many";
    }
    return NULL;
}

static const char *change_expiry(struct zt_member_record *record, int64_t now_ms,
                                 const json_t *given)
{
    (void)now_ms;
    return zt_coerce_integer(&record->sso_expiry_ms, given) ? NULL : "not a number";
}

static const char *change_trace_target(struct zt_member_record *record, int64_t now_ms,
                                       const json_t *given)
{
    (void)now_ms;
    if (!json_is_string(given) ||
        !zt_hex_number(&record->trace_target, json_string_value(given), 10))
        record->trace_target = 0;
    return NULL;
}

static const char *change_trace_level(struct zt_member_record *record, int64_t now_ms,
                                      const json_t *given)
{
    (void)now_ms;
    return zt_coerce_integer(&record->trace_level, given) ? NULL : "not a number";
}

static const char *change_text(struct zt_member_record *record, const char *key,
                               const json_t *given)
{
    json_t *text = zt_coerce_text(given), *extra;

    if (!text || json_string_length(text) > ZT_MAX_BODY_TEXT) {
        json_decref(text);
        return "not a text of at most 65536 bytes";
    }
    extra = zt_member_extra(record);
    (void)json_object_set_new(extra, key, text);
    zt_member_set_extra(record, extra);
    return NULL;
}

static const char *change_name(struct zt_member_record *record, int64_t now_ms, const json_t *given)
{
    (void)now_ms;
    return change_text(record, "name", given);
}

static const char *change_description(struct zt_member_record *record, int64_t now_ms,
                                      const json_t *given)
{
    (void)now_ms;
    return change_text(record, "description", given);
}

/* From the lists of user interfaces only. */
static const char *change_hidden(struct zt_member_record *record, int64_t now_ms,
                                 const json_t *given)
{
    bool is_hidden;
    json_t *extra;

    (void)now_ms;
    if (!zt_coerce_bool(&is_hidden, given))
        return "not a boolean";
    extra = zt_member_extra(record);
    (void)json_object_set_new(extra, "hidden", json_boolean(is_hidden));
    zt_member_set_extra(record, extra);
    return NULL;
}

static const struct {
    const char *name;
    change_function change;
} changes[] = {
    { "authorized", change_authorized },
    { "activeBridge", change_bridge },
    { "noAutoAssignIps", change_no_auto },
    { "ipAssignments", change_ips },
    { "tags", change_tags },
    { "capabilities", change_capabilities },
    { "authenticationExpiryTime", change_expiry },
    { "ssoExempt", change_exempt },
    { "remoteTraceTarget", change_trace_target },
    { "remoteTraceLevel", change_trace_level },
    { "name", change_name },
    { "description", change_description },
    { "hidden", change_hidden },
};

bool zt_member_draft_change(struct zt_member_draft *draft, int64_t now_ms, const json_t *body,
                            struct zt_api_error *error)
{
    struct zt_member_draft next;

    if (!json_is_object(body)) {
        (void)zt_refuse(error, 400, "the body must be a JSON object");
        return false;
    }
    zt_member_draft_of(&next, &draft->record);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const json_t *given = json_object_get(body, changes[i].name);
        const char *why = given ? changes[i].change(&next.record, now_ms, given) : NULL;

        if (why) {
            (void)zt_refuse(error, 400, "%s: %s", changes[i].name, why);
            zt_member_draft_clear(&next);
            return false;
        }
    }
    zt_member_draft_clear(draft);
    zt_member_draft_of(draft, &next.record);
    zt_member_draft_clear(&next);
    return true;
}
