/* SPDX-License-Identifier: Apache-2.0 */
/* Tag matches: what we know of both sides, and what is assumed where we don't know. docs/wire.md
   14.7. */
#include "vl2/rules_match.h"

#include "vl2/grants.h"

static const struct zt_tag *find(const struct zt_tag *tags, size_t count, uint32_t id)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (tags[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && tags[low].id == id ? &tags[low] : NULL;
}

static const struct zt_tag *own_tag(const struct zt_rules_context *context, uint32_t id)
{
    return find(context->own_tags, context->own_tag_count, id);
}

static const struct zt_tag *peer_tag(const struct zt_rules_context *context, uint32_t id)
{
    return context->has_peer ? find(context->peer_tags, context->peer_tag_count, id) : NULL;
}

static bool compare(unsigned type, uint32_t own, uint32_t peer, uint32_t value)
{
    switch (type) {
    case ZT_RULE_TAGS_DIFFERENCE:
        return (own > peer ? own - peer : peer - own) <= value;
    case ZT_RULE_TAGS_AND:
        return (own & peer) == value;
    case ZT_RULE_TAGS_OR:
        return (own | peer) == value;
    case ZT_RULE_TAGS_XOR:
        return (own ^ peer) == value;
    default:
        return own == value && peer == value;
    }
}

/* A sender usually doesn't have the receiver's tags yet. It lets the frame go; the receiver, who
   has both, decides. */
static enum zt_match match_both(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                const struct zt_rules_context *context, bool super)
{
    const struct zt_tag *own = own_tag(context, rule->u.tag.id);
    const struct zt_tag *peer = peer_tag(context, rule->u.tag.id);

    if (own == NULL)
        return ZT_MATCH_HARD_NO;
    if (peer == NULL)
        return frame->inbound && !super ? ZT_MATCH_HARD_NO : ZT_MATCH_HARD_UNKNOWN;
    return compare(rule->type & ZT_RULE_TYPE_MASK, own->value, peer->value, rule->u.tag.value)
               ? ZT_MATCH_YES
               : ZT_MATCH_NO;
}

static enum zt_match match_one(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                               const struct zt_rules_context *context, bool super)
{
    bool of_sender = (rule->type & ZT_RULE_TYPE_MASK) == ZT_RULE_TAG_SENDER;
    bool of_peer = of_sender == frame->inbound;
    const struct zt_tag *tag =
        of_peer ? peer_tag(context, rule->u.tag.id) : own_tag(context, rule->u.tag.id);

    if (super)
        return ZT_MATCH_HARD_UNKNOWN;
    if (tag != NULL)
        return tag->value == rule->u.tag.value ? ZT_MATCH_YES : ZT_MATCH_NO;
    return of_peer && !of_sender ? ZT_MATCH_HARD_UNKNOWN : ZT_MATCH_HARD_NO;
}

enum zt_match zt_rules_match_tags(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                  const struct zt_rules_context *context, bool super)
{
    unsigned type = rule->type & ZT_RULE_TYPE_MASK;

    if (type == ZT_RULE_TAG_SENDER || type == ZT_RULE_TAG_RECEIVER)
        return match_one(rule, frame, context, super);
    return match_both(rule, frame, context, super);
}
