/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one loop over the arguments, driven by the command's table of options. */
#include "cmd/args.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int zt_complain(const struct zt_command *command, int code, const char *format, ...)
{
    va_list arguments;

    (void)fprintf(stderr, "zt %s: ", command->name);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    if (code == ZT_EXIT_USAGE)
        (void)fprintf(stderr, "usage: zt %s %s\n", command->name, command->synopsis);
    return code;
}

static const struct zt_option *find_option(const struct zt_option *options, size_t count,
                                           const char *text, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        const struct zt_option *option = &options[i];
        bool is_name = strlen(option->name) == length && strncmp(option->name, text, length) == 0;
        bool is_alias = option->alias && strlen(option->alias) == length &&
                        strncmp(option->alias, text, length) == 0;
        if (is_name || is_alias)
            return option;
    }
    return NULL;
}

static bool add_text(struct zt_texts *texts, const char *text)
{
    if (texts->count == ZT_MAX_TEXTS)
        return false;
    texts->values[texts->count++] = text;
    return true;
}

static bool store_value(const struct zt_option *option, const char *value)
{
    if (option->kind == ZT_OPTION_LIST)
        return add_text(option->to, value);
    *(const char **)option->to = value;
    return true;
}

/* JSON holds nothing but UTF-8, and would leave out the rest without a word. */
static bool is_text(const char *value)
{
    json_t *text = json_string(value);

    json_decref(text);
    return text != NULL;
}

/* Reads the option at arguments[*at], moving *at onto its value if that is a word of its own. */
static int read_option(const struct zt_command *command, int count, char **arguments, int *at,
                       const struct zt_option *options, size_t option_count)
{
    const char *text = arguments[*at], *value = NULL;
    size_t length = strcspn(text, "=");
    const struct zt_option *option = find_option(options, option_count, text, length);

    if (!option)
        return zt_complain(command, ZT_EXIT_USAGE, "unknown option %s", text);
    if (text[length] == '=')
        value = text + length + 1;
    if (option->kind == ZT_OPTION_FLAG) {
        if (value)
            return zt_complain(command, ZT_EXIT_USAGE, "%s takes no value", option->name);
        *(bool *)option->to = true;
        return ZT_GO_ON;
    }
    if (!value && *at + 1 < count)
        value = arguments[++*at];
    if (!value)
        return zt_complain(command, ZT_EXIT_USAGE, "%s needs a value", option->name);
    if (option->kind != ZT_OPTION_NAME && !is_text(value))
        return zt_complain(command, ZT_EXIT_USAGE, "%s: is no text in UTF-8", option->name);
    if (option->kind == ZT_OPTION_NAME && !*value)
        return zt_complain(command, ZT_EXIT_USAGE, "%s: is empty", option->name);
    if (!store_value(option, value))
        return zt_complain(command, ZT_EXIT_USAGE, "%s is given too often", option->name);
    return ZT_GO_ON;
}

int zt_args_read(const struct zt_command *command, int count, char **arguments,
                 const struct zt_option *options, size_t option_count, struct zt_texts *positional)
{
    bool options_end = false;

    memset(positional, 0, sizeof *positional);
    for (int at = 0; at < count; at++) {
        const char *text = arguments[at];
        int code = ZT_GO_ON;

        if (!options_end && strcmp(text, "--") == 0)
            options_end = true;
        else if (!options_end && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)) {
            (void)printf("usage: zt %s %s\n%s", command->name, command->synopsis, command->help);
            return ZT_EXIT_OK;
        } else if (!options_end && text[0] == '-' && text[1])
            code = read_option(command, count, arguments, &at, options, option_count);
        else if (!add_text(positional, text))
            code = zt_complain(command, ZT_EXIT_USAGE, "too many arguments");
        if (code != ZT_GO_ON)
            return code;
    }
    return ZT_GO_ON;
}

bool zt_args_number(uint64_t *out, const char *text, uint64_t least, uint64_t most)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *out = value;
    return value >= least && value <= most;
}

void zt_print_json(json_t *json)
{
    (void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    (void)putchar('\n');
    json_decref(json);
}
