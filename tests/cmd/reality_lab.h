/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the laboratory of VL2 whose network has rules from a text, with what the controller certifies to
   them; and frames from lines of text. */
#ifndef ZT_TESTS_CMD_REALITY_LAB_H
#define ZT_TESTS_CMD_REALITY_LAB_H

#include "../unit/vl2_lab.h"

#include "rules/language.h"
#include "vl2/credentials.h"
#include "vl2/ndp.h"

#define MOST_TAGS 3

struct tag {
    uint32_t id, value;
};

struct set {
    const char *rules;
    struct tag ann[MOST_TAGS], bob[MOST_TAGS]; /* id 0: no more */
    uint32_t capability;                       /* of Ann; 0: none */
    const char *owned;                         /* certified to Ann */
};

/* The tags given to a member, and the defaults of those that were not; sorted by id. */
static inline void give_tags(struct lab *lab, size_t i, const struct zt_rulebook *book,
                             const struct tag *tags)
{
    struct zt_config *config = lab->nodes[i].config;

    config->tags = zt_alloc((book->tag_count + MOST_TAGS) * sizeof *config->tags);
    assert_non_null(config->tags);
    for (uint32_t id = 1; id < 10; id++) {
        const struct zt_rulebook_tag *known = zt_rulebook_tag_by_id(book, id);
        struct zt_tag *tag = &config->tags[config->tag_count];
        bool has = known != NULL && known->has_default;

        memset(tag, 0, sizeof *tag);
        tag->value = has ? known->otherwise : 0;
        for (size_t j = 0; j < MOST_TAGS && tags[j].id != 0; j++)
            if (tags[j].id == id) {
                has = true;
                tag->value = tags[j].value;
            }
        if (!has)
            continue;
        tag->nwid = lab->nwid;
        tag->issued_ms = lab->now.wall_ms;
        tag->id = id;
        tag->member = lab_address(lab, i);
        zt_tag_sign(tag, &lab->nodes[CONTROLLER].self);
        config->tag_count++;
    }
}

static inline void give_capabilities(struct lab *lab, size_t i, const struct zt_rulebook *book,
                                     uint32_t extra)
{
    struct zt_config *config = lab->nodes[i].config;

    if (book->capability_count == 0)
        return;
    config->capabilities = zt_alloc(book->capability_count * sizeof *config->capabilities);
    assert_non_null(config->capabilities);
    for (size_t j = 0; j < book->capability_count; j++) {
        const struct zt_rulebook_capability *known = &book->capabilities[j];
        struct zt_capability *capability = &config->capabilities[config->capability_count];

        if (!known->is_default && known->id != extra)
            continue;
        memset(capability, 0, sizeof *capability);
        capability->nwid = lab->nwid;
        capability->issued_ms = lab->now.wall_ms;
        capability->id = known->id;
        capability->max_custody = 1;
        capability->rule_count = known->rule_count;
        memcpy(capability->rules, known->rules, sizeof capability->rules);
        zt_capability_sign(capability, &lab->nodes[CONTROLLER].self, lab_address(lab, i));
        config->capability_count++;
    }
}

static inline void certify(struct lab *lab, size_t i, const char *owned)
{
    struct zt_config *config = lab->nodes[i].config;
    struct zt_ownership *ownership = &config->ownerships[0];
    struct zt_endpoint ip;

    if (owned == NULL)
        return;
    assert_true(zt_endpoint_parse(&ip, owned, 0));
    ownership->nwid = lab->nwid;
    ownership->issued_ms = lab->now.wall_ms;
    ownership->id = 1;
    ownership->member = lab_address(lab, i);
    ownership->thing_count = 1;
    ownership->things[0].type = ip.family == ZT_FAMILY_IPV4 ? ZT_THING_IPV4 : ZT_THING_IPV6;
    memcpy(ownership->things[0].value, ip.ip, sizeof ip.ip);
    zt_ownership_sign(ownership, &lab->nodes[CONTROLLER].self);
    config->ownership_count = 1;
}

static inline void give_rules(struct lab *lab, size_t i, const struct zt_rulebook *book)
{
    struct zt_config *config = lab->nodes[i].config;

    zt_free(config->rules);
    config->rules = zt_alloc((book->rule_count + 1) * sizeof *config->rules);
    assert_non_null(config->rules);
    memcpy(config->rules, book->rules, book->rule_count * sizeof *config->rules);
    config->rule_count = book->rule_count;
}

/* The Ethernet frame that a line describes; the bytes behind its header are the command's own. */
static inline size_t build(const struct lab *lab, const char *line, uint8_t frame[LAB_FRAME_SIZE],
                           struct zt_group *group)
{
    static struct zt_sample sample;
    struct zt_frame view = { .from = lab_mac(lab, ANN), .to = lab_mac(lab, BOB) };
    char error[ZT_RULES_ERROR_TEXT];

    assert_true(zt_sample_read(&sample, line, error));
    if (sample.is_broadcast)
        view.to = zt_mac_broadcast;
    else if (sample.is_multicast && sample.destination.family == ZT_FAMILY_IPV4)
        view.to = (struct zt_mac){ { 0x01, 0x00, 0x5e, sample.destination.ip[1] & 0x7f,
                                     sample.destination.ip[2], sample.destination.ip[3] } };
    else if (sample.is_multicast)
        view.to =
            (struct zt_mac){ { 0x33, 0x33, sample.destination.ip[12], sample.destination.ip[13],
                               sample.destination.ip[14], sample.destination.ip[15] } };
    memcpy(frame, view.to.bytes, 6);
    memcpy(frame + 6, view.from.bytes, 6);
    zt_store_u16(frame + 12, sample.ethertype);
    memcpy(frame + ZT_ETHER_HEADER, sample.payload, sample.length);
    view.type = sample.ethertype;
    view.payload = frame + ZT_ETHER_HEADER;
    view.length = sample.length;
    *group = (struct zt_group){ view.to, 0 };
    (void)zt_arp_group(&view, group);
    return ZT_ETHER_HEADER + sample.length;
}

/* As if they had sent each other frames before. */
static inline void acquaint(struct lab *lab)
{
    for (size_t i = ANN; i <= EVE; i++) {
        struct zt_vl2 *vl2 = (struct zt_vl2 *)zt_node_vl2(lab->nodes[i].node);
        struct zt_network *network = lab_network(lab, i);

        /* A copy counts as come, whatever its receiver does with it. */
        zt_node_report_drops(lab->nodes[i].node, true);
        for (size_t j = ANN; j <= EVE; j++)
            if (j != i)
                zt_credentials_push_if_due(
                    vl2, network,
                    zt_members_get(&network->members, lab_address(lab, j), true, lab->now.mono_ms));
        lab_run(lab, 100);
    }
}

/* They know each other. Eve hears no broadcasts. */
static inline struct lab *members_with(const struct set *set, const struct zt_rulebook *book)
{
    struct lab *lab = lab_new();

    lab->nodes[EVE].config->flags &= ~(uint64_t)ZT_CONFIG_FLAG_BROADCAST;
    for (size_t i = ANN; i <= EVE; i++) {
        give_rules(lab, i, book);
        give_tags(lab, i, book, i == ANN ? set->ann : i == BOB ? set->bob : &(struct tag){ 0, 0 });
        give_capabilities(lab, i, book, i == ANN ? set->capability : 0);
        certify(lab, i, i == ANN ? set->owned : NULL);
        lab_join(lab, i);
    }
    lab_run(lab, 1000);
    acquaint(lab);
    lab_run(lab, 1000);
    return lab;
}

#endif
