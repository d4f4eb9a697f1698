/* SPDX-License-Identifier: Apache-2.0 */
/* zts_counter_get: what the node counted, by index, name and text. */
#include "zts/zts.h"

static const struct {
    const char *name, *text;
    size_t offset;
} traffic[] = {
    { "DATAGRAMS_IN", "UDP datagrams received", offsetof(struct zt_counters, datagrams_in) },
    { "DATAGRAMS_OUT", "UDP datagrams sent", offsetof(struct zt_counters, datagrams_out) },
    { "BYTES_IN", "bytes in UDP datagrams received", offsetof(struct zt_counters, bytes_in) },
    { "BYTES_OUT", "bytes in UDP datagrams sent", offsetof(struct zt_counters, bytes_out) },
    { "FRAGMENTS_IN", "fragments received", offsetof(struct zt_counters, fragments_in) },
    { "RELAYED", "packets passed on for others", offsetof(struct zt_counters, relayed) },
    { "PROOFS", "proofs of work of identities asked for", offsetof(struct zt_counters, proofs) },
};

#define DROP_NAME(name, text) "DROP_" #name,
static const char *const drop_names[] = { ZT_DROP_LIST(DROP_NAME) };
#undef DROP_NAME

enum { TRAFFIC_COUNT = sizeof traffic / sizeof traffic[0] };

static const char *name_of(enum zt_drop drop)
{
    if (drop == ZT_DROP_NONE)
        return "ACCEPTED";
    return drop == ZT_DROP_DEFERRED ? "DEFERRED" : drop_names[drop];
}

static zts_counter_t read_counter(const struct zt_counters *counters, unsigned index)
{
    if (index < ZT_DROP_COUNT)
        return (zts_counter_t){ .name = name_of((enum zt_drop)index),
                                .text = zt_drop_text((enum zt_drop)index),
                                .count = counters->drops[index] };
    index -= ZT_DROP_COUNT;
    return (zts_counter_t){ .name = traffic[index].name,
                            .text = traffic[index].text,
                            .count = *(const uint64_t *)(const void *)((const char *)counters +
                                                                       traffic[index].offset) };
}

int zts_counter_get(unsigned int idx, zts_counter_t *dst)
{
    static const struct zt_counters none; /* the node is still starting, or failed */
    struct zt_service *service = zts_enter();
    int result = ZTS_ERR_OK;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (dst == NULL)
        result = ZTS_ERR_ARG;
    else if (idx >= (unsigned)ZT_DROP_COUNT + TRAFFIC_COUNT)
        result = ZTS_ERR_NO_RESULT;
    if (result == ZTS_ERR_OK) {
        const struct zt_node *node = zt_service_lock(service);
        *dst = read_counter(node == NULL ? &none : zt_vl1_counters(zt_node_vl1(node)), idx);
        zt_service_unlock(service);
    }
    zts_leave();
    return result;
}
