/* SPDX-License-Identifier: Apache-2.0 */
/* An identity: address and keys; its proof of work, its text and binary forms. docs/wire.md 1. */
#ifndef ZT_VL1_IDENTITY_H
#define ZT_VL1_IDENTITY_H

#include "crypto/agree.h"
#include "crypto/rng.h"
#include "crypto/signer.h"
#include "vl1/address.h"

struct zt_identity {
    zt_address address;
    struct zt_public_key key;
    struct zt_secret_key secret; /* zero unless has_secret */
    bool has_secret;
    struct zt_signer *signer; /* borrowed; NULL: each signature sets the keys up anew */
};

#define ZT_IDENTITY_SIZE 71  /* binary, public */
#define ZT_IDENTITY_TEXT 271 /* longest text with its 0 */
#define ZT_IDENTITY_PUBLIC_LENGTH 141
#define ZT_IDENTITY_SECRET_LENGTH 270
#define ZT_PROOF_MEMORY 2097152

/* The memory-hard digest of docs/wire.md 1.2. memory: ZT_PROOF_MEMORY bytes lent by the caller. */
void zt_identity_digest(uint8_t digest[64], const struct zt_public_key *key, uint8_t *memory);
/* Does the address follow from the key, and does the digest pass? Slow; needs 2 MiB, false without. */
ZT_MUST_USE bool zt_identity_prove(const struct zt_identity *identity);
/* The same on memory lent by the caller, ZT_PROOF_MEMORY bytes. */
ZT_MUST_USE bool zt_identity_prove_in(const struct zt_identity *identity, uint8_t *memory);
/* Makes a new identity: tries some 15 keys, each as slow as a proof. False when out of memory. */
ZT_MUST_USE bool zt_identity_generate(struct zt_identity *identity, struct zt_rng *rng);
/* The same key by key, for who may have to give up in between: begin draws the first, and each try is as
   slow as a proof. True: the identity is made. memory: ZT_PROOF_MEMORY bytes lent by the caller. */
void zt_identity_begin(struct zt_identity *identity, struct zt_rng *rng);
ZT_MUST_USE bool zt_identity_try(struct zt_identity *identity, uint8_t *memory);

bool zt_identity_equal(const struct zt_identity *a, const struct zt_identity *b); /* public parts */
/* A copy without the secret. */
struct zt_identity zt_identity_public(const struct zt_identity *identity);
void zt_identity_wipe(struct zt_identity *identity);
/* SHA-384 of address and public key, which credentials bind to. */
void zt_identity_hash(uint8_t out[48], const struct zt_identity *identity);
/* The session key of two nodes; mine needs its secret. */
ZT_MUST_USE bool zt_identity_agree(struct zt_session_key *out, const struct zt_identity *mine,
                                   const struct zt_identity *theirs);
void zt_identity_sign(uint8_t out[ZT_SIGNATURE_SIZE], const struct zt_identity *mine,
                      const void *message, size_t length);
ZT_MUST_USE bool zt_identity_verify(const struct zt_identity *signer, const void *message,
                                    size_t length, const uint8_t signature[ZT_SIGNATURE_SIZE]);

/* Binary form. A secret is accepted and ignored; other lengths, types other than 0 and reserved
   addresses fail the reader. Writes the public form. */
void zt_identity_read(struct zt_identity *identity, struct zt_reader *in);
void zt_identity_write(const struct zt_identity *identity, struct zt_writer *out);
/* Text form: exactly one identity, white space may follow. */
ZT_MUST_USE bool zt_identity_parse(struct zt_identity *identity, const char *text, size_t length);
void zt_identity_text(const struct zt_identity *identity, bool with_secret,
                      char out[ZT_IDENTITY_TEXT]);

#endif
