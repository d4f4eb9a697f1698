/* SPDX-License-Identifier: Apache-2.0 */
/* Names and texts of the reasons for dropping a packet. */
#include "vl1/drop.h"

#include <assert.h>

static const char *const names[ZT_DROP_COUNT] = {
#define ZT_DROP_NAME(name, text) #name,
    ZT_DROP_LIST(ZT_DROP_NAME)
#undef ZT_DROP_NAME
};

static const char *const texts[ZT_DROP_COUNT] = {
#define ZT_DROP_TEXT(name, text) text,
    ZT_DROP_LIST(ZT_DROP_TEXT)
#undef ZT_DROP_TEXT
};

const char *zt_drop_name(enum zt_drop drop)
{
    assert(drop >= 0 && drop < ZT_DROP_COUNT);
    return names[drop];
}

const char *zt_drop_text(enum zt_drop drop)
{
    assert(drop >= 0 && drop < ZT_DROP_COUNT);
    return texts[drop];
}
