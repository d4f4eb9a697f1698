/* SPDX-License-Identifier: Apache-2.0 */
/* Rate gates for NETWORK_CREDENTIALS, one pair for each peer that sends them. */
#include "vl2/senders.h"

#include "base/limits.h"

#define CREDENTIALS_INTERVAL_MS 1000
#define REVOCATIONS_PER_SECOND 10
#define CLAIMS_PER_SECOND 10
#define CLAIMS_AT_ONCE 64 /* as many as a large configuration has pieces */
#define CLAIMS_LIFE_MS (CLAIMS_AT_ONCE * 1000 / CLAIMS_PER_SECOND) /* until they are full again */

void zt_senders_clear(struct zt_senders *senders)
{
    struct zt_sender *sender, *next;

    HASH_ITER(hh, senders->table, sender, next)
    {
        HASH_DEL(senders->table, sender);
        zt_free(sender);
    }
}

static struct zt_sender *add(struct zt_senders *senders, zt_address address, int64_t now_ms)
{
    struct zt_sender *sender = zt_alloc(sizeof *sender);

    if (sender == NULL)
        return NULL;
    if (HASH_COUNT(senders->table) >= ZT_MAX_GATES) {
        struct zt_sender *oldest = senders->table;
        HASH_DEL(senders->table, oldest);
        zt_free(oldest);
    }
    sender->address = address;
    sender->credentials_ms = ZT_NEVER_MS;
    zt_rate_init(&sender->revocations, REVOCATIONS_PER_SECOND, REVOCATIONS_PER_SECOND, now_ms);
    zt_rate_init(&sender->claims, CLAIMS_PER_SECOND, CLAIMS_AT_ONCE, now_ms);
    HASH_ADD(hh, senders->table, address, sizeof sender->address, sender);
    if (sender->hh.tbl != NULL)
        return sender;
    zt_free(sender);
    return NULL;
}

static struct zt_sender *get(struct zt_senders *senders, zt_address address, int64_t now_ms)
{
    struct zt_sender *sender;

    HASH_FIND(hh, senders->table, &address, sizeof address, sender);
    return sender != NULL ? sender : add(senders, address, now_ms);
}

bool zt_senders_may_claim(struct zt_senders *senders, zt_address address, int64_t now_ms)
{
    struct zt_sender *sender = get(senders, address, now_ms);

    return sender != NULL && zt_rate_take(&sender->claims, now_ms);
}

bool zt_senders_allow(struct zt_senders *senders, zt_address address, bool only_revocations,
                      int64_t now_ms)
{
    struct zt_sender *sender = get(senders, address, now_ms);

    if (sender == NULL)
        return false;
    if (only_revocations)
        return zt_rate_take(&sender->revocations, now_ms);
    return zt_interval_passed(&sender->credentials_ms, CREDENTIALS_INTERVAL_MS, now_ms);
}

void zt_senders_clean(struct zt_senders *senders, int64_t now_ms)
{
    struct zt_sender *sender, *next;

    HASH_ITER(hh, senders->table, sender, next)
    {
        if (now_ms - sender->credentials_ms < CREDENTIALS_INTERVAL_MS ||
            now_ms - sender->revocations.updated_ms < 1000 ||
            (sender->claims.milli < sender->claims.burst * 1000 &&
             now_ms - sender->claims.updated_ms < CLAIMS_LIFE_MS))
            continue;
        HASH_DEL(senders->table, sender);
        zt_free(sender);
    }
}
