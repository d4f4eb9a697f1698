/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of members written as text say, byte for byte, what their trees of values would. */
#include "../unit/controller_fixture.h"

#include "controller/list.h"
#include "http/hosted.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBERS 300

static uint32_t below(struct zt_rng *rng, uint32_t bound)
{
    return zt_rng_below(rng, bound);
}

/* Letters that must be escaped, that need not, and of several bytes. */
static json_t *random_text(struct zt_rng *rng)
{
    static const char *const parts[] = { "a",    "\"",     "\\",     "/",
                                         "\n",   "\t",     "\b\f\r", "\x01\x1f",
                                         "\x7f", "\u00e4", "\u20ac", "\U0001f600",
                                         "{",    "]",      ",",      ":" };
    char text[128] = "";

    for (uint32_t i = below(rng, 12); i > 0; i--)
        strcat(text, parts[below(rng, sizeof parts / sizeof parts[0])]);
    return json_string(text);
}

static json_t *random_ips(struct zt_rng *rng)
{
    json_t *ips = json_array();

    for (uint32_t i = below(rng, 4); i > 0; i--) {
        char text[64];

        if (below(rng, 2))
            zt_format(text, sizeof text, "10.1.%u.%u", below(rng, 256), below(rng, 256));
        else
            zt_format(text, sizeof text, "fd00::%x:%x", below(rng, 65536), below(rng, 65536));
        (void)json_array_append_new(ips, json_string(text));
    }
    return ips;
}

static json_t *random_tags(struct zt_rng *rng)
{
    json_t *tags = json_array();

    for (uint32_t i = below(rng, 4); i > 0; i--)
        (void)json_array_append_new(tags, json_pack("[I, I]", (json_int_t)below(rng, UINT32_MAX),
                                                    (json_int_t)below(rng, 100)));
    return tags;
}

/* What no version of ours writes, as a store may hold it. */
static json_t *random_rest(struct zt_rng *rng)
{
    switch (below(rng, 4)) {
    case 0:
        return json_pack("{s:[i, {s:o}, s], s:b}", "name", 1, "name", random_text(rng), "]}", "b",
                         1);
    case 1:
        return json_pack("[f, n, []]", 0.1);
    case 2:
        return random_text(rng);
    default:
        return json_integer(-5);
    }
}

static json_t *random_member(struct zt_rng *rng)
{
    json_t *body = json_object();

    (void)json_object_set_new(body, "authorized", json_boolean(below(rng, 2)));
    (void)json_object_set_new(body, "activeBridge", json_boolean(below(rng, 2)));
    (void)json_object_set_new(body, "noAutoAssignIps", json_boolean(below(rng, 2)));
    (void)json_object_set_new(body, "ssoExempt", json_boolean(below(rng, 2)));
    (void)json_object_set_new(body, "ipAssignments", random_ips(rng));
    (void)json_object_set_new(body, "tags", random_tags(rng));
    if (below(rng, 2))
        (void)json_object_set_new(body, "capabilities",
                                  json_pack("[I, i]", (json_int_t)4000000000, 7));
    if (below(rng, 2))
        (void)json_object_set_new(body, "name", random_text(rng));
    if (below(rng, 2))
        (void)json_object_set_new(body, "description", random_text(rng));
    if (below(rng, 2))
        (void)json_object_set_new(body, "hidden", json_boolean(below(rng, 2)));
    if (below(rng, 3) == 0)
        (void)json_object_set_new(body, "remoteTraceTarget", json_string("0651022d1b"));
    (void)json_object_set_new(body, "remoteTraceLevel", json_integer(-(json_int_t)below(rng, 9)));
    return body;
}

/* As a store would hold it after another program wrote there. */
static void store_member(struct fixture *fixture, struct zt_rng *rng, zt_address address)
{
    json_t *body = random_member(rng), *json;
    char key[32], *text;

    for (uint32_t i = below(rng, 3); i > 0; i--) {
        zt_format(key, sizeof key, "%s\"%u", below(rng, 2) ? "name" : "zz", i);
        (void)json_object_set_new(body, key, random_rest(rng));
    }
    if (below(rng, 4) == 0)
        (void)json_object_set_new(body, "lastAuthorizedCredentialType", json_string("token"));
    (void)json_object_set_new(body, "lastAuthorizedCredential", random_text(rng));
    json = zt_controller_read_record(NWID, address, body, &fixture->error);
    assert_non_null(json);
    text = json_dumps(json, JSON_COMPACT);
    struct zt_record record = { .kind = ZT_RECORD_MEMBER,
                                .nwid = NWID,
                                .address = address,
                                .json = text,
                                .length = strlen(text) };
    assert_int_equal(fixture->store->functions->put(fixture->store, &record, ZT_ANY_REVISION),
                     ZT_STORE_OK);
    free(text);
    json_decref(json);
    json_decref(body);
}

static void request_config(struct fixture *fixture, struct zt_rng *rng, zt_address address)
{
    static struct zt_config_request request;
    const uint8_t ip[4] = { 192, 0, 2, (uint8_t)address };

    request.nwid = NWID;
    request.member = make_identity(address);
    request.direct = below(rng, 2);
    request.link.remote = zt_endpoint_v4(ip, 9993);
    request.metadata_length = strlen(METADATA);
    memcpy(request.metadata, METADATA, request.metadata_length);
    zt_controller_request(fixture->controller, fixture->now, &request);
    while (zt_controller_next(fixture->controller, fixture->now, &fixture->effect))
        continue;
}

/* A network of random members, some loaded from a store, some of whom have asked. */
static void fill(struct fixture *fixture, uint8_t seed_byte)
{
    uint8_t seed[32] = { seed_byte };
    json_t *body = json_pack("{s:s}", "name", "list"), *made;
    struct zt_rng rng;

    zt_rng_init(&rng, seed);
    made =
        zt_controller_set_network(fixture->controller, fixture->now, NWID, body, &fixture->error);
    assert_non_null(made);
    json_decref(made);
    json_decref(body);
    for (zt_address address = 0x1000000000; address < 0x1000000000 + MEMBERS; address++)
        store_member(fixture, &rng, address);
    zt_controller_free(fixture->controller);
    open_controller(fixture);
    for (zt_address address = 0x1000000000; address < 0x1000000000 + MEMBERS; address++) {
        if (below(&rng, 3) == 0)
            request_config(fixture, &rng, address);
        if (below(&rng, 8) == 0)
            pass(fixture, 60000);
    }
}

static json_t *tree_of(struct fixture *fixture)
{
    int status;
    json_t *tree =
        zt_controller_route(fixture->controller, fixture->now, "GET",
                            "/unstable/controller/network/c2068edfed000001/member", NULL, &status);

    assert_int_equal(status, 200);
    assert_int_equal(json_array_size(json_object_get(tree, "data")), MEMBERS);
    return tree;
}

static void assert_list(struct fixture *fixture, const struct zt_list_form *form,
                        const json_t *tree)
{
    char *expected = json_dumps(tree, JSON_COMPACT);
    size_t length;
    int status;
    char *text =
        zt_controller_list_members(fixture->controller, fixture->now, NWID, form, &length, &status);

    assert_int_equal(status, 200);
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, expected);
    free(text);
    free(expected);
}

static void both_lists_are_what_their_trees_would_be(void **state)
{
    struct fixture *fixture = *state;
    struct zt_hosted hosted = { .controller = "c2068edfed", .now_ms = 1700000000123 };
    struct zt_hosted_form form;
    json_t *tree, *list = json_array(), *local;
    size_t i;

    fill(fixture, 1);
    tree = tree_of(fixture);
    assert_list(fixture, NULL, tree);
    json_array_foreach(json_object_get(tree, "data"), i, local)(void)
        json_array_append_new(list, zt_hosted_member_json(&hosted, local));
    zt_hosted_member_form(&form, &hosted);
    assert_list(fixture, &form.form, list);
    json_decref(list);
    json_decref(tree);
}

static void a_list_of_nobody_is_empty(void **state)
{
    static const struct zt_list_form form = { NULL, 0 };
    struct fixture *fixture = *state;
    json_t *body = json_object(), *empty = json_array(), *tree;

    json_decref(
        zt_controller_set_network(fixture->controller, fixture->now, NWID, body, &fixture->error));
    tree = json_pack("{s:[], s:{s:i, s:i}}", "data", "meta", "authorizedCount", 0, "totalCount", 0);
    assert_list(fixture, NULL, tree);
    assert_list(fixture, &form, empty);
    json_decref(tree);
    json_decref(empty);
    json_decref(body);
}

static void a_network_that_is_not_there_is_refused_as_elsewhere(void **state)
{
    struct fixture *fixture = *state;
    int status, text_status;
    size_t length;
    json_t *tree =
        zt_controller_route(fixture->controller, fixture->now, "GET",
                            "/unstable/controller/network/c2068edfed000001/member", NULL, &status);
    char *expected = json_dumps(tree, JSON_COMPACT);
    char *text = zt_controller_list_members(fixture->controller, fixture->now, NWID, NULL, &length,
                                            &text_status);

    assert_int_equal(status, 404);
    assert_int_equal(text_status, 404);
    assert_string_equal(text, expected);
    free(text);
    free(expected);
    json_decref(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_lists_are_what_their_trees_would_be, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_list_of_nobody_is_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_network_that_is_not_there_is_refused_as_elsewhere, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
