/* SPDX-License-Identifier: Apache-2.0 */
/* Rule sets: how entries combine, quirks of single matches, and the filter around them. The
   recorded verdicts of tests/vectors cover the breadth; here stand the corners. */
#include "vl2_values.h"

#include "vl2/grants.h"
#include "vl2/rules_match.h"

#include <stdlib.h>

#define TARGET UINT64_C(0xdeadbeef11)

static const uint8_t udp[] = { 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10,  0,   0,   1,
                               10,   0, 0, 2,  0, 0, 0, 9, 0,  12, 0, 0, 'd', 'a', 't', 'a' };

static struct zt_rng rng;

static struct zt_rules_frame outbound_frame(void)
{
    return (struct zt_rules_frame){ .source = MEMBER,
                                    .destination = OTHER,
                                    .mac_source = zt_mac_of(NWID, MEMBER),
                                    .mac_destination = zt_mac_of(NWID, OTHER),
                                    .ethertype = ZT_ETHER_IPV4,
                                    .payload = udp,
                                    .length = sizeof udp };
}

static struct zt_rules_frame inbound_frame(void)
{
    struct zt_rules_frame frame = outbound_frame();

    frame.inbound = true;
    frame.source = OTHER;
    frame.destination = MEMBER;
    return frame;
}

static struct zt_rules_context new_context(void)
{
    return (struct zt_rules_context){ .self = MEMBER, .nwid = NWID, .rng = &rng };
}

static struct zt_rule action(uint8_t type)
{
    return (struct zt_rule){ .type = type };
}

static struct zt_rule forward_to(uint8_t type, zt_address to, uint16_t length)
{
    return (struct zt_rule){ .type = type, .u.forward = { .address = to, .length = length } };
}

static struct zt_rule ethertype(uint8_t flags, uint16_t number)
{
    return (struct zt_rule){ .type = (uint8_t)(ZT_RULE_ETHERTYPE | flags), .u.number = number };
}

static enum zt_verdict verdict_of(const struct zt_rule *rules, size_t count,
                                  const struct zt_rules_frame *frame)
{
    struct zt_rules_context context = new_context();
    struct zt_rules_result result;

    zt_rules_evaluate(&result, rules, count, frame, &context);
    return result.verdict;
}

static void an_empty_set_matches_nothing_and_drops(void **unused)
{
    struct zt_rules_frame frame = outbound_frame();
    struct zt_rules_context context = new_context();
    struct zt_filter_result result;

    (void)unused;
    assert_int_equal(verdict_of(NULL, 0, &frame), ZT_VERDICT_NO_MATCH);
    zt_filter(&result, NULL, 0, NULL, 0, false, &frame, &context);
    assert_int_equal(result.verdict, ZT_FILTER_DROP);
    assert_int_equal(result.copy_count, 0);
}

static void matches_combine_from_left_to_right(void **unused)
{
    const struct zt_rule yes = ethertype(0, ZT_ETHER_IPV4), no = ethertype(0, 1);
    const struct zt_rule or_yes = ethertype(ZT_RULE_OR, ZT_ETHER_IPV4);
    const struct zt_rule or_no = ethertype(ZT_RULE_OR, 1), not_no = ethertype(ZT_RULE_NOT, 1);
    const struct {
        struct zt_rule matches[3];
        size_t count;
        bool accepted;
    } cases[] = {
        { { yes, no }, 2, false },        { { yes, yes }, 2, true },
        { { no, or_yes }, 2, true },      { { no, no, or_yes }, 3, true },
        { { no, or_yes, no }, 3, false }, { { or_no }, 1, true }, /* true or anything */
        { { not_no }, 1, true },          { { no, or_no }, 2, false },
    };
    struct zt_rules_frame frame = outbound_frame();

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rule rules[4];

        memcpy(rules, cases[i].matches, sizeof cases[i].matches);
        rules[cases[i].count] = action(ZT_RULE_ACCEPT);
        assert_int_equal(verdict_of(rules, cases[i].count + 1, &frame),
                         cases[i].accepted ? ZT_VERDICT_ACCEPT : ZT_VERDICT_NO_MATCH);
    }
}

static void not_does_not_turn_a_match_that_cannot_apply(void **unused)
{
    static const uint8_t types[] = {
        ZT_RULE_IPV4_SOURCE, ZT_RULE_IPV6_SOURCE, ZT_RULE_IP_TOS,
        ZT_RULE_IP_PROTOCOL, ZT_RULE_ICMP,        ZT_RULE_SOURCE_PORT
    };
    struct zt_rules_frame frame = outbound_frame();

    (void)unused;
    frame.ethertype = 0x88cc;
    for (size_t i = 0; i < sizeof types; i++) {
        const struct zt_rule rules[] = { action((uint8_t)(types[i] | ZT_RULE_NOT)),
                                         action(ZT_RULE_ACCEPT) };

        assert_int_equal(verdict_of(rules, 2, &frame), ZT_VERDICT_NO_MATCH);
    }
}

static void every_length_of_frame_is_safe_for_every_match(void **unused)
{
    static const uint16_t ethertypes[] = { ZT_ETHER_IPV4, ZT_ETHER_IPV6, ZT_ETHER_ARP };
    struct zt_rules_context context = new_context();
    struct zt_ownership ownership = { .thing_count = 0 };

    (void)unused;
    context.sender_ownerships = &ownership;
    context.sender_ownership_count = 1;
    for (size_t length = 0; length <= 80; length++) {
        uint8_t *payload = malloc(length == 0 ? 1 : length);

        for (size_t i = 0; i < length; i++)
            payload[i] = (uint8_t)(i == 6 || i == 40 ? 0 : 0x4f);
        for (size_t e = 0; e < 3; e++) {
            struct zt_rules_frame frame = inbound_frame();

            frame.ethertype = ethertypes[e];
            frame.payload = payload;
            frame.length = length;
            for (unsigned type = ZT_RULE_LAST_ACTION + 1; type <= ZT_RULE_TYPE_MASK; type++) {
                struct zt_rule rule;

                memset(&rule, 0xff, sizeof rule);
                rule.type = (uint8_t)type;
                (void)zt_rules_match(&rule, &frame, &context, false);
            }
        }
        free(payload);
    }
}

static void port_zero_counts_on_ipv4_only(void **unused)
{
    static const uint8_t udp6[48] = { 0x60, [5] = 8, [6] = 17, [7] = 64 };
    struct zt_rules_frame v4 = outbound_frame(), v6 = outbound_frame();
    const struct zt_rule rules[] = { { .type = ZT_RULE_SOURCE_PORT, .u.range = { 0, 65535 } },
                                     action(ZT_RULE_ACCEPT) };

    (void)unused;
    v6.ethertype = ZT_ETHER_IPV6;
    v6.payload = udp6;
    v6.length = sizeof udp6;
    assert_int_equal(verdict_of(rules, 2, &v4), ZT_VERDICT_ACCEPT);
    assert_int_equal(verdict_of(rules, 2, &v6), ZT_VERDICT_NO_MATCH);
}

static void flags_of_a_cut_tcp_header_are_zero(void **unused)
{
    uint8_t tcp[34] = { 0x45, [9] = 6, [32] = 0x51, [33] = 0x12 };
    struct zt_rules_frame frame = outbound_frame();
    struct zt_rules_context context = new_context();

    (void)unused;
    frame.payload = tcp;
    frame.length = 34;
    assert_int_equal(zt_rules_characteristics(&frame, &context), 0x112);
    frame.length = 33;
    assert_int_equal(zt_rules_characteristics(&frame, &context), 0x100);
    frame.length = 32;
    assert_int_equal(zt_rules_characteristics(&frame, &context), 0);
}

static void an_automatic_address_proves_only_its_own_member(void **unused)
{
    const uint64_t sender_ip = UINT64_C(1) << 60;
    struct zt_rules_context context = new_context();
    struct zt_rules_frame frame = inbound_frame();
    uint8_t packet[48] = { 0x60, [6] = 17 };

    (void)unused;
    frame.ethertype = ZT_ETHER_IPV6;
    frame.payload = packet;
    frame.length = sizeof packet;
    for (int form = 0; form < 2; form++) {
        struct zt_endpoint own = form == 0 ? zt_ip_6plane(NWID, OTHER) : zt_ip_rfc4193(NWID, OTHER);
        struct zt_endpoint stolen =
            form == 0 ? zt_ip_6plane(NWID, TARGET) : zt_ip_rfc4193(NWID, TARGET);

        context.emulates_6plane = context.emulates_rfc4193 = false;
        memcpy(packet + 8, own.ip, 16);
        assert_int_equal(zt_rules_characteristics(&frame, &context) & sender_ip, 0);
        context.emulates_6plane = form == 0;
        context.emulates_rfc4193 = form == 1;
        assert_int_not_equal(zt_rules_characteristics(&frame, &context) & sender_ip, 0);
        memcpy(packet + 8, stolen.ip, 16);
        assert_int_equal(zt_rules_characteristics(&frame, &context) & sender_ip, 0);
        memcpy(packet + 8, own.ip, 16);
        frame.inbound = false; /* outbound, only certificates count */
        assert_int_equal(zt_rules_characteristics(&frame, &context) & sender_ip, 0);
        frame.inbound = true;
    }
}

/* docs/wire.md 14.7, one line a case. */
static void tags_follow_their_table(void **unused)
{
    const struct zt_tag own[] = { { .id = 1, .value = 5 }, { .id = 2, .value = 9 } };
    const struct zt_tag peer[] = { { .id = 1, .value = 5 } };
    static const struct {
        uint8_t type;
        uint32_t id, value;
        bool inbound, super;
        enum zt_match expected;
    } cases[] = {
        { ZT_RULE_TAGS_EQUAL, 1, 5, true, false, ZT_MATCH_YES },
        { ZT_RULE_TAGS_EQUAL, 1, 6, true, false, ZT_MATCH_NO },
        { ZT_RULE_TAGS_DIFFERENCE, 1, 0, false, false, ZT_MATCH_YES },
        { ZT_RULE_TAGS_XOR, 1, 0, false, false, ZT_MATCH_YES },
        { ZT_RULE_TAGS_OR, 1, 4, false, false, ZT_MATCH_NO },
        { ZT_RULE_TAGS_AND, 3, 0, false, true, ZT_MATCH_HARD_NO }, /* own absent */
        { ZT_RULE_TAGS_AND, 2, 0, true, false, ZT_MATCH_HARD_NO }, /* peer's absent */
        { ZT_RULE_TAGS_AND, 2, 0, true, true, ZT_MATCH_HARD_UNKNOWN },
        { ZT_RULE_TAGS_AND, 2, 0, false, false, ZT_MATCH_HARD_UNKNOWN },
        { ZT_RULE_TAG_SENDER, 1, 5, true, true, ZT_MATCH_HARD_UNKNOWN },
        { ZT_RULE_TAG_SENDER, 1, 5, true, false, ZT_MATCH_YES },
        { ZT_RULE_TAG_SENDER, 2, 9, true, false, ZT_MATCH_HARD_NO },
        { ZT_RULE_TAG_SENDER, 2, 9, false, false, ZT_MATCH_YES },
        { ZT_RULE_TAG_SENDER, 3, 9, false, false, ZT_MATCH_HARD_NO },
        { ZT_RULE_TAG_RECEIVER, 2, 9, false, false, ZT_MATCH_HARD_UNKNOWN },
        { ZT_RULE_TAG_RECEIVER, 2, 9, true, false, ZT_MATCH_YES },
        { ZT_RULE_TAG_RECEIVER, 2, 8, true, false, ZT_MATCH_NO },
        { ZT_RULE_TAG_RECEIVER, 3, 8, true, false, ZT_MATCH_HARD_NO },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rule rule = { .type = cases[i].type, .u.tag = { cases[i].id, cases[i].value } };
        struct zt_rules_frame frame = cases[i].inbound ? inbound_frame() : outbound_frame();
        struct zt_rules_context context = new_context();

        context.own_tags = own;
        context.own_tag_count = 2;
        context.has_peer = true;
        context.peer_tags = peer;
        context.peer_tag_count = 1;
        assert_int_equal(zt_rules_match(&rule, &frame, &context, cases[i].super),
                         cases[i].expected);
    }
}

static void an_unknown_tag_skips_one_drop_only(void **unused)
{
    const struct zt_tag own = { .id = 1, .value = 5 };
    const struct zt_rule rules[] = {
        { .type = ZT_RULE_TAGS_EQUAL, .u.tag = { 1, 5 } },
        action(ZT_RULE_DROP),
        action(ZT_RULE_DROP),
        action(ZT_RULE_ACCEPT),
    };
    struct zt_rules_frame frame = outbound_frame();
    struct zt_rules_context context = new_context();
    struct zt_rules_result result;

    (void)unused;
    context.own_tags = &own;
    context.own_tag_count = 1;
    zt_rules_evaluate(&result, rules, 4, &frame, &context);
    assert_int_equal(result.verdict, ZT_VERDICT_DROP);
    zt_rules_evaluate(&result, rules, 2, &frame, &context);
    assert_int_equal(result.verdict, ZT_VERDICT_NO_MATCH);
}

static void a_target_accepts_what_was_copied_to_it(void **unused)
{
    const struct zt_rule rules[] = { ethertype(0, 1), forward_to(ZT_RULE_TEE, MEMBER, 0),
                                     action(ZT_RULE_ACCEPT) };
    const struct zt_rule direct[] = { forward_to(ZT_RULE_REDIRECT, MEMBER, 0) };
    struct zt_rules_frame in = inbound_frame(), out = outbound_frame();

    (void)unused;
    assert_int_equal(verdict_of(rules, 3, &in), ZT_VERDICT_SUPER_ACCEPT);
    assert_int_equal(verdict_of(rules, 3, &out), ZT_VERDICT_ACCEPT);
    assert_int_equal(verdict_of(direct, 1, &in), ZT_VERDICT_SUPER_ACCEPT);
    assert_int_equal(verdict_of(direct, 1, &out), ZT_VERDICT_NO_MATCH);
}

static void copies_say_what_they_are(void **unused)
{
    static const struct {
        uint8_t type;
        bool inbound;
        uint8_t flags;
    } cases[] = {
        { ZT_RULE_TEE, false, 0x02 },      { ZT_RULE_TEE, true, 0x08 },
        { ZT_RULE_WATCH, false, 0x16 },    { ZT_RULE_WATCH, true, 0x1c },
        { ZT_RULE_REDIRECT, false, 0x04 }, { ZT_RULE_REDIRECT, true, 0x0a },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct zt_rule rules[] = { forward_to(cases[i].type, TARGET, 10),
                                         action(ZT_RULE_ACCEPT) };
        struct zt_rules_frame frame = cases[i].inbound ? inbound_frame() : outbound_frame();
        struct zt_rules_context context = new_context();
        struct zt_filter_result result;
        bool redirect = cases[i].type == ZT_RULE_REDIRECT;

        zt_filter(&result, rules, 2, NULL, 0, false, &frame, &context);
        assert_int_equal(result.verdict, redirect ? ZT_FILTER_DROP : ZT_FILTER_ACCEPT);
        assert_int_equal(result.redirected, redirect);
        assert_int_equal(result.copy_count, 1);
        assert_int_equal(result.copies[0].to, TARGET);
        assert_int_equal(result.copies[0].flags, cases[i].flags);
        assert_int_equal(result.copies[0].length, redirect ? sizeof udp : 10);
        zt_filter(&result, rules, 2, NULL, 0, true, &frame, &context);
        assert_int_equal(result.copy_count, redirect ? 1 : 0); /* no second tee */
    }
}

static void base_and_capability_may_both_send_a_copy(void **unused)
{
    const struct zt_rule base[] = { forward_to(ZT_RULE_TEE, TARGET, 0) };
    static struct zt_capability capability = { .rule_count = 2 };
    struct zt_rules_frame frame = outbound_frame();
    struct zt_rules_context context = new_context();
    struct zt_filter_result result;

    (void)unused;
    capability.rules[0] = forward_to(ZT_RULE_WATCH, TARGET + 1, 0);
    capability.rules[1] = forward_to(ZT_RULE_REDIRECT, TARGET + 2, 0);
    zt_filter(&result, base, 1, &capability, 1, false, &frame, &context);
    assert_true(result.redirected);
    assert_int_equal(result.copy_count, ZT_MAX_FRAME_COPIES);
    assert_int_equal(result.copies[0].to, TARGET + 1);
    assert_int_equal(result.copies[1].to, TARGET);
    assert_int_equal(result.copies[2].to, TARGET + 2);
    capability.rules[1] = action(ZT_RULE_DROP);
    zt_filter(&result, base, 1, &capability, 1, false, &frame, &context);
    assert_int_equal(result.verdict, ZT_FILTER_DROP);
    assert_int_equal(result.copy_count, 0); /* not accepted, nothing sent */
}

static void a_base_drop_is_final(void **unused)
{
    const struct zt_rule base[] = { action(ZT_RULE_DROP) };
    static struct zt_capability capability = { .rule_count = 1 };
    struct zt_rules_frame frame = outbound_frame();
    struct zt_rules_context context = new_context();
    struct zt_filter_result result;

    (void)unused;
    capability.rules[0] = action(ZT_RULE_ACCEPT);
    zt_filter(&result, base, 1, &capability, 1, false, &frame, &context);
    assert_int_equal(result.verdict, ZT_FILTER_DROP);
    zt_filter(&result, NULL, 0, &capability, 1, false, &frame, &context);
    assert_int_equal(result.verdict, ZT_FILTER_ACCEPT);
}

static void a_frame_full_of_extension_headers_counts_as_broken(void **unused)
{
    static uint8_t payload[10000];
    struct zt_rules_frame frame = inbound_frame();

    (void)unused;
    frame.ethertype = ZT_ETHER_IPV6;
    frame.payload = payload;
    frame.length = sizeof payload;
    for (unsigned headers = 0; headers <= 40; headers++) {
        memset(payload, 0, sizeof payload); /* hop-by-hop options, each of 8 bytes */
        payload[headers == 0 ? 6 : 40 + 8 * (headers - 1)] = 6;
        assert_int_equal(zt_rules_upper(&frame).known, headers <= 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_matches_nothing_and_drops),
        cmocka_unit_test(matches_combine_from_left_to_right),
        cmocka_unit_test(not_does_not_turn_a_match_that_cannot_apply),
        cmocka_unit_test(every_length_of_frame_is_safe_for_every_match),
        cmocka_unit_test(port_zero_counts_on_ipv4_only),
        cmocka_unit_test(flags_of_a_cut_tcp_header_are_zero),
        cmocka_unit_test(an_automatic_address_proves_only_its_own_member),
        cmocka_unit_test(tags_follow_their_table),
        cmocka_unit_test(an_unknown_tag_skips_one_drop_only),
        cmocka_unit_test(a_target_accepts_what_was_copied_to_it),
        cmocka_unit_test(copies_say_what_they_are),
        cmocka_unit_test(base_and_capability_may_both_send_a_copy),
        cmocka_unit_test(a_base_drop_is_final),
        cmocka_unit_test(a_frame_full_of_extension_headers_counts_as_broken),
    };

    zt_rng_init(&rng, (const uint8_t[32]){ 1 });
    return cmocka_run_group_tests(tests, NULL, NULL);
}
