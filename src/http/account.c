/* SPDX-License-Identifier: Apache-2.0 */
/* The account's file: a JSON object, replaced whole at each change. */
#include "http/account.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILE (1u << 20)
#define DIGEST_SIZE 48
#define DIGEST_TEXT (2 * DIGEST_SIZE + 1)

struct zt_account {
    struct zt_folder *folder; /* borrowed */
    struct zt_monitor *desk;  /* guards json */
    json_t *json; /* owned, never changed but replaced: displayName, email, smsNumber, tokens */
};

static const char *const texts[] = { "displayName", "email", "smsNumber" };

/* False: not one of ours. */
static bool is_account(const json_t *json)
{
    const json_t *tokens = json_object_get(json, "tokens");
    const char *name;
    json_t *value;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!json_is_string(json_object_get(json, texts[i])))
            return false;
    json_object_foreach((json_t *)(uintptr_t)tokens, name, value)
    {
        if (json_string_length(value) != DIGEST_TEXT - 1)
            return false;
    }
    return json_is_object(tokens);
}

static json_t *read_account(struct zt_folder *folder, char *error, size_t error_size)
{
    char text[ZT_ERROR_TEXT];
    uint8_t *bytes = NULL;
    size_t length = 0;
    json_t *json;
    int code = folder ? zt_file_read(folder, ZT_ACCOUNT_FILE, MOST_FILE, &bytes, &length) : -ENOENT;

    if (code == -ENOENT)
        return json_pack("{s:s, s:s, s:s, s:{}}", "displayName", "Administrator", "email",
                         "admin@localhost", "smsNumber", "", "tokens");
    if (code != 0) {
        zt_error_text(code, text);
        zt_format(error, error_size, ZT_ACCOUNT_FILE ": %s", text);
        return NULL;
    }
    json = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
    free(bytes);
    if (is_account(json))
        return json;
    zt_format(error, error_size, ZT_ACCOUNT_FILE ": not an account");
    json_decref(json);
    return NULL;
}

struct zt_account *zt_account_open(struct zt_folder *folder, char *error, size_t error_size)
{
    struct zt_account *account = zt_alloc(sizeof *account);

    zt_format(error, error_size, "out of memory");
    if (!account)
        return NULL;
    account->folder = folder;
    account->desk = zt_monitor_new();
    account->json = account->desk ? read_account(folder, error, error_size) : NULL;
    if (account->json)
        return account;
    zt_account_close(account);
    return NULL;
}

void zt_account_close(struct zt_account *account)
{
    if (!account)
        return;
    if (account->desk)
        zt_monitor_free(account->desk);
    json_decref(account->json);
    zt_free(account);
}

static void digest(char out[DIGEST_TEXT], const char *token)
{
    uint8_t bytes[DIGEST_SIZE];

    zt_sha384(bytes, token, strlen(token), NULL, 0);
    zt_hex_write(out, bytes, sizeof bytes);
}

bool zt_account_knows(struct zt_account *account, const char *token)
{
    char given[DIGEST_TEXT];
    bool is_known = false;
    const char *name;
    json_t *value;

    digest(given, token);
    zt_monitor_enter(account->desk);
    json_object_foreach(json_object_get(account->json, "tokens"), name, value)
    {
        /* All are looked at: the time tells nothing of which one was close. */
        is_known |= zt_equal_secret(given, json_string_value(value), sizeof given - 1);
    }
    zt_monitor_leave(account->desk);
    return is_known;
}

json_t *zt_account_json(struct zt_account *account)
{
    json_t *names = json_array(), *json, *value;
    const char *name;

    zt_monitor_enter(account->desk);
    json = json_copy(account->json);
    zt_monitor_leave(account->desk);
    json_object_foreach(json_object_get(json, "tokens"), name, value)
    {
        (void)json_array_append_new(names, json_string(name));
    }
    (void)json_object_set_new(json, "tokens", names);
    return json;
}

/* Takes next: keeps it if it can be written. Entered. */
static const char *commit(struct zt_account *account, json_t *next)
{
    char *text = json_dumps(next, JSON_INDENT(4));
    int code = text ? 0 : -ENOMEM;

    if (text && account->folder)
        code = zt_file_write(account->folder, ZT_ACCOUNT_FILE, text, strlen(text), ZT_FILE_SECRET);
    free(text);
    if (code != 0) {
        json_decref(next);
        return ZT_ACCOUNT_FILE ": can't be written";
    }
    json_decref(account->json);
    account->json = next;
    return NULL;
}

const char *zt_account_change(struct zt_account *account, const json_t *body)
{
    static const char *const open[] = { "displayName", "smsNumber" };
    const char *why;
    json_t *next;

    for (size_t i = 0; i < 2; i++) {
        const json_t *given = json_object_get(body, open[i]);

        if (given && !json_is_null(given) &&
            (!json_is_string(given) || json_string_length(given) > ZT_MAX_ACCOUNT_TEXT))
            return i == 0 ? "displayName: not a text of at most 256 bytes"
                          : "smsNumber: not a text of at most 256 bytes";
    }
    zt_monitor_enter(account->desk);
    next = json_copy(account->json);
    for (size_t i = 0; i < 2; i++)
        if (json_is_string(json_object_get(body, open[i])))
            (void)json_object_set(next, open[i], json_object_get(body, open[i]));
    why = commit(account, next);
    zt_monitor_leave(account->desk);
    return why;
}

static const char *judge_token(const json_t *tokens, const char *name, const char *token)
{
    size_t length = strlen(token);

    if (!*name || strlen(name) > ZT_MAX_ACCOUNT_TEXT)
        return "tokenName: not a text of 1 to 256 bytes";
    if (strchr(name, '/'))
        return "tokenName: a slash can't be part of it";
    if (length < ZT_MIN_API_TOKEN || length > ZT_MAX_API_TOKEN)
        return "token: not a text of 32 to 128 characters";
    if (json_object_get(tokens, name))
        return "tokenName: there is a token of this name";
    return json_object_size(tokens) < ZT_MAX_API_TOKENS ? NULL : "tokenName: there are 64 tokens";
}

const char *zt_account_add_token(struct zt_account *account, const char *name, const char *token)
{
    char text[DIGEST_TEXT];
    json_t *next, *tokens;
    const char *why;

    zt_monitor_enter(account->desk);
    why = judge_token(json_object_get(account->json, "tokens"), name, token);
    if (!why) {
        digest(text, token);
        next = json_copy(account->json);
        tokens = json_copy(json_object_get(next, "tokens"));
        (void)json_object_set_new(tokens, name, json_string(text));
        (void)json_object_set_new(next, "tokens", tokens);
        why = commit(account, next);
    }
    zt_monitor_leave(account->desk);
    return why;
}

const char *zt_account_remove_token(struct zt_account *account, const char *name, bool *is_known)
{
    const char *why = NULL;
    json_t *next, *tokens;

    zt_monitor_enter(account->desk);
    *is_known = json_object_get(json_object_get(account->json, "tokens"), name) != NULL;
    if (*is_known) {
        next = json_copy(account->json);
        tokens = json_copy(json_object_get(next, "tokens"));
        (void)json_object_del(tokens, name);
        (void)json_object_set_new(next, "tokens", tokens);
        why = commit(account, next);
    }
    zt_monitor_leave(account->desk);
    return why;
}
