/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded verdicts of 217 rule sets on 81 frames, and the copies that they send. */
#include "vectors.h"

#include "vl2/grants.h"
#include "vl2/rules_codec.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FRAMES 128
#define MAX_PARTY_TAGS 8
#define MAX_PARTY_CAPABILITIES 8

struct party {
    struct zt_identity identity;
    struct zt_tag tags[MAX_PARTY_TAGS];
    size_t tag_count;
    struct zt_ownership ownership;
};

struct lab {
    zt_nwid nwid;
    struct party me, b;
    struct zt_rng rng;
    struct zt_rules_frame frames[MAX_FRAMES];
    uint8_t *payloads[MAX_FRAMES];
    size_t frame_count;
};

struct rule_set {
    struct zt_rule rules[ZT_MAX_RULES];
    size_t rule_count;
    struct zt_capability mine[MAX_PARTY_CAPABILITIES];
    size_t mine_count;
    struct zt_capability theirs[MAX_PARTY_CAPABILITIES];
    size_t theirs_count;
    bool unknown_matches;
    bool emulation; /* the one set with NDP emulation, and no certificate of ownership of B */
};

static void load_tags(struct party *party, const json_t *list)
{
    size_t index;
    const json_t *entry;

    json_array_foreach(list, index, entry)
    {
        struct zt_tag *tag = &party->tags[party->tag_count++];

        tag->id = (uint32_t)vectors_integer(entry, "id");
        tag->value = (uint32_t)vectors_integer(entry, "value");
    }
}

static void load_ownership(struct vectors_run *run, struct zt_ownership *ownership,
                           const json_t *hex)
{
    size_t length;
    uint8_t *bytes = vectors_hex(hex, &length);
    struct zt_reader in = zt_reader_of(bytes, length);

    zt_ownership_read(ownership, &in);
    vectors_check(run, !in.failed && zt_reader_left(&in) == 0, "ownership of the context");
    free(bytes);
}

static void load_frame(struct lab *lab, const json_t *entry)
{
    size_t index = lab->frame_count++;
    struct zt_rules_frame *frame = &lab->frames[index];

    frame->inbound = strcmp(vectors_text(entry, "direction"), "in") == 0;
    frame->source = vectors_number(entry, "zt_source", 10);
    if (!json_is_null(json_object_get(entry, "zt_dest")))
        frame->destination = vectors_number(entry, "zt_dest", 10);
    if (!zt_mac_parse(&frame->mac_source, vectors_text(entry, "mac_source")) ||
        !zt_mac_parse(&frame->mac_destination, vectors_text(entry, "mac_dest")))
        abort();
    frame->ethertype = (uint16_t)vectors_integer(entry, "ethertype");
    frame->vlan = (uint16_t)vectors_integer(entry, "vlan");
    lab->payloads[index] = vectors_hex(json_object_get(entry, "payload"), &frame->length);
    frame->payload = lab->payloads[index];
}

static void load_lab(struct vectors_run *run, struct lab *lab, const json_t *root)
{
    const json_t *context = json_object_get(root, "context");
    size_t index;
    const json_t *entry;

    lab->nwid = vectors_number(root, "network_id", 16);
    vectors_check(run,
                  vectors_identity(json_object_get(root, "me"), &lab->me.identity) &&
                      vectors_identity(json_object_get(root, "member_b"), &lab->b.identity),
                  "identities");
    load_tags(&lab->me, json_object_get(context, "my_tags"));
    load_tags(&lab->b, json_object_get(context, "b_tags"));
    load_ownership(run, &lab->me.ownership, json_object_get(context, "my_ownership_bytes"));
    load_ownership(run, &lab->b.ownership, json_object_get(context, "b_ownership_bytes"));
    zt_rng_init(&lab->rng, (const uint8_t[32]){ 1 });
    json_array_foreach(json_object_get(root, "frames"), index, entry) load_frame(lab, entry);
}

static size_t load_capabilities(struct vectors_run *run, struct zt_capability *capabilities,
                                const json_t *list)
{
    size_t count = 0;
    size_t index;
    const json_t *entry;

    json_array_foreach(list, index, entry)
    {
        size_t length;
        uint8_t *bytes = vectors_hex(json_object_get(entry, "bytes"), &length);
        struct zt_reader in = zt_reader_of(bytes, length);

        zt_capability_read(&capabilities[count++], &in);
        vectors_check(run, !in.failed && zt_reader_left(&in) == 0, "capability %zu", index);
        free(bytes);
    }
    return count;
}

static void check_codec(struct vectors_run *run, const char *name, const struct rule_set *set,
                        const uint8_t *bytes, size_t length)
{
    uint8_t written[ZT_MAX_RULES * ZT_MAX_RULE_SIZE];
    struct zt_writer out = zt_writer_of(written, sizeof written);

    zt_rules_write(set->rules, set->rule_count, &out);
    vectors_check(
        run, !out.failed && zt_writer_length(&out) == length && memcmp(written, bytes, length) == 0,
        "%s: written again", name);
}

static void load_set(struct vectors_run *run, struct rule_set *set, const json_t *entry)
{
    const char *name = vectors_text(entry, "name");
    uint64_t flags = vectors_number(entry, "network_flags", 16);
    size_t length;
    uint8_t *bytes = vectors_hex(json_object_get(entry, "rules_bytes"), &length);
    struct zt_reader in = zt_reader_of(bytes, length);

    memset(set, 0, sizeof *set);
    set->rule_count = zt_rules_read(set->rules, ZT_MAX_RULES, SIZE_MAX, &in);
    vectors_check(run,
                  !in.failed &&
                      (int64_t)set->rule_count == vectors_integer(entry, "rule_count_after_parse"),
                  "%s: rules", name);
    check_codec(run, name, set, bytes, length);
    free(bytes);
    set->mine_count = load_capabilities(run, set->mine, json_object_get(entry, "my_capabilities"));
    set->theirs_count =
        load_capabilities(run, set->theirs, json_object_get(entry, "b_capabilities"));
    set->unknown_matches = (flags & 0x08) != 0;
    set->emulation = json_object_get(entry, "special") != NULL;
}

/* What "me" knows when it judges this frame: nothing is known of C, T and R. */
static struct zt_rules_context context_for(struct lab *lab, const struct rule_set *set,
                                           const struct zt_rules_frame *frame)
{
    zt_address other = frame->inbound ? frame->source : frame->destination;
    bool about_b = other == lab->b.identity.address;
    struct zt_rules_context context = {
        .self = lab->me.identity.address,
        .nwid = lab->nwid,
        .unknown_matches = set->unknown_matches,
        .own_tags = lab->me.tags,
        .own_tag_count = lab->me.tag_count,
        .has_peer = about_b,
        .peer_tags = lab->b.tags,
        .peer_tag_count = about_b ? lab->b.tag_count : 0,
        .emulates_rfc4193 = set->emulation,
        .rng = &lab->rng,
    };

    if (!frame->inbound) {
        context.sender_ownerships = &lab->me.ownership;
        context.sender_ownership_count = 1;
    } else if (about_b && !set->emulation) {
        context.sender_ownerships = &lab->b.ownership;
        context.sender_ownership_count = 1;
    }
    return context;
}

static char letter_of(enum zt_verdict verdict)
{
    switch (verdict) {
    case ZT_VERDICT_NO_MATCH:
        return 'n';
    case ZT_VERDICT_DROP:
        return 'd';
    case ZT_VERDICT_REDIRECT:
        return 'r';
    case ZT_VERDICT_ACCEPT:
        return 'a';
    case ZT_VERDICT_SUPER_ACCEPT:
        return 's';
    }
    return '?';
}

static const json_t *sent_of(const json_t *entry, size_t frame, size_t number)
{
    const json_t *list = json_object_get(entry, "sent");
    size_t index;
    const json_t *copy;

    json_array_foreach(list, index, copy)
    {
        if ((size_t)vectors_integer(copy, "frame") == frame && number-- == 0)
            return copy;
    }
    return NULL;
}

static bool copy_is(const struct zt_frame_copy *copy, const struct lab *lab,
                    const struct zt_rules_frame *frame, const json_t *expected)
{
    uint8_t bytes[2048];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    size_t length;
    uint8_t *payload = vectors_hex(json_object_get(expected, "ext_frame_payload"), &length);
    bool same;

    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, copy->flags);
    zt_mac_write(frame->mac_destination, &out);
    zt_mac_write(frame->mac_source, &out);
    zt_write_u16(&out, frame->ethertype);
    zt_write_copy(&out, frame->payload, copy->length);
    same = !out.failed && zt_writer_length(&out) == length && memcmp(bytes, payload, length) == 0 &&
           vectors_number(expected, "to", 10) == copy->to;
    free(payload);
    return same;
}

static void check_frame(struct vectors_run *run, struct lab *lab, const struct rule_set *set,
                        const json_t *entry, size_t index)
{
    static const char letters[] = {
        [ZT_FILTER_DROP] = 'd', [ZT_FILTER_ACCEPT] = 'a', [ZT_FILTER_SUPER_ACCEPT] = 's'
    };
    const struct zt_rules_frame *frame = &lab->frames[index];
    struct zt_rules_context context = context_for(lab, set, frame);
    const char *name = vectors_text(entry, "name");
    bool from_b = frame->inbound && context.has_peer;
    struct zt_rules_result base;
    struct zt_filter_result result;

    zt_rules_evaluate(&base, set->rules, set->rule_count, frame, &context);
    vectors_check(run, letter_of(base.verdict) == vectors_text(entry, "base")[index],
                  "%s, frame %zu: base %c", name, index, letter_of(base.verdict));
    zt_filter(&result, set->rules, set->rule_count, frame->inbound ? set->theirs : set->mine,
              frame->inbound ? (from_b ? set->theirs_count : 0) : set->mine_count, false, frame,
              &context);
    vectors_check(run, letters[result.verdict] == vectors_text(entry, "verdict")[index],
                  "%s, frame %zu: verdict %c", name, index, letters[result.verdict]);
    for (size_t i = 0; i < result.copy_count; i++) {
        const json_t *expected = sent_of(entry, index, i);

        vectors_check(run, expected != NULL && copy_is(&result.copies[i], lab, frame, expected),
                      "%s, frame %zu: copy %zu", name, index, i);
    }
    vectors_check(run, sent_of(entry, index, result.copy_count) == NULL,
                  "%s, frame %zu: only %zu copies", name, index, result.copy_count);
}

static void check_sets(struct vectors_run *run, struct lab *lab, const json_t *list)
{
    struct rule_set *set = malloc(sizeof *set);
    size_t index;
    const json_t *entry;

    if (set == NULL)
        abort();
    json_array_foreach(list, index, entry)
    {
        load_set(run, set, entry);
        for (size_t i = 0; i < lab->frame_count; i++)
            check_frame(run, lab, set, entry, i);
    }
    free(set);
}

/* Reading of odd bytes. The field that is too short is the one case where we refuse and others
   don't. */
static void check_parse(struct vectors_run *run, const json_t *entry)
{
    const char *why = vectors_text(entry, "why");
    bool expected = json_is_true(json_object_get(entry, "ok")) && strstr(why, "too short") == NULL;
    struct zt_rule rules[16];
    size_t length;
    uint8_t *bytes = vectors_hex(json_object_get(entry, "bytes"), &length);
    struct zt_reader in = zt_reader_of(bytes, length);
    size_t count = zt_rules_read(rules, 16, SIZE_MAX, &in);

    vectors_check(run, in.failed != expected, "parse: %s", why);
    if (expected) {
        uint8_t written[16 * ZT_MAX_RULE_SIZE];
        struct zt_writer out = zt_writer_of(written, sizeof written);
        size_t again_length;
        uint8_t *again = vectors_hex(json_object_get(entry, "reserialized"), &again_length);

        zt_rules_write(rules, count, &out);
        vectors_check(run, (int64_t)count == vectors_integer(entry, "rules"), "parse: %s: count",
                      why);
        vectors_check(run,
                      zt_writer_length(&out) == again_length &&
                          memcmp(written, again, again_length) == 0,
                      "parse: %s: written again", why);
        free(again);
    }
    free(bytes);
}

void vectors_rules(struct vectors_run *run, const json_t *root)
{
    struct lab *lab = calloc(1, sizeof *lab);
    size_t index;
    const json_t *entry;

    if (lab == NULL)
        abort();
    load_lab(run, lab, root);
    check_sets(run, lab, json_object_get(root, "rule_sets"));
    json_array_foreach(json_object_get(root, "parse"), index, entry) check_parse(run, entry);
    for (size_t i = 0; i < lab->frame_count; i++)
        free(lab->payloads[i]);
    free(lab);
}
