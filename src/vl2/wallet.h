/* SPDX-License-Identifier: Apache-2.0 */
/* The tags, capabilities and certificates of ownership that we hold about one member, and up to
   when its older ones are revoked. docs/wire.md 13.6 to 13.8. */
#ifndef ZT_VL2_WALLET_H
#define ZT_VL2_WALLET_H

#include "vl1/drop.h"
#include "vl2/grants.h"

/* Credentials of one kind: first the valid ones in order of id, ready for the rules, then the
   others. */
struct zt_deck {
    void *items; /* owned; struct zt_tag, zt_capability or zt_ownership */
    size_t count, valid, capacity;
};

struct zt_threshold {
    uint32_t id;
    uint8_t type; /* enum zt_credential_type */
    int64_t threshold_ms;
};

struct zt_wallet {
    struct zt_deck tags, capabilities, ownerships;
    struct zt_threshold *thresholds; /* owned */
    size_t threshold_count, threshold_capacity;
};

/* The times credentials are judged against: those of our own config. */
struct zt_window {
    int64_t issued_ms;
    int64_t window_ms;
};

struct zt_wallet *zt_wallet_new(void);
void zt_wallet_free(struct zt_wallet *wallet);

/* Would a credential of type TAG, CAPABILITY or OWNERSHIP be stored if its signature is good?
   *known: the very same is held already. wallet may be NULL. */
enum zt_drop zt_wallet_judge(const struct zt_wallet *wallet, enum zt_credential_type type,
                             const void *credential, bool *known);
/* Stores a verified credential in place of an older one with its id. */
enum zt_drop zt_wallet_store(struct zt_wallet *wallet, enum zt_credential_type type,
                             const void *credential, const struct zt_window *window);
/* The threshold of this kind and id; INT64_MIN: none. wallet may be NULL. */
int64_t zt_wallet_threshold(const struct zt_wallet *wallet, enum zt_credential_type type,
                            uint32_t id);
/* Raises a threshold. STALE: it was that high before. */
enum zt_drop zt_wallet_revoke(struct zt_wallet *wallet, enum zt_credential_type type, uint32_t id,
                              int64_t threshold_ms, const struct zt_window *window);
/* Sorts out anew which credentials are valid; after our config changed. */
void zt_wallet_refresh(struct zt_wallet *wallet, const struct zt_window *window);
/* Drops what has become too old to be of use again. True if nothing is left. */
bool zt_wallet_clean(struct zt_wallet *wallet, const struct zt_window *window);

#endif
