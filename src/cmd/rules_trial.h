/* SPDX-License-Identifier: Apache-2.0 */
/* A frame sent from one imagined member to another, through the filters of both. */
#ifndef ZT_CMD_RULES_TRIAL_H
#define ZT_CMD_RULES_TRIAL_H

#include "rules/language.h"
#include "vl2/grants.h"

#include <jansson.h>

#define ZT_MAX_PASSES 3

struct zt_trial_member {
    zt_address address;
    size_t tag_count;
    struct zt_tag tags[ZT_MAX_TAGS]; /* sorted by id */
};

/* One going through the rules. */
struct zt_trial_pass {
    const char *name; /* who filters, for people */
    bool inbound;
    struct zt_filter_result result;
    const char *set; /* what decided: "rules", a capability, or NULL: nothing did */
    const struct zt_rule *rules;
    size_t first, end; /* the rule in it */
};

struct zt_trial {
    const struct zt_rulebook *book;
    struct zt_sample sample;
    zt_nwid nwid;
    struct zt_trial_member from, to;
    struct zt_ownership owned; /* of the sender */
    size_t held_count;         /* capabilities of the sender, sorted by id */
    const struct zt_rulebook_capability *held[ZT_MAX_CAPABILITIES + 1];
    struct zt_rng rng;
    /* what came out */
    size_t pass_count;
    struct zt_trial_pass passes[ZT_MAX_PASSES];
    bool is_delivered;
};

/* Filters until a pass does not let the frame go on. */
void zt_trial_run(struct zt_trial *trial);
void zt_trial_print(const struct zt_trial *trial);
json_t *zt_trial_json(const struct zt_trial *trial);

#endif
