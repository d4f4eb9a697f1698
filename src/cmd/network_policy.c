/* SPDX-License-Identifier: Apache-2.0 */
/* The four local settings of a network. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/network_policy.h"

#include "base/text.h"
#include "http/http.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define LONGEST_SWITCH 5 /* "false"; a longer value of allowManaged is a list */
#define BLANKS " \t\r"

static const struct {
    const char *name;
    size_t offset;
} switches[ZT_POLICY_SWITCHES] = {
    { "allowManaged", offsetof(struct zt_network_policy, managed) },
    { "allowGlobal", offsetof(struct zt_network_policy, global) },
    { "allowDefault", offsetof(struct zt_network_policy, default_route) },
    { "allowDNS", offsetof(struct zt_network_policy, dns) },
};

struct zt_network_policy zt_network_policy_default(void)
{
    return (struct zt_network_policy){ .managed = true };
}

const char *zt_network_policy_name(size_t at)
{
    assert(at < ZT_POLICY_SWITCHES);
    return switches[at].name;
}

bool zt_network_policy_is_set(const struct zt_network_policy *policy, size_t at)
{
    assert(at < ZT_POLICY_SWITCHES);
    return *(const bool *)((const char *)policy + switches[at].offset);
}

void zt_network_policy_set(struct zt_network_policy *policy, size_t at, bool is_set)
{
    bool *place;

    assert(at < ZT_POLICY_SWITCHES);
    place = (bool *)((char *)policy + switches[at].offset);
    *place = is_set;
    if (place == &policy->managed)
        policy->range_count = 0;
}

static char *trim(char *text)
{
    size_t length;

    text += strspn(text, BLANKS);
    length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]))
        text[--length] = 0;
    return text;
}

/* False, always. */
static bool refuse(char error[ZT_POLICY_ERROR], const char *name, const char *value,
                   const char *wanted)
{
    zt_format(error, ZT_POLICY_ERROR, "%s: %.48s is not %s", name, *value ? value : "nothing",
              wanted);
    return false;
}

static bool read_ranges(struct zt_network_policy *policy, char *list, char error[ZT_POLICY_ERROR])
{
    char *rest = list, *one;

    policy->managed = true;
    policy->range_count = 0;
    while ((one = strtok_r(rest, ",", &rest)) != NULL) {
        one = trim(one);
        if (policy->range_count == ZT_MAX_POLICY_RANGES) {
            zt_format(error, ZT_POLICY_ERROR, "allowManaged: there are more than %d networks",
                      ZT_MAX_POLICY_RANGES);
            return false;
        }
        if (!zt_http_network_read(&policy->ranges[policy->range_count], one))
            return refuse(error, "allowManaged", one, "IP/BITS");
        policy->range_count++;
    }
    return policy->range_count > 0 || refuse(error, "allowManaged", ",", "IP/BITS");
}

static bool read_value(struct zt_network_policy *policy, size_t at, char *value,
                       char error[ZT_POLICY_ERROR])
{
    bool is_true = strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0;

    if (is_true || strcmp(value, "0") == 0 || strcasecmp(value, "false") == 0) {
        zt_network_policy_set(policy, at, is_true);
        return true;
    }
    if (at == 0 && strlen(value) > LONGEST_SWITCH)
        return read_ranges(policy, value, error);
    return refuse(error, switches[at].name, value,
                  at == 0 ? "0, 1 or a list of IP/BITS" : "0 or 1");
}

/* A key that is none of ours is another program's affair. */
static bool read_line(struct zt_network_policy *policy, char *line, char error[ZT_POLICY_ERROR])
{
    char *divider = strchr(line, '=');

    line = trim(line);
    if (!*line || *line == '#')
        return true;
    if (!divider)
        return refuse(error, "a line", line, "KEY=VALUE");
    *divider = 0;
    line = trim(line);
    for (size_t at = 0; at < ZT_POLICY_SWITCHES; at++)
        if (strcmp(line, switches[at].name) == 0)
            return read_value(policy, at, trim(divider + 1), error);
    return true;
}

bool zt_network_policy_read(struct zt_network_policy *policy, char *text,
                            char error[ZT_POLICY_ERROR])
{
    struct zt_network_policy next = zt_network_policy_default();
    char *rest = text, *line;

    while ((line = strtok_r(rest, "\n", &rest)) != NULL)
        if (!read_line(&next, line, error))
            return false;
    *policy = next;
    return true;
}

static size_t write_ranges(const struct zt_network_policy *policy, char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < policy->range_count; i++) {
        char range[ZT_ENDPOINT_TEXT];

        zt_endpoint_text(&policy->ranges[i], true, range);
        length += zt_format(text + length, size - length, "%s%s", i ? "," : "", range);
    }
    return length;
}

/* A list as short as "::/0" would be taken for a switch, so it is written twice. */
static size_t write_managed(const struct zt_network_policy *policy, char *text, size_t size)
{
    size_t length = write_ranges(policy, text, size);

    if (length > 0 && length <= LONGEST_SWITCH) {
        text[length++] = ',';
        length += write_ranges(policy, text + length, size - length);
    }
    return length > 0 ? length : zt_format(text, size, "%d", policy->managed);
}

size_t zt_network_policy_write(const struct zt_network_policy *policy, char text[ZT_POLICY_TEXT])
{
    size_t length = zt_format(text, ZT_POLICY_TEXT, "%s=", switches[0].name);

    length += write_managed(policy, text + length, ZT_POLICY_TEXT - length);
    for (size_t at = 1; at < ZT_POLICY_SWITCHES; at++)
        length += zt_format(text + length, ZT_POLICY_TEXT - length, "\n%s=%d", switches[at].name,
                            zt_network_policy_is_set(policy, at));
    return length + zt_format(text + length, ZT_POLICY_TEXT - length, "\n");
}
