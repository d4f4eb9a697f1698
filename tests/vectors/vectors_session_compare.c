/* SPDX-License-Identifier: Apache-2.0 */
/* What we make of a datagram beside what was recorded of it. */
#include "vectors_session.h"

#include <stdio.h>
#include <string.h>

#define MAX_NOTED 64

static char reason[256];          /* of the last difference */
static char noted[MAX_NOTED][64]; /* members that we don't know, by name */
static size_t noted_count;

static const char *differs(const char *what)
{
    snprintf(reason, sizeof reason, "%s differs", what);
    return reason;
}

/* Those repeat in words what stands beside them. */
static bool is_optional(const char *key)
{
    size_t length = strlen(key);

    return length > 5 && strcmp(key + length - 5, "_name") == 0;
}

static void note_unknown(const char *key)
{
    if (strcmp(key, "remark") == 0)
        return;
    for (size_t i = 0; i < noted_count; i++) {
        if (strcmp(noted[i], key) == 0)
            return;
    }
    if (noted_count == MAX_NOTED || strlen(key) >= sizeof noted[0])
        return;
    strcpy(noted[noted_count++], key);
    printf("note: nobody reads %s\n", key);
}

static const char *compare_arrays(const json_t *ours, const json_t *recorded)
{
    if (json_array_size(ours) != json_array_size(recorded))
        return differs("length of a list");
    for (size_t i = 0; i < json_array_size(ours); i++) {
        const char *wrong = session_compare(json_array_get(ours, i), json_array_get(recorded, i));

        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

static const char *compare_member(const char *key, const json_t *ours, const json_t *recorded)
{
    if (recorded == NULL)
        return is_optional(key) ? NULL : differs(key);
    if ((json_is_object(ours) && json_is_object(recorded)) ||
        (json_is_array(ours) && json_is_array(recorded)))
        return session_compare(ours, recorded);
    return json_equal(ours, recorded) ? NULL : differs(key);
}

static const char *compare_objects(const json_t *ours, const json_t *recorded)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)ours, key, value)
    {
        const char *wrong = compare_member(key, value, json_object_get(recorded, key));

        if (wrong != NULL)
            return wrong;
    }
    json_object_foreach((json_t *)recorded, key, value)
    {
        if (json_object_get(ours, key) == NULL)
            note_unknown(key);
    }
    return NULL;
}

const char *session_compare(const json_t *ours, const json_t *recorded)
{
    if (json_is_object(ours) && json_is_object(recorded))
        return compare_objects(ours, recorded);
    if (json_is_array(ours) && json_is_array(recorded))
        return compare_arrays(ours, recorded);
    return json_equal(ours, recorded) ? NULL : differs("something");
}
