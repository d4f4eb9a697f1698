/* SPDX-License-Identifier: Apache-2.0 */
/* zts_central_* against a local service of all manners: what is sent, and what each failure answers. */
#define _GNU_SOURCE
#include "zts/central.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TOKEN "0123456789abcdefghijklmnopqrstuv"
#define NETWORK UINT64_C(0x0a0b0c0d0e0f0001)
#define MEMBER UINT64_C(0x0102030405)

static char answer[1024], copy[1024];
static int server, port, secure_port;
static FILE *server_output;

static int start_server(void **unused)
{
    int other;

    (void)unused;
    setenv("no_proxy", "*", 1);
    server_output = popen("exec python3 " ZT_CENTRAL_SERVER, "r");
    assert_non_null(server_output);
    assert_int_equal(fscanf(server_output, "%d %d %d %d", &server, &port, &other, &secure_port), 4);
    zts_central_timeout_ms = 5000;
    return 0;
}

static int stop_server(void **unused)
{
    (void)unused;
    zts_central_cleanup();
    kill(server, SIGTERM);
    return pclose(server_output) == -1;
}

/* Opens a session with a service of this manner, reading and writing allowed. */
static void meet(const char *manner)
{
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/%s/", port, manner);
    assert_int_equal(zts_central_init(url, TOKEN, answer, sizeof answer), ZTS_ERR_OK);
    assert_int_equal(zts_central_set_access_mode(ZTS_CENTRAL_READ | ZTS_CENTRAL_WRITE), 0);
}

static void assert_told(const char *method, const char *path, const char *body)
{
    char expected[256];

    snprintf(expected, sizeof expected,
             "{\"method\": \"%s\", \"path\": \"%s\", \"body\": \"%s\", \"type\": "
             "\"application/json\"}",
             method, path, body);
    assert_string_equal(answer, expected);
    assert_int_equal(zts_central_get_last_resp_buf(copy, (int)strlen(expected)), ZTS_ERR_ARG);
    assert_int_equal(zts_central_get_last_resp_buf(copy, (int)strlen(expected) + 1), ZTS_ERR_OK);
    assert_string_equal(copy, expected);
}

#define NETWORK_PATH "/api/network/0a0b0c0d0e0f0001"
#define MEMBER_PATH NETWORK_PATH "/member/0102030405"

static void each_call_sends_its_request(void **unused)
{
    int status = 0;

    (void)unused;
    meet("plain");
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_int_equal(status, 200);
    assert_told("GET", "/api/status", "");
    assert_int_equal(zts_central_self_get(&status), 0);
    assert_told("GET", "/api/self", "");
    assert_int_equal(zts_central_net_get_all(&status), 0);
    assert_told("GET", "/api/network", "");
    assert_int_equal(zts_central_net_get(&status, NETWORK), 0);
    assert_told("GET", NETWORK_PATH, "");
    assert_int_equal(zts_central_net_update(&status, NETWORK), 0);
    assert_told("POST", NETWORK_PATH, "{}");
    assert_int_equal(zts_central_net_delete(&status, NETWORK), 0);
    assert_told("DELETE", NETWORK_PATH, "");
    assert_int_equal(zts_central_net_get_members(&status, NETWORK), 0);
    assert_told("GET", NETWORK_PATH "/member", "");
    assert_int_equal(zts_central_member_get(&status, NETWORK, MEMBER), 0);
    assert_told("GET", MEMBER_PATH, "");
    assert_int_equal(zts_central_member_update(&status, NETWORK, MEMBER, copy), 0);
    assert_int_equal(zts_central_node_auth(&status, NETWORK, MEMBER, 1), 0);
    assert_told("POST", MEMBER_PATH, "{\\\"config\\\": {\\\"authorized\\\": true}}");
    assert_int_equal(zts_central_node_auth(&status, NETWORK, MEMBER, 0), 0);
    assert_told("POST", MEMBER_PATH, "{\\\"config\\\": {\\\"authorized\\\": false}}");
    assert_int_equal(zts_central_member_update(&status, NETWORK, MEMBER, (char[]){ "[1]" }), 0);
    assert_told("POST", MEMBER_PATH, "[1]");

    zts_central_clear_resp_buf();
    for (size_t i = 0; i < sizeof answer; i++)
        assert_int_equal(answer[i], 0);
    assert_int_equal(zts_central_get_last_resp_buf(copy, 1), ZTS_ERR_OK);
    assert_string_equal(copy, "");
}

/* The service's refusal is an answer like any other. */
static void any_status_is_an_answer(void **unused)
{
    static const char *const manners[] = { "failing", "plain" };
    static const int statuses[] = { 500, 404 };
    int status;

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        meet(manners[i]);
        assert_int_equal(zts_central_net_get(&status, 1), 0);
        assert_int_equal(status, statuses[i]);
        assert_non_null(strstr(answer, "error"));
    }
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/plain", port);
    assert_int_equal(
        zts_central_init(url, "another-token-of-32-characters--", answer, sizeof answer), 0);
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_int_equal(status, 401);
}

static void half_an_answer_is_none(void **unused)
{
    static const char *const manners[] = { "oversize", "truncated", "slow", "round", "files" };
    int status;

    (void)unused;
    for (size_t i = 0; i < sizeof manners / sizeof manners[0]; i++) {
        meet(manners[i]);
        zts_central_timeout_ms = strcmp(manners[i], "slow") == 0 ? 500 : 5000;
        assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
        assert_int_equal(answer[0], 0);
        assert_int_equal(zts_central_get_last_resp_buf(copy, 1), ZTS_ERR_OK);
    }
}

static void an_answer_must_fit_with_its_end(void **unused)
{
    int status;

    (void)unused;
    meet("plain");
    assert_int_equal(zts_central_status_get(&status), 0);
    uint32_t length = (uint32_t)strlen(answer);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/plain", port);
    assert_int_equal(zts_central_init(url, TOKEN, answer, length), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_init(url, TOKEN, answer, length + 1), 0);
    assert_int_equal(zts_central_status_get(&status), 0);
}

static void the_token_does_not_follow_to_another_host(void **unused)
{
    int status;

    (void)unused;
    meet("moved");
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_int_equal(status, 200);
    meet("abroad");
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_int_equal(status, 401);
}

static void a_service_that_is_not_there_or_not_genuine_is_refused(void **unused)
{
    char url[64];
    int status = 7;

    (void)unused;
    snprintf(url, sizeof url, "https://127.0.0.1:%d/plain", secure_port);
    assert_int_equal(zts_central_init(url, TOKEN, answer, sizeof answer), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    assert_int_equal(status, 0);
    assert_int_equal(zts_central_init("http://127.0.0.1:1", TOKEN, answer, sizeof answer), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    /* Without a scheme HTTPS is meant, which the plain port does not speak. */
    snprintf(url, sizeof url, "127.0.0.1:%d/plain", port);
    assert_int_equal(zts_central_init(url, TOKEN, answer, sizeof answer), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_init("file:///etc", TOKEN, answer, sizeof answer), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
}

static void the_access_mode_gates_requests(void **unused)
{
    int status;

    (void)unused;
    meet("plain");
    assert_int_equal(zts_central_set_access_mode(0), ZTS_ERR_ARG);
    assert_int_equal(zts_central_set_access_mode(4), ZTS_ERR_ARG);
    assert_int_equal(zts_central_set_access_mode(ZTS_CENTRAL_WRITE), 0);
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_node_auth(&status, NETWORK, MEMBER, 1), 0);
    assert_int_equal(zts_central_set_access_mode(ZTS_CENTRAL_READ), 0);
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_int_equal(zts_central_net_update(&status, NETWORK), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_net_delete(&status, NETWORK), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_node_auth(&status, NETWORK, MEMBER, 1), ZTS_ERR_SERVICE);
}

static void a_session_needs_sound_arguments(void **unused)
{
    char long_url[ZTS_CENTRAL_MAX_URL_LEN + 2];
    int status;

    (void)unused;
    memset(long_url, 'a', sizeof long_url - 1);
    long_url[sizeof long_url - 1] = 0;
    const struct {
        const char *url, *token;
        char *buffer;
        uint32_t size;
    } cases[] = {
        { NULL, TOKEN, answer, 1 },
        { "http://a", NULL, answer, 1 },
        { "http://a", TOKEN, NULL, 1 },
        { "http://a", TOKEN, answer, 0 },
        { "ab", TOKEN, answer, 1 },
        { long_url, TOKEN, answer, 1 },
        { "http://a", "short", answer, 1 },
        { "http://a", TOKEN "x", answer, 1 },
        { "http://a", "0123456789abcdefghijklmnopqrst\r\n", answer, 1 },
        { "http://a b", TOKEN, answer, 1 },
    };

    meet("plain");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            zts_central_init(cases[i].url, cases[i].token, cases[i].buffer, cases[i].size),
            ZTS_ERR_ARG);
    /* A refused call changed nothing. */
    assert_int_equal(zts_central_status_get(&status), 0);
    long_url[ZTS_CENTRAL_MAX_URL_LEN] = 0;
    assert_int_equal(zts_central_init(long_url, TOKEN, answer, 1), 0);
    assert_int_equal(zts_central_init("abc", TOKEN, answer, 1), 0);
}

static void requests_need_sound_arguments(void **unused)
{
    int status;

    (void)unused;
    meet("plain");
    assert_int_equal(zts_central_status_get(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_central_net_get(&status, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_central_net_delete(&status, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_central_member_get(&status, NETWORK, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_central_member_get(&status, 0, MEMBER), ZTS_ERR_ARG);
    assert_int_equal(zts_central_member_update(&status, NETWORK, MEMBER, NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_central_node_auth(&status, NETWORK, MEMBER, 2), ZTS_ERR_ARG);
    assert_int_equal(zts_central_set_verbose(2), ZTS_ERR_ARG);
    assert_int_equal(zts_central_set_verbose(-1), ZTS_ERR_ARG);
    assert_int_equal(zts_central_get_last_resp_buf(NULL, 5), ZTS_ERR_ARG);
    assert_int_equal(zts_central_get_last_resp_buf(copy, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_central_get_last_resp_buf(copy, -1), ZTS_ERR_ARG);
}

static void verbose_tells_each_request_but_not_the_token(void **unused)
{
    char told[512] = "";
    int status, kept = dup(STDERR_FILENO);
    FILE *file = tmpfile();

    (void)unused;
    assert_non_null(file);
    meet("failing");
    assert_int_equal(zts_central_set_verbose(1), 0);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    assert_int_equal(zts_central_status_get(&status), 0);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    rewind(file);
    assert_true(fread(told, 1, sizeof told - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(told, "GET /api/status: status 500"));
    assert_null(strstr(told, TOKEN));
}

static void without_a_session_there_are_no_requests(void **unused)
{
    int status;

    (void)unused;
    meet("plain");
    zts_central_cleanup();
    zts_central_cleanup();
    zts_central_clear_resp_buf();
    assert_int_equal(zts_central_status_get(&status), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_status_get(NULL), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_net_get(NULL, 0), ZTS_ERR_SERVICE);
    assert_int_equal(zts_central_get_last_resp_buf(copy, 1), ZTS_ERR_OK);
    assert_int_equal(zts_central_set_access_mode(ZTS_CENTRAL_READ), ZTS_ERR_OK);
    assert_int_equal(zts_central_set_verbose(0), ZTS_ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_sends_its_request),
        cmocka_unit_test(any_status_is_an_answer),
        cmocka_unit_test(half_an_answer_is_none),
        cmocka_unit_test(an_answer_must_fit_with_its_end),
        cmocka_unit_test(the_token_does_not_follow_to_another_host),
        cmocka_unit_test(a_service_that_is_not_there_or_not_genuine_is_refused),
        cmocka_unit_test(the_access_mode_gates_requests),
        cmocka_unit_test(a_session_needs_sound_arguments),
        cmocka_unit_test(requests_need_sound_arguments),
        cmocka_unit_test(verbose_tells_each_request_but_not_the_token),
        cmocka_unit_test(without_a_session_there_are_no_requests),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
