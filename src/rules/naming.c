/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a name a good one. docs/rules.md. */
#include "rules/naming.h"

#include "rules/matches.h"
#include "rules/names.h"

#include <string.h>

/* Reserved besides the words of matches. */
static const char *const reserved[] = {
    "macro",    "tag",     "cap",    "drop",   "accept", "tee", "watch",   "redirect", "break",
    "priority", "include", "and",    "or",     "not",    "id",  "default", "flag",     "enum",
    "type",     "class",   "define", "import", "log",    "xor", "set",     "var",      "let",
};

bool zt_name_is_reserved(const char *at, size_t length)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (zt_name_is(reserved[i], at, length))
            return true;
    return zt_match_form(at, length) != NULL;
}

/* A letter of any script: each byte beyond ASCII belongs to one. */
static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || byte == '_' || (uint8_t)byte >= 0x80;
}

bool zt_rulebook_name_is_good(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > ZT_MAX_RULES_NAME || zt_name_is_reserved(name, length))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(name[i]) && (i == 0 || name[i] < '0' || name[i] > '9'))
            return false;
    return true;
}

/* More is allowed here, but nothing that would be read as something else. */
bool zt_rulebook_value_name_is_good(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > ZT_MAX_RULES_NAME || name[length - 1] == ';' ||
        zt_name_opens(name, length))
        return false;
    if ((name[0] >= '0' && name[0] <= '9') || name[0] == '$' || name[0] == '#')
        return false;
    for (size_t i = 0; i < length; i++)
        if (name[i] == ',' || (uint8_t)name[i] <= 0x20 || name[i] == 0x7f ||
            (name[i] >= 'A' && name[i] <= 'Z'))
            return false;
    return true;
}
