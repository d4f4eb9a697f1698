/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked of a controller: the metadata of requests, and networks as posted to its API. */
#include "vectors.h"

#include "vl1/wire.h"
#include "vl2/config.h"

#include <string.h>

/* The keys that are numbers, in the order in which members write them. */
static bool write_again(const struct zt_dict *dict, struct zt_writer *out)
{
    static const char *const keys[] = { "v",  "vend", "pv",  "majv", "minv", "revv",
                                        "mr", "mc",   "mcr", "mt",   "f",    "revr" };
    char platform[64];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!zt_dict_has(dict, keys[i]))
            return false;
        zt_dict_put_u64(out, keys[i], zt_dict_get_u64(dict, keys[i], 0));
    }
    if (zt_dict_get(dict, "o", platform, sizeof platform) <= 0)
        return false;
    zt_dict_put_text(out, "o", platform);
    return !out->failed && strchr(platform, '/') != NULL;
}

/* Those that controllers act upon are what we announce, too. */
static bool says_what_we_say(const struct zt_dict *dict)
{
    return zt_dict_get_u64(dict, "v", 0) == ZT_CONFIG_VERSION &&
           zt_dict_get_u64(dict, "pv", 0) == ZT_PROTOCOL_VERSION &&
           zt_dict_get_u64(dict, "mr", 0) == ZT_MAX_RULES &&
           zt_dict_get_u64(dict, "mc", 0) == ZT_MAX_CAPABILITIES &&
           zt_dict_get_u64(dict, "mcr", 0) == ZT_MAX_CAPABILITY_RULES &&
           zt_dict_get_u64(dict, "mt", 0) == ZT_MAX_TAGS && zt_dict_get_u64(dict, "revr", 0) == 1;
}

const char *vectors_metadata(const uint8_t *text, size_t length)
{
    struct zt_dict dict = zt_dict_of(text, length);
    uint8_t *again = vectors_scratch(length);
    struct zt_writer out = zt_writer_of(again, length);

    if (!write_again(&dict, &out) || zt_writer_length(&out) != length ||
        memcmp(again, text, length) != 0)
        return "metadata is written differently";
    return vectors_expect(says_what_we_say(&dict), "metadata says something else");
}

/* Is what was posted found in this configuration? Long lists may be left out: then a text stands there. */
static bool is_in(const json_t *posted, const json_t *decoded)
{
    static const char *const keys[][2] = {
        { "name", "name" },
        { "mtu", "mtu" },
        { "multicastLimit", "multicast_limit" },
        { "enableBroadcast", "enable_broadcast" },
    };
    const json_t *rules = json_object_get(posted, "rules");
    bool is_private = strcmp(vectors_text(decoded, "type"), "private") == 0;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *value = json_object_get(posted, keys[i][0]);

        if (value != NULL && !json_equal(value, json_object_get(decoded, keys[i][1])))
            return false;
    }
    if (json_is_array(rules) && !vectors_rules_mean(rules, json_object_get(decoded, "rules")))
        return false;
    return json_object_get(posted, "private") == NULL ||
           json_is_true(json_object_get(posted, "private")) == is_private;
}

const char *vectors_posted(const json_t *root, const json_t *entry)
{
    const json_t *posted = json_object_get(entry, "network_json_posted");
    uint64_t nwid = vectors_number(entry, "network_id", 16);
    const json_t *config;
    const json_t *status = json_object_get(entry, "member_status");
    bool any = false; /* one that is refused has none */
    size_t index;

    json_array_foreach(json_object_get(root, "configs"), index, config)
    {
        const json_t *decoded = json_object_get(config, "decoded");

        if (vectors_number(config, "network_id", 16) != nwid)
            continue;
        any = true;
        if (json_object_get(decoded, "note") == NULL && is_in(posted, decoded))
            return NULL;
    }
    if (!any && json_is_string(status) && strcmp(json_string_value(status), "OK") != 0)
        return NULL;
    return "no configuration of this network is as posted";
}
