/* SPDX-License-Identifier: Apache-2.0 */
/* Rules as recorded in the JSON of controllers, beside their bytes. */
#include "vectors.h"

#include "controller/rules_json.h"
#include "vl2/rules_codec.h"

/* An entry that has no JSON form is recorded as an empty object. */
static bool is_entry(const json_t *recorded, const struct zt_rule *rule)
{
    json_t *ours = zt_rules_to_json(rule, 1);
    bool same = json_array_size(ours) == 0 ? json_object_size(recorded) == 0
                                           : json_equal(json_array_get(ours, 0), recorded);

    json_decref(ours);
    return same;
}

bool vectors_rules_are(const json_t *recorded, const struct zt_rule *rules, size_t count)
{
    if (!json_is_array(recorded) || json_array_size(recorded) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_entry(json_array_get(recorded, i), &rules[i]))
            return false;
    }
    return true;
}

/* The bytes of rules in JSON; at NULL if they are none. */
static struct vectors_bytes serialize(const json_t *list)
{
    size_t size = (size_t)ZT_MAX_RULES * ZT_MAX_RULE_SIZE;
    struct vectors_bytes bytes = { vectors_scratch(size), 0 };
    struct zt_rule *rules =
        (struct zt_rule *)(void *)vectors_scratch(ZT_MAX_RULES * sizeof(struct zt_rule));
    struct zt_writer out = zt_writer_of(bytes.at, size);
    char error[128];
    size_t count;

    if (!zt_rules_from_json(rules, ZT_MAX_RULES, &count, list, error, sizeof error))
        return (struct vectors_bytes){ NULL, 0 };
    zt_rules_write(rules, count, &out);
    bytes.length = zt_writer_length(&out);
    return bytes;
}

bool vectors_rules_make(const json_t *posted, struct vectors_bytes bytes)
{
    struct vectors_bytes made = serialize(posted);

    return made.at != NULL && vectors_same(bytes, made.at, made.length);
}

bool vectors_rules_mean(const json_t *posted, const json_t *rendered)
{
    struct vectors_bytes made = serialize(rendered);

    return made.at != NULL && vectors_rules_make(posted, made);
}
