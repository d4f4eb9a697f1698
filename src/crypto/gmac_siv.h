/* SPDX-License-Identifier: Apache-2.0 */
/* AES-GMAC-SIV on libcrypto's AES and GMAC, keys scheduled once per peer. docs/wire.md 2.6. */
#ifndef ZT_CRYPTO_GMAC_SIV_H
#define ZT_CRYPTO_GMAC_SIV_H

#include "crypto/agree.h"

struct zt_gmac_siv; /* scheduled keys; a few kilobytes inside libcrypto */

/* Derives k0 and k1 from the session key. NULL when out of memory. */
struct zt_gmac_siv *zt_gmac_siv_new(const struct zt_session_key *key);
void zt_gmac_siv_free(struct zt_gmac_siv *siv);

/* Encrypts body in place. id: the sender's random number. aad: 11 bytes (destination, source, masked
   flags). tag: 16 bytes, halves for the packet id and MAC fields. */
void zt_gmac_siv_seal(struct zt_gmac_siv *siv, const uint8_t id[8], const uint8_t aad[11],
                      uint8_t *body, size_t length, uint8_t tag[16]);
/* Decrypts body in place and checks it; on false the body is garbage and must be dropped. */
ZT_MUST_USE bool zt_gmac_siv_open(struct zt_gmac_siv *siv, const uint8_t tag[16],
                                  const uint8_t aad[11], uint8_t *body, size_t length);

#endif
