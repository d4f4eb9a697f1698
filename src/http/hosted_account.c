/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API: status, the one user, the one organisation, tokens. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"
#include "os/host.h"

#include <string.h>

static json_t *user_json(const struct zt_hosted *hosted)
{
    json_t *account = zt_account_json(hosted->site->account);
    json_t *email = json_object_get(account, "email");

    (void)json_object_set_new(account, "id", json_string(hosted->user));
    (void)json_object_set_new(account, "type", json_string("User"));
    (void)json_object_set_new(account, "orgId", json_string(hosted->org));
    (void)json_object_set_new(account, "globalPermissions",
                              json_pack("{s:b, s:b, s:b, s:b}", "a", 1, "d", 1, "m", 1, "r", 1));
    (void)json_object_set_new(account, "auth",
                              json_pack("{s:O, s:n, s:n}", "local", email, "google", "oidc"));
    return account;
}

void zt_hosted_self(struct zt_hosted *hosted)
{
    if (zt_hosted_verb(hosted) == ZT_HOSTED_GET)
        zt_http_say(hosted->answer, 200, user_json(hosted));
    else
        zt_hosted_no_method(hosted);
}

void zt_hosted_status(struct zt_hosted *hosted)
{
    json_t *status;

    if (zt_hosted_verb(hosted) != ZT_HOSTED_GET) {
        zt_hosted_no_method(hosted);
        return;
    }
    status = zt_hosted_ask(hosted, "GET", "/status", NULL);
    if (!status)
        return;
    zt_http_say(hosted->answer, 200,
                json_pack("{s:s, s:s, s:I, s:O, s:s, s:I, s:b, s:{s:b, s:b, s:b, s:b, s:b, s:b,"
                          " s:b}, s:o}",
                          "id", "central_status", "type", "CentralStatus", "clock",
                          (json_int_t)hosted->now_ms, "version", json_object_get(status, "version"),
                          "apiVersion", "4", "uptime",
                          (json_int_t)(zt_host_mono_ms() - hosted->site->started_ms),
                          "readOnlyMode", 0, "loginMethods", "local", 1, "google", 0, "twitter", 0,
                          "facebook", 0, "github", 0, "saml", 0, "oidc", 0, "user",
                          user_json(hosted)));
    json_decref(status);
}

void zt_hosted_random_token(struct zt_hosted *hosted)
{
    struct zt_token token;
    uint8_t bytes[32];
    char hex[2 * sizeof bytes + 1];

    if (zt_hosted_verb(hosted) != ZT_HOSTED_GET) {
        zt_hosted_no_method(hosted);
        return;
    }
    zt_token_make(&token, ZT_MIN_API_TOKEN);
    zt_host_random(bytes, sizeof bytes);
    zt_hex_write(hex, bytes, sizeof bytes);
    zt_http_say(hosted->answer, 200,
                json_pack("{s:I, s:s, s:s}", "clock", (json_int_t)hosted->now_ms, "hex", hex,
                          "token", token.text));
}

static void add_token(struct zt_hosted *hosted)
{
    json_t *body = zt_http_body(hosted->request, hosted->answer);
    const char *name = json_string_value(json_object_get(body, "tokenName"));
    const char *token = json_string_value(json_object_get(body, "token"));
    const char *why = NULL;

    if (!body)
        return;
    if (!name || !token)
        why = name ? "token: not a text" : "tokenName: not a text";
    else
        why = zt_account_add_token(hosted->site->account, name, token);
    if (why)
        zt_http_complain(hosted->answer, 400, "%s", why);
    else
        zt_http_say(hosted->answer, 200,
                    json_pack("{s:s, s:s}", "tokenName", name, "token", token));
    json_decref(body);
}

static void remove_token(struct zt_hosted *hosted, const char *name)
{
    bool is_known;
    const char *why = zt_account_remove_token(hosted->site->account, name, &is_known);

    if (why)
        zt_http_complain(hosted->answer, 500, "%s", why);
    else if (is_known)
        zt_http_say(hosted->answer, 200, json_object());
    else
        zt_http_complain(hosted->answer, 404, "no token of this name");
}

static void change_user(struct zt_hosted *hosted)
{
    json_t *body = zt_http_body(hosted->request, hosted->answer);
    const char *why = body ? zt_account_change(hosted->site->account, body) : NULL;

    if (!body)
        return;
    json_decref(body);
    if (why)
        zt_http_complain(hosted->answer, 400, "%s", why);
    else
        zt_http_say(hosted->answer, 200, user_json(hosted));
}

static void one_user(struct zt_hosted *hosted)
{
    switch (zt_hosted_verb(hosted)) {
    case ZT_HOSTED_GET:
        zt_http_say(hosted->answer, 200, user_json(hosted));
        return;
    case ZT_HOSTED_SET:
        change_user(hosted);
        return;
    case ZT_HOSTED_DELETE:
        zt_http_complain(hosted->answer, 403, "this is the only user there is");
        return;
    default:
        zt_hosted_no_method(hosted);
    }
}

void zt_hosted_user(struct zt_hosted *hosted)
{
    enum zt_hosted_verb verb = zt_hosted_verb(hosted);

    if (hosted->word_count < 2) {
        zt_hosted_no_path(hosted);
    } else if (strcmp(hosted->words[1], hosted->user) != 0) {
        zt_http_complain(hosted->answer, 404, "no such user");
    } else if (hosted->word_count == 2) {
        one_user(hosted);
    } else if (strcmp(hosted->words[2], "token") != 0) {
        zt_hosted_no_path(hosted);
    } else if (hosted->word_count == 3 && verb == ZT_HOSTED_SET) {
        add_token(hosted);
    } else if (hosted->word_count == 4 && verb == ZT_HOSTED_DELETE) {
        remove_token(hosted, hosted->words[3]);
    } else {
        zt_hosted_no_method(hosted);
    }
}

static json_t *org_members(const struct zt_hosted *hosted)
{
    json_t *account = zt_account_json(hosted->site->account);
    json_t *list = json_pack("[{s:s, s:s, s:O, s:O}]", "orgId", hosted->org, "userId", hosted->user,
                             "name", json_object_get(account, "displayName"), "email",
                             json_object_get(account, "email"));

    json_decref(account);
    return list;
}

static json_t *org_json(const struct zt_hosted *hosted)
{
    json_t *members = org_members(hosted);
    json_t *email = json_object_get(json_array_get(members, 0), "email");

    return json_pack("{s:s, s:s, s:O, s:o, s:{s:b, s:[]}}", "id", hosted->org, "ownerId",
                     hosted->user, "ownerEmail", email, "members", members, "ssoConfig", "enabled",
                     0, "issuers");
}

void zt_hosted_org(struct zt_hosted *hosted)
{
    if (hosted->word_count > 1 && strcmp(hosted->words[1], hosted->org) != 0)
        zt_http_complain(hosted->answer, 404, "no such organization");
    else if (hosted->word_count == 3 && strcmp(hosted->words[2], "user") != 0)
        zt_hosted_no_path(hosted);
    else if (zt_hosted_verb(hosted) != ZT_HOSTED_GET)
        zt_hosted_no_method(hosted);
    else
        zt_http_say(hosted->answer, 200,
                    hosted->word_count == 3 ? org_members(hosted) : org_json(hosted));
}

/* There are no other users to invite. */
void zt_hosted_invitation(struct zt_hosted *hosted)
{
    enum zt_hosted_verb verb = zt_hosted_verb(hosted);

    if (hosted->word_count == 2)
        zt_http_complain(hosted->answer, 404, "no such invitation");
    else if (verb == ZT_HOSTED_GET)
        zt_http_say(hosted->answer, 200, json_array());
    else if (verb == ZT_HOSTED_SET)
        zt_http_complain(hosted->answer, 403, "this server has one user and invites no others");
    else
        zt_hosted_no_method(hosted);
}
