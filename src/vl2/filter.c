/* SPDX-License-Identifier: Apache-2.0 */
/* The filter's final word: base rules first, then capabilities, and what goes out as copies.
   docs/wire.md 14.8. */
#include "vl2/grants.h"

#include <assert.h>

/* Flags of the EXT_FRAME that carries a copy, docs/wire.md 14.8. */
enum { TEE, WATCH, REDIRECT, COPY_KINDS };

static const uint8_t copy_flags[2][COPY_KINDS] = {
    { [TEE] = 0x02, [WATCH] = 0x16, [REDIRECT] = 0x04 }, /* outbound */
    { [TEE] = 0x08, [WATCH] = 0x1c, [REDIRECT] = 0x0a }, /* inbound */
};

static void add_copy(struct zt_filter_result *filter, zt_address to, int kind, size_t length,
                     const struct zt_rules_frame *frame)
{
    assert(filter->copy_count < ZT_MAX_FRAME_COPIES);

    filter->copies[filter->copy_count++] =
        (struct zt_frame_copy){ to, copy_flags[frame->inbound][kind], length };
}

static void add_tee(struct zt_filter_result *filter, const struct zt_rules_result *rules,
                    bool no_tee, const struct zt_rules_frame *frame)
{
    if (rules->tee != 0 && !no_tee)
        add_copy(filter, rules->tee, rules->watch ? WATCH : TEE, rules->tee_length, frame);
}

static bool accepts(const struct zt_rules_result *result)
{
    return result->verdict == ZT_VERDICT_ACCEPT || result->verdict == ZT_VERDICT_SUPER_ACCEPT ||
           result->verdict == ZT_VERDICT_REDIRECT;
}

/* The first capability that accepts. A DROP only ends the capability it stands in. */
static bool ask_capabilities(struct zt_rules_result *result,
                             const struct zt_capability *capabilities, size_t count,
                             const struct zt_rules_frame *frame,
                             const struct zt_rules_context *context)
{
    for (size_t i = 0; i < count; i++) {
        zt_rules_evaluate(result, capabilities[i].rules, capabilities[i].rule_count, frame,
                          context);
        if (accepts(result))
            return true;
    }
    return false;
}

static void conclude(struct zt_filter_result *filter, const struct zt_rules_result *accepted,
                     const struct zt_rules_frame *frame)
{
    if (accepted->verdict == ZT_VERDICT_REDIRECT && accepted->redirect != 0) {
        add_copy(filter, accepted->redirect, REDIRECT, frame->length, frame);
        filter->redirected = true;
        return;
    }
    filter->verdict =
        accepted->verdict == ZT_VERDICT_SUPER_ACCEPT ? ZT_FILTER_SUPER_ACCEPT : ZT_FILTER_ACCEPT;
}

void zt_filter(struct zt_filter_result *result, const struct zt_rule *rules, size_t count,
               const struct zt_capability *capabilities, size_t capability_count, bool no_tee,
               const struct zt_rules_frame *frame, const struct zt_rules_context *context)
{
    struct zt_rules_result base;
    struct zt_rules_result extra;
    const struct zt_rules_result *accepted = &base;

    *result = (struct zt_filter_result){ .verdict = ZT_FILTER_DROP };
    zt_rules_evaluate(&base, rules, count, frame, context);
    if (base.verdict == ZT_VERDICT_DROP)
        return;
    if (base.verdict == ZT_VERDICT_NO_MATCH) {
        if (!ask_capabilities(&extra, capabilities, capability_count, frame, context))
            return;
        accepted = &extra;
        add_tee(result, &extra, no_tee, frame);
    }
    add_tee(result, &base, no_tee, frame);
    conclude(result, accepted, frame);
}
