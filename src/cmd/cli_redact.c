/* SPDX-License-Identifier: Apache-2.0 */
/* What must not be in a text that is passed on: passwords, keys, tokens. docs/wire.md 22.3 */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "vl1/identity.h"

#include <string.h>
#include <strings.h>

#define LEFT_OUT "(left out)"

/* Is part in the text, in whatever case? */
static bool holds(const char *text, const char *part)
{
    for (; *text; text++)
        if (strncasecmp(text, part, strlen(part)) == 0)
            return true;
    return false;
}

static bool is_private_name(const char *name)
{
    static const char *const parts[] = { "token", "secret",     "passw", "psk",
                                         "key",   "credential", "auth",  "private" };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (holds(name, parts[i]))
            return true;
    return false;
}

/* A connection string with a password, a URL with one or with parameters, the secret form of an identity; or words
   about a configuration that can't be read, which cite it. */
static bool is_private_text(const char *text)
{
    const char *place = strstr(text, "://");

    return holds(text, "passw") || (place && strpbrk(place, "@?")) || holds(text, " near '") ||
           strspn(text, "0123456789abcdefABCDEF:") >= ZT_IDENTITY_SECRET_LENGTH;
}

static bool is_private(const char *name, const json_t *value)
{
    if (json_is_string(value) && is_private_text(json_string_value(value)))
        return true;
    return is_private_name(name) && !json_is_boolean(value) && !json_is_null(value);
}

static void redact_array(json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *value = json_array_get(array, i);

        if (is_private("", value))
            (void)json_array_set_new(array, i, json_string(LEFT_OUT));
        else
            zt_cli_redact(value);
    }
}

void zt_cli_redact(json_t *json)
{
    const char *name;
    json_t *value;
    void *next;

    if (json_is_array(json))
        redact_array(json);
    json_object_foreach_safe(json, next, name, value)
    {
        if (is_private(name, value))
            (void)json_object_set_new(json, name, json_string(LEFT_OUT));
        else
            zt_cli_redact(value);
    }
}
