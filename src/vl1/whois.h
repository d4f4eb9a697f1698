/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses we asked a root for. docs/wire.md 4.7. */
#ifndef ZT_VL1_WHOIS_H
#define ZT_VL1_WHOIS_H

#include "base/rate.h"
#include "vl1/vl1.h"

struct zt_question {
    zt_address address;
    int64_t asked_ms;
    bool is_ours; /* we want it ourselves; else only a stranger or a peer mentioned the address */
};

struct zt_whois {
    struct zt_question *questions; /* owned, grows on demand */
    size_t count;
    size_t capacity;
    struct zt_rate mentions; /* how many addresses of others may be asked for */
    struct zt_rate answers;  /* how many of these may be learned and not count */
};

void zt_whois_init(struct zt_whois *whois, int64_t now_ms);
void zt_whois_clear(struct zt_whois *whois);
/* Forgets what was never answered. */
void zt_whois_expire(struct zt_vl1 *vl1);

/* Asks the best upstream, at most every 500 ms for each address. */
void zt_whois_ask(struct zt_vl1 *vl1, zt_address address);
/* The same for an address that anybody could have made up. These share a rate, and their questions
   give way to our own: else a flood of made-up addresses would drown what we ask. What a root knows was not
   made up, and does not count, as long as that is within a rate of its own: after a restart all peers are
   unknown, and come back at once. */
void zt_whois_ask_mentioned(struct zt_vl1 *vl1, zt_address address);

#endif
