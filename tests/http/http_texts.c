/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the protocol: paths, addresses, bodies, dates. */
#define _POSIX_C_SOURCE 200809L

#include "site_fixture.h"

#include "http/date.h"
#include "http/exchange.h"

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
        cmocka_unit_test(a_path_is_decoded_and_holds_no_zero),
        cmocka_unit_test(an_address_to_listen_on_is_read_in_three_forms),
        cmocka_unit_test(a_body_nested_too_deep_is_refused),
        cmocka_unit_test(dates_are_those_of_http),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
