/* SPDX-License-Identifier: Apache-2.0 */
/* Identities: keys at work, text and binary forms. */
#include "vl1/identity.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/signer.h"
#include "crypto/wipe.h"

#include <assert.h>
#include <string.h>

/* Hex forms start behind "address:0:" and, for the secret, behind "public:". */
#define TEXT_AT_TYPE 11
#define TEXT_AT_PUBLIC 13
#define TEXT_AT_SECRET 142

bool zt_identity_equal(const struct zt_identity *a, const struct zt_identity *b)
{
    return a->address == b->address && memcmp(a->key.bytes, b->key.bytes, sizeof a->key.bytes) == 0;
}

struct zt_identity zt_identity_public(const struct zt_identity *identity)
{
    return (struct zt_identity){ .address = identity->address, .key = identity->key };
}

void zt_identity_wipe(struct zt_identity *identity)
{
    zt_wipe(identity, sizeof *identity);
}

void zt_identity_hash(uint8_t out[48], const struct zt_identity *identity)
{
    uint8_t address[5];

    zt_store_u40(address, identity->address);
    zt_sha384(out, address, sizeof address, identity->key.bytes, sizeof identity->key.bytes);
}

bool zt_identity_agree(struct zt_session_key *out, const struct zt_identity *mine,
                       const struct zt_identity *theirs)
{
    assert(mine->has_secret);
    return zt_agree(out, &mine->secret, &theirs->key);
}

void zt_identity_sign(uint8_t out[ZT_SIGNATURE_SIZE], const struct zt_identity *mine,
                      const void *message, size_t length)
{
    assert(mine->has_secret);
    if (mine->signer)
        zt_signer_sign(mine->signer, out, message, length);
    else
        zt_sign(out, &mine->secret, &mine->key, message, length);
}

bool zt_identity_verify(const struct zt_identity *signer, const void *message, size_t length,
                        const uint8_t signature[ZT_SIGNATURE_SIZE])
{
    return zt_verify(&signer->key, message, length, signature);
}

/* address(5) type(1) public(64) secret length(1) secret. docs/wire.md 1.5. */
void zt_identity_read(struct zt_identity *identity, struct zt_reader *in)
{
    *identity = (struct zt_identity){ .address = zt_read_u40(in) };

    uint8_t type = zt_read_u8(in);

    zt_read_copy(in, identity->key.bytes, sizeof identity->key.bytes);

    uint8_t secret_length = zt_read_u8(in);

    zt_read_take(in, secret_length);
    if (type != 0 || zt_address_is_reserved(identity->address))
        in->failed = true;
    if (secret_length != 0 && secret_length != sizeof identity->secret.bytes)
        in->failed = true;
}

void zt_identity_write(const struct zt_identity *identity, struct zt_writer *out)
{
    zt_write_u40(out, identity->address);
    zt_write_u8(out, 0);
    zt_write_copy(out, identity->key.bytes, sizeof identity->key.bytes);
    zt_write_u8(out, 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t trimmed_length(const char *text, size_t length)
{
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    return length;
}

/* Do the separators and the type stand where the form of this length has them? */
static bool has_form(const char *text, size_t length)
{
    if (length != ZT_IDENTITY_PUBLIC_LENGTH && length != ZT_IDENTITY_SECRET_LENGTH)
        return false;
    if (memcmp(text + TEXT_AT_TYPE - 1, ":0:", 3) != 0)
        return false;
    return length == ZT_IDENTITY_PUBLIC_LENGTH || text[ZT_IDENTITY_PUBLIC_LENGTH] == ':';
}

/* A secret that does not belong to the public key would sign and agree for nobody. */
static bool read_secret(struct zt_identity *identity, const char *digits)
{
    struct zt_public_key own;

    if (!zt_hex_read(identity->secret.bytes, digits, sizeof identity->secret.bytes))
        return false;
    zt_public_key_of(&own, &identity->secret);
    identity->has_secret = true;
    return memcmp(own.bytes, identity->key.bytes, sizeof own.bytes) == 0;
}

bool zt_identity_parse(struct zt_identity *identity, const char *text, size_t length)
{
    struct zt_identity parsed = { 0 };
    uint8_t address[5];

    length = trimmed_length(text, length);
    if (!has_form(text, length) || !zt_hex_read(address, text, sizeof address) ||
        !zt_hex_read(parsed.key.bytes, text + TEXT_AT_PUBLIC, sizeof parsed.key.bytes))
        return false;
    parsed.address = zt_load_u40(address);

    bool good = !zt_address_is_reserved(parsed.address);

    if (good && length == ZT_IDENTITY_SECRET_LENGTH)
        good = read_secret(&parsed, text + TEXT_AT_SECRET);
    if (good)
        *identity = parsed;
    zt_identity_wipe(&parsed);
    return good;
}

void zt_identity_text(const struct zt_identity *identity, bool with_secret,
                      char out[ZT_IDENTITY_TEXT])
{
    assert(!with_secret || identity->has_secret);

    zt_hex_number_write(out, identity->address, 10);
    memcpy(out + TEXT_AT_TYPE - 1, ":0:", 3);
    zt_hex_write(out + TEXT_AT_PUBLIC, identity->key.bytes, sizeof identity->key.bytes);
    if (!with_secret)
        return;
    out[ZT_IDENTITY_PUBLIC_LENGTH] = ':';
    zt_hex_write(out + TEXT_AT_SECRET, identity->secret.bytes, sizeof identity->secret.bytes);
}
