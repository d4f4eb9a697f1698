/* SPDX-License-Identifier: Apache-2.0 */
/* Captures, read back by a reader of our own: structure, directions, reasons, bounds, errors. */
#define _DEFAULT_SOURCE
#include "ZeroTierSockets.h"
#include "known.h"
#include "zts/onlook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30000, MOST = 2 << 20 };

static char path[] = "/tmp/zt-capture-XXXXXX";
static uint8_t bytes[MOST];

struct seen {
    unsigned interfaces, inbound, outbound, commented;
    char names[8][17];
    uint32_t last_interface;
    const uint8_t *last;
    size_t last_length;
    char comment[80];
};

static uint32_t u32_at(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static uint16_t u16_at(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* Calls take for each option; returns when the end of options is met exactly at the end. */
static void read_options(const uint8_t *at, const uint8_t *end, struct seen *seen,
                         void (*take)(struct seen *, unsigned code, const uint8_t *, size_t))
{
    while (u16_at(at) != 0) {
        size_t length = u16_at(at + 2);
        take(seen, u16_at(at), at + 4, length);
        at += 4 + ((length + 3) & ~(size_t)3);
        assert_true(at + 4 <= end);
    }
    assert_ptr_equal(at + 4, end);
}

static void take_section_option(struct seen *unused, unsigned code, const uint8_t *at,
                                size_t length)
{
    (void)unused;
    assert_int_equal(code, 4);
    assert_memory_equal(at, "libzt", length);
}

static void take_interface_option(struct seen *seen, unsigned code, const uint8_t *at,
                                  size_t length)
{
    assert_int_equal(code, 2);
    assert_int_equal(length, 16);
    memcpy(seen->names[seen->interfaces], at, 16);
}

static void take_frame_option(struct seen *seen, unsigned code, const uint8_t *at, size_t length)
{
    if (code == 1) {
        seen->commented++;
        assert_true(length < sizeof seen->comment);
        memset(seen->comment, 0, sizeof seen->comment);
        memcpy(seen->comment, at, length);
        return;
    }
    assert_int_equal(code, 2);
    assert_int_equal(length, 4);
    seen->inbound += u32_at(at) == 1;
    seen->outbound += u32_at(at) == 2;
}

static void read_block(const uint8_t *at, size_t length, struct seen *seen)
{
    const uint8_t *body = at + 8, *end = at + length - 4;

    switch (u32_at(at)) {
    case 0x0a0d0d0a:
        assert_int_equal(u32_at(body), 0x1a2b3c4d);
        assert_int_equal(u16_at(body + 4), 1);
        assert_int_equal(u16_at(body + 6), 0);
        read_options(body + 16, end, seen, take_section_option);
        break;
    case 1:
        assert_int_equal(u16_at(body), 1);
        read_options(body + 8, end, seen, take_interface_option);
        seen->interfaces++;
        break;
    case 6:
        seen->last_interface = u32_at(body);
        assert_true(seen->last_interface < seen->interfaces);
        seen->last_length = u32_at(body + 12);
        assert_int_equal(u32_at(body + 16), seen->last_length);
        seen->last = body + 20;
        read_options(body + 20 + ((seen->last_length + 3) & ~(size_t)3), end, seen,
                     take_frame_option);
        break;
    default:
        fail_msg("a block of unknown type");
    }
}

static struct seen read_file(size_t *size)
{
    struct seen seen = { 0 };
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    *size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t at = 0; at < *size;) {
        size_t length = u32_at(bytes + at + 4);
        assert_true(length % 4 == 0 && at + length <= *size);
        assert_int_equal(u32_at(bytes + at + length - 4), length);
        read_block(bytes + at, length, &seen);
        at += length;
    }
    return seen;
}

static void arguments_are_judged(void **unused)
{
    (void)unused;
    assert_int_equal(zts_capture_start(NULL, 0, 1 << 20), ZTS_ERR_ARG);
    assert_int_equal(zts_capture_start("", 0, 1 << 20), ZTS_ERR_ARG);
    assert_int_equal(zts_capture_start(path, 0, 4095), ZTS_ERR_ARG);
    assert_int_equal(zts_capture_start("/nowhere/at/all", 0, 1 << 20), ZTS_ERR_GENERAL);
    assert_int_equal(zts_capture_stop(NULL), ZTS_ERR_SERVICE);
}

static void there_is_one_capture_at_a_time(void **unused)
{
    zts_capture_info_t info;
    size_t size;

    (void)unused;
    assert_int_equal(zts_capture_start(path, 0, 4096), 0);
    assert_int_equal(zts_capture_start(path, 0, 4096), ZTS_ERR_SERVICE);
    assert_int_equal(zts_capture_stop(&info), 0);
    struct seen seen = read_file(&size);
    assert_int_equal(seen.interfaces, 0);
    assert_int_equal(info.frames, 0);
    assert_int_equal(info.lost, 0);
    assert_int_equal(info.bytes, size);
}

static struct zt_tapped frame_of(uint64_t nwid, const uint8_t *frame, size_t length)
{
    return (struct zt_tapped){ .nwid = nwid, .bytes = frame, .length = length };
}

static void frames_are_kept_whole_with_direction_and_reason(void **unused)
{
    uint8_t frame[1500];
    zts_capture_info_t info;
    size_t size;

    (void)unused;
    for (size_t i = 0; i < sizeof frame; i++)
        frame[i] = (uint8_t)(i * 7);
    for (size_t length = 14; length < 20; length++) {
        struct zt_tapped tapped =
            frame_of(length < 17 ? 0x1111 : 0xabcdef0123456789, frame, length);
        tapped.is_outbound = length % 2 == 0;
        tapped.drop = length == 19 ? ZT_DROP_FILTERED : ZT_DROP_NONE;
        if (length == 14)
            assert_int_equal(zts_capture_start(path, 0, 1 << 20), 0);
        zts_capture_frame(&tapped);
    }
    assert_int_equal(zts_capture_stop(&info), 0);
    struct seen seen = read_file(&size);
    assert_int_equal(info.frames, 6);
    assert_int_equal(info.bytes, size);
    assert_int_equal(seen.interfaces, 2);
    assert_string_equal(seen.names[0], "0000000000001111");
    assert_string_equal(seen.names[1], "abcdef0123456789");
    assert_int_equal(seen.outbound, 3);
    assert_int_equal(seen.inbound, 3);
    assert_int_equal(seen.commented, 1);
    assert_string_equal(seen.comment, "rules say drop");
    assert_int_equal(seen.last_interface, 1);
    assert_int_equal(seen.last_length, 19);
    assert_memory_equal(seen.last, frame, 19);
}

static void only_the_chosen_network_is_captured(void **unused)
{
    static const uint8_t frame[60];
    struct zt_tapped ours = frame_of(5, frame, sizeof frame);
    struct zt_tapped other = frame_of(6, frame, sizeof frame);
    zts_capture_info_t info;

    (void)unused;
    assert_int_equal(zts_capture_start(path, 5, 1 << 20), 0);
    zts_capture_frame(&ours);
    zts_capture_frame(&other);
    assert_int_equal(zts_capture_stop(&info), 0);
    assert_int_equal(info.frames, 1);
    assert_int_equal(info.lost, 0);
}

static void the_file_never_exceeds_its_bound(void **unused)
{
    static const uint8_t frame[1000];
    struct zt_tapped tapped = frame_of(5, frame, sizeof frame);
    zts_capture_info_t info;
    size_t size;

    (void)unused;
    assert_int_equal(zts_capture_start(path, 0, 8000), 0);
    for (int i = 0; i < 20; i++)
        zts_capture_frame(&tapped);
    assert_int_equal(zts_capture_stop(&info), 0);
    (void)read_file(&size);
    assert_int_equal(info.frames, 7);
    assert_int_equal(info.lost, 13);
    assert_int_equal(info.bytes, size);
    assert_true(size <= 8000);
}

static void more_than_the_buffer_is_written_or_counted_as_lost(void **unused)
{
    static const uint8_t frame[10000];
    struct zt_tapped tapped = frame_of(5, frame, sizeof frame);
    zts_capture_info_t info;
    size_t size;

    (void)unused;
    assert_int_equal(zts_capture_start(path, 0, MOST), 0);
    for (int i = 0; i < 180; i++)
        zts_capture_frame(&tapped);
    assert_int_equal(zts_capture_stop(&info), 0);
    struct seen seen = read_file(&size);
    assert_int_equal(info.frames + info.lost, 180);
    assert_int_equal(seen.inbound, info.frames);
    assert_true(info.frames >= 100);
}

static void a_full_disk_is_reported(void **unused)
{
    static const uint8_t frame[1000];
    struct zt_tapped tapped = frame_of(5, frame, sizeof frame);

    (void)unused;
    assert_int_equal(zts_capture_start("/dev/full", 0, 1 << 20), 0);
    zts_capture_frame(&tapped);
    assert_int_equal(zts_capture_stop(NULL), ZTS_ERR_GENERAL);
}

static void a_nodes_frames_are_captured_from_its_start(void **unused)
{
    const uint64_t network = zts_net_compute_adhoc_id(1, 1000);
    zts_capture_info_t info;
    size_t size;

    (void)unused;
    assert_int_equal(zts_capture_start(path, network, 1 << 20), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_net_join(network), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, PATIENCE_MS), 0);
    assert_int_equal(zts_capture_stop(&info), 0);
    struct seen seen = read_file(&size);
    assert_string_equal(seen.names[0], "ff000103e8000000");
    assert_true(seen.outbound >= 1);
    assert_int_equal(seen.outbound, info.frames);
    assert_string_equal(seen.comment, "network has no multicast");
    /* IPv6, as the neighbours are asked. */
    assert_memory_equal(seen.last + 12, "\x86\xdd\x60", 3);
    assert_int_equal(zts_node_free(), 0);
}

static void a_new_file_is_for_its_owner_only(void **unused)
{
    struct stat file;
    mode_t before = umask(022);

    (void)unused;
    assert_int_equal(remove(path), 0);
    assert_int_equal(zts_capture_start(path, 0, 4096), 0);
    assert_int_equal(zts_capture_stop(NULL), 0);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    (void)umask(before);
}

static int begin(void **unused)
{
    (void)unused;
    return close(mkstemp(path));
}

static int end(void **unused)
{
    (void)unused;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_judged),
        cmocka_unit_test(there_is_one_capture_at_a_time),
        cmocka_unit_test(frames_are_kept_whole_with_direction_and_reason),
        cmocka_unit_test(only_the_chosen_network_is_captured),
        cmocka_unit_test(the_file_never_exceeds_its_bound),
        cmocka_unit_test(more_than_the_buffer_is_written_or_counted_as_lost),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(a_nodes_frames_are_captured_from_its_start),
        cmocka_unit_test(a_new_file_is_for_its_owner_only),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
