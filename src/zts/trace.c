/* SPDX-License-Identifier: Apache-2.0 */
/* zts_trace_set: lines about chosen modules, with the time, to the program's function or to stderr. */
#include "zts/onlook.h"

#include "base/text.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ALL = ZTS_TRACE_VL1 | ZTS_TRACE_VL2 | ZTS_TRACE_STACK | ZTS_TRACE_SERVICE, LINE_SIZE = 160 };

static _Atomic unsigned traced;
/* Guards the sink: a line is out before the sink is replaced. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static zts_trace_sink sink;
static void *sink_context;

static void print_line(int64_t time_us, const char *module, const char *line)
{
    (void)fprintf(stderr, "libzt: %lld.%06d %s: %s\n", (long long)(time_us / 1000000),
                  (int)(time_us % 1000000), module, line);
}

static void trace(const char *module, const char *line)
{
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    int64_t time_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    pthread_mutex_lock(&mutex);
    if (sink != NULL)
        sink(sink_context, time_us, module, line);
    else
        print_line(time_us, module, line);
    pthread_mutex_unlock(&mutex);
}

bool zts_trace_wants(unsigned modules)
{
    return (traced & modules) != 0;
}

/* Who logs under which name; all others are part of the service. */
static unsigned group_of(const char *module)
{
    if (strcmp(module, "vl1") == 0)
        return ZTS_TRACE_VL1;
    if (strcmp(module, "vl2") == 0 || strcmp(module, "network") == 0)
        return ZTS_TRACE_VL2;
    return strcmp(module, "stack") == 0 ? ZTS_TRACE_STACK : ZTS_TRACE_SERVICE;
}

static bool wants(void *unused, enum zt_log_level level, const char *module)
{
    (void)unused;
    return level == ZT_LOG_ERROR || (traced != 0 && zts_trace_wants(group_of(module)));
}

/* What somebody must act upon, a taken port or a full disk, has no other way to be read: the events of
   the compatible interface carry no text. */
static void take_line(void *unused, enum zt_log_level level, const char *module, const char *line)
{
    (void)unused;
    if (level == ZT_LOG_ERROR || zts_trace_wants(group_of(module)))
        trace(module, line);
}

const struct zt_log *zts_trace_log(void)
{
    static const struct zt_log log = { .wants = wants, .sink = take_line };

    return &log;
}

static const char *name_of(enum zt_notice_kind kind)
{
    static const char *const names[] = {
        [ZT_NOTICE_IDENTITY] = "identity made",
        [ZT_NOTICE_PLANET] = "planet",
        [ZT_NOTICE_UP] = "up",
        [ZT_NOTICE_FATAL] = "fatal",
        [ZT_NOTICE_ONLINE] = "online",
        [ZT_NOTICE_OFFLINE] = "offline",
        [ZT_NOTICE_NETWORK] = "network changed",
        [ZT_NOTICE_NETWORK_GONE] = "network left",
        [ZT_NOTICE_ADDRESS_ADDED] = "address added",
        [ZT_NOTICE_ADDRESS_REMOVED] = "address removed",
        [ZT_NOTICE_ROUTE_ADDED] = "route added",
        [ZT_NOTICE_ROUTE_REMOVED] = "route removed",
        [ZT_NOTICE_PEER_DIRECT] = "peer direct",
        [ZT_NOTICE_PEER_RELAY] = "peer relayed",
        [ZT_NOTICE_PATH_NEW] = "path new",
        [ZT_NOTICE_PATH_DEAD] = "path dead",
        [ZT_NOTICE_SAVED_PEER] = "peer kept",
        [ZT_NOTICE_SAVED_NETWORK] = "network kept",
        [ZT_NOTICE_STACK_UP] = "stack up",
        [ZT_NOTICE_STACK_DOWN] = "stack down",
        [ZT_NOTICE_NETIF_UP] = "interface up",
        [ZT_NOTICE_NETIF_DOWN] = "interface down",
        [ZT_NOTICE_NETIF_REMOVED] = "interface removed",
        [ZT_NOTICE_LINK_UP] = "link up",
        [ZT_NOTICE_LINK_DOWN] = "link down",
        [ZT_NOTICE_DOWN] = "down",
    };

    assert((size_t)kind < sizeof names / sizeof names[0] && names[kind] != NULL);
    return names[kind];
}

void zts_trace_notice(const struct zt_notice *notice)
{
    char line[LINE_SIZE], endpoint[ZT_ENDPOINT_TEXT] = "";

    if (!zts_trace_wants(ZTS_TRACE_SERVICE))
        return;
    if (notice->endpoint.family != ZT_FAMILY_NONE)
        zt_endpoint_text(&notice->endpoint, true, endpoint);
    if (notice->nwid != 0)
        zt_format(line, sizeof line, "%s %016llx %s", name_of(notice->kind),
                  (unsigned long long)notice->nwid, endpoint);
    else if (notice->address != 0)
        zt_format(line, sizeof line, "%s %010llx", name_of(notice->kind),
                  (unsigned long long)notice->address);
    else
        zt_format(line, sizeof line, "%s", name_of(notice->kind));
    trace("service", line);
}

static void write_mac(char out[18], const uint8_t *mac)
{
    zt_format(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
              mac[5]);
}

void zts_trace_frame(const struct zt_tapped *frame)
{
    bool dropped = frame->drop != ZT_DROP_NONE;
    char line[LINE_SIZE], to[18], from[18];

    if (!zts_trace_wants(dropped ? ZTS_TRACE_VL2 : ZTS_TRACE_STACK) || frame->length < 14)
        return;
    write_mac(to, frame->bytes);
    write_mac(from, frame->bytes + 6);
    zt_format(line, sizeof line, "%016llx %s %s > %s type %02x%02x, %zu bytes%s%s",
              (unsigned long long)frame->nwid, frame->is_outbound ? "out" : "in", from, to,
              frame->bytes[12], frame->bytes[13], frame->length, dropped ? ", dropped: " : "",
              dropped ? zt_drop_text(frame->drop) : "");
    trace(dropped ? "vl2" : "stack", line);
}

int zts_trace_set(unsigned int modules, zts_trace_sink to, void *context)
{
    if ((modules & ~(unsigned)ALL) != 0)
        return ZTS_ERR_ARG;
    pthread_mutex_lock(&mutex);
    sink = to;
    sink_context = context;
    traced = modules;
    pthread_mutex_unlock(&mutex);
    zts_onlook_update();
    return ZTS_ERR_OK;
}
