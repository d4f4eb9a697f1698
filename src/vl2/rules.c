/* SPDX-License-Identifier: Apache-2.0 */
/* Going through one rule set: how matches combine and what actions do. docs/wire.md 14.5. */
#include "vl2/rules.h"

#include "vl2/rules_match.h"

#include <assert.h>

#define ADDRESS_MASK UINT64_C(0xffffffffff)

struct evaluation {
    const struct zt_rules_frame *frame;
    const struct zt_rules_context *context;
    bool set;       /* do the matches since the last action hold? */
    bool super;     /* this node is the target of an action that did not apply */
    bool skip_drop; /* a tag was taken for matching because it is not known here */
};

static bool is_forward(unsigned type)
{
    return type == ZT_RULE_TEE || type == ZT_RULE_WATCH || type == ZT_RULE_REDIRECT;
}

static zt_address target_of(const struct zt_rule *rule)
{
    return rule->u.forward.address & ADDRESS_MASK;
}

static void remember_tee(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                         struct zt_rules_result *result)
{
    size_t length = rule->u.forward.length;

    result->tee = target_of(rule);
    result->watch = (rule->type & ZT_RULE_TYPE_MASK) == ZT_RULE_WATCH;
    result->tee_length = length == 0 || length > frame->length ? frame->length : length;
}

/* TEE, WATCH and REDIRECT. True if the evaluation ends. */
static bool forward(const struct evaluation *evaluation, const struct zt_rule *rule,
                    struct zt_rules_result *result)
{
    const struct zt_rules_frame *frame = evaluation->frame;
    zt_address target = target_of(rule);

    if (target == frame->source)
        return false;
    if (target == evaluation->context->self) {
        result->verdict = ZT_VERDICT_SUPER_ACCEPT;
        return frame->inbound;
    }
    if (target == frame->destination)
        return false;
    if ((rule->type & ZT_RULE_TYPE_MASK) != ZT_RULE_REDIRECT) {
        remember_tee(rule, frame, result);
        return false;
    }
    result->verdict = ZT_VERDICT_REDIRECT;
    result->redirect = target;
    return true;
}

/* An action whose matches hold. True if the evaluation ends with the verdict in result. */
static bool act(struct evaluation *evaluation, const struct zt_rule *rule,
                struct zt_rules_result *result)
{
    unsigned type = rule->type & ZT_RULE_TYPE_MASK;

    if (is_forward(type))
        return forward(evaluation, rule, result);
    switch (type) {
    case ZT_RULE_DROP:
        if (evaluation->skip_drop) {
            evaluation->skip_drop = false;
            return false;
        }
        result->verdict = ZT_VERDICT_DROP;
        return true;
    case ZT_RULE_ACCEPT:
        result->verdict = evaluation->super ? ZT_VERDICT_SUPER_ACCEPT : ZT_VERDICT_ACCEPT;
        return true;
    case ZT_RULE_PRIORITY:
        result->verdict = ZT_VERDICT_ACCEPT;
        return true;
    case ZT_RULE_BREAK:
        result->verdict = ZT_VERDICT_NO_MATCH;
        return true;
    default: /* an action of the future */
        return false;
    }
}

/* An action whose matches don't hold. That we would have been its target still counts: a copy sent
   to us by the other side must pass here although nothing in it is addressed to us. */
static void pass_over(struct evaluation *evaluation, const struct zt_rule *rule)
{
    if (evaluation->frame->inbound && is_forward(rule->type & ZT_RULE_TYPE_MASK) &&
        target_of(rule) == evaluation->context->self)
        evaluation->super = true;
    evaluation->set = true;
}

static bool holds(struct evaluation *evaluation, const struct zt_rule *rule)
{
    bool negated = (rule->type & ZT_RULE_NOT) != 0;

    switch (zt_rules_match(rule, evaluation->frame, evaluation->context, evaluation->super)) {
    case ZT_MATCH_NO:
        return negated;
    case ZT_MATCH_YES:
        return !negated;
    case ZT_MATCH_HARD_UNKNOWN:
        evaluation->skip_drop = true;
        return true;
    case ZT_MATCH_HARD_YES:
        return true;
    case ZT_MATCH_HARD_NO:
        break;
    }
    return false;
}

static void combine(struct evaluation *evaluation, const struct zt_rule *rule)
{
    bool alternative = (rule->type & ZT_RULE_OR) != 0;
    bool value;

    if (!evaluation->set && !alternative)
        return;
    value = holds(evaluation, rule);
    evaluation->set = alternative ? evaluation->set || value : value;
}

void zt_rules_evaluate(struct zt_rules_result *result, const struct zt_rule *rules, size_t count,
                       const struct zt_rules_frame *frame, const struct zt_rules_context *context)
{
    struct evaluation evaluation = { .frame = frame, .context = context, .set = true };

    assert(rules != NULL || count == 0);
    assert(frame->payload != NULL || frame->length == 0);

    *result = (struct zt_rules_result){ .verdict = ZT_VERDICT_NO_MATCH };
    for (size_t i = 0; i < count; i++) {
        const struct zt_rule *rule = &rules[i];

        if ((rule->type & ZT_RULE_TYPE_MASK) > ZT_RULE_LAST_ACTION)
            combine(&evaluation, rule);
        else if (!evaluation.set)
            pass_over(&evaluation, rule);
        else if (act(&evaluation, rule, result))
            return;
    }
    result->verdict = ZT_VERDICT_NO_MATCH;
}
