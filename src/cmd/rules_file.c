/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a file of rules, and telling what is wrong in it by line and column. */
#include "cmd/rules_file.h"

#include "base/text.h"
#include "cmd/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE (1 << 20) /* JSON is longer than the language */

static bool read_input(uint8_t **bytes, size_t *length, char error[ZT_HOME_TEXT])
{
    *bytes = malloc(MAX_FILE + 1);
    if (*bytes == NULL) {
        zt_format(error, ZT_HOME_TEXT, "out of memory");
        return false;
    }
    *length = fread(*bytes, 1, MAX_FILE + 1, stdin);
    if (!ferror(stdin) && *length <= MAX_FILE)
        return true;
    zt_format(error, ZT_HOME_TEXT, "standard input: %s",
              ferror(stdin) ? "cannot be read" : "too long");
    free(*bytes);
    return false;
}

bool zt_rules_file_is_json(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
            return bytes[i] == '{' || bytes[i] == '[';
    return false;
}

static struct zt_rulebook *read_json(const struct zt_command *command, const char *path,
                                     const uint8_t *bytes, size_t length)
{
    char error[ZT_RULES_ERROR_TEXT];
    json_error_t where;
    json_t *json = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, &where);
    struct zt_rulebook *book;

    if (json == NULL) {
        (void)zt_complain(command, ZT_EXIT_FAILED, "%s:%d:%d: %s", path, where.line, where.column,
                          where.text);
        return NULL;
    }
    book = zt_rulebook_from_json(json, error);
    json_decref(json);
    if (book == NULL)
        (void)zt_complain(command, ZT_EXIT_FAILED, "%s: %s", path, error);
    return book;
}

struct zt_rulebook *zt_rules_file_compile(const struct zt_command *command, const char *path,
                                          const uint8_t *bytes, size_t length)
{
    struct zt_rules_errors errors;
    struct zt_rulebook *book = zt_rulebook_compile((const char *)bytes, length, &errors);

    for (size_t i = 0; i < errors.count; i++) {
        const struct zt_rules_error *error = &errors.list[i];

        if (error->line == 0)
            (void)zt_complain(command, ZT_EXIT_FAILED, "%s: %s", path, error->text);
        else
            (void)zt_complain(command, ZT_EXIT_FAILED, "%s:%u:%u: %s", path, error->line,
                              error->column + 1, error->text);
    }
    return book;
}

struct zt_rulebook *zt_rules_file_read(const struct zt_command *command, const char *path)
{
    char error[ZT_HOME_TEXT];
    struct zt_rulebook *book;
    uint8_t *bytes;
    size_t length;
    bool is_read = strcmp(path, "-") == 0
                       ? read_input(&bytes, &length, error)
                       : zt_home_read(path, MAX_FILE, &bytes, &length, error) == 0;

    if (!is_read) {
        (void)zt_complain(command, ZT_EXIT_FAILED, "%s", error);
        return NULL;
    }
    if (zt_rules_file_is_json(bytes, length))
        book = read_json(command, path, bytes, length);
    else
        book = zt_rules_file_compile(command, path, bytes, length);
    free(bytes);
    return book;
}
