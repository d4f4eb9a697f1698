/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket against clients that are slow, silent, many, wrong, or gone. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/control_socket.h"
#include "os/host.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (8 << 20)

struct bench {
    char home[64];
    struct zt_control *control;
    struct sockaddr_un address;
};

/* Stands for the real one: "/echo" gives the body back, "/big" more than a socket holds. */
json_t *zt_api_route(const struct zt_api *api, const char *method, const char *path,
                     const json_t *body, int *status)
{
    (void)api;
    (void)method;
    *status = 200;
    if (strcmp(path, "/big") == 0) {
        char *text = calloc(1, BIG + 1);
        json_t *big;

        memset(text, 'x', BIG);
        big = json_string(text);
        free(text);
        return big;
    }
    return body ? json_deep_copy(body) : json_null();
}

static int set_up(void **state)
{
    static const struct zt_api nothing;
    struct bench *bench = calloc(1, sizeof *bench);
    char error[256];

    strcpy(bench->home, "/tmp/zt-control-XXXXXX");
    assert_non_null(mkdtemp(bench->home));
    bench->control = zt_control_open(bench->home, error, sizeof error);
    assert_non_null(bench->control);
    assert_true(zt_control_run(bench->control, &nothing));
    assert_true(zt_control_address(&bench->address, bench->home, error, sizeof error));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    char path[128];

    zt_control_stop(bench->control);
    (void)snprintf(path, sizeof path, "%s/control.lock", bench->home);
    (void)unlink(path);
    assert_int_equal(rmdir(bench->home), 0); /* the socket is gone */
    free(bench);
    return 0;
}

static int connect_to(const struct bench *bench)
{
    int made = zt_control_connect(&bench->address);

    assert_true(made >= 0);
    return made;
}

static void send_text(int socket, const char *text)
{
    assert_int_equal(send(socket, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What comes within the time: a line, "" for a closed connection, "-" for nothing. */
static const char *receive_line(int socket, int timeout_ms)
{
    static char line[4096];
    size_t length = 0;

    while (length < sizeof line - 1) {
        struct pollfd wait = { socket, POLLIN, 0 };

        if (poll(&wait, 1, timeout_ms) <= 0)
            return "-";
        if (recv(socket, line + length, 1, 0) <= 0)
            return "";
        if (line[length++] == '\n')
            break;
    }
    line[length] = 0;
    return line;
}

static bool still_answers(const struct bench *bench)
{
    json_t *body = json_pack("{s:i}", "n", 7), *answer;
    char error[256];
    int status = 0;

    answer = zt_control_ask(bench->home, "GET", "/echo", body, &status, error, sizeof error);
    bool is_good = status == 200 && json_equal(answer, body);
    json_decref(answer);
    json_decref(body);
    return is_good;
}

static void a_request_is_answered_and_the_next_one_too(void **state)
{
    const struct bench *bench = *state;
    int socket = connect_to(bench);

    for (int i = 0; i < 3; i++) {
        send_text(socket, "{\"method\":\"GET\",\"path\":\"/echo\",\"body\":[1]}\n");
        assert_string_equal(receive_line(socket, 2000), "{\"status\":200,\"body\":[1]}\n");
    }
    (void)close(socket);
}

static void lines_that_come_together_are_answered_one_by_one(void **state)
{
    const struct bench *bench = *state;
    int socket = connect_to(bench);

    send_text(socket, "{\"method\":\"GET\",\"path\":\"/echo\",\"body\":[1]}\n"
                      "{\"method\":\"GET\",\"path\":\"/echo\",\"body\":[2]}\n"
                      "{\"method\":\"GET\",\"path\":\"/ec");
    assert_string_equal(receive_line(socket, 2000), "{\"status\":200,\"body\":[1]}\n");
    assert_string_equal(receive_line(socket, 2000), "{\"status\":200,\"body\":[2]}\n");
    send_text(socket, "ho\",\"body\":[3]}\n");
    assert_string_equal(receive_line(socket, 2000), "{\"status\":200,\"body\":[3]}\n");
    (void)close(socket);
}

static void garbage_is_refused_line_by_line(void **state)
{
    static const char *const cases[] = { "\n",
                                         "{}\n",
                                         "[]\n",
                                         "not json\n",
                                         "{\"method\":1}\n",
                                         "{\"method\":\"GET\",\"path\":7}\n",
                                         "\xff\xfe\n",
                                         "{\"method\":\"GET\"\n" };
    const struct bench *bench = *state;
    int socket = connect_to(bench);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        send_text(socket, cases[i]);
        assert_string_equal(receive_line(socket, 2000),
                            "{\"status\":400,\"body\":{\"error\":400,\"description\":\"not a "
                            "request\"}}\n");
    }
    (void)close(socket);
    assert_true(still_answers(bench));
}

static void a_half_closed_client_still_gets_its_answer(void **state)
{
    const struct bench *bench = *state;
    int socket = connect_to(bench);

    send_text(socket, "{\"method\":\"GET\",\"path\":\"/echo\",\"body\":[1]}\n");
    assert_int_equal(shutdown(socket, SHUT_WR), 0);
    assert_string_equal(receive_line(socket, 2000), "{\"status\":200,\"body\":[1]}\n");
    assert_string_equal(receive_line(socket, 2000), "");
    (void)close(socket);
}

static void a_client_that_does_not_read_keeps_nobody_waiting(void **state)
{
    const struct bench *bench = *state;
    int socket = connect_to(bench);
    int64_t start_ms;

    send_text(socket, "{\"method\":\"GET\",\"path\":\"/big\"}\n");
    zt_host_sleep_ms(300);
    start_ms = zt_host_mono_ms();
    assert_true(still_answers(bench));
    assert_true(zt_host_mono_ms() - start_ms < 2000);
    (void)close(socket);
}

static void a_big_answer_arrives_whole(void **state)
{
    const struct bench *bench = *state;
    char error[256];
    int status;
    json_t *answer = zt_control_ask(bench->home, "GET", "/big", NULL, &status, error, sizeof error);

    assert_int_equal(json_string_length(answer), BIG);
    json_decref(answer);
}

static void silent_and_slow_clients_are_dropped_after_their_time(void **state)
{
    const struct bench *bench = *state;
    int silent = connect_to(bench), slow = connect_to(bench);
    int64_t start_ms = zt_host_mono_ms();

    for (int i = 0; i < 100 && send(slow, "{", 1, MSG_NOSIGNAL) == 1; i++)
        zt_host_sleep_ms(100);
    assert_in_range(zt_host_mono_ms() - start_ms, ZT_CONTROL_CLIENT_MS - 200,
                    ZT_CONTROL_CLIENT_MS + 2000);
    assert_string_equal(receive_line(silent, 2000), "");
    (void)close(silent);
    (void)close(slow);
    assert_true(still_answers(bench));
}

static void a_line_that_is_too_long_ends_the_connection(void **state)
{
    const struct bench *bench = *state;
    int socket = connect_to(bench);
    char *text = calloc(1, ZT_MAX_CONTROL_LINE + 4096);
    size_t sent = 0;

    memset(text, ' ', ZT_MAX_CONTROL_LINE + 4095);
    while (sent < ZT_MAX_CONTROL_LINE + 4095) {
        ssize_t now = send(socket, text + sent, ZT_MAX_CONTROL_LINE + 4095 - sent, MSG_NOSIGNAL);

        if (now <= 0)
            break;
        sent += (size_t)now;
    }
    assert_string_equal(receive_line(socket, 2000), "");
    free(text);
    (void)close(socket);
    assert_true(still_answers(bench));
}

static void the_17th_client_gives_way(void **state)
{
    const struct bench *bench = *state;
    int sockets[ZT_MAX_CONTROL_CLIENTS + 1];

    for (size_t i = 0; i <= ZT_MAX_CONTROL_CLIENTS; i++) {
        sockets[i] = connect_to(bench);
        zt_host_sleep_ms(5);
    }
    assert_string_equal(receive_line(sockets[ZT_MAX_CONTROL_CLIENTS], 2000), "");
    send_text(sockets[0], "{\"method\":\"GET\",\"path\":\"/echo\",\"body\":[1]}\n");
    assert_string_equal(receive_line(sockets[0], 2000), "{\"status\":200,\"body\":[1]}\n");
    for (size_t i = 0; i <= ZT_MAX_CONTROL_CLIENTS; i++)
        (void)close(sockets[i]);
    zt_host_sleep_ms(50);
    assert_true(still_answers(bench));
}

/* In a child, as locks belong to processes. */
static int open_elsewhere(const char *home)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        char error[256] = "";
        struct zt_control *second = zt_control_open(home, error, sizeof error);

        _exit(second ? 1 : strstr(error, "another process serves this directory") ? 0 : 2);
    }
    (void)waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void a_second_process_is_kept_out_until_the_first_has_gone(void **state)
{
    struct bench *bench = *state;
    char error[256];

    assert_int_equal(open_elsewhere(bench->home), 0);
    assert_true(still_answers(bench));
    zt_control_stop(bench->control);
    assert_int_equal(open_elsewhere(bench->home), 1); /* and left its socket behind */
    bench->control = zt_control_open(bench->home, error, sizeof error);
    assert_non_null(bench->control);
}

static void only_the_owner_may_connect(void **state)
{
    const struct bench *bench = *state;
    struct stat status;

    assert_int_equal(stat(bench->address.sun_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_request_is_answered_and_the_next_one_too),
        TEST(lines_that_come_together_are_answered_one_by_one),
        TEST(garbage_is_refused_line_by_line),
        TEST(a_half_closed_client_still_gets_its_answer),
        TEST(a_client_that_does_not_read_keeps_nobody_waiting),
        TEST(a_big_answer_arrives_whole),
        TEST(silent_and_slow_clients_are_dropped_after_their_time),
        TEST(a_line_that_is_too_long_ends_the_connection),
        TEST(the_17th_client_gives_way),
        TEST(a_second_process_is_kept_out_until_the_first_has_gone),
        TEST(only_the_owner_may_connect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
