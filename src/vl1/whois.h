/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses we asked a root for. docs/wire.md 4.7. */
#ifndef ZT_VL1_WHOIS_H
#define ZT_VL1_WHOIS_H

#include "vl1/vl1.h"

struct zt_question {
    zt_address address;
    int64_t asked_ms;
};

struct zt_whois {
    size_t count;
    struct zt_question questions[ZT_MAX_WHOIS];
};

/* Asks the best upstream, at most every 500 ms for each address. */
void zt_whois_ask(struct zt_vl1 *vl1, zt_address address);

#endif
