/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry ends an evaluation. The evaluator itself keeps no record, so it is asked about ever
   longer parts of the set: once what follows makes no difference, the end has been reached. */
#include "base/mem.h"
#include "rules/language.h"

#include <string.h>

static enum zt_verdict verdict_with(struct zt_rule *part, size_t count, uint8_t action,
                                    const struct zt_rules_frame *frame,
                                    const struct zt_rules_context *context)
{
    /* A copy, so that chance falls the same way each time. */
    struct zt_rng rng = *context->rng;
    struct zt_rules_context same = *context;
    struct zt_rules_result result;

    same.rng = &rng;
    memset(&part[count], 0, sizeof part[count]);
    part[count].type = action;
    zt_rules_evaluate(&result, part, count + 1, frame, &same);
    return result.verdict;
}

size_t zt_rules_decider(const struct zt_rule *rules, size_t count,
                        const struct zt_rules_frame *frame, const struct zt_rules_context *context)
{
    struct zt_rule *part = zt_alloc((count + 1) * sizeof *part);
    size_t at = 0;

    if (part == NULL)
        return count;
    for (; at < count; at++) {
        if ((rules[at].type & ZT_RULE_TYPE_MASK) > ZT_RULE_LAST_ACTION)
            continue;
        memcpy(part, rules, (at + 1) * sizeof *part);
        if (verdict_with(part, at + 1, ZT_RULE_ACCEPT, frame, context) ==
            verdict_with(part, at + 1, ZT_RULE_BREAK, frame, context))
            break;
    }
    zt_free(part);
    return at;
}
