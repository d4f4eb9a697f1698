/* SPDX-License-Identifier: Apache-2.0 */
/* What a member's packets say: numbers that whoever gets them only believes, and how often credentials
   are shown. */
#include "vl2_lab.h"

#include "vl1/packet.h"
#include "vl2/multicast.h"

static const struct zt_group everyone = { { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }, 0 };

/* The last packet with this verb that a node has under way to another, opened. False: there is none. */
static bool under_way(struct lab *lab, size_t from, size_t to, uint8_t verb,
                      struct zt_reader *payload)
{
    static uint8_t packet[ZT_MAX_PACKET];
    struct zt_session_key key;
    bool found = false;

    assert_true(zt_identity_agree(&key, &lab->nodes[from].self, &lab->nodes[to].self));
    struct zt_gmac_siv *siv = zt_gmac_siv_new(&key);
    assert_non_null(siv);
    for (size_t i = lab->queued; i-- > 0 && !found;) {
        struct lab_datagram datagram = lab->queue[i];

        if (datagram.length < ZT_HEADER_SIZE ||
            zt_packet_source(datagram.bytes) != lab_address(lab, from) ||
            zt_packet_destination(datagram.bytes) != lab_address(lab, to) ||
            !zt_packet_open(datagram.bytes, datagram.length, &key, siv))
            continue;
        size_t length = zt_packet_expand(packet, datagram.bytes, datagram.length);
        assert_true(length > 0);
        if ((datagram.bytes[ZT_AT_VERB] & ZT_VERB_COMPRESSED) == 0)
            memcpy(packet, datagram.bytes, length);
        found = (packet[ZT_AT_VERB] & ZT_VERB_MASK) == verb;
        *payload = zt_reader_of(packet + ZT_AT_PAYLOAD, length - ZT_AT_PAYLOAD);
    }
    zt_gmac_siv_free(siv);
    return found;
}

static uint32_t gathered(struct lab *lab, size_t whom)
{
    struct zt_reader in;

    assert_true(under_way(lab, ANN, whom, ZT_VERB_MULTICAST_GATHER, &in));
    assert_true(zt_read_u64(&in) == lab->nwid);
    (void)zt_read_take(&in, 1 + 6 + 4);
    return zt_read_u32(&in);
}

/* One more than are missing: we may be among them. docs/wire.md 16.4. */
static void members_are_asked_for_up_to_the_limit(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_vl2 *ann = lab_vl2(lab, ANN);
    struct zt_reader in;

    (void)unused;
    zt_likes_clear(&ann->likes);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 46);
    lab_carry_out(lab);
    assert_int_equal(gathered(lab, ROOT), 33);
    lab_run(lab, 61000);
    zt_likes_clear(&ann->likes);
    zt_multicast_heard(ann, lab->nwid, &everyone, lab_address(lab, BOB));
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 46);
    lab_carry_out(lab);
    assert_int_equal(gathered(lab, ROOT), 32);
    assert_true(under_way(lab, ANN, BOB, ZT_VERB_MULTICAST_FRAME, &in));
    assert_true(zt_read_u64(&in) == lab->nwid);
    assert_int_equal(zt_read_u8(&in), ZT_MULTICAST_GATHER);
    assert_int_equal(zt_read_u32(&in), 32);
    lab_free(lab);
}

/* docs/wire.md 12.3 */
static void a_pushed_config_is_confirmed_as_an_echo(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_reader in;

    (void)unused;
    lab_run(lab, 5000);
    lab_push(lab, ANN);
    lab_run(lab, LAB_DELAY_MS + 1);
    assert_true(under_way(lab, ANN, CONTROLLER, ZT_VERB_OK, &in));
    assert_int_equal(zt_read_u8(&in), 0x08);
    (void)zt_read_u64(&in);
    assert_true(zt_read_u64(&in) == lab->nwid);
    assert_int_equal(zt_reader_left(&in), 8);
    lab_free(lab);
}

static uint64_t credentials_at(const struct lab *lab, size_t i)
{
    return zt_vl1_counters(zt_node_vl1(lab->nodes[i].node))->verbs_in[ZT_VERB_NETWORK_CREDENTIALS];
}

static void speak(struct lab *lab, int64_t ms)
{
    for (int64_t end_ms = lab->now.mono_ms + ms; lab->now.mono_ms < end_ms;) {
        (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 46);
        lab_run(lab, 1000);
    }
}

static void the_certificate_is_shown_again_after_500_s(void **unused)
{
    struct lab *lab = lab_with_members();
    uint64_t shown;

    (void)unused;
    lab->silent_controller = true;
    lab_run(lab, 1000);
    speak(lab, 10000);
    shown = credentials_at(lab, BOB);
    assert_true(shown > 0);
    speak(lab, 489000);
    assert_int_equal(credentials_at(lab, BOB), shown);
    speak(lab, 3000);
    assert_int_equal(credentials_at(lab, BOB), shown + 1);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_asked_for_up_to_the_limit),
        cmocka_unit_test(a_pushed_config_is_confirmed_as_an_echo),
        cmocka_unit_test(the_certificate_is_shown_again_after_500_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
