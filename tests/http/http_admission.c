/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask, from where, with what, and how often: the judgement before a body is read. */
#define _POSIX_C_SOURCE 200809L

#include "site_fixture.h"

#include "http/admission.h"
#include "http/dispatch.h"

/* The status of the refusal, or 0. */
static int refusal(struct zt_site *site, const struct zt_http_request *request)
{
    struct zt_http_answer got = { 0 };
    bool is_refused = zt_admission_refuses(site, request, &got);
    int status = is_refused ? got.status : 0;

    assert_true(is_refused == (got.text != NULL));
    zt_http_answer_clear(&got);
    return status;
}

static void only_loopback_and_listed_networks_may_ask(void **unused)
{
    static const struct {
        const char *remote;
        bool may;
    } cases[] = {
        { "127.0.0.1", true },    { "127.9.9.9", true },   { "::1", true },
        { "192.0.2.200", true },  { "192.0.3.1", false },  { "203.0.113.7", true },
        { "203.0.113.8", false }, { "2001:db8::7", true }, { "2001:db9::1", false },
        { "10.0.0.1", false },    { "0.0.0.0", false },
    };
    struct zt_site site;

    (void)unused;
    open_site(&site);
    assert_true(zt_prefixes_add(&site.allowed, "192.0.2.0/24"));
    assert_true(zt_prefixes_add(&site.allowed, "203.0.113.7"));
    assert_true(zt_prefixes_add(&site.allowed, "2001:db8::/32"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_http_request request = request_from(cases[i].remote, "GET", "/status");

        request.auth_header = "the-token";
        assert_int_equal(refusal(&site, &request), cases[i].may ? 0 : 401);
        request.path = "/health";
        request.auth_header = NULL;
        assert_int_equal(refusal(&site, &request), cases[i].may ? 0 : 401);
        request.path = "/metrics"; /* from anywhere, but not without a token */
        assert_int_equal(refusal(&site, &request), 401);
        request.auth_header = site.metrics_token.text;
        assert_int_equal(refusal(&site, &request), 0);
    }
    zt_site_close(&site);
}

static void a_prefix_that_is_none_is_refused(void **unused)
{
    static const char *const cases[] = { "",        "x",          "192.0.2.0/33", "2001:db8::/129",
                                         "192.0.2", "192.0.2.0/", "192.0.2.0/24 " };
    struct zt_prefixes prefixes = { 0 };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_false(zt_prefixes_add(&prefixes, cases[i]));
    for (size_t i = 0; i < ZT_MAX_HTTP_PREFIXES; i++)
        assert_true(zt_prefixes_add(&prefixes, "0.0.0.0/0"));
    assert_false(zt_prefixes_add(&prefixes, "0.0.0.0/0"));
}

static void a_token_opens_what_it_is_for(void **unused)
{
    static const struct {
        const char *path, *header, *authorization, *query;
        int refusal;
    } cases[] = {
        { "/status", "the-token", NULL, NULL, 0 },
        { "/status", NULL, NULL, "the-token", 0 },
        { "/status", NULL, "Bearer the-token", NULL, 0 },
        { "/status", NULL, "bearer the-token", NULL, 0 },
        { "/status", NULL, "token the-token", NULL, 401 },
        { "/status", NULL, "Bearerthe-token", NULL, 401 },
        { "/status", NULL, "Bear", NULL, 401 },
        { "/status", NULL, NULL, NULL, 401 },
        { "/status", "", NULL, NULL, 401 },
        { "/status", "the-toke", NULL, NULL, 401 },
        { "/status", "the-tokenx", NULL, NULL, 401 },
        { "/status", "wrong", "Bearer the-token", NULL, 401 },
        { "/status", NULL, "Bearer the-token", "wrong", 401 },
        { "/status", API_TOKEN, NULL, NULL, 401 },
        { "/api/v1/status", NULL, "token " API_TOKEN, NULL, 0 },
        { "/api/v1/status", NULL, "bearer " API_TOKEN, NULL, 0 },
        { "/api/status", NULL, "token the-token", NULL, 0 },
        { "/api/v1/status", "the-token", NULL, NULL, 0 },
        { "/api/v1/status", NULL, "token x" API_TOKEN, NULL, 401 },
        { "/api/v1/status", NULL, "token short", NULL, 400 },
        { "/api/v1/status", NULL, NULL, NULL, 401 },
        { "/api", "", NULL, NULL, 401 },
        { "/apix", API_TOKEN, NULL, NULL, 401 },
        { "/healthy", NULL, NULL, NULL, 401 },
    };
    struct zt_site site;

    (void)unused;
    open_site(&site);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_http_request request = request_from("127.0.0.1", "GET", cases[i].path);

        request.auth_header = cases[i].header;
        request.authorization = cases[i].authorization;
        request.auth_query = cases[i].query;
        if (refusal(&site, &request) != cases[i].refusal)
            print_error("case %zu: %s\n", i, cases[i].path);
        assert_int_equal(refusal(&site, &request), cases[i].refusal);
    }
    zt_site_close(&site);
}

static void the_owner_needs_no_token_and_no_address(void **unused)
{
    static const char *const paths[] = { "/status", "/metrics", "/controller", "/api/v1/status" };
    struct zt_site site;

    (void)unused;
    open_site(&site);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct zt_http_request request = { .method = "GET", .path = paths[i], .body = "" };

        assert_int_equal(refusal(&site, &request), 401); /* no address alone opens nothing */
        request.is_owner = true;
        assert_int_equal(refusal(&site, &request), 0);
        request.auth_header = "wrong";
        assert_int_equal(refusal(&site, &request), 0);
        request.announced_length = ZT_MAX_HTTP_BODY + 1;
        assert_int_equal(refusal(&site, &request), 413);
    }
    zt_site_close(&site);
}

static void a_length_over_the_limit_is_refused_before_the_body(void **unused)
{
    struct zt_http_request request = request_from("127.0.0.1", "POST", "/controller/network");
    struct zt_site site;

    (void)unused;
    open_site(&site);
    request.announced_length = UINT64_MAX;
    assert_int_equal(refusal(&site, &request), 401); /* who may not ask learns nothing else */
    request.auth_header = "the-token";
    assert_int_equal(refusal(&site, &request), 413);
    request.announced_length = ZT_MAX_HTTP_BODY + 1;
    assert_int_equal(refusal(&site, &request), 413);
    request.announced_length = ZT_MAX_HTTP_BODY;
    assert_int_equal(refusal(&site, &request), 0);
    zt_site_close(&site);
}

static void the_hosted_api_has_a_rate_and_the_local_one_has_none(void **unused)
{
    struct zt_site site;
    struct zt_http_request request = request_from("127.0.0.1", "GET", "/api/v1/status");
    struct zt_http_answer got = { 0 };

    (void)unused;
    open_site(&site);
    request.authorization = "token " API_TOKEN;
    assert_int_equal(refusal(&site, &request), 0);
    zt_dispatch(&site, &request, &got);
    assert_int_equal(got.allowance.limit, ZT_HOSTED_PER_SECOND);
    zt_http_answer_clear(&got);
    site.allowance.rate.milli = 999;
    site.allowance.rate.updated_ms = INT64_MAX / 2; /* so that nothing is gained meanwhile */
    assert_true(zt_admission_refuses(&site, &request, &got));
    assert_int_equal(got.status, 429);
    assert_int_equal(got.allowance.remaining, 0);
    zt_http_answer_clear(&got);
    request.authorization = "token " API_TOKEN "x";
    assert_int_equal(refusal(&site, &request), 401);
    request.path = "/status";
    request.auth_header = "the-token";
    assert_int_equal(refusal(&site, &request), 0);
    zt_dispatch(&site, &request, &got);
    assert_int_equal(got.allowance.limit, 0);
    zt_http_answer_clear(&got);
    zt_site_close(&site);
}

static void an_allowance_fills_up_with_time(void **unused)
{
    struct zt_allowance allowance;
    struct zt_instant now = { 1000, INT64_C(784111776999) };

    (void)unused;
    assert_true(zt_allowance_open(&allowance, 1000));
    for (int i = 0; i < ZT_HOSTED_PER_SECOND; i++)
        assert_true(zt_allowance_take(&allowance, 1000));
    assert_false(zt_allowance_take(&allowance, 1000));
    assert_false(zt_allowance_take(&allowance, 900)); /* of a thread that read the clock earlier */
    assert_true(zt_allowance_take(&allowance, 1010));
    assert_false(zt_allowance_take(&allowance, 1010));
    assert_int_equal(zt_allowance_state(&allowance, now).remaining, 0);
    assert_true(zt_allowance_take(&allowance, 9000));
    assert_int_equal(zt_allowance_state(&allowance, now).remaining, ZT_HOSTED_PER_SECOND - 1);
    assert_int_equal(zt_allowance_state(&allowance, now).reset_s, 784111777);
    zt_allowance_close(&allowance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_loopback_and_listed_networks_may_ask),
        cmocka_unit_test(a_prefix_that_is_none_is_refused),
        cmocka_unit_test(a_token_opens_what_it_is_for),
        cmocka_unit_test(the_owner_needs_no_token_and_no_address),
        cmocka_unit_test(a_length_over_the_limit_is_refused_before_the_body),
        cmocka_unit_test(the_hosted_api_has_a_rate_and_the_local_one_has_none),
        cmocka_unit_test(an_allowance_fills_up_with_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
