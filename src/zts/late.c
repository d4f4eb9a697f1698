/* SPDX-License-Identifier: Apache-2.0 */
/* Each peer is noted once, however often it changed: what counts is how it is found in the end. */
#include "zts/late.h"

#include "base/mem.h"

#include <stddef.h>

struct late {
    struct late *next;
    uint64_t address;
};

static struct late *first;

void zts_late_note(uint64_t address)
{
    struct late **end = &first;

    for (; *end != NULL; end = &(*end)->next) {
        if ((*end)->address == address)
            return;
    }
    struct late *made = zt_alloc(sizeof *made);
    if (made == NULL)
        return;
    made->address = address;
    *end = made;
}

bool zts_late_take(uint64_t *address)
{
    struct late *taken = first;

    if (taken == NULL)
        return false;
    *address = taken->address;
    first = taken->next;
    zt_free(taken);
    return true;
}
