/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one match entry on one frame. Seen by the rule evaluator only. docs/wire.md 14.6,
   14.7. */
#ifndef ZT_VL2_RULES_MATCH_H
#define ZT_VL2_RULES_MATCH_H

#include "vl2/rules.h"

/* Hard values stay what they are under NOT. */
enum zt_match {
    ZT_MATCH_NO,
    ZT_MATCH_YES,
    ZT_MATCH_HARD_NO,
    ZT_MATCH_HARD_YES,
    ZT_MATCH_HARD_UNKNOWN /* yes, but only for lack of the other's tag: the next DROP is skipped */
};

/* super: this node is the target of a TEE, WATCH or REDIRECT that did not apply. */
enum zt_match zt_rules_match(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                             const struct zt_rules_context *context, bool super);
/* The characteristics of a frame, docs/wire.md 14.6. */
uint64_t zt_rules_characteristics(const struct zt_rules_frame *frame,
                                  const struct zt_rules_context *context);
/* Two tags by id, docs/wire.md 14.7. */
enum zt_match zt_rules_match_tags(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                  const struct zt_rules_context *context, bool super);

/* Where the upper-layer protocol of an IP frame is. */
struct zt_upper {
    bool known; /* false: no IP, or a broken chain of extension headers */
    uint8_t protocol;
    size_t at;
};

bool zt_rules_is_ipv4(const struct zt_rules_frame *frame);
bool zt_rules_is_ipv6(const struct zt_rules_frame *frame);
struct zt_upper zt_rules_upper(const struct zt_rules_frame *frame);

#endif
