/* SPDX-License-Identifier: Apache-2.0 */
/* Members and what they show: certificates, grants, thresholds, validity, eviction. */
#include "vl2_values.h"

#include "vl2/member.h"

static struct zt_config config_at(int64_t issued_ms, const struct zt_identity *self,
                                  const struct zt_identity *controller)
{
    struct zt_config config = { .nwid = NWID, .issued_ms = issued_ms, .window_ms = 1000 };

    zt_com_make(&config.com, NWID, issued_ms, 1000, self);
    zt_com_sign(&config.com, controller);
    return config;
}

static void a_member_is_allowed_while_the_times_agree(void **unused)
{
    static const struct {
        int64_t theirs_ms;
        bool allowed;
    } cases[] = { { NOW_MS, true },
                  { NOW_MS - 1000, true },
                  { NOW_MS - 1001, false },
                  { NOW_MS + 1000, true },
                  { NOW_MS + 1001, false } };
    struct zt_identity self = identity_of(OTHER, 1), them = identity_of(MEMBER, 2);
    struct zt_identity controller = identity_of(CONTROLLER, 3);
    struct zt_config config = config_at(NOW_MS, &self, &controller);

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_config theirs = config_at(cases[i].theirs_ms, &them, &controller);
        struct zt_members members = { 0 };
        struct zt_member *member = zt_members_get(&members, MEMBER, false, 0);

        assert_false(zt_member_is_allowed(member, &config, &them));
        assert_int_equal(zt_member_store_com(member, &theirs.com), ZT_DROP_NONE);
        assert_int_equal(zt_member_is_allowed(member, &config, &them), cases[i].allowed);
        zt_members_clear(&members);
    }
    assert_int_equal(zt_mem_live(), 0);
}

static void agreement_is_found_anew_for_another_key_or_config(void **unused)
{
    struct zt_identity self = identity_of(OTHER, 1), them = identity_of(MEMBER, 2);
    struct zt_identity impostor = identity_of(MEMBER, 9), controller = identity_of(CONTROLLER, 3);
    struct zt_config config = config_at(NOW_MS, &self, &controller);
    struct zt_config theirs = config_at(NOW_MS, &them, &controller);
    struct zt_config later = config_at(NOW_MS + 5000, &self, &controller);
    struct zt_members members = { 0 };
    struct zt_member *member = zt_members_get(&members, MEMBER, false, 0);

    (void)unused;
    (void)zt_member_store_com(member, &theirs.com);
    assert_true(zt_member_is_allowed(member, &config, &them));
    assert_false(zt_member_is_allowed(member, &config, &impostor));
    assert_true(zt_member_is_allowed(member, &config, &them));
    zt_members_refresh(&members, &later);
    assert_false(zt_member_is_allowed(member, &later, &them));
    later.is_public = true;
    assert_true(zt_member_is_allowed(member, &later, &them));
    zt_members_clear(&members);
}

static void a_revoked_or_older_certificate_is_refused(void **unused)
{
    struct zt_identity them = identity_of(MEMBER, 2), controller = identity_of(CONTROLLER, 3);
    struct zt_config now = config_at(NOW_MS, &them, &controller);
    struct zt_config older = config_at(NOW_MS - 1, &them, &controller);
    struct zt_members members = { 0 };
    struct zt_member *member = zt_members_get(&members, MEMBER, false, 0);
    bool known;

    (void)unused;
    assert_int_equal(zt_member_judge_com(NULL, &now.com, &known), ZT_DROP_NONE);
    (void)zt_member_store_com(member, &now.com);
    assert_int_equal(zt_member_judge_com(member, &now.com, &known), ZT_DROP_NONE);
    assert_true(known);
    assert_int_equal(zt_member_judge_com(member, &older.com, &known), ZT_DROP_STALE);
    assert_int_equal(zt_member_revoke_com(member, NOW_MS), ZT_DROP_NONE);
    assert_int_equal(zt_member_revoke_com(member, NOW_MS), ZT_DROP_STALE);
    assert_int_equal(zt_member_judge_com(member, &now.com, &known), ZT_DROP_REVOKED);
    assert_false(zt_member_is_allowed(member, &now, &them));
    zt_members_clear(&members);
}

static struct zt_tag tag_of(uint32_t id, int64_t issued_ms)
{
    return (struct zt_tag){ .nwid = NWID, .issued_ms = issued_ms, .id = id, .member = MEMBER };
}

static void valid_credentials_stand_first_in_order_of_id(void **unused)
{
    static const struct {
        uint32_t id;
        int64_t issued_ms;
    } given[] = { { 5, NOW_MS },
                  { 3, NOW_MS - 1001 },
                  { 9, NOW_MS + 1000 },
                  { 1, NOW_MS },
                  { 2, NOW_MS + 1001 } };
    struct zt_wallet *wallet = zt_wallet_new();
    struct zt_window window = { NOW_MS, 1000 };
    const struct zt_tag *tags;

    (void)unused;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        struct zt_tag tag = tag_of(given[i].id, given[i].issued_ms);

        assert_int_equal(zt_wallet_store(wallet, ZT_CREDENTIAL_TAG, &tag, &window), ZT_DROP_NONE);
    }
    tags = wallet->tags.items;
    assert_int_equal(wallet->tags.valid, 3);
    assert_true(tags[0].id == 1 && tags[1].id == 5 && tags[2].id == 9);
    assert_int_equal(zt_wallet_revoke(wallet, ZT_CREDENTIAL_TAG, 5, NOW_MS, &window), ZT_DROP_NONE);
    assert_int_equal(wallet->tags.valid, 2);
    assert_true(tags[0].id == 1 && tags[1].id == 9);
    window.issued_ms = NOW_MS + 1001;
    zt_wallet_refresh(wallet, &window);
    assert_int_equal(wallet->tags.valid, 2);
    assert_true(tags[0].id == 2 && tags[1].id == 9);
    zt_wallet_free(wallet);
    assert_int_equal(zt_mem_live(), 0);
}

static void a_credential_is_judged_by_its_time(void **unused)
{
    struct zt_wallet *wallet = zt_wallet_new();
    struct zt_window window = { NOW_MS, 1000 };
    struct zt_tag held = tag_of(1, NOW_MS), older = tag_of(1, NOW_MS - 1);
    struct zt_tag newer = tag_of(1, NOW_MS + 1);
    bool known;

    (void)unused;
    (void)zt_wallet_store(wallet, ZT_CREDENTIAL_TAG, &held, &window);
    assert_int_equal(zt_wallet_judge(wallet, ZT_CREDENTIAL_TAG, &held, &known), ZT_DROP_NONE);
    assert_true(known);
    assert_int_equal(zt_wallet_judge(wallet, ZT_CREDENTIAL_TAG, &older, &known), ZT_DROP_STALE);
    assert_int_equal(zt_wallet_judge(wallet, ZT_CREDENTIAL_TAG, &newer, &known), ZT_DROP_NONE);
    assert_false(known);
    (void)zt_wallet_revoke(wallet, ZT_CREDENTIAL_TAG, 1, NOW_MS + 1, &window);
    assert_int_equal(zt_wallet_judge(wallet, ZT_CREDENTIAL_TAG, &newer, &known), ZT_DROP_REVOKED);
    assert_int_equal(zt_wallet_revoke(wallet, ZT_CREDENTIAL_TAG, 1, NOW_MS + 1, &window),
                     ZT_DROP_STALE);
    zt_wallet_free(wallet);
}

static void the_wallet_has_room_for_128_tags_and_no_more(void **unused)
{
    struct zt_wallet *wallet = zt_wallet_new();
    struct zt_window window = { NOW_MS, 1000 };

    (void)unused;
    for (uint32_t id = 0; id <= ZT_MAX_TAGS; id++) {
        struct zt_tag tag = tag_of(id, NOW_MS);

        assert_int_equal(zt_wallet_store(wallet, ZT_CREDENTIAL_TAG, &tag, &window),
                         id < ZT_MAX_TAGS ? ZT_DROP_NONE : ZT_DROP_NO_ROOM);
    }
    zt_wallet_free(wallet);
}

static void cleaning_drops_what_is_older_than_the_window(void **unused)
{
    struct zt_wallet *wallet = zt_wallet_new();
    struct zt_window window = { NOW_MS, 1000 };
    struct zt_tag tag = tag_of(1, NOW_MS);

    (void)unused;
    (void)zt_wallet_store(wallet, ZT_CREDENTIAL_TAG, &tag, &window);
    (void)zt_wallet_revoke(wallet, ZT_CREDENTIAL_TAG, 7, NOW_MS, &window);
    window.issued_ms += 1000;
    assert_false(zt_wallet_clean(wallet, &window));
    assert_int_equal(wallet->tags.count, 1);
    window.issued_ms++;
    assert_true(zt_wallet_clean(wallet, &window));
    zt_wallet_free(wallet);
    assert_int_equal(zt_mem_live(), 0);
}

static void a_full_table_refuses_strangers_and_replaces_the_longest_silent(void **unused)
{
    struct zt_members members = { 0 };

    (void)unused;
    for (zt_address i = 1; i <= ZT_MAX_MEMBERS; i++)
        assert_non_null(zt_members_get(&members, i, true, (int64_t)i));
    assert_non_null(zt_members_get(&members, 1, true, ZT_MAX_MEMBERS + 1));
    assert_null(zt_members_get(&members, ZT_MAX_MEMBERS + 1, true, 0));
    assert_non_null(zt_members_get(&members, ZT_MAX_MEMBERS + 1, false, ZT_MAX_MEMBERS + 2));
    assert_null(zt_members_find(&members, 2));
    assert_non_null(zt_members_find(&members, 1));
    zt_members_clear(&members);
    assert_int_equal(zt_mem_live(), 0);
}

static void a_silent_member_without_credentials_is_forgotten_after_600_s(void **unused)
{
    struct zt_config config = { .issued_ms = NOW_MS, .window_ms = 1000 };
    struct zt_members members = { 0 };

    (void)unused;
    (void)zt_members_get(&members, MEMBER, false, 0);
    zt_members_clean(&members, &config, 599999);
    assert_non_null(zt_members_find(&members, MEMBER));
    zt_members_clean(&members, &config, 600000);
    assert_null(zt_members_find(&members, MEMBER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_allowed_while_the_times_agree),
        cmocka_unit_test(agreement_is_found_anew_for_another_key_or_config),
        cmocka_unit_test(a_revoked_or_older_certificate_is_refused),
        cmocka_unit_test(valid_credentials_stand_first_in_order_of_id),
        cmocka_unit_test(a_credential_is_judged_by_its_time),
        cmocka_unit_test(the_wallet_has_room_for_128_tags_and_no_more),
        cmocka_unit_test(cleaning_drops_what_is_older_than_the_window),
        cmocka_unit_test(a_full_table_refuses_strangers_and_replaces_the_longest_silent),
        cmocka_unit_test(a_silent_member_without_credentials_is_forgotten_after_600_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
