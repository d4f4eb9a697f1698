/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the service's tests. */
#define _GNU_SOURCE
#include "bench.h"

#include "base/text.h"
#include "os/host.h"
#include "os/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct zt_endpoint loopback = { .family = ZT_FAMILY_IPV4, .ip = { 127, 0, 0, 1 } };

void bench_record_init(struct record *record)
{
    memset(record, 0, sizeof *record);
    record->monitor = zt_monitor_new();
    assert_non_null(record->monitor);
}

void bench_record_clear(struct record *record)
{
    zt_monitor_free(record->monitor);
}

void bench_note(void *context, const struct zt_notice *notice)
{
    struct record *record = context;

    zt_monitor_enter(record->monitor);
    if (record->count < BENCH_NOTICES) {
        struct zt_notice *kept = &record->notices[record->count++];
        *kept = *notice;
        kept->text = NULL;
        kept->bytes = NULL;
    }
    if (notice->text)
        zt_format(record->text, sizeof record->text, "%s", notice->text);
    zt_monitor_wake_all(record->monitor);
    zt_monitor_leave(record->monitor);
}

static int find(const struct record *record, enum zt_notice_kind kind)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->notices[i].kind == kind)
            return (int)i;
    return -1;
}

int bench_wait(struct record *record, enum zt_notice_kind kind, int timeout_ms)
{
    int64_t end_ms = zt_host_mono_ms() + timeout_ms;
    int place;

    zt_monitor_enter(record->monitor);
    while ((place = find(record, kind)) < 0) {
        int64_t left_ms = end_ms - zt_host_mono_ms();
        if (left_ms <= 0)
            break;
        (void)zt_monitor_wait(record->monitor, left_ms);
    }
    zt_monitor_leave(record->monitor);
    return place;
}

int bench_count(struct record *record, enum zt_notice_kind kind)
{
    int count = 0;

    zt_monitor_enter(record->monitor);
    for (size_t i = 0; i < record->count; i++)
        if (record->notices[i].kind == kind)
            count++;
    zt_monitor_leave(record->monitor);
    return count;
}

struct zt_identity bench_identity(unsigned index)
{
    FILE *file = fopen(ZT_SOURCE_DIR "/tests/service/identities.txt", "r");
    struct zt_identity identity;
    char line[512];
    unsigned at = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (!zt_identity_parse(&identity, line, strlen(line)))
            continue;
        if (at++ == index)
            break;
    }
    fclose(file);
    assert_int_equal(at, index + 1);
    assert_true(identity.has_secret);
    return identity;
}

size_t bench_planet(const struct zt_identity *root, uint16_t port, uint8_t out[ZT_MAX_WORLD])
{
    struct zt_world *world = calloc(1, sizeof *world);
    struct zt_writer writer = zt_writer_of(out, ZT_MAX_WORLD);

    assert_non_null(world);
    world->type = ZT_WORLD_PLANET;
    world->id = 4711;
    world->updated_ms = 1700000000000;
    world->next_key = root->key;
    world->root_count = 1;
    world->roots[0].identity = zt_identity_public(root);
    world->roots[0].endpoint_count = 1;
    world->roots[0].endpoints[0] = loopback;
    world->roots[0].endpoints[0].port = port;
    zt_world_sign(world, &root->secret, &root->key);
    zt_world_write(world, &writer);
    free(world);
    assert_false(writer.failed);
    return zt_writer_length(&writer);
}

uint16_t bench_free_port(void)
{
    struct zt_udp *udp = zt_udp_new();
    struct zt_endpoint local;

    assert_non_null(udp);
    assert_true(zt_udp_bind(udp, &loopback) >= 0);
    (void)zt_udp_at(udp, 0, &local);
    zt_udp_free(udp);
    return local.port;
}

struct zt_service_options bench_options(const struct zt_identity *identity, struct record *record)
{
    struct zt_service_options options;

    zt_service_options_init(&options);
    options.identity = identity;
    options.allow_loopback = true;
    options.allow_secondary_port = false;
    options.bind = &loopback;
    options.bind_count = 1;
    options.use_stack = false;
    if (record) {
        options.notice = bench_note;
        options.notice_context = record;
    }
    return options;
}

int bench_open_folder(void **state)
{
    char *path = strdup("/tmp/zt-service-XXXXXX");

    assert_non_null(mkdtemp(path));
    *state = path;
    return 0;
}

int bench_close_folder(void **state)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return system(command);
}
