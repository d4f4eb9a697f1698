/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask, from where, with what: the judgement before a body is read, on a backend that only says
   what it was asked. */
#define _POSIX_C_SOURCE 200809L

#include "http/conf.h"
#include "http/date.h"
#include "http/exchange.h"
#include "http/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API_TOKEN "0123456789abcdef0123456789abcdef"

static json_t *answer(void *context, const char *method, const char *path, const json_t *body,
                      int *status)
{
    (void)context;
    *status = 200;
    return json_pack("{s:s, s:s, s:s, s:O*}", "method", method, "path", path, "address",
                     "0123456789", "body", body);
}

static char *list(void *context, uint64_t nwid, const struct zt_list_form *form, size_t *length,
                  int *status)
{
    char text[64];

    (void)context;
    *status = 200;
    *length = (size_t)snprintf(text, sizeof text, "{\"nwid\":%u,\"columns\":%zu}", (unsigned)nwid,
                               form ? form->count : 0);
    return strdup(text);
}

static struct zt_http_options options_in(struct zt_folder *folder)
{
    return (struct zt_http_options){ .home = "home",
                                     .folder = folder,
                                     .backend = { NULL, answer, list } };
}

static void open_site(struct zt_site *site)
{
    struct zt_http_options options = options_in(NULL);
    char error[256];

    assert_true(zt_site_open(site, &options, error, sizeof error));
    strcpy(site->token.text, "the-token");
    memset(site->token.text + 9, 0, sizeof site->token.text - 9);
    assert_null(zt_account_add_token(site->account, "ci", API_TOKEN));
}

static struct zt_http_request request_from(const char *remote, const char *method, const char *path)
{
    struct zt_http_request request = { .method = method, .path = path, .body = "" };

    assert_true(zt_endpoint_parse(&request.remote, remote, 1));
    return request;
}

/* The status of the refusal, or 0. */
static int refusal(struct zt_site *site, const struct zt_http_request *request)
{
    struct zt_http_answer got = { 0 };
    bool is_refused = zt_site_refuses(site, request, &got);
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

static void a_path_is_decoded_and_holds_no_zero(void **unused)
{
    static const struct {
        const char *given, *decoded;
    } cases[] = {
        { "/a%20b", "/a b" }, { "/a%2Fb", "/a/b" }, { "/a%00b", "/a?b" }, { "/a%", "/a%" },
        { "/a%4", "/a%4" },   { "/a%zz", "/a%zz" }, { "", "" },           { "%41%42", "AB" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];

        strcpy(text, cases[i].given);
        assert_int_equal(zt_exchange_unescape(NULL, NULL, text), strlen(cases[i].decoded));
        assert_string_equal(text, cases[i].decoded);
    }
}

static void an_address_to_listen_on_is_read_in_three_forms(void **unused)
{
    static const struct {
        const char *given, *read; /* NULL: refused */
    } cases[] = {
        { "127.0.0.1:80", "127.0.0.1/80" },
        { "127.0.0.1/80", "127.0.0.1/80" },
        { "[::1]:80", "::1/80" },
        { "::1/80", "::1/80" },
        { "127.0.0.1", NULL },
        { "::1", NULL },
        { "[::1]", NULL },
        { "127.0.0.1:", NULL },
        { ":80", NULL },
        { "host:80", NULL },
        { "127.0.0.1:99999", NULL },
        { "", NULL },
        { "[::1:80", NULL },
        { "127.0.0.1:80/80", NULL },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[ZT_ENDPOINT_TEXT];
        struct zt_endpoint endpoint;

        if (zt_http_address_read(&endpoint, cases[i].given) != (cases[i].read != NULL))
            print_error("%s\n", cases[i].given);
        assert_int_equal(zt_http_address_read(&endpoint, cases[i].given), cases[i].read != NULL);
        if (!cases[i].read)
            continue;
        zt_endpoint_text(&endpoint, true, text);
        assert_string_equal(text, cases[i].read);
    }
}

/* Opens a site on a folder that holds one file. The error, "" if there is none. */
static const char *error_with(const char *name, const char *content)
{
    static char error[256];
    char home[] = "/tmp/zt-http-site-XXXXXX", path[128];
    struct zt_http_options options;
    struct zt_folder *folder;
    struct zt_site site;

    assert_non_null(mkdtemp(home));
    assert_int_equal(zt_folder_open(&folder, home), 0);
    assert_int_equal(zt_file_write(folder, name, content, strlen(content), 0), 0);
    options = options_in(folder);
    if (zt_site_open(&site, &options, error, sizeof error))
        error[0] = 0;
    zt_site_close(&site);
    zt_folder_close(folder);
    (void)snprintf(path, sizeof path, "rm -r %s", home);
    assert_int_equal(system(path), 0);
    return error;
}

static void a_file_that_is_wrong_is_named(void **unused)
{
    static const struct {
        const char *name, *content, *needle; /* needle NULL: it is fine */
    } cases[] = {
        { "authtoken.secret", " abc\n", NULL },
        { "authtoken.secret", " \n", "authtoken.secret" },
        { "metricstoken.secret", "", "metricstoken.secret" },
        { "account.json", "{}", "account.json" },
        { "account.json", "[", "account.json" },
        { "account.json",
          "{\"displayName\":\"a\",\"email\":\"b\",\"smsNumber\":\"\",\"tokens\":{\"a\":\"short\"}}",
          "account.json" },
        { "account.json",
          "{\"displayName\":\"a\",\"email\":\"b\",\"smsNumber\":\"\",\"tokens\":{}}", NULL },
        { "local.conf", "{", "local.conf" },
        { "local.conf", "[]", "local.conf" },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":[\"10.0.0.0/8\"]}}", NULL },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":[\"x\"]}}", "allowManagementFrom" },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":1}}", "allowManagementFrom" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *error = error_with(cases[i].name, cases[i].content);

        if (cases[i].needle)
            assert_non_null(strstr(error, cases[i].needle));
        else
            assert_string_equal(error, "");
    }
}

static int body_status(const char *body)
{
    struct zt_http_request request = request_from("127.0.0.1", "POST", "/config/settings");
    struct zt_http_answer got = { 0 };
    json_t *json;
    int status;

    request.body = body;
    request.body_length = strlen(body);
    json = zt_http_body(&request, &got);
    status = json ? 200 : got.status;
    json_decref(json);
    zt_http_answer_clear(&got);
    return status;
}

/* What is stored stands in further objects, and a text too deep to be read again would be lost. */
static void a_body_nested_too_deep_is_refused(void **unused)
{
    char body[2048];

    (void)unused;
    for (int depth = 2; depth <= 500; depth++) {
        int arrays = depth - 1;

        snprintf(body, sizeof body, "{\"a\":%0*d%0*d}", arrays, 0, arrays, 0);
        memset(body + 5, '[', (size_t)arrays);
        memset(body + 5 + arrays, ']', (size_t)arrays);
        assert_int_equal(body_status(body), depth <= ZT_MAX_HTTP_NESTING ? 200 : 400);
    }
    memset(body, '[', sizeof body);
    memcpy(body, "{\"a\":\"\\\"", 8);
    strcpy(body + 1000, "\"}"); /* brackets within a text are none */
    assert_int_equal(body_status(body), 200);
}

static void settings_too_long_to_be_read_again_are_refused(void **unused)
{
    char name[] = "/tmp/zt-http-XXXXXX", error[256] = "", *text = calloc(1, (1 << 20) + 1);
    struct zt_folder *folder;
    json_t *changes, *conf;

    (void)unused;
    assert_non_null(mkdtemp(name));
    assert_int_equal(zt_folder_open(&folder, name), 0);
    changes = json_pack("{s:s}", "a", memset(text, 'a', 1 << 20));
    assert_false(zt_conf_change(folder, changes, NULL, error, sizeof error));
    assert_non_null(strstr(error, "local.conf: "));
    conf = zt_conf_read(folder, error, sizeof error);
    assert_int_equal(json_object_size(conf), 0);
    json_decref(conf);
    json_decref(changes);
    free(text);
    zt_folder_close(folder);
    assert_int_equal(rmdir(name), 0);
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
    zt_site_answer(&site, &request, &got);
    assert_int_equal(got.allowance.limit, ZT_HOSTED_PER_SECOND);
    zt_http_answer_clear(&got);
    site.allowance.rate.milli = 999;
    site.allowance.rate.updated_ms = INT64_MAX / 2; /* so that nothing is gained meanwhile */
    assert_true(zt_site_refuses(&site, &request, &got));
    assert_int_equal(got.status, 429);
    assert_int_equal(got.allowance.remaining, 0);
    zt_http_answer_clear(&got);
    request.authorization = "token " API_TOKEN "x";
    assert_int_equal(refusal(&site, &request), 401);
    request.path = "/status";
    request.auth_header = "the-token";
    assert_int_equal(refusal(&site, &request), 0);
    zt_site_answer(&site, &request, &got);
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

static void dates_are_those_of_http(void **unused)
{
    char text[ZT_HTTP_DATE];

    (void)unused;
    zt_http_date(text, 784111777);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    zt_http_date(text, 0);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    zt_http_date(text, INT64_C(4102444799));
    assert_string_equal(text, "Thu, 31 Dec 2099 23:59:59 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hosted_api_has_a_rate_and_the_local_one_has_none),
        cmocka_unit_test(an_allowance_fills_up_with_time),
        cmocka_unit_test(dates_are_those_of_http),
        cmocka_unit_test(only_loopback_and_listed_networks_may_ask),
        cmocka_unit_test(a_prefix_that_is_none_is_refused),
        cmocka_unit_test(a_token_opens_what_it_is_for),
        cmocka_unit_test(the_owner_needs_no_token_and_no_address),
        cmocka_unit_test(a_length_over_the_limit_is_refused_before_the_body),
        cmocka_unit_test(a_path_is_decoded_and_holds_no_zero),
        cmocka_unit_test(an_address_to_listen_on_is_read_in_three_forms),
        cmocka_unit_test(a_file_that_is_wrong_is_named),
        cmocka_unit_test(a_body_nested_too_deep_is_refused),
        cmocka_unit_test(settings_too_long_to_be_read_again_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
