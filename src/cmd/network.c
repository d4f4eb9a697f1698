/* SPDX-License-Identifier: Apache-2.0 */
/* `zt network`: the networks of a running controller. */
#include "cmd/ask.h"
#include "cmd/commands.h"
#include "cmd/network_body.h"

#include <stdio.h>

#define PATH_SIZE 64

static const struct zt_command list_command = { "network list", "-H DIR [-j]", ZT_ASK_HELP };
static const struct zt_command create_command = {
    "network create", "-H DIR [OPTION...]",
    "Makes a network and prints its id.\n" ZT_ASK_HELP ZT_NETWORK_HELP
};
static const struct zt_command set_command = {
    "network set", "-H DIR NWID OPTION...",
    "Changes what is given; pools and routes replace those there were.\n" ZT_ASK_HELP
        ZT_NETWORK_HELP
};
static const struct zt_command show_command = { "network show", "-H DIR NWID", ZT_ASK_HELP };
static const struct zt_command delete_command = {
    "network delete", "-H DIR NWID", "Deletes a network and revokes its members.\n" ZT_ASK_HELP
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void print_list(const json_t *data)
{
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *network = json_array_get(data, i), *meta = json_object_get(network, "meta");

        (void)printf("%s %-7s %d/%d %s\n", text_of(network, "id"),
                     json_is_true(json_object_get(network, "private")) ? "private" : "public",
                     (int)json_integer_value(json_object_get(meta, "authorizedMemberCount")),
                     (int)json_integer_value(json_object_get(meta, "totalMemberCount")),
                     text_of(network, "name"));
    }
}

static int run_list(int count, char **arguments)
{
    struct zt_ask ask = { .command = &list_command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    int code = zt_ask_read(&ask, count, arguments, options, 2, 0, 0, &words);
    json_t *answer;

    if (code != ZT_GO_ON)
        return code;
    answer = zt_ask(&ask, "GET", "/unstable/controller/network", NULL);
    if (!answer)
        return ZT_EXIT_FAILED;
    if (ask.as_json)
        zt_print_json(json_incref(json_object_get(answer, "data")));
    else
        print_list(json_object_get(answer, "data"));
    json_decref(answer);
    return ZT_EXIT_OK;
}

/* Prints the answer, or only its id. Takes it. */
static int finish(const struct zt_ask *ask, json_t *answer)
{
    if (!answer)
        return ZT_EXIT_FAILED;
    if (ask->as_json) {
        zt_print_json(answer);
        return ZT_EXIT_OK;
    }
    (void)puts(text_of(answer, "id"));
    json_decref(answer);
    return ZT_EXIT_OK;
}

static int run_create(int count, char **arguments)
{
    struct zt_ask ask = { .command = &create_command };
    struct zt_network_options given = { 0 };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask), ZT_NETWORK_OPTIONS(&given) };
    struct zt_texts words;
    int code = zt_ask_read(&ask, count, arguments, options, sizeof options / sizeof options[0], 0,
                           0, &words);
    json_t *body;

    if (code != ZT_GO_ON)
        return code;
    body = zt_network_body(ask.command, &given, NULL);
    if (!body)
        return ZT_EXIT_USAGE;
    return finish(&ask, zt_ask(&ask, "POST", "/controller/network", body));
}

static int run_set(int count, char **arguments)
{
    struct zt_ask ask = { .command = &set_command };
    struct zt_network_options given = { 0 };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask), ZT_NETWORK_OPTIONS(&given) };
    struct zt_texts words;
    char path[PATH_SIZE];
    int code = zt_ask_read(&ask, count, arguments, options, sizeof options / sizeof options[0], 1,
                           1, &words);
    json_t *old, *body;

    if (code != ZT_GO_ON)
        return code;
    if (!zt_ask_path(&ask, path, sizeof path, words.values[0], NULL))
        return ZT_EXIT_USAGE;
    old = zt_ask(&ask, "GET", path, NULL);
    if (!old)
        return ZT_EXIT_FAILED;
    body = zt_network_body(ask.command, &given, old);
    json_decref(old);
    if (!body)
        return ZT_EXIT_USAGE;
    return finish(&ask, zt_ask(&ask, "POST", path, body));
}

/* The commands that only name a network. */
static int run_on_one(const struct zt_command *command, const char *method, int count,
                      char **arguments)
{
    struct zt_ask ask = { .command = command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    char path[PATH_SIZE];
    int code = zt_ask_read(&ask, count, arguments, options, 2, 1, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!zt_ask_path(&ask, path, sizeof path, words.values[0], NULL))
        return ZT_EXIT_USAGE;
    /* A whole record is only readable as JSON. */
    ask.as_json = ask.as_json || command == &show_command;
    return finish(&ask, zt_ask(&ask, method, path, NULL));
}

static int run_show(int count, char **arguments)
{
    return run_on_one(&show_command, "GET", count, arguments);
}

static int run_delete(int count, char **arguments)
{
    return run_on_one(&delete_command, "DELETE", count, arguments);
}

static const struct zt_subcommand subcommands[] = {
    { "list", "id, access, authorised/known members, name", run_list },
    { "create", "make a network", run_create },
    { "show", "print all about one", run_show },
    { "set", "change one", run_set },
    { "delete", "delete one", run_delete },
};

int zt_command_network(int count, char **arguments)
{
    return zt_run_subcommand("network", subcommands, sizeof subcommands / sizeof subcommands[0],
                             count, arguments);
}
