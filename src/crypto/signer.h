/* SPDX-License-Identifier: Apache-2.0 */
/* Signing: with a key that is used again and again, scheduled once, or once for all. Deterministic, and
   the same both ways. docs/wire.md 2. */
#ifndef ZT_CRYPTO_SIGNER_H
#define ZT_CRYPTO_SIGNER_H

#include "crypto/agree.h"

struct zt_signer;

/* NULL: out of memory, or the public key does not belong to the secret: signing one message under two
   public keys would give the secret away. */
struct zt_signer *zt_signer_new(const struct zt_secret_key *secret,
                                const struct zt_public_key *key);
void zt_signer_free(struct zt_signer *signer); /* NULL is fine */
void zt_signer_sign(struct zt_signer *signer, uint8_t out[ZT_SIGNATURE_SIZE], const void *message,
                    size_t length);

/* Once. key must belong to secret. */
void zt_sign(uint8_t out[ZT_SIGNATURE_SIZE], const struct zt_secret_key *secret,
             const struct zt_public_key *key, const void *message, size_t length);

#endif
