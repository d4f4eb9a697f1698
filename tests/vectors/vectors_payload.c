/* SPDX-License-Identifier: Apache-2.0 */
/* Whole NETWORK_CREDENTIALS payloads: read, each credential verified, and written to the same bytes.
   docs/wire.md 13.9. */
#include "vectors_membership.h"

#include "vl2/revocation.h"

struct payload {
    struct zt_identity controller;
    struct zt_reader in;
    struct zt_writer out;
    bool genuine;
};

static void note(struct payload *payload, enum zt_verdict_of_signature verdict)
{
    payload->genuine = payload->genuine && verdict == ZT_SIGNATURE_GOOD;
}

static void copy_com(struct payload *payload)
{
    struct zt_com com;

    zt_com_read(&com, &payload->in);
    note(payload, zt_com_verify(&com, &payload->controller));
    zt_com_write(&com, &payload->out);
}

static void copy_capability(struct payload *payload)
{
    const struct zt_identity *chain[ZT_MAX_CUSTODY] = { &payload->controller };
    struct zt_capability capability;

    zt_capability_read(&capability, &payload->in);
    note(payload, zt_capability_verify(&capability, chain));
    zt_capability_write(&capability, &payload->out);
}

static void copy_tag(struct payload *payload)
{
    struct zt_tag tag;

    zt_tag_read(&tag, &payload->in);
    note(payload, zt_tag_verify(&tag, &payload->controller));
    zt_tag_write(&tag, &payload->out);
}

static void copy_revocation(struct payload *payload)
{
    struct zt_revocation revocation;

    zt_revocation_read(&revocation, &payload->in);
    note(payload, zt_revocation_verify(&revocation, &payload->controller));
    zt_revocation_write(&revocation, &payload->out);
}

static void copy_ownership(struct payload *payload)
{
    struct zt_ownership ownership;

    zt_ownership_read(&ownership, &payload->in);
    note(payload, zt_ownership_verify(&ownership, &payload->controller));
    zt_ownership_write(&ownership, &payload->out);
}

static const struct {
    const char *count;
    void (*copy)(struct payload *payload);
} lists[] = {
    { "capabilities", copy_capability },
    { "tags", copy_tag },
    { "revocations", copy_revocation },
    { "ownership", copy_ownership },
};

static bool copy_list(struct payload *payload, size_t i, const json_t *counts)
{
    size_t count = zt_read_u16(&payload->in);

    zt_write_u16(&payload->out, (uint16_t)count);
    if (vectors_size(counts, lists[i].count, UINT16_MAX) != count)
        return false;
    while (count-- > 0 && !payload->in.failed)
        lists[i].copy(payload);
    return !payload->in.failed;
}

const char *vectors_credentials_payload(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "payload");
    const json_t *counts = json_object_get(entry, "counts");
    struct payload payload = { .genuine = true };
    size_t coms = 0;

    if (!vectors_identity(json_object_get(root, "controller_secret_string"), &payload.controller))
        return "no controller";
    payload.in = zt_reader_of(bytes.at, bytes.length);
    payload.out = zt_writer_of(vectors_scratch(bytes.length), bytes.length);
    for (; zt_reader_left(&payload.in) > 0 && *payload.in.at != 0 && !payload.in.failed; coms++)
        copy_com(&payload);
    if (coms != vectors_size(counts, "com", UINT16_MAX))
        return "counts differ";
    zt_write_u8(&payload.out, zt_read_u8(&payload.in));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!copy_list(&payload, i, counts))
            return "counts differ";
    }
    if (payload.in.failed || zt_reader_left(&payload.in) > 0)
        return "refused";
    if (!payload.genuine)
        return "forged";
    return vectors_expect(!payload.out.failed && vectors_same(bytes, payload.out.start,
                                                              zt_writer_length(&payload.out)),
                          "written differently");
}
