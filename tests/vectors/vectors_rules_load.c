/* SPDX-License-Identifier: Apache-2.0 */
/* The situation of recorded verdicts: who knows which credentials of whom, the frames, a rule set. */
#include "vectors_rules.h"

#include "vl2/rules_codec.h"

#include <string.h>

#define CAPABILITY_RULES_AT 22

/* By id, as the evaluator wants them. */
static void insert_tag(struct party *party, const struct zt_tag *tag)
{
    size_t at = party->tag_count++;

    for (; at > 0 && party->tags[at - 1].id > tag->id; at--)
        party->tags[at] = party->tags[at - 1];
    party->tags[at] = *tag;
}

/* Others' credentials count while they are near enough to our configuration. docs/wire.md 13.7. */
static bool is_valid(const struct lab *lab, int64_t issued_ms)
{
    return issued_ms >= lab->issued_ms - lab->window_ms &&
           issued_ms <= lab->issued_ms + lab->window_ms;
}

/* Is the tag beside its numbers the same, and of the controller? One's own has no bytes. */
static bool is_certified(const struct lab *lab, const struct party *party, const json_t *entry,
                         const struct zt_tag *expected, bool *valid)
{
    struct vectors_bytes bytes;
    struct zt_reader in;
    struct zt_tag tag;

    *valid = true;
    if (json_object_get(entry, "bytes") == NULL)
        return true;
    bytes = vectors_bytes(entry, "bytes");
    in = zt_reader_of(bytes.at, bytes.length);
    zt_tag_read(&tag, &in);
    *valid = is_valid(lab, tag.issued_ms);
    return !in.failed && zt_reader_left(&in) == 0 && tag.nwid == lab->nwid &&
           tag.id == expected->id && tag.value == expected->value &&
           tag.member == party->identity.address &&
           zt_tag_verify(&tag, &lab->controller) == ZT_SIGNATURE_GOOD;
}

static bool load_tags(const struct lab *lab, struct party *party, const json_t *list)
{
    bool good = json_array_size(list) <= ZT_MAX_TAGS;

    for (size_t i = 0; good && i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        struct zt_tag tag = { .id = (uint32_t)vectors_size(entry, "id", UINT32_MAX),
                              .value = (uint32_t)vectors_size(entry, "value", UINT32_MAX) };
        bool valid;

        good = is_certified(lab, party, entry, &tag, &valid);
        if (valid)
            insert_tag(party, &tag);
    }
    return good;
}

static bool load_ownership(const struct lab *lab, struct party *party, const json_t *context,
                           const char *key)
{
    struct vectors_bytes bytes = vectors_bytes(context, key);
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    zt_ownership_read(&party->ownership, &in);
    party->owns = party == &lab->me || is_valid(lab, party->ownership.issued_ms);
    return !in.failed && zt_reader_left(&in) == 0 && party->ownership.nwid == lab->nwid &&
           party->ownership.member == party->identity.address &&
           zt_ownership_verify(&party->ownership, &lab->controller) == ZT_SIGNATURE_GOOD;
}

static bool load_frame(struct zt_rules_frame *frame, const json_t *entry)
{
    const char *direction = vectors_text(entry, "direction");
    struct vectors_bytes payload = vectors_bytes(entry, "payload");

    frame->inbound = strcmp(direction, "in") == 0;
    frame->source = vectors_number(entry, "zt_source", 10);
    if (!json_is_null(json_object_get(entry, "zt_dest")))
        frame->destination = vectors_number(entry, "zt_dest", 10);
    frame->ethertype = (uint16_t)vectors_size(entry, "ethertype", UINT16_MAX);
    frame->vlan = (uint16_t)vectors_size(entry, "vlan", UINT16_MAX);
    frame->payload = payload.at;
    frame->length = payload.length;
    return (frame->inbound || strcmp(direction, "out") == 0) &&
           zt_mac_parse(&frame->mac_source, vectors_text(entry, "mac_source")) &&
           zt_mac_parse(&frame->mac_destination, vectors_text(entry, "mac_dest"));
}

static bool load_party(const json_t *root, const char *key, struct party *party)
{
    return vectors_identity(json_object_get(root, key), &party->identity);
}

/* Verdicts have a letter for each frame, in the order of the list. */
static bool load_frames(struct lab *lab, const json_t *list)
{
    lab->frame_count = json_array_size(list);
    lab->frames = (struct zt_rules_frame *)(void *)vectors_scratch((lab->frame_count + 1) *
                                                                   sizeof *lab->frames);
    for (size_t i = 0; i < lab->frame_count; i++) {
        if (!load_frame(&lab->frames[i], json_array_get(list, i)))
            return false;
    }
    return true;
}

const char *rules_load_lab(struct lab *lab, const json_t *root, const json_t *frames)
{
    const json_t *context = json_object_get(root, "context");

    lab->nwid = vectors_number(root, "network_id", 16);
    lab->issued_ms = vectors_integer(context, "my_config_timestamp");
    lab->window_ms = vectors_integer(context, "credential_time_max_delta");
    zt_rng_init(&lab->rng, (const uint8_t[32]){ 1 });
    if (!load_party(root, "me", &lab->me) || !load_party(root, "member_b", &lab->b) ||
        !vectors_identity(json_object_get(root, "controller"), &lab->controller) ||
        lab->controller.address != zt_nwid_controller(lab->nwid))
        return "identities";
    if (!load_tags(lab, &lab->me, json_object_get(context, "my_tags")) ||
        !load_tags(lab, &lab->b, json_object_get(context, "b_tags")))
        return "tags of the context";
    if (!load_ownership(lab, &lab->me, context, "my_ownership_bytes") ||
        !load_ownership(lab, &lab->b, context, "b_ownership_bytes"))
        return "ownership of the context";
    return vectors_expect(load_frames(lab, frames), "frames");
}

/* They are tried in the order of their ids. */
static void insert_capability(struct zt_capability *list, size_t count,
                              const struct zt_capability *capability)
{
    size_t at = count;

    for (; at > 0 && list[at - 1].id > capability->id; at--)
        list[at] = list[at - 1];
    list[at] = *capability;
}

static bool load_capability(const struct lab *lab, const struct party *party, const json_t *entry,
                            struct zt_capability *capability)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct vectors_bytes rules = vectors_bytes(entry, "rules_bytes");
    const struct zt_identity *chain[ZT_MAX_CUSTODY] = { &lab->controller };
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    zt_capability_read(capability, &in);
    return !in.failed && zt_reader_left(&in) == 0 && capability->nwid == lab->nwid &&
           capability->id == vectors_size(entry, "id", UINT32_MAX) &&
           zt_capability_member(capability) == party->identity.address &&
           zt_capability_verify(capability, chain) != ZT_SIGNATURE_BAD &&
           bytes.length > CAPABILITY_RULES_AT + rules.length &&
           memcmp(bytes.at + CAPABILITY_RULES_AT, rules.at, rules.length) == 0;
}

static bool load_capabilities(const struct lab *lab, const struct party *party,
                              struct zt_capability *capabilities, size_t *count, const json_t *list)
{
    struct zt_capability capability;

    if (json_array_size(list) > ZT_MAX_CAPABILITIES)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!load_capability(lab, party, json_array_get(list, i), &capability))
            return false;
        if (party == &lab->me || is_valid(lab, capability.issued_ms))
            insert_capability(capabilities, (*count)++, &capability);
    }
    return true;
}

static const char *check_codec(const struct rule_set *set, struct vectors_bytes bytes,
                               const json_t *entry)
{
    uint8_t *written = vectors_scratch(bytes.length);
    struct zt_writer out = zt_writer_of(written, bytes.length);
    const json_t *posted = json_object_get(entry, "rules_json");
    const json_t *rendered = json_object_get(entry, "rules_json_rendered_back");

    zt_rules_write(set->rules, set->rule_count, &out);
    if ((!out.failed && vectors_same(bytes, written, zt_writer_length(&out))) !=
        vectors_true(entry, "reserialized_same"))
        return "written again, differs";
    if (json_is_array(posted) && !vectors_rules_make(posted, bytes))
        return "bytes made of the JSON differ";
    if (json_is_array(rendered) && !vectors_rules_are(rendered, set->rules, set->rule_count))
        return "JSON made of the bytes differs";
    return NULL;
}

/* How the setting of this set differs from that of the others is said in words. */
static void set_special(struct rule_set *set, bool emulates, const json_t *entry)
{
    const char *special = json_string_value(json_object_get(entry, "special"));

    if (special == NULL)
        return;
    set->emulates_rfc4193 = emulates && strstr(special, "RFC4193") != NULL;
    set->emulates_6plane = emulates && strstr(special, "6PLANE") != NULL;
    set->b_owns_nothing = strstr(special, "B has no certificate of ownership") != NULL;
}

const char *rules_load_set(const struct lab *lab, struct rule_set *set, const json_t *entry)
{
    uint64_t flags = vectors_number(entry, "network_flags", 16);
    struct vectors_bytes bytes = vectors_bytes(entry, "rules_bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    memset(set, 0, sizeof *set);
    set->rule_count = zt_rules_read(set->rules, ZT_MAX_RULES, SIZE_MAX, &in);
    if (in.failed || set->rule_count != vectors_size(entry, "rule_count_after_parse", SIZE_MAX))
        return "rules are read differently";
    if (!load_capabilities(lab, &lab->me, set->mine, &set->mine_count,
                           json_object_get(entry, "my_capabilities")) ||
        !load_capabilities(lab, &lab->b, set->theirs, &set->theirs_count,
                           json_object_get(entry, "b_capabilities")))
        return "capabilities";
    set->unknown_matches = (flags & ZT_CONFIG_FLAG_UNKNOWN_MATCHES) != 0;
    set_special(set, (flags & ZT_CONFIG_FLAG_NDP_EMULATION) != 0, entry);
    return check_codec(set, bytes, entry);
}

struct zt_rules_context rules_context_for(struct lab *lab, const struct rule_set *set,
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
        .emulates_6plane = set->emulates_6plane,
        .emulates_rfc4193 = set->emulates_rfc4193,
        .rng = &lab->rng,
    };

    if (!frame->inbound) {
        context.sender_ownerships = &lab->me.ownership;
        context.sender_ownership_count = 1;
    } else if (about_b && lab->b.owns && !set->b_owns_nothing) {
        context.sender_ownerships = &lab->b.ownership;
        context.sender_ownership_count = 1;
    }
    return context;
}
