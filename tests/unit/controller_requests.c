/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that come together: stored as one, answered after that, and each by its own merits if storing fails. */
#include "controller_watched.h"

#define PUBLIC                                                                                     \
    "{\"private\":false,\"v4AssignMode\":{\"zt\":true},"                                           \
    "\"routes\":[{\"target\":\"10.0.0.0/24\"}],"                                                   \
    "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.200\"}]}"
#define AT_ONCE 10

static struct zt_config_request request_of(zt_nwid nwid, zt_address member, const char *metadata)
{
    struct zt_config_request request = { .nwid = nwid, .packet_id = 99, .direct = true };
    struct zt_identity identity = make_identity(member);

    request.member = zt_identity_public(&identity);
    request.metadata_length = strlen(metadata);
    memcpy(request.metadata, metadata, request.metadata_length);
    return request;
}

/* Members first, first + 1, ... ask at the same moment. */
static void ask_together(struct fixture *fixture, zt_address first, size_t count)
{
    struct zt_config_request *requests = calloc(count, sizeof *requests);

    pass(fixture, 10000);
    for (size_t i = 0; i < count; i++)
        requests[i] = request_of(NWID, first + i, METADATA);
    zt_controller_requests(fixture->controller, fixture->now, requests, count);
    free(requests);
}

/* Configurations that wait to be sent. */
static unsigned count_configs(struct fixture *fixture)
{
    unsigned count = 0;

    while (take(fixture))
        count += fixture->effect.answer.error == 0;
    return count;
}

static size_t count_members(struct fixture *fixture)
{
    json_t *members = zt_controller_members(fixture->controller, NWID, &fixture->error);
    size_t count = json_object_size(members);

    json_decref(members);
    return count;
}

static int set_up_watched(void **state)
{
    struct fixture *fixture;

    (void)set_up(state);
    fixture = *state;
    watch_store(fixture);
    assert_non_null(set_network(fixture, NWID, PUBLIC));
    forget_counts();
    return 0;
}

static void newcomers_are_stored_together_and_all_answered(void **state)
{
    struct fixture *fixture = *state;

    ask_together(fixture, 0x10, AT_ONCE);
    assert_int_equal(watch.put_count, AT_ONCE);
    assert_int_equal(watch.group_count, 1);
    assert_int_equal(count_configs(fixture), AT_ONCE);
    assert_int_equal(count_members(fixture), AT_ONCE);
    /* known by now: nothing is to be stored */
    ask_together(fixture, 0x10, AT_ONCE);
    assert_int_equal(watch.put_count, AT_ONCE);
    assert_int_equal(count_configs(fixture), AT_ONCE);
}

static void one_alone_takes_no_transaction(void **state)
{
    struct fixture *fixture = *state;

    ask_together(fixture, 0x10, 1);
    assert_int_equal(watch.put_count, 1);
    assert_int_equal(watch.group_count, 0);
    assert_int_equal(count_configs(fixture), 1);
}

static void more_than_fit_one_transaction_take_several(void **state)
{
    struct fixture *fixture = *state;

    ask_together(fixture, 0x10, 150);
    assert_int_equal(watch.group_count, 3);
    assert_int_equal(count_configs(fixture), 150);
    assert_int_equal(count_members(fixture), 150);
}

static void what_is_not_stored_is_not_granted(void **state)
{
    static const int results[] = { ZT_STORE_FAILED, ZT_STORE_AWAY, ZT_STORE_CONFLICT };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        watch.group_result = watch.put_result = results[i];
        ask_together(fixture, 0x10, AT_ONCE);
        assert_int_equal(count_configs(fixture), 0);
        assert_int_equal(count_members(fixture), 0);
    }
    watch.group_result = watch.put_result = ZT_STORE_OK;
    ask_together(fixture, 0x10, AT_ONCE);
    assert_int_equal(count_configs(fixture), AT_ONCE);
}

static void a_store_that_fails_is_not_asked_for_each_of_many(void **state)
{
    struct fixture *fixture = *state;

    watch.group_result = watch.put_result = ZT_STORE_FAILED;
    ask_together(fixture, 0x10, AT_ONCE);
    assert_in_range(watch.put_count, 1, 2); /* each may take half a second */
    assert_int_equal(count_configs(fixture), 0);
    assert_int_equal(count_members(fixture), 0);
}

static void who_was_granted_before_is_answered_while_the_store_fails(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config_request requests[2];

    ask_together(fixture, 0x10, 1);
    assert_int_equal(count_configs(fixture), 1);
    pass(fixture, 10000);
    watch.group_result = watch.put_result = ZT_STORE_FAILED;
    requests[0] = request_of(NWID, 0x10, "v=7\nmajv=2\nrevr=1"); /* a version to be noted */
    requests[1] = request_of(NWID, 0x11, METADATA);
    zt_controller_requests(fixture->controller, fixture->now, requests, 2);
    take_error(fixture, 0);
    assert_true(fixture->effect.answer.member == 0x10);
    assert_false(take(fixture));
}

static void one_that_cannot_be_stored_does_not_hold_up_the_others(void **state)
{
    struct fixture *fixture = *state;

    watch.refused = 0x13;
    watch.group_result = ZT_STORE_FAILED;
    ask_together(fixture, 0x10, AT_ONCE);
    assert_int_equal(count_configs(fixture), AT_ONCE - 1);
    assert_int_equal(count_members(fixture), AT_ONCE - 1);
}

/* The other's change is not known here yet: the record is there where none is expected. */
static void one_overtaken_by_another_does_not_hold_up_the_others(void **state)
{
    static const char json[] = "{\"revision\":1,\"authorized\":true}";
    struct fixture *fixture = *state;
    struct zt_record record = { ZT_RECORD_MEMBER, NWID, 0x13, 1, json, sizeof json - 1 };

    assert_int_equal(watch.whole->put(fixture->store, &record, ZT_NO_RECORD), ZT_STORE_OK);
    ask_together(fixture, 0x10, AT_ONCE);
    assert_int_equal(watch.group_count, 1);
    assert_int_equal(count_configs(fixture), AT_ONCE - 1);
    assert_int_equal(count_members(fixture), AT_ONCE - 1);
}

static void each_of_a_group_gets_an_address_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config_request requests[AT_ONCE];
    char ips[AT_ONCE][ZT_ENDPOINT_TEXT];

    /* All would get the same one: it follows from the member's address. */
    for (size_t i = 0; i < AT_ONCE; i++)
        requests[i] = request_of(NWID, 0x1000 + 199 * i, METADATA);
    zt_controller_requests(fixture->controller, fixture->now, requests, AT_ONCE);
    for (size_t i = 0; i < AT_ONCE; i++) {
        struct zt_config *config = take_config(fixture, 99);

        assert_int_equal(config->assigned_count, 1);
        strcpy(ips[i], ip_text(&config->assigned[0]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ips[i], ips[j]);
        zt_config_free(config);
    }
}

static void one_that_asks_twice_at_once_is_one_member(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config_request requests[] = { request_of(NWID, 0x10, METADATA),
                                            request_of(NWID, 0x11, METADATA),
                                            request_of(NWID, 0x10, METADATA),
                                            request_of(NWID + 1, 0x10, METADATA) };

    zt_controller_requests(fixture->controller, fixture->now, requests, 4);
    assert_int_equal(count_members(fixture), 2);
    for (size_t i = 0; i < 3; i++)
        take_error(fixture, 0);
    take_error(fixture, ZT_ERROR_OBJ_NOT_FOUND);
    assert_false(take(fixture));
}

/* Where strangers wait is full, and the first of them, who would give way, is being let in. */
static void a_stranger_that_is_let_in_does_not_give_way_to_others(void **state)
{
    enum { WAITING = 1024 };
    struct fixture *fixture = *state;
    struct zt_config_request requests[2];
    json_t *json;

    assert_non_null(set_network(fixture, NWID, "{\"private\":true,\"authTokens\":{\"t\":0}}"));
    for (zt_address i = 0; i < WAITING; i += 64) {
        ask_together(fixture, 0x10 + i, 64);
        assert_int_equal(count_configs(fixture), 0);
    }
    assert_int_equal(count_members(fixture), WAITING);
    pass(fixture, 10000);
    requests[0] = request_of(NWID, 0x10, METADATA "\na=token:t");
    requests[1] = request_of(NWID, 0x10 + WAITING, METADATA);
    zt_controller_requests(fixture->controller, fixture->now, requests, 2);
    assert_int_equal(count_configs(fixture), 1);
    json = zt_controller_member(fixture->controller, NWID, 0x10, &fixture->error);
    assert_json(json_object_get(json, "authorized"), "true");
    json_decref(json);
}

static void any_allocation_may_fail_among_several(void **state)
{
    (void)tear_down(state);
    for (unsigned long n = 1; n < 60; n++) {
        assert_int_equal(set_up(state), 0);
        struct fixture *fixture = *state;

        assert_non_null(set_network(fixture, NWID, PUBLIC));
        zt_mem_fail_nth(n);
        ask_together(fixture, 0x10, 3);
        zt_mem_fail_nth(0);
        (void)count_configs(fixture);
        ask_together(fixture, 0x10, 3);
        assert_int_equal(count_configs(fixture), 3);
        assert_int_equal(count_members(fixture), 3);
        (void)tear_down(state);
    }
    (void)set_up(state);
}

static unsigned lines_told;
static char last_line[512];

static void note_line(void *context, enum zt_log_level level, const char *module, const char *line)
{
    (void)context;
    (void)level;
    (void)module;
    lines_told++;
    zt_format(last_line, sizeof last_line, "%s", line);
}

static void open_with_log(struct fixture *fixture)
{
    static const struct zt_log log = { .level = ZT_LOG_ERROR, .sink = note_line };
    struct zt_identity self = make_identity(CONTROLLER_ADDRESS);
    uint8_t seed[32] = { 7 };
    char error[128];

    zt_controller_free(fixture->controller);
    fixture->controller = zt_controller_new(&self, fixture->store, seed, &log, error, sizeof error);
    assert_non_null(fixture->controller);
    lines_told = 0;
}

/* Each failure is told to who asked; the log has one line in ten seconds. */
static void a_store_that_fails_does_not_fill_the_log(void **state)
{
    struct fixture *fixture = *state;

    open_with_log(fixture);
    watch.put_result = ZT_STORE_FAILED;
    for (int i = 0; i < 100; i++) {
        zt_controller_tend(fixture->controller, fixture->now);
        assert_null(set_network(fixture, NWID, "{\"name\":\"y\"}"));
        assert_int_equal(fixture->error.status, 500);
        pass(fixture, 99);
    }
    assert_int_equal(lines_told, 1);
    pass(fixture, 10000);
    zt_controller_tend(fixture->controller, fixture->now);
    ask(fixture, NWID, 0x10);
    assert_int_equal(lines_told, 2);
    assert_non_null(strstr(last_line, "(99 other failures before)"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_watched, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(newcomers_are_stored_together_and_all_answered),
        TEST(one_alone_takes_no_transaction),
        TEST(more_than_fit_one_transaction_take_several),
        TEST(what_is_not_stored_is_not_granted),
        TEST(a_store_that_fails_is_not_asked_for_each_of_many),
        TEST(who_was_granted_before_is_answered_while_the_store_fails),
        TEST(one_that_cannot_be_stored_does_not_hold_up_the_others),
        TEST(one_overtaken_by_another_does_not_hold_up_the_others),
        TEST(each_of_a_group_gets_an_address_of_its_own),
        TEST(one_that_asks_twice_at_once_is_one_member),
        TEST(a_stranger_that_is_let_in_does_not_give_way_to_others),
        TEST(any_allocation_may_fail_among_several),
        TEST(a_store_that_fails_does_not_fill_the_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
