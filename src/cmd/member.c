/* SPDX-License-Identifier: Apache-2.0 */
/* `zt member`: the members of a network of a running controller. */
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 80

static const struct zt_command list_command = {
    "member list", "-H DIR NWID",
    "Prints a line for each: address, state, version, addresses, name. The state is authorized,\n"
    "waiting, or shut-out of who was deauthorized.\n" ZT_ASK_HELP
};
static const struct zt_command show_command = { "member show", "-H DIR NWID ADDRESS", ZT_ASK_HELP };
static const struct zt_command authorize_command = {
    "member authorize", "-H DIR NWID ADDRESS",
    "Lets a node in, also before it asks for the first time.\n" ZT_ASK_HELP
};
static const struct zt_command deauthorize_command = {
    "member deauthorize", "-H DIR NWID ADDRESS",
    "Shuts a member out; its certificate is revoked.\n" ZT_ASK_HELP
};
static const struct zt_command delete_command = {
    "member delete", "-H DIR NWID ADDRESS",
    "Forgets a member. If it asks again it is a stranger.\n" ZT_ASK_HELP
};
static const struct zt_command set_command = {
    "member set", "-H DIR NWID ADDRESS OPTION...",
    ZT_ASK_HELP "      --name NAME        for people\n"
                "      --ip IP            fixed address; may be repeated, replaces all there were\n"
                "      --bridge on|off    may it bridge to other Ethernets?\n"
                "      --auto-ip on|off   does it get automatic addresses?\n"
                "      --tag ID=VALUE     may be repeated, replaces all there were\n"
                "      --capability ID    may be repeated, replaces all there were\n"
};

static json_t *joined_ips(const json_t *member)
{
    const json_t *ips = json_object_get(member, "ipAssignments");
    char text[512] = "";
    size_t length = 0;

    for (size_t i = 0; i < json_array_size(ips); i++)
        length += zt_format(text + length, sizeof text - length, "%s%s", i ? "," : "",
                            json_string_value(json_array_get(ips, i)));
    return json_string(*text ? text : "-");
}

static const char *state_of(const json_t *member)
{
    if (json_is_true(json_object_get(member, "authorized")))
        return "authorized";
    if (json_integer_value(json_object_get(member, "lastDeauthorizedTime")) > 0)
        return "shut-out";
    return "waiting";
}

static void print_member(const json_t *member)
{
    const char *version = json_string_value(json_object_get(member, "clientVersion"));
    const char *name = json_string_value(json_object_get(member, "name"));
    json_t *ips = joined_ips(member);

    (void)printf("%s %-12s %-8s %s%s%s\n", json_string_value(json_object_get(member, "id")),
                 state_of(member), version ? version : "-", json_string_value(ips),
                 name && *name ? " " : "", name ? name : "");
    json_decref(ips);
}

static int run_list(int count, char **arguments)
{
    struct zt_ask ask = { .command = &list_command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    char path[PATH_SIZE], unstable[PATH_SIZE + 24];
    int code = zt_ask_read(&ask, count, arguments, options, 2, 1, 1, &words);
    json_t *answer, *data;

    if (code != ZT_GO_ON)
        return code;
    if (!zt_ask_path(&ask, path, sizeof path, words.values[0], NULL))
        return ZT_EXIT_USAGE;
    zt_format(unstable, sizeof unstable, "/unstable%s/member", path);
    answer = zt_ask(&ask, "GET", unstable, NULL);
    if (!answer)
        return ZT_EXIT_FAILED;
    data = json_object_get(answer, "data");
    if (ask.as_json)
        zt_print_json(json_incref(data));
    for (size_t i = 0; !ask.as_json && i < json_array_size(data); i++)
        print_member(json_array_get(data, i));
    json_decref(answer);
    return ZT_EXIT_OK;
}

static int finish(const struct zt_ask *ask, json_t *answer)
{
    if (!answer)
        return ZT_EXIT_FAILED;
    if (ask->as_json) {
        zt_print_json(answer);
        return ZT_EXIT_OK;
    }
    print_member(answer);
    json_decref(answer);
    return ZT_EXIT_OK;
}

/* The commands that only name a member. Takes body. */
static int run_on_one(const struct zt_command *command, const char *method, json_t *body, int count,
                      char **arguments)
{
    struct zt_ask ask = { .command = command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    char path[PATH_SIZE];
    int code = zt_ask_read(&ask, count, arguments, options, 2, 2, 2, &words);

    if (code == ZT_GO_ON && !zt_ask_path(&ask, path, sizeof path, words.values[0], words.values[1]))
        code = ZT_EXIT_USAGE;
    if (code != ZT_GO_ON) {
        json_decref(body);
        return code;
    }
    ask.as_json = ask.as_json || command == &show_command;
    return finish(&ask, zt_ask(&ask, method, path, body));
}

static int run_show(int count, char **arguments)
{
    return run_on_one(&show_command, "GET", NULL, count, arguments);
}

static int run_authorize(int count, char **arguments)
{
    return run_on_one(&authorize_command, "POST", json_pack("{s:b}", "authorized", 1), count,
                      arguments);
}

static int run_deauthorize(int count, char **arguments)
{
    return run_on_one(&deauthorize_command, "POST", json_pack("{s:b}", "authorized", 0), count,
                      arguments);
}

static int run_delete(int count, char **arguments)
{
    return run_on_one(&delete_command, "DELETE", NULL, count, arguments);
}

struct member_options {
    const char *name, *bridge, *auto_ip;
    struct zt_texts ips, tags, capabilities;
};

static int put_switch(json_t *body, const char *option, const char *key, const char *text,
                      bool is_inverted)
{
    if (!text)
        return ZT_GO_ON;
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
        return zt_complain(&set_command, ZT_EXIT_USAGE, "%s: %s is neither on nor off", option,
                           text);
    (void)json_object_set_new(body, key, json_boolean((strcmp(text, "on") == 0) != is_inverted));
    return ZT_GO_ON;
}

static int put_ips(json_t *body, const struct zt_texts *texts)
{
    json_t *array = texts->count ? json_array() : NULL;

    for (size_t i = 0; i < texts->count; i++) {
        struct zt_endpoint ip;

        if (!zt_endpoint_parse(&ip, texts->values[i], 0)) {
            json_decref(array);
            return zt_complain(&set_command, ZT_EXIT_USAGE, "--ip: %s is not an address",
                               texts->values[i]);
        }
        (void)json_array_append_new(array, json_string(texts->values[i]));
    }
    if (array)
        (void)json_object_set_new(body, "ipAssignments", array);
    return ZT_GO_ON;
}

static bool read_tag(const char *text, uint64_t *id, uint64_t *value)
{
    const char *divider = strchr(text, '=');
    char id_text[16];

    if (!divider || (size_t)(divider - text) >= sizeof id_text)
        return false;
    zt_format(id_text, sizeof id_text, "%.*s", (int)(divider - text), text);
    return zt_args_number(id, id_text, 0, UINT32_MAX) &&
           zt_args_number(value, divider + 1, 0, UINT32_MAX);
}

static int put_tags(json_t *body, const struct zt_texts *texts)
{
    json_t *array = texts->count ? json_array() : NULL;

    for (size_t i = 0; i < texts->count; i++) {
        uint64_t id, value;

        if (!read_tag(texts->values[i], &id, &value)) {
            json_decref(array);
            return zt_complain(&set_command, ZT_EXIT_USAGE, "--tag: %s is not ID=VALUE",
                               texts->values[i]);
        }
        (void)json_array_append_new(array, json_pack("[I, I]", (json_int_t)id, (json_int_t)value));
    }
    if (array)
        (void)json_object_set_new(body, "tags", array);
    return ZT_GO_ON;
}

static int put_capabilities(json_t *body, const struct zt_texts *texts)
{
    json_t *array = texts->count ? json_array() : NULL;

    for (size_t i = 0; i < texts->count; i++) {
        uint64_t id;

        if (!zt_args_number(&id, texts->values[i], 0, UINT32_MAX)) {
            json_decref(array);
            return zt_complain(&set_command, ZT_EXIT_USAGE, "--capability: %s is not an id",
                               texts->values[i]);
        }
        (void)json_array_append_new(array, json_integer((json_int_t)id));
    }
    if (array)
        (void)json_object_set_new(body, "capabilities", array);
    return ZT_GO_ON;
}

static int fill_body(json_t *body, const struct member_options *given)
{
    int code = put_switch(body, "--bridge", "activeBridge", given->bridge, false);

    if (given->name)
        (void)json_object_set_new(body, "name", json_string(given->name));
    if (code == ZT_GO_ON)
        code = put_switch(body, "--auto-ip", "noAutoAssignIps", given->auto_ip, true);
    if (code == ZT_GO_ON)
        code = put_ips(body, &given->ips);
    if (code == ZT_GO_ON)
        code = put_tags(body, &given->tags);
    return code == ZT_GO_ON ? put_capabilities(body, &given->capabilities) : code;
}

static int run_set(int count, char **arguments)
{
    struct zt_ask ask = { .command = &set_command };
    struct member_options given = { 0 };
    const struct zt_option options[] = {
        ZT_ASK_OPTIONS(&ask),
        { "--name", NULL, ZT_OPTION_TEXT, &given.name },
        { "--ip", NULL, ZT_OPTION_LIST, &given.ips },
        { "--bridge", NULL, ZT_OPTION_TEXT, &given.bridge },
        { "--auto-ip", NULL, ZT_OPTION_TEXT, &given.auto_ip },
        { "--tag", NULL, ZT_OPTION_LIST, &given.tags },
        { "--capability", NULL, ZT_OPTION_LIST, &given.capabilities },
    };
    struct zt_texts words;
    char path[PATH_SIZE];
    int code = zt_ask_read(&ask, count, arguments, options, sizeof options / sizeof options[0], 2,
                           2, &words);
    json_t *body;

    if (code != ZT_GO_ON)
        return code;
    if (!zt_ask_path(&ask, path, sizeof path, words.values[0], words.values[1]))
        return ZT_EXIT_USAGE;
    body = json_object();
    code = fill_body(body, &given);
    if (code == ZT_GO_ON)
        return finish(&ask, zt_ask(&ask, "POST", path, body));
    json_decref(body);
    return code;
}

static const struct zt_subcommand subcommands[] = {
    { "list", "address, state, version, addresses, name", run_list },
    { "show", "print all about one", run_show },
    { "authorize", "let a node in", run_authorize },
    { "deauthorize", "shut a member out", run_deauthorize },
    { "set", "change one", run_set },
    { "delete", "forget one", run_delete },
};

int zt_command_member(int count, char **arguments)
{
    return zt_run_subcommand("member", subcommands, sizeof subcommands / sizeof subcommands[0],
                             count, arguments);
}
