/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations: their dictionary, its bounds, odd and broken values, failing memory. */
#include "vl2_values.h"

#include "base/mem.h"
#include "vl2/config.h"

#define HEAD "v=7\nnwid=8056c2e21c000001\nid=8850338390"

static struct zt_identity controller;
static uint8_t text[ZT_MAX_CONFIG + 1];

static int make_identities(void **unused)
{
    (void)unused;
    controller = identity_of(CONTROLLER, 1);
    return 0;
}

static int nothing_is_left(void **unused)
{
    (void)unused;
    return zt_mem_live() == 0 ? 0 : -1;
}

static struct zt_config *read_text(const void *bytes, size_t length)
{
    struct zt_dict dict = zt_dict_of(bytes, length);

    return zt_config_read(&dict);
}

/* The head and one more value. */
static struct zt_config *read_with(const char *key, const void *value, size_t length)
{
    struct zt_writer out = zt_writer_of(text, sizeof text);

    zt_write_copy(&out, HEAD, strlen(HEAD));
    zt_dict_put(&out, key, value, length);
    assert_false(out.failed);
    return read_text(text, zt_writer_length(&out));
}

static void add_grants(struct zt_config *config)
{
    config->tag_count = 2;
    config->tags = zt_alloc(2 * sizeof *config->tags);
    config->capability_count = 2;
    config->capabilities = zt_alloc(2 * sizeof *config->capabilities);
    assert_non_null(config->tags);
    assert_non_null(config->capabilities);
    for (uint32_t i = 0; i < 2; i++) {
        config->tags[i] = (struct zt_tag){
            .nwid = NWID, .issued_ms = NOW_MS, .id = 5 + i, .value = i, .member = MEMBER
        };
        zt_tag_sign(&config->tags[i], &controller);
        config->capabilities[i] = (struct zt_capability){
            .nwid = NWID, .issued_ms = NOW_MS, .id = 7 + i, .rule_count = 1
        };
        config->capabilities[i].rules[0].type = ZT_RULE_ACCEPT;
        zt_capability_sign(&config->capabilities[i], &controller, MEMBER);
    }
    config->ownership_count = 1;
    config->ownerships[0] =
        (struct zt_ownership){ .nwid = NWID, .issued_ms = NOW_MS, .id = 1, .member = MEMBER };
    zt_ownership_sign(&config->ownerships[0], &controller);
}

/* Something in every field. */
static struct zt_config *full_config(void)
{
    static const uint8_t ip[4] = { 10, 1, 2, 3 };
    struct zt_identity member = identity_of(MEMBER, 2);
    struct zt_config *config = zt_config_new();

    assert_non_null(config);
    config->nwid = NWID;
    config->issued_ms = NOW_MS;
    config->window_ms = 1800000;
    config->revision = 3;
    config->member = MEMBER;
    config->trace_target = OTHER;
    config->trace_level = 1;
    config->flags = ZT_CONFIG_FLAG_BROADCAST;
    config->multicast_limit = 32;
    memcpy(config->name, "spec=net", 8);
    config->mtu = 2800;
    zt_com_make(&config->com, NWID, NOW_MS, 1800000, &member);
    zt_com_sign(&config->com, &controller);
    config->specialist_count = 1;
    config->specialists[0] = CONTROLLER | ZT_SPECIALIST_BRIDGE;
    config->route_count = 1;
    config->routes[0].target = zt_endpoint_v4(ip, 24);
    config->assigned_count = 1;
    config->assigned[0] = zt_endpoint_v4(ip, 24);
    memcpy(config->dns.domain, "lab.example", 11);
    config->dns.server_count = 1;
    config->dns.servers[0] = zt_endpoint_v4(ip, 0);
    config->rules = zt_alloc(sizeof *config->rules);
    assert_non_null(config->rules);
    config->rules[0].type = ZT_RULE_ACCEPT;
    config->rule_count = 1;
    add_grants(config);
    return config;
}

static void add_sso(struct zt_config *config, uint64_t version)
{
    config->sso = zt_alloc(sizeof *config->sso);
    assert_non_null(config->sso);
    config->sso->enabled = true;
    config->sso->version = version;
    memcpy(version == 0 ? config->sso->url : config->sso->issuer, "https://x/?a=b", 14);
    memcpy(config->sso->provider, "default", version == 0 ? 0 : 7);
    config->sso->expiry_ms = version == 0 ? NOW_MS : 0;
}

static size_t write_config(const struct zt_config *config)
{
    struct zt_writer out = zt_writer_of(text, sizeof text);

    zt_config_write(config, &out);
    assert_false(out.failed);
    return zt_writer_length(&out);
}

static void a_config_is_read_as_written(void **unused)
{
    (void)unused;
    for (int sso = -1; sso <= 1; sso++) {
        struct zt_config *config = full_config();
        struct zt_config *back;

        if (sso >= 0)
            add_sso(config, (uint64_t)sso);
        back = read_text(text, write_config(config));
        assert_non_null(back);
        assert_true(zt_config_equal(config, back));
        zt_config_free(back);
        zt_config_free(config);
    }
}

static void any_changed_field_is_a_difference(void **unused)
{
    struct zt_config *config = full_config();
    struct zt_config *other = full_config();
    uint8_t *const bytes[] = {
        (uint8_t *)&other->nwid,
        (uint8_t *)&other->issued_ms,
        (uint8_t *)&other->window_ms,
        (uint8_t *)&other->revision,
        (uint8_t *)&other->member,
        (uint8_t *)&other->trace_target,
        (uint8_t *)&other->trace_level,
        (uint8_t *)&other->flags,
        (uint8_t *)&other->multicast_limit,
        (uint8_t *)&other->is_public,
        (uint8_t *)&other->mtu,
        (uint8_t *)other->name,
        (uint8_t *)&other->com.qualifiers[6].value,
        (uint8_t *)&other->specialist_count,
        (uint8_t *)other->specialists,
        (uint8_t *)&other->routes[0].metric,
        (uint8_t *)&other->routes[0].target.port,
        (uint8_t *)&other->assigned[0].port,
        (uint8_t *)&other->ownerships[0].id,
        (uint8_t *)other->dns.domain,
        (uint8_t *)&other->dns.servers[0].port,
        (uint8_t *)&other->rules[0].type,
        (uint8_t *)&other->tags[1].value,
        (uint8_t *)&other->capabilities[1].rules[0].type,
        (uint8_t *)&other->tag_count,
    };

    (void)unused;
    assert_true(zt_config_equal(config, other));
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        *bytes[i] ^= 1;
        assert_false(zt_config_equal(config, other));
        *bytes[i] ^= 1;
    }
    add_sso(other, 1);
    assert_false(zt_config_equal(config, other));
    zt_config_free(other);
    zt_config_free(config);
}

static void without_its_head_a_config_is_refused(void **unused)
{
    static const char *const bad[] = {
        "",
        "nwid=8056c2e21c000001\nid=8850338390",
        "v=5\nnwid=8056c2e21c000001\nid=8850338390",
        "v=7\nid=8850338390",
        "v=7\nnwid=0\nid=8850338390",
        "v=7\nnwid=8056c2e21c000001",
        "v=7\nnwid=8056c2e21c000001\nid=0",
        "v=7\nnwid=8056c2e21c000001\nid=10000000000", /* nothing left in 40 bits */
    };
    struct zt_config *config = read_text(HEAD, strlen(HEAD));

    (void)unused;
    assert_non_null(config);
    assert_int_equal(config->mtu, ZT_DEFAULT_MTU);
    assert_true(config->com.count == 0 && config->rules == NULL && config->sso == NULL);
    zt_config_free(config);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(read_text(bad[i], strlen(bad[i])));
}

static void numbers_are_held_in_their_bounds(void **unused)
{
    static const struct {
        const char *value;
        unsigned mtu;
    } cases[] = { { "0", 1280 },
                  { "4ff", 1280 },
                  { "500", 1280 },
                  { "501", 1281 },
                  { "2710", 10000 },
                  { "2711", 10000 },
                  { "ffffffffffffffff", 10000 } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_config *config = read_with("mtu", cases[i].value, strlen(cases[i].value));

        assert_non_null(config);
        assert_int_equal(config->mtu, cases[i].mtu);
        zt_config_free(config);
    }
}

static void a_long_name_is_cut(void **unused)
{
    char name[300];
    struct zt_config *config;

    (void)unused;
    memset(name, 'n', sizeof name);
    config = read_with("n", name, sizeof name);
    assert_non_null(config);
    assert_int_equal(strlen(config->name), ZT_MAX_NETWORK_NAME);
    zt_config_free(config);
}

/* What a broken value does to the whole: some are kept as far as they go, others refuse it. */
static void a_broken_value_is_judged_by_its_key(void **unused)
{
    static const struct {
        const char *key;
        bool refused;
    } cases[] = { { "C", true },  { "COO", true },     { "RT", true },   { "I", true },
                  { "R", true },  { "DNS", true },     { "CAP", false }, { "TAG", false },
                  { "S", false }, { "unknown", false } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_config *config = read_with(cases[i].key, "\x09", 1);

        assert_int_equal(config == NULL, cases[i].refused);
        zt_config_free(config);
    }
}

static void what_is_beyond_a_bound_is_ignored(void **unused)
{
    static uint8_t bytes[ZT_MAX_CONFIG];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_config *config;

    (void)unused;
    for (uint64_t i = 0; i < ZT_MAX_SPECIALISTS + 5; i++)
        zt_write_u64(&out, i);
    config = read_with("S", bytes, zt_writer_length(&out));
    assert_int_equal(config->specialist_count, ZT_MAX_SPECIALISTS);
    zt_config_free(config);

    memset(bytes, 0, sizeof bytes);
    config = read_with("R", bytes, 2 * (ZT_MAX_RULES + 5));
    assert_int_equal(config->rule_count, ZT_MAX_RULES);
    zt_config_free(config);

    for (size_t i = 0; i < ZT_MAX_ROUTES + 5; i++)
        memcpy(bytes + 12 * i, (uint8_t[12]){ 4, 10, 0, 0, 0, 0, 8 }, 12);
    config = read_with("RT", bytes, 12 * (ZT_MAX_ROUTES + 5));
    assert_int_equal(config->route_count, ZT_MAX_ROUTES);
    zt_config_free(config);
    for (size_t i = 0; i < ZT_MAX_ASSIGNED + 5; i++)
        memcpy(bytes + 7 * i, (uint8_t[7]){ 4, 10, 0, 0, 1, 0, 8 }, 7);
    config = read_with("I", bytes, 7 * (ZT_MAX_ASSIGNED + 5));
    assert_int_equal(config->assigned_count, ZT_MAX_ASSIGNED);
    zt_config_free(config);
}

static void surplus_credentials_are_ignored_and_the_rest_sorted(void **unused)
{
    static uint8_t bytes[ZT_MAX_CONFIG];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_capability capability = { .nwid = NWID, .max_custody = 1 };
    struct zt_ownership ownership = { .nwid = NWID };
    struct zt_config *config;

    (void)unused;
    for (uint32_t i = 0; i < ZT_MAX_TAGS + 5; i++)
        zt_tag_write(&(struct zt_tag){ .nwid = NWID, .id = 1000 - i }, &out);
    config = read_with("TAG", bytes, zt_writer_length(&out));
    assert_int_equal(config->tag_count, ZT_MAX_TAGS);
    for (size_t i = 1; i < config->tag_count; i++)
        assert_true(config->tags[i - 1].id < config->tags[i].id);
    zt_config_free(config);

    out = zt_writer_of(bytes, sizeof bytes);
    for (uint32_t i = 0; i < ZT_MAX_CAPABILITIES + 5; i++) {
        capability.id = i * 77 % 1000;
        zt_capability_write(&capability, &out);
    }
    config = read_with("CAP", bytes, zt_writer_length(&out));
    assert_int_equal(config->capability_count, ZT_MAX_CAPABILITIES);
    for (size_t i = 1; i < config->capability_count; i++)
        assert_true(config->capabilities[i - 1].id < config->capabilities[i].id);
    zt_config_free(config);

    out = zt_writer_of(bytes, sizeof bytes);
    for (uint32_t i = 0; i < ZT_MAX_OWNERSHIPS + 1; i++)
        zt_ownership_write(&ownership, &out);
    config = read_with("COO", bytes, zt_writer_length(&out));
    assert_int_equal(config->ownership_count, ZT_MAX_OWNERSHIPS);
    zt_config_free(config);
}

static void what_was_read_before_an_error_is_kept(void **unused)
{
    uint8_t bytes[512];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_config *config;

    (void)unused;
    zt_tag_write(&(struct zt_tag){ .nwid = NWID, .id = 4 }, &out);
    zt_tag_write(&(struct zt_tag){ .nwid = NWID, .id = 5 }, &out);
    config = read_with("TAG", bytes, zt_writer_length(&out) - 1);
    assert_int_equal(config->tag_count, 1);
    assert_int_equal(config->tags[0].id, 4);
    zt_config_free(config);
}

static void an_address_without_a_sensible_prefix_is_left_out(void **unused)
{
    static const uint8_t bytes[] = {
        0x00,                          /* none */
        0x04, 10, 0, 0, 1, 0,    33,   /* longer than the address */
        0x04, 10, 0, 0, 2, 0,    32,   /* good */
        0x01, 1,  2, 3, 4, 5,    6,    /* an Ethernet address */
        0x04, 10, 0, 0, 3, 0xff, 0xff, /* nonsense */
    };
    struct zt_config *config = read_with("I", bytes, sizeof bytes);

    (void)unused;
    assert_int_equal(config->assigned_count, 1);
    assert_int_equal(config->assigned[0].ip[3], 2);
    zt_config_free(config);
}

static void no_prefix_of_a_config_does_harm(void **unused)
{
    struct zt_config *config = full_config();
    size_t length = write_config(config);

    (void)unused;
    for (size_t cut = 0; cut <= length; cut++) {
        uint8_t *copy = zt_alloc(cut + 1);

        assert_non_null(copy);
        memcpy(copy, text, cut);
        zt_config_free(read_text(copy, cut));
        zt_free(copy);
    }
    zt_config_free(config);
}

static void a_failed_allocation_leaves_nothing_behind(void **unused)
{
    struct zt_config *config = full_config();
    size_t length;
    unsigned long n = 0;

    (void)unused;
    add_sso(config, 1);
    length = write_config(config);
    zt_config_free(config);
    do {
        zt_mem_fail_nth(++n);
        config = read_text(text, length);
        zt_mem_fail_nth(0);
        assert_true(config != NULL || zt_mem_live() == 0);
    } while (config == NULL);
    assert_int_equal(n, 7); /* object, scratch, capabilities, tags, rules and SSO failed in turn */
    zt_config_free(config);
}

static void a_text_that_is_too_long_is_refused(void **unused)
{
    struct zt_config *config;

    (void)unused;
    memset(text, '\n', sizeof text);
    memcpy(text, HEAD, strlen(HEAD));
    config = read_text(text, ZT_MAX_CONFIG);
    assert_non_null(config);
    zt_config_free(config);
    assert_null(read_text(text, ZT_MAX_CONFIG + 1));
}

static void a_writer_without_room_fails(void **unused)
{
    struct zt_config *config = full_config();
    size_t length = write_config(config);

    (void)unused;
    for (size_t room = 0; room < length; room += 7) {
        struct zt_writer out = zt_writer_of(text, room);

        zt_config_write(config, &out);
        assert_true(out.failed);
    }
    zt_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_config_is_read_as_written, nothing_is_left),
        cmocka_unit_test_teardown(any_changed_field_is_a_difference, nothing_is_left),
        cmocka_unit_test_teardown(without_its_head_a_config_is_refused, nothing_is_left),
        cmocka_unit_test_teardown(numbers_are_held_in_their_bounds, nothing_is_left),
        cmocka_unit_test_teardown(a_long_name_is_cut, nothing_is_left),
        cmocka_unit_test_teardown(a_broken_value_is_judged_by_its_key, nothing_is_left),
        cmocka_unit_test_teardown(what_is_beyond_a_bound_is_ignored, nothing_is_left),
        cmocka_unit_test_teardown(surplus_credentials_are_ignored_and_the_rest_sorted,
                                  nothing_is_left),
        cmocka_unit_test_teardown(what_was_read_before_an_error_is_kept, nothing_is_left),
        cmocka_unit_test_teardown(an_address_without_a_sensible_prefix_is_left_out,
                                  nothing_is_left),
        cmocka_unit_test_teardown(no_prefix_of_a_config_does_harm, nothing_is_left),
        cmocka_unit_test_teardown(a_failed_allocation_leaves_nothing_behind, nothing_is_left),
        cmocka_unit_test_teardown(a_text_that_is_too_long_is_refused, nothing_is_left),
        cmocka_unit_test_teardown(a_writer_without_room_fails, nothing_is_left),
    };

    return cmocka_run_group_tests(tests, make_identities, NULL);
}
