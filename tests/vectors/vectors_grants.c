/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing parts of credentials with their record. */
#include "vectors_grants.h"

bool vectors_qualifiers_are(const struct zt_com *com, const json_t *list)
{
    if (json_array_size(list) != com->count)
        return false;
    for (size_t i = 0; i < com->count; i++) {
        const json_t *entry = json_array_get(list, i);

        if ((int64_t)com->qualifiers[i].id != vectors_integer(entry, "id") ||
            com->qualifiers[i].value != vectors_number(entry, "value", 16) ||
            com->qualifiers[i].max_delta != vectors_number(entry, "max_delta", 16))
            return false;
    }
    return true;
}

bool vectors_things_are(const struct zt_ownership *ownership, const json_t *list)
{
    if (json_array_size(list) != ownership->thing_count)
        return false;
    for (size_t i = 0; i < ownership->thing_count; i++) {
        const json_t *thing = json_array_get(list, i);

        if (ownership->things[i].type != vectors_integer(thing, "type") ||
            !vectors_same(vectors_bytes(thing, "value16"), ownership->things[i].value, 16))
            return false;
    }
    return true;
}
