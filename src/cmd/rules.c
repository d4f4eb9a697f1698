/* SPDX-License-Identifier: Apache-2.0 */
/* `zt rules`: the rule language compiled, written back and explained, without any controller. */
#include "cmd/rules_file.h"

#include "base/mem.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/rules_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 65536

static const struct zt_command compile_command = {
    "rules compile", "[-o OUT] FILE",
    "Compiles rules and prints JSON: config as a controller takes it, and the names of\n"
    "capabilities and tags. FILE - is standard input.\n"
    "  -o, --output OUT  write there instead\n"
};
static const struct zt_command decompile_command = {
    "rules decompile", "[-o OUT] FILE",
    "Writes JSON as a text that compiles to the same. FILE holds what `zt rules compile`\n"
    "prints, an array of rules, or a network with its rules.\n"
    "  -o, --output OUT  write there instead\n"
};
static const struct zt_command explain_command = {
    "rules explain", "[-j] FILE",
    "Says in plain words what each rule does. FILE is in the language or JSON.\n"
    "  -j, --json        as JSON\n"
};

/* Prints the text, or writes it to the file. */
static int put_out(const struct zt_command *command, const char *path, const char *text,
                   size_t length)
{
    char error[ZT_HOME_TEXT];

    if (path == NULL)
        return fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0
                   ? ZT_EXIT_OK
                   : zt_complain(command, ZT_EXIT_FAILED, "standard output cannot be written");
    if (zt_home_write(path, text, length, 0, error) == 0)
        return ZT_EXIT_OK;
    return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
}

static int put_json(const struct zt_command *command, const char *path, json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);
    size_t length = text != NULL ? strlen(text) : 0;
    int code;

    json_decref(json);
    if (text == NULL)
        return zt_complain(command, ZT_EXIT_FAILED, "out of memory");
    text[length] = '\n'; /* in the place of the 0 */
    code = put_out(command, path, text, length + 1);
    free(text);
    return code;
}

/* Reads the one file that each of these commands takes. */
static int read_file(const struct zt_command *command, int count, char **arguments,
                     const struct zt_option *options, size_t option_count,
                     struct zt_rulebook **book)
{
    struct zt_texts words;
    int code = zt_args_read(command, count, arguments, options, option_count, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(command, ZT_EXIT_USAGE, "one file is needed");
    *book = zt_rules_file_read(command, words.values[0]);
    return *book != NULL ? ZT_GO_ON : ZT_EXIT_FAILED;
}

static int run_compile(int count, char **arguments)
{
    const char *output = NULL;
    const struct zt_option options[] = { { "--output", "-o", ZT_OPTION_NAME, &output } };
    struct zt_rulebook *book;
    int code = read_file(&compile_command, count, arguments, options, 1, &book);

    if (code != ZT_GO_ON)
        return code;
    code = put_json(&compile_command, output, zt_rulebook_json(book));
    zt_free(book);
    return code;
}

static int run_decompile(int count, char **arguments)
{
    static char text[ZT_MAX_RULES_SOURCE];
    const char *output = NULL;
    const struct zt_option options[] = { { "--output", "-o", ZT_OPTION_NAME, &output } };
    struct zt_writer out = zt_writer_of(text, sizeof text);
    char error[ZT_RULES_ERROR_TEXT];
    struct zt_rulebook *book;
    int code = read_file(&decompile_command, count, arguments, options, 1, &book);

    if (code != ZT_GO_ON)
        return code;
    if (zt_rulebook_write(book, &out, error))
        code = put_out(&decompile_command, output, text, zt_writer_length(&out));
    else
        code = zt_complain(&decompile_command, ZT_EXIT_FAILED, "%s", error);
    zt_free(book);
    return code;
}

/* Each rule of a set: appended to the array, or printed if that is NULL. */
static void explain_set(const struct zt_rulebook *book, const char *set,
                        const struct zt_rule *rules, size_t count, json_t *array)
{
    static char text[MAX_LINE];

    for (size_t first = 0; first < count;) {
        size_t end = zt_rules_end(rules, count, first);
        struct zt_writer out = zt_writer_of(text, sizeof text);
        int length;

        zt_rules_explain(&out, book, rules, first, end);
        length = (int)zt_writer_length(&out);
        if (array != NULL)
            (void)json_array_append_new(array,
                                        json_pack("{s:s, s:I, s:I, s:s%}", "set", set, "first",
                                                  (json_int_t)(first + 1), "last", (json_int_t)end,
                                                  "text", text, (size_t)length));
        else if (end - first == 1)
            (void)printf("  %-9zu %.*s\n", end, length, text);
        else
            (void)printf("  %4zu-%-4zu %.*s\n", first + 1, end, length, text);
        first = end;
    }
}

static void explain_tag(const struct zt_rulebook *book, const struct zt_rulebook_tag *tag)
{
    (void)printf("tag %s, id %u", tag->name, (unsigned)tag->id);
    if (tag->has_default)
        (void)printf(", %u unless given", (unsigned)tag->otherwise);
    for (size_t i = 0; i < tag->value_count; i++) {
        const struct zt_rulebook_value *value = &book->values[tag->first_value + i];

        (void)printf(value->is_flag ? ", %s = 0x%x" : ", %s = %u", value->name,
                     (unsigned)value->value);
    }
    (void)putchar('\n');
}

static void explain(const struct zt_rulebook *book)
{
    for (size_t i = 0; i < book->tag_count; i++)
        explain_tag(book, &book->tags[i]);
    (void)printf("rules of the network, by entries:\n");
    explain_set(book, "rules", book->rules, book->rule_count, NULL);
    (void)printf("  otherwise what the capabilities of the sender accept, and drop the rest\n");
    for (size_t i = 0; i < book->capability_count; i++) {
        const struct zt_rulebook_capability *capability = &book->capabilities[i];

        (void)printf("capability %s, id %u%s:\n", capability->name, (unsigned)capability->id,
                     capability->is_default ? ", of everyone" : "");
        explain_set(book, capability->name, capability->rules, capability->rule_count, NULL);
    }
}

static int run_explain(int count, char **arguments)
{
    bool as_json = false;
    const struct zt_option options[] = { { "--json", "-j", ZT_OPTION_FLAG, &as_json } };
    struct zt_rulebook *book;
    int code = read_file(&explain_command, count, arguments, options, 1, &book);
    json_t *array;

    if (code != ZT_GO_ON)
        return code;
    if (as_json) {
        array = json_array();
        explain_set(book, "rules", book->rules, book->rule_count, array);
        for (size_t i = 0; i < book->capability_count; i++)
            explain_set(book, book->capabilities[i].name, book->capabilities[i].rules,
                        book->capabilities[i].rule_count, array);
        zt_print_json(array);
    } else {
        explain(book);
    }
    zt_free(book);
    return ZT_EXIT_OK;
}

static const struct zt_subcommand subcommands[] = {
    { "compile", "a text to JSON", run_compile },
    { "decompile", "JSON to a text", run_decompile },
    { "explain", "each rule in plain words", run_explain },
    { "test", "what becomes of a frame", zt_rules_test },
};

int zt_command_rules(int count, char **arguments)
{
    return zt_run_subcommand("rules", subcommands, sizeof subcommands / sizeof subcommands[0],
                             count, arguments);
}
