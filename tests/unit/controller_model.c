/* SPDX-License-Identifier: Apache-2.0 */
/* Records: defaults, coercions, what is refused and by which name, and the round trip through the store. */
#include "controller/model.h"
#include "controller_fixture.h"

static void a_new_network_has_the_documented_defaults(void **state)
{
    const json_t *json = set_network(*state, NWID, "{}");

    assert_json(json,
                "{\"authTokens\":{},\"authorizationEndpoint\":\"\",\"capabilities\":[],"
                "\"clientId\":\"\",\"creationTime\":1700000000000,\"dns\":[],\"extra\":{},"
                "\"enableBroadcast\":true,\"id\":\"c2068edfed000001\",\"ipAssignmentPools\":[],"
                "\"mtu\":2800,\"multicastLimit\":32,\"name\":\"\",\"nwid\":\"c2068edfed000001\","
                "\"objtype\":\"network\",\"private\":true,\"remoteTraceLevel\":0,"
                "\"remoteTraceTarget\":null,\"revision\":1,\"routes\":[],"
                "\"rules\":[{\"type\":\"ACTION_ACCEPT\"}],\"rulesSource\":\"\","
                "\"ssoEnabled\":false,\"tags\":[],\"v4AssignMode\":{\"zt\":false},"
                "\"certificateTimeoutWindowSize\":1800000,"
                "\"v6AssignMode\":{\"6plane\":false,\"rfc4193\":false,\"zt\":false}}");
}

static void what_clients_send_is_normalised(void **state)
{
    static const struct {
        const char *field, *given, *kept;
    } cases[] = {
        { "name", "5", "\"5\"" },
        { "name", "true", "\"1\"" },
        { "private", "\"false\"", "false" },
        { "private", "\"true\"", "true" },
        { "private", "0", "false" },
        { "private", "\"\"", "false" },
        { "mtu", "\"1400\"", "1400" },
        { "mtu", "1", "1280" },
        { "mtu", "99999", "10000" },
        { "multicastLimit", "0", "0" },
        { "v4AssignMode", "\"zt\"", "{\"zt\":true}" },
        { "v4AssignMode", "{\"zt\":\"true\"}", "{\"zt\":true}" },
        { "v4AssignMode", "7", "{\"zt\":false}" },
        { "v6AssignMode", "\"6plane,zt\"", "{\"6plane\":true,\"rfc4193\":false,\"zt\":true}" },
        { "v6AssignMode", "\"zt6plane\"", "{\"6plane\":false,\"rfc4193\":false,\"zt\":false}" },
        { "v6AssignMode", "{\"zt\":true}", "{\"6plane\":false,\"rfc4193\":false,\"zt\":true}" },
        { "routes",
          "[{\"target\":\"10.0.0.0/8\",\"via\":\"\"},{\"target\":\"10.1.0.0/16\",\"metric\":5}]",
          "[{\"target\":\"10.0.0.0/8\",\"via\":null},{\"target\":\"10.1.0.0/16\",\"via\":null}]" },
        { "ipAssignmentPools", "[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.2\"}]",
          "[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.2\"}]" },
        { "tags", "[{\"id\":7},{\"id\":\"3\",\"default\":4},{\"id\":7,\"default\":1}]",
          "[{\"id\":3,\"default\":4},{\"id\":7,\"default\":1}]" },
        { "capabilities", "[{\"id\":9},{\"id\":2,\"default\":\"1\",\"rules\":[],\"name\":\"x\"}]",
          "[{\"id\":2,\"default\":true,\"rules\":[]},{\"id\":9,\"default\":false,\"rules\":[]}]" },
        { "authTokens", "{\"a\":0,\"b\":-1,\"c\":\"x\"}", "{\"a\":0}" },
        { "authTokens", "[null]", "{}" },
        { "dns", "{\"domain\":\"d\",\"servers\":[\"10.0.0.1\",\"\"]}",
          "{\"domain\":\"d\",\"servers\":[\"10.0.0.1\"]}" },
        { "dns", "null", "[]" },
        { "remoteTraceTarget", "\"deadbeef11\"", "\"deadbeef11\"" },
        { "remoteTraceTarget", "\"short\"", "null" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[512];

        zt_format(body, sizeof body, "{\"%s\":%s,\"unknown\":1}", cases[i].field, cases[i].given);
        const json_t *json = set_network(*state, NWID, body);
        assert_non_null(json);
        assert_null(json_object_get(json, "unknown"));
        assert_json(json_object_get(json, cases[i].field), cases[i].kept);
    }
}

static void a_bad_field_is_named_and_nothing_changes(void **state)
{
    static const struct {
        const char *body, *named;
    } cases[] = {
        { "[]", "JSON object" },
        { "{\"private\":null}", "private" },
        { "{\"name\":[]}", "name" },
        { "{\"mtu\":\"big\"}", "mtu" },
        { "{\"multicastLimit\":-1}", "multicastLimit" },
        { "{\"routes\":{}}", "routes" },
        { "{\"ipAssignmentPools\":5}", "ipAssignmentPools" },
        { "{\"routes\":[{\"target\":\"10.0.0.0/8\"},{\"target\":\"x\"}]}",
          "routes: entry 1: target" },
        { "{\"routes\":[{\"target\":\"10.0.0.0\"}]}", "routes: entry 0: target" },
        { "{\"routes\":[{\"target\":\"10.0.0.0/33\"}]}", "routes: entry 0: target" },
        { "{\"routes\":[5]}", "routes: entry 0: target" },
        { "{\"routes\":[{\"target\":\"10.0.0.0/8\",\"via\":\"x\"}]}", "routes: entry 0: via" },
        { "{\"routes\":[{\"target\":\"10.0.0.0/8\",\"via\":\"fd00::1\"}]}",
          "via: of another family" },
        { "{\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"fd00::1\"}]}",
          "ipAssignmentPools: entry 0: ipRangeEnd: of another family" },
        { "{\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.9\",\"ipRangeEnd\":\"10.0.0.1\"}]}",
          "ipAssignmentPools: entry 0: ipRangeEnd: before" },
        { "{\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.9\"},"
          "{\"ipRangeStart\":\"10.0.0.9\",\"ipRangeEnd\":\"10.0.0.99\"}]}",
          "ipAssignmentPools: entry 1: overlaps entry 0" },
        { "{\"dns\":{\"servers\":[\"10.0.0.1\",\"x\"]}}", "dns: servers: entry 1" },
        { "{\"dns\":{\"servers\":[5]}}", "dns: servers: entry 0" },
        { "{\"rules\":[{\"type\":\"X\"}]}", "rules: entry 0" },
        { "{\"capabilities\":[{\"id\":1,\"rules\":[{\"type\":\"X\"}]}]}", "capabilities: " },
        { "{\"capabilities\":[{}]}", "capabilities" },
        { "{\"tags\":[{\"default\":1}]}", "tags" },
        { "{\"extra\":1}", "extra" },
        { "{\"name\":\"new\",\"mtu\":[]}", "mtu" },
    };
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{\"name\":\"old\"}"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json;

        assert_null(set_network(fixture, NWID, cases[i].body));
        assert_int_equal(fixture->error.status, 400);
        assert_non_null(strstr(fixture->error.text, cases[i].named));
        json = zt_controller_network(fixture->controller, NWID, &fixture->error);
        assert_json(json_object_get(json, "name"), "\"old\"");
        assert_json(json_object_get(json, "revision"), "1");
        json_decref(json);
    }
}

/* One bad entry of a store must not keep a network from being served. */
static void what_a_store_holds_loses_its_bad_routes_and_pools(void **state)
{
    json_t *given = json_loads("{\"routes\":[{\"target\":\"x\"},{\"target\":\"10.0.0.0/8\"}],"
                               "\"ipAssignmentPools\":[{\"ipRangeStart\":\"x\"}]}",
                               0, NULL);
    struct fixture *fixture = *state;
    json_t *json = zt_controller_read_record(NWID, 0, given, &fixture->error);

    assert_non_null(json);
    assert_json(json_object_get(json, "routes"), "[{\"target\":\"10.0.0.0/8\",\"via\":null}]");
    assert_json(json_object_get(json, "ipAssignmentPools"), "[]");
    json_decref(json);
    json_decref(given);
}

static void a_member_keeps_what_it_is_given(void **state)
{
    struct fixture *fixture = *state;
    const json_t *json;

    assert_non_null(set_network(fixture, NWID, "{}"));
    json =
        set_member(fixture, NWID, 0x10,
                   "{\"authorized\":\"1\",\"ipAssignments\":[\"10.0.0.1/24\",\"10.0.0.1\",\"x\"],"
                   "\"tags\":[[5,6],[1,2],[5,7]],\"capabilities\":[3,1,3],\"name\":\"n\","
                   "\"ssoExempt\":true,\"remoteTraceTarget\":\"deadbeef11\"}");
    assert_json(json_object_get(json, "address"), "\"0000000010\"");
    assert_json(json_object_get(json, "ipAssignments"), "[\"10.0.0.1\"]");
    assert_json(json_object_get(json, "tags"), "[[1,2],[5,7]]");
    assert_json(json_object_get(json, "capabilities"), "[1,3]");
    assert_json(json_object_get(json, "name"), "\"n\"");
    assert_json(json_object_get(json, "lastAuthorizedTime"), "1700000000000");
    assert_json(json_object_get(json, "lastAuthorizedCredentialType"), "\"api\"");
    assert_json(json_object_get(json, "vMajor"), "-1");
    assert_json(json_object_get(json, "revision"), "1");
}

static void a_bad_member_field_is_named_and_nothing_changes(void **state)
{
    static const struct {
        const char *body, *named;
    } cases[] = {
        { "5", "JSON object" },
        { "{\"authorized\":[]}", "authorized" },
        { "{\"ipAssignments\":[5]}", "ipAssignments" },
        { "{\"ipAssignments\":\"10.0.0.1\"}", "ipAssignments" },
        { "{\"tags\":[[1]]}", "tags" },
        { "{\"capabilities\":[\"x\"]}", "capabilities" },
        { "{\"name\":{}}", "name" },
        { "{\"authorized\":true,\"activeBridge\":{}}", "activeBridge" },
    };
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, 0x10, "{}"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(set_member(fixture, NWID, 0x10, cases[i].body));
        assert_int_equal(fixture->error.status, 400);
        assert_non_null(strstr(fixture->error.text, cases[i].named));
    }
    assert_json(json_object_get(set_member(fixture, NWID, 0x10, "{}"), "revision"), "1");
    assert_null(set_member(fixture, NWID, UINT64_C(0xff00000000), "{}"));
    assert_int_equal(fixture->error.status, 400);
}

static void a_stored_member_reads_back_as_it_was(void **unused)
{
    const char *text = "{\"id\":\"0000000010\",\"authorized\":true,\"ipAssignments\":[\"fd00::1\"],"
                       "\"tags\":[[1,2]],\"capabilities\":[7],\"creationTime\":5,\"revision\":9,"
                       "\"lastAuthorizedTime\":6,\"lastAuthorizedCredentialType\":\"token\","
                       "\"lastAuthorizedCredential\":\"abc\",\"vMajor\":1,\"name\":\"n\","
                       "\"hidden\":true,\"lastSeen\":4}";
    struct zt_member_draft first, second;
    struct zt_member_record kept;
    struct zt_api_error error;
    json_t *stored = parse(text), *written;

    (void)unused;
    assert_true(zt_member_draft_load(&first, 0x10, stored, &error));
    assert_true(zt_member_record_keep(&kept, &first.record));
    written = zt_member_record_json(&kept, NWID);
    assert_json(json_object_get(written, "hidden"), "true");
    assert_null(json_object_get(written, "lastSeen"));
    assert_true(zt_member_draft_load(&second, 0x10, written, &error));
    assert_true(zt_member_record_equal(&first.record, &second.record));
    assert_true(zt_member_record_equal(&first.record, &kept));
    assert_int_equal(second.record.revision, 9);
    assert_string_equal(second.token, "abc");
    json_object_set_new(stored, "identity", json_string("0000000010:0:zz"));
    zt_member_draft_clear(&second);
    assert_false(zt_member_draft_load(&second, 0x10, stored, &error));
    json_decref(stored);
    json_decref(written);
    zt_member_draft_clear(&first);
    zt_member_record_clear(&kept);
}

static json_t *route(struct fixture *fixture, const char *method, const char *path,
                     const char *body, int expected)
{
    json_t *json = body ? parse(body) : NULL;
    int status = 0;
    json_t *result =
        zt_controller_route(fixture->controller, fixture->now, method, path, json, &status);

    json_decref(json);
    assert_non_null(result);
    if (status != expected)
        fail_msg("%s %s: %d", method, path, status);
    return result;
}

static void paths_lead_where_the_api_says(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int status;
    } cases[] = {
        { "GET", "/controller", NULL, 200 },
        { "POST", "/controller", "{}", 405 },
        { "GET", "/controllers", NULL, 404 },
        { "GET", "/controller/network", NULL, 200 },
        { "GET", "/controller/network/", NULL, 404 },
        { "GET", "/controller/network/c2068edfed000001", NULL, 404 },
        { "POST", "/controller/network/c2068edfed000001", NULL, 400 },
        { "POST", "/controller/network/c2068edfed000001", "{}", 200 },
        { "PUT", "/controller/network/C2068EDFED000001", "{\"name\":\"x\"}", 200 },
        { "GET", "/controller/network/c2068edfed000001", NULL, 200 },
        { "GET", "/controller/network/c2068edfed00000", NULL, 404 },
        { "GET", "/controller/network/c2068edfed000001/", NULL, 404 },
        { "PATCH", "/controller/network/c2068edfed000001", "{}", 405 },
        { "POST", "/controller/network/c2068edfed______", "{}", 200 },
        { "POST", "/controller/network/1122334455______", "{}", 400 },
        { "POST", "/controller/network/1122334455000001", "{}", 400 },
        { "POST", "/controller/network", "{}", 200 },
        { "GET", "/controller/network/c2068edfed000001/member", NULL, 200 },
        { "GET", "/controller/network/c2068edfed000009/member", NULL, 404 },
        { "GET", "/controller/network/c2068edfed000001/member/0000000010", NULL, 404 },
        { "POST", "/controller/network/c2068edfed000001/member/0000000010", "{}", 200 },
        { "GET", "/controller/network/c2068edfed000001/member/0000000010", NULL, 200 },
        { "GET", "/controller/network/c2068edfed000001/member/0000000010/", NULL, 404 },
        { "GET", "/controller/network/c2068edfed000001/member/10", NULL, 404 },
        { "GET", "/unstable/controller/network", NULL, 200 },
        { "GET", "/unstable/controller/network/c2068edfed000001/member", NULL, 200 },
        { "GET", "/unstable/controller/network/c2068edfed000001", NULL, 200 },
        { "GET", "/unstable/controller/network/c2068edfed000009", NULL, 404 },
        { "DELETE", "/controller/network/c2068edfed000001/member/0000000010", NULL, 200 },
        { "DELETE", "/controller/network/c2068edfed000001/member/0000000010", NULL, 404 },
        { "DELETE", "/controller/network/c2068edfed000001", NULL, 200 },
        { "DELETE", "/controller/network/c2068edfed000001", NULL, 404 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        json_decref(route(*state, cases[i].method, cases[i].path, cases[i].body, cases[i].status));
}

static void whole_lists_carry_counts(void **state)
{
    struct fixture *fixture = *state;
    json_t *json;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, 0x10, "{\"authorized\":true}"));
    assert_non_null(set_member(fixture, NWID, 0x11, "{}"));
    json = route(fixture, "GET", "/unstable/controller/network", NULL, 200);
    assert_json(json_object_get(json, "meta"), "{\"networkCount\":1}");
    assert_json(json_object_get(json_array_get(json_object_get(json, "data"), 0), "meta"),
                "{\"authorizedMemberCount\":1,\"onlineMemberCount\":0,\"totalMemberCount\":2}");
    json_decref(json);
    json = route(fixture, "GET", "/unstable/controller/network/c2068edfed000001/member", NULL, 200);
    assert_json(json_object_get(json, "meta"), "{\"authorizedCount\":1,\"totalCount\":2}");
    json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_network_has_the_documented_defaults),
        TEST(what_clients_send_is_normalised),
        TEST(a_bad_field_is_named_and_nothing_changes),
        TEST(what_a_store_holds_loses_its_bad_routes_and_pools),
        TEST(a_member_keeps_what_it_is_given),
        TEST(a_bad_member_field_is_named_and_nothing_changes),
        cmocka_unit_test(a_stored_member_reads_back_as_it_was),
        TEST(paths_lead_where_the_api_says),
        TEST(whole_lists_carry_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
