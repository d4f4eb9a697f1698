/* SPDX-License-Identifier: Apache-2.0 */
/* Member records to and from JSON, as they are stored and shown. docs/wire.md 19.3. */
#include "controller/model.h"

#include "base/text.h"
#include "controller/coerce.h"
#include "controller/refuse.h"

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
    json_t *extra = zt_member_extra(record);
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)stored, key, value)
    {
        if (!is_known(key))
            (void)json_object_set(extra, key, value);
    }
    zt_member_set_extra(record, extra);
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
        json_t *extra = zt_member_extra(record);
        (void)json_object_update_missing(object, extra);
        json_decref(extra);
    }
    return object;
}
