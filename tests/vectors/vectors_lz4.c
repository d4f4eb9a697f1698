/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of compressed packets: whole, broken, and made by us. */
#include "vectors.h"

#include "vl1/packet.h"

#include <string.h>

static bool expands_to(struct vectors_bytes packet, struct vectors_bytes expected)
{
    uint8_t *out = vectors_scratch(ZT_MAX_PACKET);
    size_t length = zt_packet_expand(out, packet.at, packet.length);
    bool expanded = length != 0 && (packet.at[ZT_AT_VERB] & ZT_VERB_COMPRESSED) != 0;

    return length != 0 && vectors_same(expected, expanded ? out : packet.at, length);
}

/* Compressors may differ in their output: what counts is that it expands to what went in. */
static const char *check_compress(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "packet");
    struct vectors_bytes ours = vectors_bytes(entry, "packet");
    bool compressed = vectors_true(entry, "compressed");

    (void)root;
    if (packet.length < ZT_HEADER_SIZE || packet.length > ZT_MAX_PACKET)
        return "packet of wrong length";
    if (!expands_to(vectors_bytes(entry, "packet_after_compress"), packet))
        return "expanded packet differs";
    ours.length = zt_packet_compress(ours.at, ours.length);
    if (((ours.at[ZT_AT_VERB] & ZT_VERB_COMPRESSED) != 0) != compressed)
        return "compressed or not, differs";
    if (compressed && ours.length >= packet.length)
        return "did not shrink";
    return vectors_expect(expands_to(ours, packet), "own compressed packet does not expand");
}

/* Broken input where expanders may differ is only run, for the memory checkers to watch. */
static const char *check_uncompress(const json_t *root, const json_t *entry)
{
    const char *kind = vectors_text(entry, "kind");
    struct vectors_bytes packet = vectors_bytes(entry, "packet");
    uint8_t *out = vectors_scratch(ZT_MAX_PACKET);

    (void)root;
    if (strcmp(kind, "must") != 0 && strcmp(kind, "informational") != 0)
        return "unknown kind";
    if (strcmp(kind, "must") != 0)
        return vectors_expect(zt_packet_expand(out, packet.at, packet.length) <= ZT_MAX_PACKET,
                              "too long");
    if (!vectors_true(entry, "ok"))
        return vectors_expect(zt_packet_expand(out, packet.at, packet.length) == 0,
                              "must be refused");
    return vectors_expect(expands_to(packet, vectors_bytes(entry, "packet_after_uncompress")),
                          "expanded packet differs");
}

void vectors_lz4(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "compress", check_compress);
    vectors_each(run, root, "uncompress", check_uncompress);
}
