/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded verdicts of rule sets on frames, and the copies that they send. */
#include "vectors_rules.h"

#include "vl2/rules_codec.h"

#include <stdlib.h>
#include <string.h>

static char letter_of(enum zt_verdict verdict)
{
    switch (verdict) {
    case ZT_VERDICT_NO_MATCH:
        return 'n';
    case ZT_VERDICT_DROP:
        return 'd';
    case ZT_VERDICT_REDIRECT:
        return 'r';
    case ZT_VERDICT_ACCEPT:
        return 'a';
    case ZT_VERDICT_SUPER_ACCEPT:
        return 's';
    }
    return '?';
}

static const json_t *sent_of(const json_t *entry, size_t frame, size_t number)
{
    const json_t *list = json_object_get(entry, "sent");
    size_t index;
    const json_t *copy;

    json_array_foreach(list, index, copy)
    {
        if ((size_t)vectors_integer(copy, "frame") == frame && number-- == 0)
            return copy;
    }
    return NULL;
}

static bool copy_is(const struct zt_frame_copy *copy, const struct lab *lab,
                    const struct zt_rules_frame *frame, const json_t *expected)
{
    struct vectors_bytes payload = vectors_bytes(expected, "ext_frame_payload");
    uint8_t *bytes = vectors_scratch(payload.length);
    struct zt_writer out = zt_writer_of(bytes, payload.length);

    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, copy->flags);
    zt_mac_write(frame->mac_destination, &out);
    zt_mac_write(frame->mac_source, &out);
    zt_write_u16(&out, frame->ethertype);
    zt_write_copy(&out, frame->payload, copy->length);
    return !out.failed && vectors_same(payload, bytes, zt_writer_length(&out)) &&
           vectors_number(expected, "to", 10) == copy->to;
}

static void check_frame(struct vectors_run *run, struct lab *lab, const struct rule_set *set,
                        const json_t *entry, size_t index)
{
    static const char letters[] = {
        [ZT_FILTER_DROP] = 'd', [ZT_FILTER_ACCEPT] = 'a', [ZT_FILTER_SUPER_ACCEPT] = 's'
    };
    const struct zt_rules_frame *frame = &lab->frames[index];
    struct zt_rules_context context = rules_context_for(lab, set, frame);
    const char *name = vectors_text(entry, "name");
    bool from_b = frame->inbound && context.has_peer;
    struct zt_rules_result base;
    struct zt_filter_result result;

    zt_rules_evaluate(&base, set->rules, set->rule_count, frame, &context);
    vectors_check(run, letter_of(base.verdict) == vectors_text(entry, "base")[index],
                  "%s, frame %zu: base %c", name, index, letter_of(base.verdict));
    zt_filter(&result, set->rules, set->rule_count, frame->inbound ? set->theirs : set->mine,
              frame->inbound ? (from_b ? set->theirs_count : 0) : set->mine_count, false, frame,
              &context);
    vectors_check(run, letters[result.verdict] == vectors_text(entry, "verdict")[index],
                  "%s, frame %zu: verdict %c", name, index, letters[result.verdict]);
    for (size_t i = 0; i < result.copy_count; i++) {
        const json_t *expected = sent_of(entry, index, i);

        vectors_check(run, expected != NULL && copy_is(&result.copies[i], lab, frame, expected),
                      "%s, frame %zu: copy %zu", name, index, i);
    }
    vectors_check(run, sent_of(entry, index, result.copy_count) == NULL,
                  "%s, frame %zu: only %zu copies", name, index, result.copy_count);
}

/* No copy is recorded for a frame that there is not. */
static void check_sent(struct vectors_run *run, const struct lab *lab, const json_t *entry)
{
    const json_t *list = json_object_get(entry, "sent");

    for (size_t i = 0; i < json_array_size(list); i++)
        vectors_check(run,
                      vectors_size(json_array_get(list, i), "frame", SIZE_MAX) < lab->frame_count,
                      "%s: copy of no frame", vectors_text(entry, "name"));
}

/* What the guarded parts of a run share. */
struct work {
    struct vectors_run *run;
    const json_t *root, *entry;
    struct lab *lab;
    struct rule_set *set;
};

static void judge_set(struct work *work)
{
    const char *name = vectors_text(work->entry, "name");
    const char *wrong = rules_load_set(work->lab, work->set, work->entry);
    size_t count = work->lab->frame_count;

    vectors_check(work->run, wrong == NULL, "%s: %s", name, wrong == NULL ? "" : wrong);
    if (wrong != NULL)
        return;
    if (strlen(vectors_text(work->entry, "base")) != count ||
        strlen(vectors_text(work->entry, "verdict")) != count) {
        vectors_check(work->run, false, "%s: not a verdict for each frame", name);
        return;
    }
    for (size_t i = 0; i < count; i++)
        check_frame(work->run, work->lab, work->set, work->entry, i);
    check_sent(work->run, work->lab, work->entry);
}

static void judge_all(void *context)
{
    struct work *work = context;
    const json_t *frames = vectors_array(work->run, work->root, "frames");
    const char *wrong = rules_load_lab(work->lab, work->root, frames);
    const json_t *sets = vectors_array(work->run, work->root, "rule_sets");

    vectors_check(work->run, wrong == NULL, "%s", wrong == NULL ? "" : wrong);
    for (size_t i = 0; wrong == NULL && i < json_array_size(sets); i++) {
        work->entry = json_array_get(sets, i);
        judge_set(work);
    }
}

/* Does an entry carry less than its type needs? Others read on into the next entry, we refuse. */
static bool has_short_field(struct vectors_bytes bytes)
{
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    while (zt_reader_left(&in) > 0 && !in.failed) {
        struct zt_rule rule = { .type = zt_read_u8(&in) };
        uint8_t written[ZT_MAX_RULE_SIZE];
        struct zt_writer out = zt_writer_of(written, sizeof written);
        size_t length = zt_read_u8(&in);

        (void)zt_read_take(&in, length);
        zt_rules_write(&rule, 1, &out);
        if (!in.failed && length < zt_writer_length(&out) - 2)
            return true;
    }
    return false;
}

/* Reading of odd bytes. */
static const char *check_parse(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_rule *rules =
        (struct zt_rule *)(void *)vectors_scratch(ZT_MAX_RULES * sizeof(struct zt_rule));
    size_t count = zt_rules_read(rules, ZT_MAX_RULES, SIZE_MAX, &in);
    bool expected = vectors_true(entry, "ok");

    (void)root;
    if (in.failed && expected)
        return vectors_expect(has_short_field(bytes), "refused");
    if (!expected)
        return vectors_expect(in.failed, "must be refused");

    struct vectors_bytes again = vectors_bytes(entry, "reserialized");
    uint8_t *written = vectors_scratch(again.length);
    struct zt_writer out = zt_writer_of(written, again.length);

    zt_rules_write(rules, count, &out);
    if (count != vectors_size(entry, "rules", SIZE_MAX) ||
        bytes.length != vectors_size(entry, "consumed", SIZE_MAX))
        return "count or length differs";
    return vectors_expect(!out.failed && vectors_same(again, written, zt_writer_length(&out)),
                          "written again, differs");
}

void vectors_rules(struct vectors_run *run, const json_t *root)
{
    struct work work = { .run = run, .root = root };

    work.lab = calloc(1, sizeof *work.lab);
    work.set = malloc(sizeof *work.set);
    if (work.lab == NULL || work.set == NULL)
        abort();
    (void)vectors_survives(run, judge_all, &work);
    free(work.set);
    free(work.lab);
    vectors_each(run, root, "parse", check_parse);
}
