/* SPDX-License-Identifier: Apache-2.0 */
/* Own multicast subscriptions: a short list, and a table of what is bridged. */
#include "vl2/groups.h"

#include <string.h>

#define BRIDGED_LIFE_MS 1200000

static void make_key(uint8_t key[10], const struct zt_group *group)
{
    memcpy(key, group->mac.bytes, 6);
    zt_store_u32(key + 6, group->adi);
}

void zt_groups_clear(struct zt_groups *groups)
{
    struct zt_bridged_group *bridged, *next;

    HASH_ITER(hh, groups->bridged, bridged, next)
    {
        HASH_DEL(groups->bridged, bridged);
        zt_free(bridged);
    }
    zt_free(groups->list);
    memset(groups, 0, sizeof *groups);
}

static size_t find(const struct zt_groups *groups, const struct zt_group *group)
{
    size_t at = 0;

    while (at < groups->count && !zt_group_equal(&groups->list[at], group))
        at++;
    return at;
}

static bool append(struct zt_groups *groups, const struct zt_group *group)
{
    if (groups->count == groups->capacity) {
        size_t capacity = groups->capacity == 0 ? 8 : groups->capacity * 2;
        struct zt_group *list;

        if (groups->count >= ZT_MAX_GROUPS)
            return false;
        list = zt_alloc(capacity * sizeof *list);
        if (list == NULL)
            return false;
        if (groups->count > 0)
            memcpy(list, groups->list, groups->count * sizeof *list);
        zt_free(groups->list);
        groups->list = list;
        groups->capacity = capacity;
    }
    groups->list[groups->count++] = *group;
    return true;
}

bool zt_groups_subscribe(struct zt_groups *groups, const struct zt_group *group, bool *is_new)
{
    size_t at = find(groups, group);

    *is_new = at == groups->count;
    if (at < groups->explicit_count)
        return true;
    if (*is_new && !append(groups, group))
        return false;
    groups->list[at] = groups->list[groups->explicit_count];
    groups->list[groups->explicit_count++] = *group;
    return true;
}

bool zt_groups_unsubscribe(struct zt_groups *groups, const struct zt_group *group)
{
    size_t at = find(groups, group);

    if (at >= groups->explicit_count)
        return false;
    memmove(&groups->list[at], &groups->list[at + 1],
            (groups->count - at - 1) * sizeof *groups->list);
    groups->explicit_count--;
    groups->count--;
    return true;
}

static void imply(struct zt_groups *groups, const struct zt_group *group)
{
    /* At the bound an implied group is lost like any newcomer. */
    if (find(groups, group) == groups->count)
        (void)append(groups, group);
}

void zt_groups_imply(struct zt_groups *groups, const struct zt_config *config)
{
    const struct zt_group everyone = { zt_mac_broadcast, 0 };

    groups->count = groups->explicit_count;
    if (config == NULL)
        return;
    if ((config->flags & ZT_CONFIG_FLAG_BROADCAST) != 0)
        imply(groups, &everyone);
    for (size_t i = 0; i < config->assigned_count; i++) {
        struct zt_group group = zt_group_for_ip(&config->assigned[i]);

        imply(groups, &group);
    }
}

bool zt_groups_bridged(struct zt_groups *groups, const struct zt_group *group, int64_t now_ms)
{
    struct zt_bridged_group *bridged;
    uint8_t key[10];

    make_key(key, group);
    HASH_FIND(hh, groups->bridged, key, sizeof key, bridged);
    if (bridged != NULL) {
        bridged->seen_ms = now_ms;
        return false;
    }
    if (HASH_COUNT(groups->bridged) >= ZT_MAX_GROUPS)
        return false;
    bridged = zt_alloc(sizeof *bridged);
    if (bridged == NULL)
        return false;
    memcpy(bridged->key, key, sizeof key);
    bridged->group = *group;
    bridged->seen_ms = now_ms;
    HASH_ADD(hh, groups->bridged, key, sizeof bridged->key, bridged);
    if (bridged->hh.tbl != NULL)
        return true;
    zt_free(bridged);
    return false;
}

bool zt_groups_has(const struct zt_groups *groups, const struct zt_group *group)
{
    struct zt_bridged_group *bridged;
    uint8_t key[10];

    if (find(groups, group) < groups->count)
        return true;
    make_key(key, group);
    HASH_FIND(hh, groups->bridged, key, sizeof key, bridged);
    return bridged != NULL;
}

void zt_groups_clean(struct zt_groups *groups, int64_t now_ms)
{
    struct zt_bridged_group *bridged, *next;

    HASH_ITER(hh, groups->bridged, bridged, next)
    {
        if (now_ms - bridged->seen_ms < BRIDGED_LIFE_MS)
            continue;
        HASH_DEL(groups->bridged, bridged);
        zt_free(bridged);
    }
}
