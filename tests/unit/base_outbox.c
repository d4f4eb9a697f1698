/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of effects: in order, in one piece, within its bound. */
#include "base/mem.h"
#include "base/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static uint8_t content[5000];

static struct zt_effect numbered(uint64_t number, size_t length)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_SEND,
                                .code = (uint32_t)number + 7,
                                .id = number,
                                .link = { .socket = (uint32_t)number },
                                .bytes = content,
                                .length = length };

    memset(content, (int)(number & 0xff), length);
    return effect;
}

static void assert_next(struct zt_outbox *outbox, uint64_t number, size_t length)
{
    struct zt_effect effect;

    assert_true(zt_outbox_next(outbox, &effect));
    assert_int_equal(effect.kind, ZT_EFFECT_SEND);
    assert_int_equal(effect.code, number + 7);
    assert_int_equal(effect.id, number);
    assert_int_equal(effect.link.socket, number);
    assert_int_equal(effect.length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(effect.bytes[i], number & 0xff);
}

static size_t length_of(uint64_t number)
{
    return (size_t)(number * 2654435761u % 1500);
}

static void an_idle_outbox_holds_no_memory(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect effect;
    long live = zt_mem_live();

    (void)unused;
    zt_outbox_init(&outbox, 1 << 20);
    assert_int_equal(zt_mem_live(), live);
    assert_false(zt_outbox_next(&outbox, &effect));
    assert_true(zt_outbox_has_room(&outbox, 1400));
    zt_outbox_clear(&outbox);
}

static void effects_come_out_in_order_and_whole(void **unused)
{
    struct zt_outbox outbox;
    uint64_t put = 0;
    uint64_t taken = 0;

    (void)unused;
    zt_outbox_init(&outbox, 16384);
    /* Bursts of changing length move head and tail through every relation. */
    for (unsigned round = 0; round < 2000; round++) {
        for (unsigned i = 0; i < round % 11; i++) {
            struct zt_effect effect = numbered(put, length_of(put));
            bool room = zt_outbox_has_room(&outbox, effect.length);

            assert_int_equal(zt_outbox_put(&outbox, &effect), room);
            if (!room)
                break;
            put++;
        }
        for (unsigned i = 0; i < round % 7 && taken < put; i++, taken++)
            assert_next(&outbox, taken, length_of(taken));
        assert_true(outbox.capacity <= 16384);
        assert_int_equal(outbox.count, put - taken);
    }
    assert_true(outbox.dropped > 0);
    for (; taken < put; taken++)
        assert_next(&outbox, taken, length_of(taken));
    assert_int_equal(outbox.used, 0);
    zt_outbox_clear(&outbox);
    assert_int_equal(zt_mem_live(), 0);
}

static void growing_after_a_wrap_keeps_the_order(void **unused)
{
    struct zt_outbox outbox;
    uint64_t put = 0;
    uint64_t taken = 0;

    (void)unused;
    zt_outbox_init(&outbox, 1 << 16);
    for (; put < 3; put++) {
        struct zt_effect effect = numbered(put, 1200);
        assert_true(zt_outbox_put(&outbox, &effect));
    }
    for (; taken < 2; taken++)
        assert_next(&outbox, taken, 1200);
    for (; put < 40; put++) {
        struct zt_effect effect = numbered(put, 1200);
        assert_true(zt_outbox_put(&outbox, &effect));
    }
    for (; taken < put; taken++)
        assert_next(&outbox, taken, 1200);
    zt_outbox_clear(&outbox);
}

static void the_bound_holds_and_the_drop_is_counted(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect effect = numbered(1, 1000);
    size_t entry;

    (void)unused;
    zt_outbox_init(&outbox, 4096);
    assert_true(zt_outbox_put(&outbox, &effect));
    entry = outbox.used;
    while (outbox.used + entry <= 4096)
        assert_true(zt_outbox_put(&outbox, &effect));
    assert_false(zt_outbox_has_room(&outbox, 1000));
    assert_false(zt_outbox_put(&outbox, &effect));
    assert_null(zt_outbox_reserve(&outbox, &effect));
    assert_int_equal(outbox.dropped, 2);
    /* what still fits, still fits: to the byte */
    effect.length = 4096 - outbox.used - (entry - 1000) + 1;
    assert_false(zt_outbox_put(&outbox, &effect));
    effect.length--;
    assert_true(zt_outbox_put(&outbox, &effect));
    assert_int_equal(outbox.used, 4096);
    zt_outbox_clear(&outbox);
}

static void a_length_that_overflows_is_refused(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect effect = { .kind = ZT_EFFECT_SAVE, .length = SIZE_MAX };

    (void)unused;
    zt_outbox_init(&outbox, 4096);
    assert_false(zt_outbox_has_room(&outbox, SIZE_MAX));
    assert_null(zt_outbox_reserve(&outbox, &effect));
    effect.length = SIZE_MAX - 64;
    assert_null(zt_outbox_reserve(&outbox, &effect));
    zt_outbox_clear(&outbox);
}

static void out_of_memory_drops_only_the_newcomer(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect effect = numbered(5, 3000);

    (void)unused;
    zt_outbox_init(&outbox, 1 << 20);
    zt_mem_fail_nth(1);
    assert_false(zt_outbox_put(&outbox, &effect));
    assert_true(zt_outbox_put(&outbox, &effect));
    zt_mem_fail_nth(1);
    assert_false(zt_outbox_put(&outbox, &effect)); /* would have to grow */
    assert_int_equal(outbox.dropped, 2);
    assert_next(&outbox, 5, 3000);
    zt_outbox_clear(&outbox);
}

static void taken_bytes_stay_until_the_next_put(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect taken[3];

    (void)unused;
    zt_outbox_init(&outbox, 1 << 16);
    for (uint64_t i = 0; i < 3; i++) {
        struct zt_effect effect = numbered(i, 100);
        assert_true(zt_outbox_put(&outbox, &effect));
    }
    for (unsigned i = 0; i < 3; i++)
        assert_true(zt_outbox_next(&outbox, &taken[i]));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(taken[i].bytes[99], i);
    zt_outbox_clear(&outbox);
}

static void an_effect_without_bytes_passes(void **unused)
{
    struct zt_outbox outbox;
    struct zt_effect effect = { .kind = ZT_EFFECT_EVENT, .code = ZT_EVENT_ONLINE };

    (void)unused;
    zt_outbox_init(&outbox, 4096);
    assert_true(zt_outbox_put(&outbox, &effect));
    assert_true(zt_outbox_next(&outbox, &effect));
    assert_int_equal(effect.kind, ZT_EFFECT_EVENT);
    assert_int_equal(effect.length, 0);
    assert_false(zt_outbox_next(&outbox, &effect));
    zt_outbox_clear(&outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_outbox_holds_no_memory),
        cmocka_unit_test(effects_come_out_in_order_and_whole),
        cmocka_unit_test(growing_after_a_wrap_keeps_the_order),
        cmocka_unit_test(the_bound_holds_and_the_drop_is_counted),
        cmocka_unit_test(a_length_that_overflows_is_refused),
        cmocka_unit_test(out_of_memory_drops_only_the_newcomer),
        cmocka_unit_test(taken_bytes_stay_until_the_next_put),
        cmocka_unit_test(an_effect_without_bytes_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
