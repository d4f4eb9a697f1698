/* SPDX-License-Identifier: Apache-2.0 */
/* A method that a path does not know. */
#define _POSIX_C_SOURCE 200809L

#include "site_fixture.h"

#include "http/dispatch.h"
#include "http/methods.h"

static void a_refused_method_is_told_those_that_the_path_knows(void **unused)
{
    static const struct {
        const char *path, *allow; /* allow NULL: no such path */
    } cases[] = {
        { "/status", "GET, HEAD" },
        { "/config/settings", "POST, PUT" },
        { "/moon/0123456789", "GET, HEAD, POST, PUT, DELETE" },
        { "/controller/network/0123456789abcdef", "GET, HEAD, POST, PUT, DELETE" },
        { "/controller/network/0123456789______", "POST, PUT" },
        { "/controller/network/______", "GET, HEAD, POST, PUT, DELETE" },
        { "/unstable/controller/network/0123456789abcdef/member", "GET, HEAD" },
        { "/api/v1/user/somebody/token/ci", "DELETE" },
        { "/api/v1/org", "GET, HEAD" },
        { "", NULL },
        { "/", NULL },
        { "status", NULL },
        { "/status/", NULL },
        { "/statu", NULL },
        { "/statusx", NULL },
        { "/{nwid}", NULL },
        { "/moon//", NULL },
        { "/moon/", NULL },
        { "/moon/0123456789/x", NULL },
        { "/unstable/controller/network/", NULL },
        { "/unstable/controller/network0123456789abcdef", NULL },
        { "/api/v1/nothing", NULL },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_http_answer got = { 0 };

        zt_methods_refuse(&got, cases[i].path);
        assert_int_equal(got.status, cases[i].allow ? 405 : 404);
        if (cases[i].allow)
            assert_string_equal(got.allow, cases[i].allow);
        else
            assert_null(got.allow);
        zt_http_answer_clear(&got);
    }
}

static json_t *know_no_method(void *context, const char *method, const char *path,
                              const json_t *body, int *status)
{
    (void)context;
    (void)method;
    (void)path;
    (void)body;
    *status = 405;
    return json_object();
}

/* Whoever refused it: the local API, the hosted one by either of its names, or the backend. */
static void a_refusal_of_a_method_is_the_same_everywhere(void **unused)
{
    static const struct {
        const char *method, *path, *allow;
    } cases[] = {
        { "POST", "/health", "GET, HEAD" },
        { "PATCH", "/api/v1/network", "GET, HEAD, POST, PUT" },
        { "PATCH", "/api/network", "GET, HEAD, POST, PUT" },
        { "DELETE", "/peer", "GET, HEAD" },
    };
    struct zt_site site;

    (void)unused;
    open_site(&site);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_http_request request = request_from("127.0.0.1", cases[i].method, cases[i].path);
        struct zt_http_answer got = { 0 };

        site.backend.route = i == 3 ? know_no_method : backend_answer;
        zt_dispatch(&site, &request, &got);
        assert_int_equal(got.status, 405);
        assert_string_equal(got.allow, cases[i].allow);
        assert_non_null(strstr(got.text, "does not know that method"));
        zt_http_answer_clear(&got);
    }
    zt_site_close(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_method_is_told_those_that_the_path_knows),
        cmocka_unit_test(a_refusal_of_a_method_is_the_same_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
