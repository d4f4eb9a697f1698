/* SPDX-License-Identifier: Apache-2.0 */
/* Member records as values: drafts with room, kept copies that fit, and comparing them. */
#include "controller/model.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void lead_to_lists(struct zt_member_draft *draft)
{
    draft->record.ips = draft->ips;
    draft->record.tags = draft->tags;
    draft->record.capabilities = draft->capabilities;
    draft->record.token = draft->token;
    draft->record.lists = NULL;
}

void zt_member_draft_init(struct zt_member_draft *draft, zt_address address, int64_t now_ms)
{
    memset(draft, 0, sizeof *draft);
    lead_to_lists(draft);
    draft->record.address = address;
    draft->record.created_ms = now_ms;
    for (size_t i = 0; i < 4; i++)
        draft->record.version[i] = -1;
}

static void copy_lists(struct zt_member_record *to, const struct zt_member_record *from)
{
    memcpy(to->tags, from->tags, from->tag_count * sizeof *to->tags);
    memcpy(to->capabilities, from->capabilities, from->capability_count * sizeof *to->capabilities);
    memcpy(to->ips, from->ips, from->ip_count * sizeof *to->ips);
    memcpy(to->token, from->token, strlen(from->token) + 1);
}

void zt_member_draft_of(struct zt_member_draft *draft, const struct zt_member_record *record)
{
    memset(draft, 0, sizeof *draft);
    draft->record = *record;
    lead_to_lists(draft);
    copy_lists(&draft->record, record);
    json_incref(draft->record.extra);
}

void zt_member_draft_clear(struct zt_member_draft *draft)
{
    json_decref(draft->record.extra);
    memset(draft, 0, sizeof *draft);
}

bool zt_member_record_keep(struct zt_member_record *to, const struct zt_member_record *from)
{
    size_t tag_bytes = from->tag_count * sizeof *to->tags;
    size_t capability_bytes = from->capability_count * sizeof *to->capabilities;
    size_t ip_bytes = from->ip_count * sizeof *to->ips;
    uint8_t *lists = zt_alloc(tag_bytes + capability_bytes + ip_bytes + strlen(from->token) + 1);

    memset(to, 0, sizeof *to);
    if (!lists)
        return false;
    *to = *from;
    to->lists = lists;
    to->tags = (void *)lists;
    to->capabilities = (void *)(lists + tag_bytes);
    to->ips = (void *)(lists + tag_bytes + capability_bytes);
    to->token = (char *)lists + tag_bytes + capability_bytes + ip_bytes;
    copy_lists(to, from);
    json_incref(to->extra);
    return true;
}

void zt_member_record_clear(struct zt_member_record *record)
{
    json_decref(record->extra);
    zt_free(record->lists);
    memset(record, 0, sizeof *record);
}

static bool lists_equal(const struct zt_member_record *a, const struct zt_member_record *b)
{
    return a->ip_count == b->ip_count && a->tag_count == b->tag_count &&
           a->capability_count == b->capability_count &&
           memcmp(a->ips, b->ips, a->ip_count * sizeof a->ips[0]) == 0 &&
           memcmp(a->tags, b->tags, a->tag_count * sizeof a->tags[0]) == 0 &&
           memcmp(a->capabilities, b->capabilities,
                  a->capability_count * sizeof a->capabilities[0]) == 0;
}

/* Texts written with sorted keys. */
static bool extras_equal(const json_t *a, const json_t *b)
{
    return a == b || (a && b && json_equal(a, b));
}

bool zt_member_record_equal(const struct zt_member_record *a, const struct zt_member_record *b)
{
    return a->address == b->address && a->has_identity == b->has_identity &&
           (!a->has_identity || zt_identity_equal(&a->identity, &b->identity)) &&
           a->authorized == b->authorized && a->active_bridge == b->active_bridge &&
           a->no_auto_assign == b->no_auto_assign && a->sso_exempt == b->sso_exempt &&
           a->created_ms == b->created_ms && a->authorized_ms == b->authorized_ms &&
           a->deauthorized_ms == b->deauthorized_ms && a->sso_expiry_ms == b->sso_expiry_ms &&
           a->authorized_by == b->authorized_by && strcmp(a->token, b->token) == 0 &&
           memcmp(a->version, b->version, sizeof a->version) == 0 &&
           a->trace_target == b->trace_target && a->trace_level == b->trace_level &&
           lists_equal(a, b) && extras_equal(a->extra, b->extra);
}

bool zt_member_record_has_tag(const struct zt_member_record *record, uint32_t id)
{
    for (size_t i = 0; i < record->tag_count; i++)
        if (record->tags[i].id == id)
            return true;
    return false;
}

bool zt_member_record_set_tag(struct zt_member_record *record, uint32_t id, uint32_t value)
{
    size_t at = 0;

    while (at < record->tag_count && record->tags[at].id < id)
        at++;
    if (at < record->tag_count && record->tags[at].id == id) {
        record->tags[at].value = value;
        return true;
    }
    if (record->tag_count == ZT_MAX_TAGS)
        return false;
    memmove(&record->tags[at + 1], &record->tags[at],
            (record->tag_count - at) * sizeof record->tags[0]);
    record->tags[at] = (struct zt_tag_value){ id, value };
    record->tag_count++;
    return true;
}

bool zt_member_record_add_capability(struct zt_member_record *record, uint32_t id)
{
    size_t at = 0;

    while (at < record->capability_count && record->capabilities[at] < id)
        at++;
    if (at < record->capability_count && record->capabilities[at] == id)
        return true;
    if (record->capability_count == ZT_MAX_CAPABILITIES)
        return false;
    memmove(&record->capabilities[at + 1], &record->capabilities[at],
            (record->capability_count - at) * sizeof record->capabilities[0]);
    record->capabilities[at] = id;
    record->capability_count++;
    return true;
}

json_t *zt_member_extra(const struct zt_member_record *record)
{
    json_t *object = record->extra ? json_loads(json_string_value(record->extra), 0, NULL) : NULL;

    return object ? object : json_object();
}

void zt_member_set_extra(struct zt_member_record *record, json_t *object)
{
    char *text =
        json_object_size(object) ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

    json_decref(object);
    json_decref(record->extra);
    record->extra = text ? json_string(text) : NULL;
    free(text);
}
