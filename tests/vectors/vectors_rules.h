/* SPDX-License-Identifier: Apache-2.0 */
/* The situation in which recorded rule sets judge frames. */
#ifndef ZT_TESTS_VECTORS_RULES_H
#define ZT_TESTS_VECTORS_RULES_H

#include "vectors.h"

#include "vl2/config.h"

struct party {
    struct zt_identity identity;
    struct zt_tag tags[ZT_MAX_TAGS];
    size_t tag_count;
    struct zt_ownership ownership;
    bool owns; /* is that valid? */
};

struct lab {
    zt_nwid nwid;
    struct zt_identity controller;
    int64_t issued_ms, window_ms; /* of the configuration of "me" */
    struct party me, b;
    struct zt_rng rng;
    struct zt_rules_frame *frames;
    size_t frame_count;
};

struct rule_set {
    struct zt_rule rules[ZT_MAX_RULES];
    size_t rule_count;
    struct zt_capability mine[ZT_MAX_CAPABILITIES];
    size_t mine_count;
    struct zt_capability theirs[ZT_MAX_CAPABILITIES];
    size_t theirs_count;
    bool unknown_matches;
    bool emulates_6plane, emulates_rfc4193;
    bool b_owns_nothing; /* its certificate of ownership is left out */
};

/* Into a zeroed lab. NULL when all is well, or what is wrong. */
const char *rules_load_lab(struct lab *lab, const json_t *root, const json_t *frames);
const char *rules_load_set(const struct lab *lab, struct rule_set *set, const json_t *entry);
/* What "me" knows when it judges this frame: nothing is known of C, T and R. */
struct zt_rules_context rules_context_for(struct lab *lab, const struct rule_set *set,
                                          const struct zt_rules_frame *frame);

#endif
