/* SPDX-License-Identifier: Apache-2.0 */
/* Values of members as JSON text. */
#include "controller/list_values.h"

#include "base/text.h"

#include <string.h>

static void put_hex(struct zt_json_text *out, uint64_t number, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, number, digits);
    zt_json_put_string(out, text);
}

static void put_nwid_address(struct zt_listing *list, const struct zt_member_record *record)
{
    char text[ZT_NWID_TEXT + ZT_ADDRESS_TEXT], address[ZT_ADDRESS_TEXT];

    zt_hex_number_write(address, record->address, 10);
    zt_format(text, sizeof text, "%s-%s", list->nwid, address);
    zt_json_put_string(&list->text, text);
}

static void put_ips(struct zt_json_text *out, const struct zt_member_record *record)
{
    for (size_t i = 0; i < record->ip_count; i++) {
        char text[ZT_ENDPOINT_TEXT];

        zt_endpoint_text(&record->ips[i], false, text);
        zt_json_put_literal(out, i ? "," : "[");
        zt_json_put_string(out, text);
    }
    zt_json_put_literal(out, record->ip_count ? "]" : "[]");
}

static void put_tags(struct zt_json_text *out, const struct zt_member_record *record)
{
    for (size_t i = 0; i < record->tag_count; i++) {
        zt_json_put_literal(out, i ? ",[" : "[[");
        zt_json_put_integer(out, record->tags[i].id);
        zt_json_put_literal(out, ",");
        zt_json_put_integer(out, record->tags[i].value);
        zt_json_put_literal(out, "]");
    }
    zt_json_put_literal(out, record->tag_count ? "]" : "[]");
}

static void put_capabilities(struct zt_json_text *out, const struct zt_member_record *record)
{
    for (size_t i = 0; i < record->capability_count; i++) {
        zt_json_put_literal(out, i ? "," : "[");
        zt_json_put_integer(out, record->capabilities[i]);
    }
    zt_json_put_literal(out, record->capability_count ? "]" : "[]");
}

static void put_text_or_null(struct zt_json_text *out, const char *text)
{
    if (text)
        zt_json_put_string(out, text);
    else
        zt_json_put_literal(out, "null");
}

static void put_trace_target(struct zt_json_text *out, const struct zt_member_record *record)
{
    if (record->trace_target)
        put_hex(out, record->trace_target, 10);
    else
        zt_json_put_literal(out, "null");
}

static void put_identity(struct zt_json_text *out, const struct zt_member_record *record)
{
    char text[ZT_IDENTITY_TEXT] = "";

    if (record->has_identity)
        zt_identity_text(&record->identity, false, text);
    zt_json_put_string(out, text);
}

static void put_client(struct zt_json_text *out, const struct zt_hosted_member *member)
{
    char text[48] = "";

    if (member->has_asked)
        zt_format(text, sizeof text, "%d.%d.%d", (int)member->traits.version[0],
                  (int)member->traits.version[1], (int)member->traits.version[2]);
    zt_json_put_string(out, text);
}

static void put_origin(struct zt_json_text *out, const struct zt_hosted_member *member,
                       bool with_port)
{
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(&member->origin.link.remote, with_port, text);
    put_text_or_null(out, member->has_asked && member->origin.direct ? text : NULL);
}

/* The end of the value that begins here, in compact JSON of our own making. */
static const char *skip_value(const char *at)
{
    unsigned depth = 0;
    bool is_quoted = false;

    for (; *at && (is_quoted || depth > 0 || (*at != ',' && *at != '}')); at++) {
        if (is_quoted && *at == '\\')
            at++;
        else if (*at == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (*at == '{' || *at == '['))
            depth++;
        else if (!is_quoted && (*at == '}' || *at == ']'))
            depth--;
    }
    return at;
}

/* The value of a plain key of the extra members as JSON text; NULL: there is none. */
static const char *find_extra(const struct zt_member_record *record, const char *key,
                              size_t *length)
{
    const char *at = json_string_value(record->extra);
    size_t key_length = strlen(key);

    while (at && (*at == '{' || *at == ',') && at[1] == '"') {
        const char *name = at + 2, *value = name;

        while (*value != '"')
            value += *value == '\\' ? 2 : 1;
        at = skip_value(value + 2);
        *length = (size_t)(at - value - 2);
        if ((size_t)(value - name) == key_length && memcmp(name, key, key_length) == 0)
            return value + 2;
    }
    return NULL;
}

static void put_extra_text(struct zt_json_text *out, const struct zt_member_record *record,
                           const char *key)
{
    size_t length;
    const char *value = find_extra(record, key, &length);

    if (value && *value == '"')
        zt_json_put(out, value, length);
    else
        zt_json_put_literal(out, "\"\"");
}

static bool is_hidden(const struct zt_member_record *record)
{
    size_t length;
    const char *value = find_extra(record, "hidden", &length);

    return value && length == 4 && memcmp(value, "true", 4) == 0;
}

static bool is_online(const struct zt_listing *list, const struct zt_hosted_member *member)
{
    return member->has_asked && list->controller->wall_ms - member->asked_wall_ms < ZT_ONLINE_MS;
}

bool zt_list_has_value(const struct zt_hosted_member *member, enum zt_list_value value)
{
    if (value == ZT_LIST_IDENTITY)
        return member->record.has_identity;
    if (value == ZT_LIST_EXTRA)
        return member->record.extra;
    return value < ZT_LIST_SEEN || member->has_asked;
}

static void put_record_value(struct zt_json_text *out, const struct zt_member_record *record,
                             enum zt_list_value value)
{
    switch (value) {
    case ZT_LIST_ADDRESS:
        put_hex(out, record->address, 10);
        return;
    case ZT_LIST_IPS:
        put_ips(out, record);
        return;
    case ZT_LIST_TAGS:
        put_tags(out, record);
        return;
    case ZT_LIST_CAPABILITIES:
        put_capabilities(out, record);
        return;
    case ZT_LIST_TRACE_TARGET:
        put_trace_target(out, record);
        return;
    case ZT_LIST_CREDENTIAL_TYPE:
        put_text_or_null(out, zt_member_authorized_by(record));
        return;
    case ZT_LIST_CREDENTIAL:
        put_text_or_null(out, record->authorized_by == ZT_BY_TOKEN ? record->token : NULL);
        return;
    case ZT_LIST_NAME:
        put_extra_text(out, record, "name");
        return;
    case ZT_LIST_DESCRIPTION:
        put_extra_text(out, record, "description");
        return;
    default:
        put_identity(out, record);
    }
}

static bool put_bool(struct zt_listing *list, const struct zt_hosted_member *member,
                     enum zt_list_value value)
{
    const struct zt_member_record *record = &member->record;
    bool is_true;

    switch (value) {
    case ZT_LIST_AUTHORIZED:
        is_true = record->authorized;
        break;
    case ZT_LIST_BRIDGE:
        is_true = record->active_bridge;
        break;
    case ZT_LIST_NO_AUTO_ASSIGN:
        is_true = record->no_auto_assign;
        break;
    case ZT_LIST_SSO_EXEMPT:
        is_true = record->sso_exempt;
        break;
    case ZT_LIST_KNOWS_RULES:
        is_true = record->version[3] > 0;
        break;
    case ZT_LIST_HIDDEN:
        is_true = is_hidden(record);
        break;
    case ZT_LIST_ONLINE:
        is_true = is_online(list, member);
        break;
    default:
        return false;
    }
    zt_json_put_bool(&list->text, is_true);
    return true;
}

static bool put_integer(struct zt_listing *list, const struct zt_hosted_member *member,
                        enum zt_list_value value)
{
    const struct zt_member_record *record = &member->record;
    const int64_t numbers[] = {
        [ZT_LIST_CREATED] = record->created_ms,
        [ZT_LIST_REVISION] = (int64_t)record->revision,
        [ZT_LIST_AUTHORIZED_MS] = record->authorized_ms,
        [ZT_LIST_DEAUTHORIZED_MS] = record->deauthorized_ms,
        [ZT_LIST_SSO_EXPIRY] = record->sso_expiry_ms,
        [ZT_LIST_TRACE_LEVEL] = record->trace_level,
        [ZT_LIST_V_MAJOR] = record->version[0],
        [ZT_LIST_V_MINOR] = record->version[1],
        [ZT_LIST_V_REVISION] = record->version[2],
        [ZT_LIST_V_PROTOCOL] = record->version[3],
        [ZT_LIST_SEEN_OR_ZERO] = member->has_asked ? member->asked_wall_ms : 0,
        [ZT_LIST_SEEN] = member->asked_wall_ms,
    };

    switch (value) {
    case ZT_LIST_CREATED:
    case ZT_LIST_REVISION:
    case ZT_LIST_AUTHORIZED_MS:
    case ZT_LIST_DEAUTHORIZED_MS:
    case ZT_LIST_SSO_EXPIRY:
    case ZT_LIST_TRACE_LEVEL:
    case ZT_LIST_V_MAJOR:
    case ZT_LIST_V_MINOR:
    case ZT_LIST_V_REVISION:
    case ZT_LIST_V_PROTOCOL:
    case ZT_LIST_SEEN_OR_ZERO:
    case ZT_LIST_SEEN:
        zt_json_put_integer(&list->text, numbers[value]);
        return true;
    default:
        return false;
    }
}

void zt_list_put_value(struct zt_listing *list, const struct zt_hosted_member *member,
                       const struct zt_list_column *column)
{
    struct zt_json_text *out = &list->text;

    switch (column->value) {
    case ZT_LIST_OPEN:
        zt_json_put_literal(out, "{");
        return;
    case ZT_LIST_CONSTANT:
        zt_json_put_literal(out, column->text);
        return;
    case ZT_LIST_NWID:
        zt_json_put_string(out, list->nwid);
        return;
    case ZT_LIST_NWID_ADDRESS:
        put_nwid_address(list, &member->record);
        return;
    case ZT_LIST_CLIENT:
    case ZT_LIST_CLIENT_OR_EMPTY:
        put_client(out, member);
        return;
    case ZT_LIST_IP_OR_NULL:
    case ZT_LIST_LINK:
        put_origin(out, member, column->value == ZT_LIST_LINK);
        return;
    default:
        if (!put_bool(list, member, column->value) && !put_integer(list, member, column->value))
            put_record_value(out, &member->record, column->value);
    }
}
