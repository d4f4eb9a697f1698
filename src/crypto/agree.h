/* SPDX-License-Identifier: Apache-2.0 */
/* X25519 and Ed25519 on libcrypto, in the protocol's key and 96-byte signature forms. docs/wire.md 2. */
#ifndef ZT_CRYPTO_AGREE_H
#define ZT_CRYPTO_AGREE_H

#include "base/bytes.h"

/* X25519 public (32) and Ed25519 public (32). */
struct zt_public_key {
    uint8_t bytes[64];
};

/* X25519 scalar, unclamped (32), and Ed25519 seed (32). No printing function accepts it. */
struct zt_secret_key {
    uint8_t bytes[64];
};

#define ZT_SIGNATURE_SIZE 96
#define ZT_SESSION_KEY_SIZE 48

struct zt_session_key {
    uint8_t bytes[ZT_SESSION_KEY_SIZE];
};

/* The public half of a secret key. */
void zt_public_key_of(struct zt_public_key *out, const struct zt_secret_key *secret);
/* Only the X25519 half: out[0..32). */
void zt_public_key_of_x25519(uint8_t out[32], const uint8_t secret[32]);

/* SHA-512 of the X25519 result, first 48 bytes. False only if libcrypto refuses the key, as it does
   for an all-zero result. */
ZT_MUST_USE bool zt_agree(struct zt_session_key *out, const struct zt_secret_key *mine,
                          const struct zt_public_key *theirs);

ZT_MUST_USE bool zt_verify(const struct zt_public_key *key, const void *message, size_t length,
                           const uint8_t signature[ZT_SIGNATURE_SIZE]);

#endif
