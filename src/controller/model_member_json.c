/* SPDX-License-Identifier: Apache-2.0 */
/* Member records to and from JSON, and the changes that the API may make. docs/wire.md 19.3. */
#include "controller/model.h"

#include "base/text.h"
#include "controller/coerce.h"

#include <stdlib.h>
#include <string.h>

static const char *const authorized_by_names[] = {
    [ZT_BY_NOBODY] = NULL, [ZT_BY_API] = "api", [ZT_BY_PUBLIC] = "public", [ZT_BY_TOKEN] = "token"
};

const char *zt_member_authorized_by(const struct zt_member_record *record)
{
    return authorized_by_names[record->authorized_by];
}

/* Members that zt_member_record_json writes from the struct, and those that are computed for a reader. */
static const char *const known_names[] = {
    "id", "address", "nwid", "objtype", "authorized", "activeBridge", "noAutoAssignIps",
    "ipAssignments", "tags", "capabilities", "identity", "creationTime", "revision",
    "lastAuthorizedTime", "lastDeauthorizedTime", "lastAuthorizedCredentialType",
    "lastAuthorizedCredential", "authenticationExpiryTime", "ssoExempt", "vMajor", "vMinor", "vRev",
    "vProto", "remoteTraceTarget", "remoteTraceLevel",
    /* computed */
    "lastSeen", "physicalAddr", "clientVersion", "online", "lastModified", "recentLog", "clock",
    "lastRequestMetaData", "authenticationURL", "authenticationClientID"
};

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

/* The extra members as an object; a new reference. */
static json_t *extra_object(const struct zt_member_record *record)
{
    json_t *object = record->extra ? json_loads(json_string_value(record->extra), 0, NULL) : NULL;

    return object ? object : json_object();
}

/* Takes object. */
static void set_extra(struct zt_member_record *record, json_t *object)
{
    char *text =
        json_object_size(object) ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

    json_decref(object);
    json_decref(record->extra);
    record->extra = text ? json_string(text) : NULL;
    free(text);
}

static const char *change_text(struct zt_member_record *record, const char *key,
                               const json_t *given)
{
    json_t *text = zt_coerce_text(given), *extra;

    if (!text || json_string_length(text) > ZT_MAX_BODY_TEXT) {
        json_decref(text);
        return "not a text of at most 65536 bytes";
    }
    extra = extra_object(record);
    (void)json_object_set_new(extra, key, text);
    set_extra(record, extra);
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
    extra = extra_object(record);
    (void)json_object_set_new(extra, "hidden", json_boolean(is_hidden));
    set_extra(record, extra);
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

        if (why && !json_is_null(given)) { /* null is as good as not given */
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

static enum zt_authorized_by authorized_by_named(const char *name)
{
    for (size_t i = ZT_BY_API; i <= ZT_BY_TOKEN; i++)
        if (strcmp(authorized_by_names[i], name) == 0)
            return (enum zt_authorized_by)i;
    return ZT_BY_NOBODY;
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; i++)
        if (strcmp(known_names[i], key) == 0)
            return true;
    return false;
}

static void load_bookkeeping(struct zt_member_record *record, const json_t *stored)
{
    record->revision = (uint64_t)zt_json_integer(stored, "revision", 0);
    record->authorized_ms = zt_json_integer(stored, "lastAuthorizedTime", 0);
    record->deauthorized_ms = zt_json_integer(stored, "lastDeauthorizedTime", 0);
    record->authorized_by =
        authorized_by_named(zt_json_text(stored, "lastAuthorizedCredentialType", ""));
    zt_format(record->token, ZT_MAX_TOKEN, "%s",
              zt_json_text(stored, "lastAuthorizedCredential", ""));
    record->version[0] = zt_json_integer(stored, "vMajor", -1);
    record->version[1] = zt_json_integer(stored, "vMinor", -1);
    record->version[2] = zt_json_integer(stored, "vRev", -1);
    record->version[3] = zt_json_integer(stored, "vProto", -1);
}

/* A pinned identity that can't be read must not turn into "none yet". */
static bool load_identity(struct zt_member_record *record, const json_t *stored)
{
    const char *text = zt_json_text(stored, "identity", "");

    if (!*text)
        return true;
    if (!zt_identity_parse(&record->identity, text, strlen(text)) ||
        record->identity.address != record->address)
        return false;
    record->identity = zt_identity_public(&record->identity);
    record->has_identity = true;
    return true;
}

/* What a later version or another program wrote is kept. */
static void load_extra(struct zt_member_record *record, const json_t *stored)
{
    json_t *extra = extra_object(record);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)stored, key, value)
    {
        if (!is_known(key))
            (void)json_object_set(extra, key, value);
    }
    set_extra(record, extra);
}

bool zt_member_draft_load(struct zt_member_draft *draft, zt_address address, const json_t *stored,
                          struct zt_api_error *error)
{
    zt_member_draft_init(draft, address, zt_json_integer(stored, "creationTime", 0));
    if (!zt_member_draft_change(draft, 0, stored, error)) {
        zt_member_draft_clear(draft);
        return false;
    }
    load_bookkeeping(&draft->record, stored);
    load_extra(&draft->record, stored);
    if (load_identity(&draft->record, stored))
        return true;
    zt_member_draft_clear(draft);
    (void)zt_refuse(error, 400, "identity: malformed");
    return false;
}

static json_t *ips_json(const struct zt_member_record *record)
{
    json_t *array = json_array();

    for (size_t i = 0; i < record->ip_count; i++) {
        char text[ZT_ENDPOINT_TEXT];
        zt_endpoint_text(&record->ips[i], false, text);
        (void)json_array_append_new(array, json_string(text));
    }
    return array;
}

static json_t *tags_json(const struct zt_member_record *record)
{
    json_t *array = json_array();

    for (size_t i = 0; i < record->tag_count; i++)
        (void)json_array_append_new(array, json_pack("[I, I]", (json_int_t)record->tags[i].id,
                                                     (json_int_t)record->tags[i].value));
    return array;
}

static json_t *capabilities_json(const struct zt_member_record *record)
{
    json_t *array = json_array();

    for (size_t i = 0; i < record->capability_count; i++)
        (void)json_array_append_new(array, json_integer(record->capabilities[i]));
    return array;
}

static void put_versions(json_t *object, const struct zt_member_record *record)
{
    static const char *const names[] = { "vMajor", "vMinor", "vRev", "vProto" };

    for (size_t i = 0; i < 4; i++)
        (void)json_object_set_new(object, names[i], json_integer(record->version[i]));
}

static void put_texts(json_t *object, const struct zt_member_record *record)
{
    char text[ZT_IDENTITY_TEXT];

    if (record->has_identity) {
        zt_identity_text(&record->identity, false, text);
        (void)json_object_set_new(object, "identity", json_string(text));
    }
    (void)json_object_set_new(object, "remoteTraceTarget", json_null());
    if (record->trace_target) {
        zt_hex_number_write(text, record->trace_target, 10);
        (void)json_object_set_new(object, "remoteTraceTarget", json_string(text));
    }
}

json_t *zt_member_record_json(const struct zt_member_record *record, zt_nwid nwid)
{
    char address[ZT_ADDRESS_TEXT], network[ZT_NWID_TEXT];
    json_t *object;

    zt_hex_number_write(address, record->address, 10);
    zt_hex_number_write(network, nwid, 16);
    object = json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I,"
        " s:s?, s:s?}",
        "id", address, "address", address, "nwid", network, "objtype", "member", "authorized",
        record->authorized, "activeBridge", record->active_bridge, "noAutoAssignIps",
        record->no_auto_assign, "ssoExempt", record->sso_exempt, "ipAssignments", ips_json(record),
        "tags", tags_json(record), "capabilities", capabilities_json(record), "creationTime",
        (json_int_t)record->created_ms, "revision", (json_int_t)record->revision,
        "lastAuthorizedTime", (json_int_t)record->authorized_ms, "lastDeauthorizedTime",
        (json_int_t)record->deauthorized_ms, "authenticationExpiryTime",
        (json_int_t)record->sso_expiry_ms, "remoteTraceLevel", (json_int_t)record->trace_level,
        "lastAuthorizedCredentialType", zt_member_authorized_by(record), "lastAuthorizedCredential",
        record->authorized_by == ZT_BY_TOKEN ? record->token : NULL);
    put_texts(object, record);
    put_versions(object, record);
    if (record->extra) {
        json_t *extra = extra_object(record);
        (void)json_object_update_missing(object, extra);
        json_decref(extra);
    }
    return object;
}
