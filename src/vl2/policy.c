/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in context: whose credentials count for which direction. */
#include "vl2/policy.h"

static void describe(struct zt_rules_frame *out, const struct zt_frame *frame, bool inbound,
                     zt_address source, zt_address destination)
{
    *out = (struct zt_rules_frame){ .inbound = inbound,
                                    .source = source,
                                    .destination = destination,
                                    .mac_source = frame->from,
                                    .mac_destination = frame->to,
                                    .ethertype = frame->type,
                                    .payload = frame->payload,
                                    .length = frame->length };
}

static void know_own(struct zt_rules_context *context, const struct zt_vl2 *vl2,
                     const struct zt_network *network)
{
    *context = (struct zt_rules_context){
        .self = vl2->self,
        .nwid = network->nwid,
        .unknown_matches = (network->config->flags & ZT_CONFIG_FLAG_UNKNOWN_MATCHES) != 0,
        .own_tags = network->config->tags,
        .own_tag_count = network->config->tag_count,
        .rng = vl2->rng,
    };
}

static void know_peer(struct zt_rules_context *context, const struct zt_member *member)
{
    context->has_peer = member != NULL;
    if (member == NULL || member->wallet == NULL)
        return;
    context->peer_tags = member->wallet->tags.items;
    context->peer_tag_count = member->wallet->tags.valid;
}

static void send_copies(struct zt_vl2 *vl2, const struct zt_network *network,
                        const struct zt_frame *frame, const struct zt_filter_result *result)
{
    for (size_t i = 0; i < result->copy_count; i++) {
        const struct zt_frame_copy *copy = &result->copies[i];

        (void)zt_frame_send_extended(vl2, network, frame, copy->length, copy->to, copy->flags,
                                     ZT_SEND_COMPRESS | ZT_SEND_EXPECT);
    }
}

static enum zt_drop conclude(const struct zt_filter_result *result)
{
    if (result->redirected)
        return ZT_DROP_REDIRECTED;
    return result->verdict == ZT_FILTER_DROP ? ZT_DROP_FILTERED : ZT_DROP_NONE;
}

enum zt_drop zt_policy_outbound(struct zt_vl2 *vl2, const struct zt_network *network,
                                const struct zt_frame *frame, zt_address to,
                                const struct zt_member *member, bool no_tee)
{
    const struct zt_config *config = network->config;
    struct zt_rules_context context;
    struct zt_filter_result result;
    struct zt_rules_frame seen;

    describe(&seen, frame, false, vl2->self, to);
    know_own(&context, vl2, network);
    know_peer(&context, member);
    context.sender_ownerships = config->ownerships;
    context.sender_ownership_count = config->ownership_count;
    zt_filter(&result, config->rules, config->rule_count, config->capabilities,
              config->capability_count, no_tee, &seen, &context);
    send_copies(vl2, network, frame, &result);
    return conclude(&result);
}

enum zt_drop zt_policy_inbound(struct zt_vl2 *vl2, const struct zt_network *network,
                               const struct zt_frame *frame, zt_address sender, bool *super)
{
    const struct zt_config *config = network->config;
    const struct zt_member *member = zt_members_find(&network->members, sender);
    const struct zt_capability *capabilities = NULL;
    size_t capability_count = 0;
    struct zt_rules_context context;
    struct zt_filter_result result;
    struct zt_rules_frame seen;

    describe(&seen, frame, true, sender, vl2->self);
    know_own(&context, vl2, network);
    know_peer(&context, member);
    context.emulates_6plane = network->emulates_6plane;
    context.emulates_rfc4193 = network->emulates_rfc4193;
    if (member != NULL && member->wallet != NULL) {
        context.sender_ownerships = member->wallet->ownerships.items;
        context.sender_ownership_count = member->wallet->ownerships.valid;
        capabilities = member->wallet->capabilities.items;
        capability_count = member->wallet->capabilities.valid;
    }
    zt_filter(&result, config->rules, config->rule_count, capabilities, capability_count, false,
              &seen, &context);
    send_copies(vl2, network, frame, &result);
    *super = result.verdict == ZT_FILTER_SUPER_ACCEPT;
    return conclude(&result);
}
