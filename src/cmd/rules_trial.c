/* SPDX-License-Identifier: Apache-2.0 */
/* The passes of a frame: the sender's, once more for each receiver of a multicast, the receiver's. */
#include "cmd/rules_trial.h"

#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE 65536

static struct zt_mac destination_mac(const struct zt_trial *trial)
{
    struct zt_mac group = { { 0x01, 0x00, 0x5e, 0, 0, 0 } };

    if (trial->sample.is_broadcast)
        return zt_mac_broadcast;
    if (!trial->sample.is_multicast)
        return zt_mac_of(trial->nwid, trial->to.address);
    if (trial->sample.destination.family == ZT_FAMILY_IPV6) {
        group.bytes[0] = group.bytes[1] = 0x33;
        memcpy(group.bytes + 2, trial->sample.destination.ip + 12, 4);
        return group;
    }
    memcpy(group.bytes + 3, trial->sample.destination.ip + 1, 3);
    group.bytes[3] &= 0x7f;
    return group;
}

static void fill_capabilities(struct zt_capability *capabilities, const struct zt_trial *trial)
{
    for (size_t i = 0; i < trial->held_count; i++) {
        memset(&capabilities[i], 0, sizeof capabilities[i]);
        capabilities[i].id = trial->held[i]->id;
        capabilities[i].rule_count = trial->held[i]->rule_count;
        memcpy(capabilities[i].rules, trial->held[i]->rules, sizeof capabilities[i].rules);
    }
}

static bool accepts(const struct zt_rules_result *result)
{
    return result->verdict == ZT_VERDICT_ACCEPT || result->verdict == ZT_VERDICT_SUPER_ACCEPT ||
           result->verdict == ZT_VERDICT_REDIRECT;
}

static void name_decider(struct zt_trial_pass *pass, const char *set, const struct zt_rule *rules,
                         size_t count, const struct zt_rules_frame *frame,
                         const struct zt_rules_context *context)
{
    size_t decider = zt_rules_decider(rules, count, frame, context);

    if (decider == count)
        return;
    pass->set = set;
    pass->rules = rules;
    pass->end = decider + 1;
    pass->first = decider;
    while (pass->first > 0 &&
           (rules[pass->first - 1].type & ZT_RULE_TYPE_MASK) > ZT_RULE_LAST_ACTION)
        pass->first--;
}

/* Goes the filter's way again to see which set and which rule had the last word. */
static void find_decider(const struct zt_trial *trial, struct zt_trial_pass *pass,
                         const struct zt_rules_frame *frame, struct zt_rules_context context)
{
    const struct zt_rulebook *book = trial->book;
    struct zt_rng rng = trial->rng;
    struct zt_rules_result result;

    context.rng = &rng;
    name_decider(pass, "rules", book->rules, book->rule_count, frame, &context);
    zt_rules_evaluate(&result, book->rules, book->rule_count, frame, &context);
    if (result.verdict != ZT_VERDICT_NO_MATCH)
        return;
    for (size_t i = 0; i < trial->held_count; i++) {
        const struct zt_rulebook_capability *held = trial->held[i];
        struct zt_rng before = rng;

        zt_rules_evaluate(&result, held->rules, held->rule_count, frame, &context);
        if (!accepts(&result))
            continue;
        rng = before;
        name_decider(pass, held->name, held->rules, held->rule_count, frame, &context);
        return;
    }
}

static bool run_pass(struct zt_trial *trial, const char *name, bool inbound, bool knows_receiver,
                     bool no_tee)
{
    static struct zt_capability capabilities[ZT_MAX_CAPABILITIES];
    const struct zt_trial_member *self = inbound ? &trial->to : &trial->from;
    const struct zt_trial_member *peer = inbound ? &trial->from : &trial->to;
    struct zt_trial_pass *pass = &trial->passes[trial->pass_count++];
    struct zt_rng rng = trial->rng;
    struct zt_rules_frame frame = { .inbound = inbound,
                                    .source = trial->from.address,
                                    .destination = knows_receiver ? trial->to.address : 0,
                                    .mac_source = zt_mac_of(trial->nwid, trial->from.address),
                                    .mac_destination = destination_mac(trial),
                                    .ethertype = trial->sample.ethertype,
                                    .payload = trial->sample.payload,
                                    .length = trial->sample.length };
    struct zt_rules_context context = { .self = self->address,
                                        .nwid = trial->nwid,
                                        .own_tags = self->tags,
                                        .own_tag_count = self->tag_count,
                                        .has_peer = knows_receiver,
                                        .peer_tags = peer->tags,
                                        .peer_tag_count = peer->tag_count,
                                        .sender_ownerships = &trial->owned,
                                        .sender_ownership_count = 1,
                                        .rng = &rng };

    assert(trial->pass_count <= ZT_MAX_PASSES);

    *pass = (struct zt_trial_pass){ .name = name, .inbound = inbound };
    fill_capabilities(capabilities, trial);
    zt_filter(&pass->result, trial->book->rules, trial->book->rule_count, capabilities,
              trial->held_count, no_tee, &frame, &context);
    find_decider(trial, pass, &frame, context);
    return pass->result.verdict != ZT_FILTER_DROP;
}

/* A multicast may be redirected to the very member that we look at, which then takes it as any other. */
static bool is_sent_to_receiver(const struct zt_trial *trial)
{
    const struct zt_filter_result *last = &trial->passes[trial->pass_count - 1].result;

    return last->redirected && last->copies[last->copy_count - 1].to == trial->to.address;
}

static bool passes_sender(struct zt_trial *trial)
{
    bool is_multicast = trial->sample.is_multicast;

    return run_pass(trial, "sender", false, !is_multicast, false) &&
           (!is_multicast || run_pass(trial, "sender, to this receiver", false, true, true));
}

void zt_trial_run(struct zt_trial *trial)
{
    trial->pass_count = 0;
    trial->is_delivered = (passes_sender(trial) || is_sent_to_receiver(trial)) &&
                          run_pass(trial, "receiver", true, true, false);
}

static const char *verdict_text(const struct zt_filter_result *result)
{
    if (result->redirected)
        return "redirect";
    if (result->verdict == ZT_FILTER_DROP)
        return "drop";
    return result->verdict == ZT_FILTER_ACCEPT ? "accept" : "super-accept";
}

/* The deciding rule in plain words, in a buffer that the next call uses again. */
static const char *rule_text(const struct zt_trial *trial, const struct zt_trial_pass *pass)
{
    static char text[MAX_LINE];
    struct zt_writer out = zt_writer_of(text, sizeof text - 1);

    zt_rules_explain(&out, trial->book, pass->rules, pass->first, pass->end);
    text[zt_writer_length(&out)] = 0;
    return text;
}

static void print_copy(const struct zt_frame_copy *copy)
{
    char address[11];

    zt_hex_number_write(address, copy->to, 10);
    (void)printf("  sends %zu bytes of it to %s\n", copy->length, address);
}

/* Did the rules leave the frame to capabilities of which none took it? */
static bool is_left_to_none(const struct zt_trial_pass *pass)
{
    return (pass->rules[pass->end - 1].type & ZT_RULE_TYPE_MASK) == ZT_RULE_BREAK;
}

void zt_trial_print(const struct zt_trial *trial)
{
    for (size_t i = 0; i < trial->pass_count; i++) {
        const struct zt_trial_pass *pass = &trial->passes[i];

        (void)printf("%s: %s\n", pass->name, verdict_text(&pass->result));
        if (pass->set != NULL)
            (void)printf("  by %s, entry %zu: %s\n", pass->set, pass->end, rule_text(trial, pass));
        if (pass->set == NULL || is_left_to_none(pass))
            (void)printf("  since no rule and no capability accepts it\n");
        for (size_t j = 0; j < pass->result.copy_count; j++)
            print_copy(&pass->result.copies[j]);
    }
    (void)printf("the frame %s\n", trial->is_delivered ? "arrives" : "does not arrive");
}

static json_t *copies_json(const struct zt_filter_result *result)
{
    json_t *copies = json_array();

    for (size_t i = 0; i < result->copy_count; i++) {
        char address[11];

        zt_hex_number_write(address, result->copies[i].to, 10);
        (void)json_array_append_new(copies, json_pack("{s:s, s:I, s:i}", "to", address, "length",
                                                      (json_int_t)result->copies[i].length, "flags",
                                                      (int)result->copies[i].flags));
    }
    return copies;
}

json_t *zt_trial_json(const struct zt_trial *trial)
{
    json_t *passes = json_array();

    for (size_t i = 0; i < trial->pass_count; i++) {
        const struct zt_trial_pass *pass = &trial->passes[i];
        bool is_decided = pass->set != NULL;

        (void)json_array_append_new(
            passes, json_pack("{s:s, s:s, s:s?, s:o, s:s?, s:o}", "direction",
                              pass->inbound ? "inbound" : "outbound", "verdict",
                              verdict_text(&pass->result), "set", pass->set, "entry",
                              is_decided ? json_integer((json_int_t)pass->end) : json_null(),
                              "rule", is_decided ? rule_text(trial, pass) : NULL, "copies",
                              copies_json(&pass->result)));
    }
    return json_pack("{s:b, s:o}", "delivered", trial->is_delivered, "passes", passes);
}
