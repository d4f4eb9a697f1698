/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of membership: a list of qualifiers, and when two of them agree. */
#include "vl2/com.h"

#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define COM_VERSION 1
#define ANY_DELTA UINT64_MAX

enum { ID_ISSUED = 0, ID_NWID = 1, ID_MEMBER = 2, ID_HASH = 3, HASH_WORDS = 4 };

#define SIGNED_SIZE (24 * ZT_MAX_QUALIFIERS)

static const struct zt_qualifier *find(const struct zt_com *com, uint64_t id)
{
    for (size_t i = 0; i < com->count; i++)
        if (com->qualifiers[i].id == id)
            return &com->qualifiers[i];
    return NULL;
}

static uint64_t value_of(const struct zt_com *com, uint64_t id)
{
    const struct zt_qualifier *qualifier = find(com, id);

    return qualifier != NULL ? qualifier->value : 0;
}

zt_nwid zt_com_nwid(const struct zt_com *com)
{
    return value_of(com, ID_NWID);
}

int64_t zt_com_issued_ms(const struct zt_com *com)
{
    return (int64_t)value_of(com, ID_ISSUED);
}

zt_address zt_com_member(const struct zt_com *com)
{
    return value_of(com, ID_MEMBER);
}

static void add(struct zt_com *com, uint64_t id, uint64_t value, uint64_t max_delta)
{
    assert(com->count < ZT_MAX_QUALIFIERS);
    com->qualifiers[com->count++] = (struct zt_qualifier){ id, value, max_delta };
}

static void hash_words(uint64_t words[HASH_WORDS], const struct zt_identity *identity)
{
    uint8_t hash[48];

    zt_identity_hash(hash, identity);
    for (size_t i = 0; i < HASH_WORDS; i++)
        words[i] = zt_load_u64(hash + 8 * i);
}

void zt_com_make(struct zt_com *com, zt_nwid nwid, int64_t issued_ms, int64_t window_ms,
                 const struct zt_identity *member)
{
    uint64_t words[HASH_WORDS];

    assert(window_ms >= 0);

    hash_words(words, member);
    memset(com, 0, sizeof *com);
    add(com, ID_ISSUED, (uint64_t)issued_ms, (uint64_t)window_ms);
    add(com, ID_NWID, nwid, 0);
    add(com, ID_MEMBER, member->address, ANY_DELTA);
    for (size_t i = 0; i < HASH_WORDS; i++)
        add(com, ID_HASH + i, words[i], ANY_DELTA);
}

static void write_qualifiers(const struct zt_com *com, struct zt_writer *out)
{
    for (size_t i = 0; i < com->count; i++) {
        zt_write_u64(out, com->qualifiers[i].id);
        zt_write_u64(out, com->qualifiers[i].value);
        zt_write_u64(out, com->qualifiers[i].max_delta);
    }
}

void zt_com_sign(struct zt_com *com, const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    assert(controller->has_secret);

    write_qualifiers(com, &message);
    com->signer = controller->address;
    zt_identity_sign(com->signature, controller, bytes, zt_writer_length(&message));
}

/* version(1)=1, count(2), count times id(8) value(8) max_delta(8), signer(5), signature(96) if
   signed */
void zt_com_read(struct zt_com *com, struct zt_reader *in)
{
    uint8_t version = zt_read_u8(in);
    size_t count = zt_read_u16(in);

    memset(com, 0, sizeof *com);
    if (version != COM_VERSION || count > ZT_MAX_QUALIFIERS) {
        in->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        com->qualifiers[i].id = zt_read_u64(in);
        com->qualifiers[i].value = zt_read_u64(in);
        com->qualifiers[i].max_delta = zt_read_u64(in);
        if (i > 0 && com->qualifiers[i].id < com->qualifiers[i - 1].id)
            in->failed = true;
    }
    com->signer = zt_read_u40(in);
    if (com->signer != 0)
        zt_read_copy(in, com->signature, sizeof com->signature);
    com->count = in->failed ? 0 : count;
}

void zt_com_write(const struct zt_com *com, struct zt_writer *out)
{
    zt_write_u8(out, COM_VERSION);
    zt_write_u16(out, (uint16_t)com->count);
    write_qualifiers(com, out);
    zt_write_u40(out, com->signer);
    if (com->signer != 0)
        zt_write_copy(out, com->signature, sizeof com->signature);
}

static bool qualifiers_equal(const struct zt_qualifier *a, const struct zt_qualifier *b)
{
    return a->id == b->id && a->value == b->value && a->max_delta == b->max_delta;
}

bool zt_com_equal(const struct zt_com *a, const struct zt_com *b)
{
    if (a->count != b->count || a->signer != b->signer)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!qualifiers_equal(&a->qualifiers[i], &b->qualifiers[i]))
            return false;
    return memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

enum zt_verdict_of_signature zt_com_verify(const struct zt_com *com,
                                           const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    write_qualifiers(com, &message);
    return zt_signing_judge(zt_com_nwid(com), com->signer, controller, &message, com->signature);
}

static bool within(const struct zt_qualifier *mine, const struct zt_qualifier *theirs)
{
    uint64_t delta =
        mine->value > theirs->value ? mine->value - theirs->value : theirs->value - mine->value;

    return delta <= mine->max_delta;
}

static bool binds_to_hash(const struct zt_com *com)
{
    for (size_t i = 0; i < com->count; i++)
        if (com->qualifiers[i].id >= ID_HASH && com->qualifiers[i].id < ID_HASH + HASH_WORDS)
            return true;
    return false;
}

/* Without this a node could show the certificate of another member with the same address. */
static bool made_for(const struct zt_com *com, const struct zt_identity *identity)
{
    uint64_t words[HASH_WORDS];

    hash_words(words, identity);
    for (size_t i = 0; i < HASH_WORDS; i++) {
        const struct zt_qualifier *qualifier = find(com, ID_HASH + i);

        if (qualifier == NULL || qualifier->value != words[i])
            return false;
    }
    return true;
}

bool zt_com_agrees(const struct zt_com *mine, const struct zt_com *theirs,
                   const struct zt_identity *them)
{
    if (mine->count == 0 || theirs->count == 0)
        return false;
    for (size_t i = 0; i < mine->count; i++) {
        const struct zt_qualifier *other = find(theirs, mine->qualifiers[i].id);

        if (other == NULL || !within(&mine->qualifiers[i], other))
            return false;
    }
    return !binds_to_hash(mine) || made_for(theirs, them);
}
