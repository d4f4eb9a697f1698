/* SPDX-License-Identifier: Apache-2.0 */
/* Members between the two APIs. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Have the same name and form on both sides: what may be set, and what is only shown. */
static const char *const settable[] = {
    "authorized",   "activeBridge", "noAutoAssignIps", "ipAssignments",
    "capabilities", "tags",         "ssoExempt",
};
static const char *const shown[] = {
    "creationTime",         "revision", "vMajor", "vMinor", "vRev", "vProto", "lastAuthorizedTime",
    "lastDeauthorizedTime",
};
/* Outside of config. */
static const char *const texts[] = { "name", "description", "hidden" };

static json_t *text_or_empty(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return json_is_string(value) ? json_incref(value) : json_string("");
}

/* "192.0.2.1/9993" without its port; null if it is not known. */
static json_t *ip_json(const json_t *local)
{
    const char *text = json_string_value(json_object_get(local, "physicalAddr"));

    return text ? json_stringn(text, strcspn(text, "/")) : json_null();
}

static json_t *config_json(const json_t *local, json_t *address)
{
    json_t *config = json_object();

    zt_hosted_copy(config, local, settable, COUNT(settable));
    zt_hosted_copy(config, local, shown, COUNT(shown));
    (void)json_object_set(config, "id", address);
    (void)json_object_set(config, "address", address);
    (void)json_object_set(config, "nwid", json_object_get(local, "nwid"));
    (void)json_object_set_new(config, "identity", text_or_empty(local, "identity"));
    return config;
}

static json_t *integer_or_zero(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_incref(value) : json_integer(0);
}

json_t *zt_hosted_member_json(const struct zt_hosted *hosted, const json_t *local)
{
    json_t *address = json_object_get(local, "address"), *nwid = json_object_get(local, "nwid");
    json_int_t protocol = json_integer_value(json_object_get(local, "vProto"));
    char id[32];

    zt_format(id, sizeof id, "%s-%s", json_string_value(nwid), json_string_value(address));
    return json_pack(
        "{s:s, s:s, s:I, s:O, s:O, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o}", "id",
        id, "type", "Member", "clock", (json_int_t)hosted->now_ms, "networkId", nwid, "nodeId",
        address, "controllerId", hosted->controller, "hidden",
        json_is_true(json_object_get(local, "hidden")), "name", text_or_empty(local, "name"),
        "description", text_or_empty(local, "description"), "lastOnline",
        integer_or_zero(local, "lastSeen"), "lastSeen", integer_or_zero(local, "lastSeen"),
        "physicalAddress", ip_json(local), "clientVersion", text_or_empty(local, "clientVersion"),
        "protocolVersion", protocol, "supportsRulesEngine", protocol > 0, "config",
        config_json(local, address));
}

/* As zt_hosted_member_json orders them; "clock" and "controllerId" are filled in. */
static const struct zt_list_column columns[] = {
    { "id", ZT_LIST_NWID_ADDRESS, NULL },
    { "type", ZT_LIST_CONSTANT, "\"Member\"" },
    { "clock", ZT_LIST_CONSTANT, NULL },
    { "networkId", ZT_LIST_NWID, NULL },
    { "nodeId", ZT_LIST_ADDRESS, NULL },
    { "controllerId", ZT_LIST_CONSTANT, NULL },
    { "hidden", ZT_LIST_HIDDEN, NULL },
    { "name", ZT_LIST_NAME, NULL },
    { "description", ZT_LIST_DESCRIPTION, NULL },
    { "lastOnline", ZT_LIST_SEEN_OR_ZERO, NULL },
    { "lastSeen", ZT_LIST_SEEN_OR_ZERO, NULL },
    { "physicalAddress", ZT_LIST_IP_OR_NULL, NULL },
    { "clientVersion", ZT_LIST_CLIENT_OR_EMPTY, NULL },
    { "protocolVersion", ZT_LIST_V_PROTOCOL, NULL },
    { "supportsRulesEngine", ZT_LIST_KNOWS_RULES, NULL },
    { "config", ZT_LIST_OPEN, NULL },
    { "authorized", ZT_LIST_AUTHORIZED, NULL },
    { "activeBridge", ZT_LIST_BRIDGE, NULL },
    { "noAutoAssignIps", ZT_LIST_NO_AUTO_ASSIGN, NULL },
    { "ipAssignments", ZT_LIST_IPS, NULL },
    { "capabilities", ZT_LIST_CAPABILITIES, NULL },
    { "tags", ZT_LIST_TAGS, NULL },
    { "ssoExempt", ZT_LIST_SSO_EXEMPT, NULL },
    { "creationTime", ZT_LIST_CREATED, NULL },
    { "revision", ZT_LIST_REVISION, NULL },
    { "vMajor", ZT_LIST_V_MAJOR, NULL },
    { "vMinor", ZT_LIST_V_MINOR, NULL },
    { "vRev", ZT_LIST_V_REVISION, NULL },
    { "vProto", ZT_LIST_V_PROTOCOL, NULL },
    { "lastAuthorizedTime", ZT_LIST_AUTHORIZED_MS, NULL },
    { "lastDeauthorizedTime", ZT_LIST_DEAUTHORIZED_MS, NULL },
    { "id", ZT_LIST_ADDRESS, NULL },
    { "address", ZT_LIST_ADDRESS, NULL },
    { "nwid", ZT_LIST_NWID, NULL },
    { "identity", ZT_LIST_IDENTITY_OR_EMPTY, NULL },
    { NULL, ZT_LIST_CLOSE, NULL },
};

void zt_hosted_member_form(struct zt_hosted_form *form, const struct zt_hosted *hosted)
{
    static_assert(COUNT(columns) <= ZT_HOSTED_COLUMNS, "there is room for all columns");

    zt_format(form->clock, sizeof form->clock, "%" PRId64, hosted->now_ms);
    zt_format(form->controller, sizeof form->controller, "\"%s\"", hosted->controller);
    memcpy(form->columns, columns, sizeof columns);
    for (size_t i = 0; i < COUNT(columns); i++) {
        const char *key = columns[i].key;

        if (key && strcmp(key, "clock") == 0)
            form->columns[i].text = form->clock;
        if (key && strcmp(key, "controllerId") == 0)
            form->columns[i].text = form->controller;
    }
    form->form = (struct zt_list_form){ form->columns, COUNT(columns) };
}

json_t *zt_hosted_member_change(struct zt_hosted *hosted, const json_t *body)
{
    json_t *config = zt_hosted_given(body, "config"), *change;

    if (config && !json_is_object(config)) {
        zt_http_complain(hosted->answer, 400, "config: not an object");
        return NULL;
    }
    change = json_object();
    zt_hosted_copy(change, config, settable, COUNT(settable));
    zt_hosted_copy(change, body, texts, COUNT(texts));
    return change;
}
