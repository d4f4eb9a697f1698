/* SPDX-License-Identifier: Apache-2.0 */
/* What local.conf asks for in vain: other programs know fields that change nothing here, and nobody should wait
   for their effect. */
#include "cmd/local_conf.h"

#include "base/text.h"
#include "http/conf.h"

#include <string.h>

/* The fields of an object that are honoured, ended by NULL. */
static const char *const in_file[] = { "settings", "physical", "virtual", NULL };
static const char *const in_settings[] = { "primaryPort",
                                           "bind",
                                           "lowBandwidthMode",
                                           "interfacePrefixBlacklist",
                                           "allowManagementFrom",
                                           "enableWebServer",
                                           NULL };
static const char *const in_physical[] = { "blacklist", "trustedPathId", "mtu", NULL };
static const char *const in_virtual[] = { "try", "blacklist", NULL };

static bool is_one_of(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

/* What is asked for holds anyway: the thing is off. */
static bool is_off(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_false(value) || json_is_null(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0) ||
           (text && strcmp(text, "disable") == 0);
}

static void tell_of(const struct zt_log *log, json_t *object, const char *where,
                    const char *const *used)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        if (!is_one_of(used, name) && !is_off(value))
            zt_log_info(log, "conf", ZT_CONF_FILE ": %s%.64s has no effect here", where, name);
    }
}

static void tell_of_each(const struct zt_log *log, const json_t *conf, const char *section,
                         const char *const *used)
{
    const char *name;
    json_t *value;
    char where[96];

    json_object_foreach(json_object_get(conf, section), name, value)
    {
        zt_format(where, sizeof where, "%s.%.64s.", section, name);
        tell_of(log, value, where, used);
    }
}

void zt_local_conf_tell_unused(const struct zt_local_conf *conf, const struct zt_log *log)
{
    tell_of(log, conf->json, "", in_file);
    tell_of(log, json_object_get(conf->json, "settings"), "settings.", in_settings);
    tell_of_each(log, conf->json, "physical", in_physical);
    tell_of_each(log, conf->json, "virtual", in_virtual);
}
