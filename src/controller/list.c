/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of members as text, straight from the records. docs/wire.md 19.3, 20.3 */
#include "controller/list_values.h"

#include "base/text.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* As zt_known_member_json orders them. */
static const struct zt_list_column local_columns[] = {
    { "id", ZT_LIST_ADDRESS, NULL },
    { "address", ZT_LIST_ADDRESS, NULL },
    { "nwid", ZT_LIST_NWID, NULL },
    { "objtype", ZT_LIST_CONSTANT, "\"member\"" },
    { "authorized", ZT_LIST_AUTHORIZED, NULL },
    { "activeBridge", ZT_LIST_BRIDGE, NULL },
    { "noAutoAssignIps", ZT_LIST_NO_AUTO_ASSIGN, NULL },
    { "ssoExempt", ZT_LIST_SSO_EXEMPT, NULL },
    { "ipAssignments", ZT_LIST_IPS, NULL },
    { "tags", ZT_LIST_TAGS, NULL },
    { "capabilities", ZT_LIST_CAPABILITIES, NULL },
    { "creationTime", ZT_LIST_CREATED, NULL },
    { "revision", ZT_LIST_REVISION, NULL },
    { "lastAuthorizedTime", ZT_LIST_AUTHORIZED_MS, NULL },
    { "lastDeauthorizedTime", ZT_LIST_DEAUTHORIZED_MS, NULL },
    { "authenticationExpiryTime", ZT_LIST_SSO_EXPIRY, NULL },
    { "remoteTraceLevel", ZT_LIST_TRACE_LEVEL, NULL },
    { "lastAuthorizedCredentialType", ZT_LIST_CREDENTIAL_TYPE, NULL },
    { "lastAuthorizedCredential", ZT_LIST_CREDENTIAL, NULL },
    { "identity", ZT_LIST_IDENTITY, NULL },
    { "remoteTraceTarget", ZT_LIST_TRACE_TARGET, NULL },
    { "vMajor", ZT_LIST_V_MAJOR, NULL },
    { "vMinor", ZT_LIST_V_MINOR, NULL },
    { "vRev", ZT_LIST_V_REVISION, NULL },
    { "vProto", ZT_LIST_V_PROTOCOL, NULL },
    { NULL, ZT_LIST_EXTRA, NULL },
    { "online", ZT_LIST_ONLINE, NULL },
    { "lastSeen", ZT_LIST_SEEN, NULL },
    { "clientVersion", ZT_LIST_CLIENT, NULL },
    { "physicalAddr", ZT_LIST_LINK, NULL },
};
static const struct zt_list_form local_form = { local_columns, COUNT(local_columns) };

/* The members of the text that extra is, without its braces. */
static void put_extra(struct zt_json_text *out, const struct zt_member_record *record)
{
    zt_json_put(out, json_string_value(record->extra) + 1, json_string_length(record->extra) - 2);
}

static void put_member(struct zt_listing *list, const struct zt_hosted_member *member)
{
    struct zt_json_text *out = &list->text;
    bool is_first = true;

    zt_json_put_literal(out, "{");
    for (size_t i = 0; i < list->form->count; i++) {
        const struct zt_list_column *column = &list->form->columns[i];

        if (column->value == ZT_LIST_CLOSE)
            zt_json_put_literal(out, "}");
        if (column->value == ZT_LIST_CLOSE || !zt_list_has_value(member, column->value))
            continue;
        zt_json_put(out, ",", is_first ? 0 : 1);
        is_first = column->value == ZT_LIST_OPEN;
        if (column->value == ZT_LIST_EXTRA) {
            put_extra(out, &member->record);
            continue;
        }
        zt_json_put_string(out, column->key);
        zt_json_put(out, ":", 1);
        zt_list_put_value(list, member, column);
    }
    zt_json_put_literal(out, "}");
}

static void put_members(struct zt_listing *list, const struct zt_hosted_network *network)
{
    struct zt_hosted_member *at, *next;

    zt_json_put_literal(&list->text, "[");
    HASH_ITER(hh, network->members, at, next)
    {
        zt_json_put(&list->text, ",", at == network->members ? 0 : 1);
        put_member(list, at);
    }
    zt_json_put_literal(&list->text, "]");
}

static void put_local(struct zt_listing *list, const struct zt_hosted_network *network)
{
    struct zt_hosted_member *at, *next;
    int64_t authorized = 0;

    zt_json_put_literal(&list->text, "{\"data\":");
    put_members(list, network);
    HASH_ITER(hh, network->members, at, next)
    {
        authorized += at->record.authorized;
    }
    zt_json_put_literal(&list->text, ",\"meta\":{\"authorizedCount\":");
    zt_json_put_integer(&list->text, authorized);
    zt_json_put_literal(&list->text, ",\"totalCount\":");
    zt_json_put_integer(&list->text, HASH_COUNT(network->members));
    zt_json_put_literal(&list->text, "}}");
}

static void put_refusal(struct zt_listing *list)
{
    zt_json_put_literal(&list->text, "{\"error\":404,\"description\":\"no network ");
    zt_json_put_literal(&list->text, list->nwid);
    zt_json_put_literal(&list->text, "\"}");
}

char *zt_controller_list_members(struct zt_controller *controller, struct zt_instant now,
                                 uint64_t nwid, const struct zt_list_form *form, size_t *length,
                                 int *status)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, nwid);
    struct zt_listing list = { .controller = controller, .form = form ? form : &local_form };

    controller->wall_ms = now.wall_ms;
    zt_hex_number_write(list.nwid, nwid, 16);
    *status = network ? 200 : 404;
    if (!network)
        put_refusal(&list);
    else if (form)
        put_members(&list, network);
    else
        put_local(&list, network);
    zt_json_put(&list.text, "", 1); /* a 0 behind the text, which does not count */
    if (list.text.is_failed) {
        free(list.text.bytes);
        return NULL;
    }
    *length = list.text.length - 1;
    return list.text.bytes;
}
