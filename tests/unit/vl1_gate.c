/* SPDX-License-Identifier: Apache-2.0 */
/* The identity gate: one pass for a network of senders every two seconds. docs/wire.md 6.13. */
#include "vl1_lab.h"

static struct zt_endpoint v4(uint8_t third, uint8_t fourth)
{
    const uint8_t ip[4] = { 192, 168, third, fourth };

    return zt_endpoint_v4(ip, 1);
}

static struct zt_endpoint v6(uint8_t sixth, uint8_t seventh)
{
    const uint8_t ip[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, sixth, seventh };

    return zt_endpoint_v6(ip, 1);
}

static bool passes(struct zt_gate *gate, struct zt_endpoint endpoint, int64_t now_ms)
{
    return zt_gate_pass(gate, &endpoint, now_ms);
}

static void one_network_passes_every_two_seconds(void **unused)
{
    struct zt_gate gate = { 0 };

    (void)unused;
    assert_true(passes(&gate, v4(1, 1), 1001));
    assert_false(passes(&gate, v4(1, 1), 2999));
    assert_true(passes(&gate, v4(1, 1), 3001));
    zt_gate_clear(&gate);
}

static void neighbours_of_a_24_or_a_48_share_a_place(void **unused)
{
    struct zt_gate gate = { 0 };

    (void)unused;
    assert_true(passes(&gate, v4(1, 1), 1001));
    assert_false(passes(&gate, v4(1, 200), 1001));
    assert_true(passes(&gate, v6(1, 1), 1001));
    assert_false(passes(&gate, v6(1, 200), 1001));
    zt_gate_clear(&gate);
}

/* Two networks may share a bucket by chance; of a hundred, few do. */
static void other_networks_have_places_of_their_own(void **unused)
{
    struct zt_gate gate = { 0 };
    unsigned passed = 0;

    (void)unused;
    for (uint8_t i = 0; i < 100; i++)
        passed += passes(&gate, v4(i, 1), 1001) + passes(&gate, v6(i, 1), 1001);
    assert_true(passed > 190);
    zt_gate_clear(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_network_passes_every_two_seconds),
        cmocka_unit_test(neighbours_of_a_24_or_a_48_share_a_place),
        cmocka_unit_test(other_networks_have_places_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
