/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket against clients that are slow, silent, many, wrong, or gone; and the claim of the
   directory. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/claim.h"
#include "http/connections.h"
#include "http/http.h"
#include "http/request.h"
#include "os/host.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (8 << 20)
#define PATIENCE_MS 10000
#define ECHO "POST /peer HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n{\"n\":7}"

struct bench {
    char home[64], socket[ZT_CONTROL_PATH];
    struct zt_folder *folder;
    struct zt_http *http;
};

/* Stands for the real one: "/peer" gives the body back, "/moon" more than a socket holds. */
static json_t *answer(void *context, const char *method, const char *path, const json_t *body,
                      int *status)
{
    (void)context;
    (void)method;
    *status = 200;
    if (strcmp(path, "/moon") == 0) {
        char *text = calloc(1, BIG + 1);
        json_t *big;

        memset(text, 'x', BIG);
        big = json_string(text);
        free(text);
        return big;
    }
    return body ? json_deep_copy(body) : json_null();
}

static char *list(void *context, uint64_t nwid, const struct zt_list_form *form, size_t *length,
                  int *status)
{
    (void)context;
    (void)nwid;
    (void)form;
    *status = 200;
    *length = 2;
    return strdup("{}");
}

static struct zt_http *start(const struct bench *bench, const char *socket, char error[256])
{
    struct zt_http_options options = { .home = bench->home,
                                       .folder = bench->folder,
                                       .socket = socket,
                                       .no_tcp = true,
                                       .backend = { NULL, answer, list } };

    return zt_http_start(&options, error, 256);
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char error[256];

    strcpy(bench->home, "/tmp/zt-control-XXXXXX");
    assert_non_null(mkdtemp(bench->home));
    assert_int_equal(zt_folder_open(&bench->folder, bench->home), 0);
    assert_true(zt_control_path(bench->socket, bench->home, error, sizeof error));
    bench->http = start(bench, bench->socket, error);
    assert_non_null(bench->http);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    char command[128];

    zt_http_stop(bench->http);
    assert_int_equal(access(bench->socket, F_OK), -1);
    zt_folder_close(bench->folder);
    (void)snprintf(command, sizeof command, "rm -r %s", bench->home);
    assert_int_equal(system(command), 0);
    free(bench);
    return 0;
}

static int connect_to(const struct bench *bench)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int made = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(address.sun_path, bench->socket);
    assert_int_equal(connect(made, (const struct sockaddr *)&address, sizeof address), 0);
    return made;
}

static void send_text(int socket, const char *text)
{
    assert_int_equal(send(socket, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What comes until it ends with this, "" for a closed connection, "-" for nothing more in time. */
static const char *receive_until(int socket, const char *end)
{
    static char text[4096];
    size_t length = 0;

    while (length < sizeof text - 1) {
        struct pollfd wait = { socket, POLLIN, 0 };

        if (poll(&wait, 1, PATIENCE_MS) <= 0)
            return "-";
        if (recv(socket, text + length, 1, 0) <= 0)
            return "";
        text[++length] = 0;
        if (length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0)
            return text;
    }
    return "-";
}

static bool still_answers(const struct bench *bench)
{
    json_t *body = json_pack("{s:i}", "n", 7), *got;
    char error[256];
    int status = 0;

    got = zt_control_ask(bench->home, "POST", "/peer", body, &status, error, sizeof error);
    bool is_good = status == 200 && json_equal(got, body);
    json_decref(got);
    json_decref(body);
    return is_good;
}

static void a_request_is_answered_and_the_next_one_too(void **state)
{
    int socket = connect_to(*state);

    for (int i = 0; i < 3; i++) {
        send_text(socket, ECHO);
        assert_memory_equal(receive_until(socket, "{\"n\":7}"), "HTTP/1.1 200 ", 13);
    }
    (void)close(socket);
}

static void requests_that_come_together_are_answered_one_by_one(void **state)
{
    int socket = connect_to(*state);

    send_text(socket, ECHO ECHO "POST /pe");
    assert_memory_equal(receive_until(socket, "{\"n\":7}"), "HTTP/1.1 200 ", 13);
    assert_memory_equal(receive_until(socket, "{\"n\":7}"), "HTTP/1.1 200 ", 13);
    send_text(socket, "er HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n{\"n\":8}");
    assert_memory_equal(receive_until(socket, "{\"n\":8}"), "HTTP/1.1 200 ", 13);
    (void)close(socket);
}

static void refusals_are_those_of_the_api(void **state)
{
    static const struct {
        const char *method, *path;
        int status;
    } cases[] = {
        { "GET", "/nowhere", 404 }, { "GET", "/counters", 404 }, { "DELETE", "/status", 405 },
        { "GET", "/bond/x", 400 },  { "GET", "/config", 200 },
    };
    const struct bench *bench = *state;
    char error[256];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = 0;
        json_t *got = zt_control_ask(bench->home, cases[i].method, cases[i].path, NULL, &status,
                                     error, sizeof error);

        assert_int_equal(status, cases[i].status);
        assert_int_equal(json_integer_value(json_object_get(got, "error")),
                         status == 200 ? 0 : status);
        json_decref(got);
    }
}

static void garbage_is_refused_or_ends_the_connection(void **state)
{
    static const char *const cases[] = {
        "\r\n\r\n\r\n\r\n",
        "{\"method\":\"GET\",\"path\":\"/peer\"}\r\n\r\n",
        "GET\r\n\r\n",
        "\xff\xfe\r\n\r\n",
        "POST /peer HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /peer HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n[7]",
    };
    const struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int socket = connect_to(bench);
        const char *got;

        send_text(socket, cases[i]);
        assert_int_equal(shutdown(socket, SHUT_WR), 0);
        got = receive_until(socket, "\r\n");
        assert_true(*got == 0 || strncmp(got, "HTTP/1.1 4", 10) == 0 ||
                    strncmp(got, "HTTP/1.0 4", 10) == 0);
        (void)close(socket);
    }
    assert_true(still_answers(bench));
}

static void a_half_closed_client_still_gets_its_answer(void **state)
{
    int socket = connect_to(*state);

    send_text(socket, ECHO);
    assert_int_equal(shutdown(socket, SHUT_WR), 0);
    assert_memory_equal(receive_until(socket, "{\"n\":7}"), "HTTP/1.1 200 ", 13);
    assert_string_equal(receive_until(socket, "x"), "");
    (void)close(socket);
}

/* More of each kind than the server has threads. */
static void clients_that_do_not_read_or_write_keep_nobody_waiting(void **state)
{
    const struct bench *bench = *state;
    int sockets[24];

    for (size_t i = 0; i < 24; i++) {
        sockets[i] = connect_to(bench);
        if (i % 3 == 0)
            send_text(sockets[i], "GET /moon HTTP/1.1\r\nHost: a\r\n\r\n");
        else if (i % 3 == 1)
            send_text(sockets[i], "POST /peer HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{");
    }
    for (int i = 0; i < 8; i++)
        assert_true(still_answers(bench));
    for (size_t i = 0; i < 24; i++)
        (void)close(sockets[i]);
}

static void a_big_answer_arrives_whole(void **state)
{
    const struct bench *bench = *state;
    char error[256];
    int status;
    json_t *got = zt_control_ask(bench->home, "GET", "/moon", NULL, &status, error, sizeof error);

    assert_int_equal(json_string_length(got), BIG);
    json_decref(got);
}

static void a_body_that_is_too_long_is_refused(void **state)
{
    const struct bench *bench = *state;
    char *text = calloc(1, ZT_MAX_HTTP_BODY + 1), error[256];
    int status = 0;
    json_t *body, *got;

    memset(text, 'x', ZT_MAX_HTTP_BODY);
    body = json_pack("{s:s}", "name", text);
    got = zt_control_ask(bench->home, "POST", "/peer", body, &status, error, sizeof error);
    assert_int_equal(status, 413);
    assert_non_null(
        strstr(json_string_value(json_object_get(got, "description")), "longer than 4194304"));
    json_decref(got);
    json_decref(body);
    free(text);
    assert_true(still_answers(bench));
}

/* How many of them have been cut, once some have. */
static size_t count_cut(const int *sockets, size_t count)
{
    struct pollfd watched[ZT_MAX_HTTP_PER_CLIENT];
    size_t cut = 0;

    for (size_t i = 0; i < count; i++)
        watched[i] = (struct pollfd){ sockets[i], POLLIN, 0 };
    assert_true(poll(watched, count, 10000) > 0);
    for (size_t i = 0; i < count; i++) {
        char byte;

        cut += watched[i].revents != 0 && recv(sockets[i], &byte, 1, 0) == 0;
    }
    return cut;
}

/* Which of them has been idle for longest is for their threads to say: they are answered at once. */
static void of_too_many_clients_one_gives_way(void **state)
{
    const struct bench *bench = *state;
    int sockets[ZT_MAX_HTTP_PER_CLIENT + 1];

    for (size_t i = 0; i <= ZT_MAX_HTTP_PER_CLIENT; i++) {
        sockets[i] = connect_to(bench);
        send_text(sockets[i], ECHO); /* its answer tells that it is in the table */
        if (i < ZT_MAX_HTTP_PER_CLIENT)
            assert_memory_equal(receive_until(sockets[i], "{\"n\":7}"), "HTTP/1.1 200 ", 13);
    }
    assert_memory_equal(receive_until(sockets[ZT_MAX_HTTP_PER_CLIENT], "{\"n\":7}"),
                        "HTTP/1.1 200 ", 13);
    assert_int_equal(count_cut(sockets, ZT_MAX_HTTP_PER_CLIENT), 1);
    assert_true(still_answers(bench));
    for (size_t i = 0; i <= ZT_MAX_HTTP_PER_CLIENT; i++)
        (void)close(sockets[i]);
}

static void only_the_owner_may_connect_whatever_the_umask(void **state)
{
    struct bench *bench = *state;
    const mode_t masks[] = { 0, 022, 0777 };
    struct stat status;
    char error[256];

    for (size_t i = 0; i < 3; i++) {
        mode_t old;

        zt_http_stop(bench->http);
        old = umask(masks[i]);
        bench->http = start(bench, bench->socket, error);
        (void)umask(old);
        assert_non_null(bench->http);
        assert_int_equal(stat(bench->socket, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

static void a_socket_that_was_left_behind_is_replaced_and_a_file_is_not(void **state)
{
    struct bench *bench = *state;
    char left[ZT_CONTROL_PATH + 8], error[256];
    int file;

    (void)snprintf(left, sizeof left, "%s.left", bench->socket);
    assert_int_equal(rename(bench->socket, left), 0); /* a stop does not find it */
    zt_http_stop(bench->http);
    assert_int_equal(rename(left, bench->socket), 0);
    assert_false(still_answers(bench));
    bench->http = start(bench, bench->socket, error);
    assert_non_null(bench->http);
    assert_true(still_answers(bench));

    zt_http_stop(bench->http);
    file = open(bench->socket, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    (void)close(file);
    assert_null(start(bench, bench->socket, error));
    assert_non_null(strstr(error, "control.sock: Address already in use"));
    assert_int_equal(unlink(bench->socket), 0);
    bench->http = start(bench, bench->socket, error);
    assert_non_null(bench->http);
}

static void a_path_that_is_too_long_is_said_to_be(void **state)
{
    const struct bench *bench = *state;
    char home[ZT_CONTROL_PATH + 1] = { 0 }, path[ZT_CONTROL_PATH], error[256];
    const size_t most = ZT_CONTROL_PATH - sizeof "/control.sock";
    int status;

    memset(home, 'h', most);
    assert_true(zt_control_path(path, home, error, sizeof error));
    assert_int_equal(strlen(path), ZT_CONTROL_PATH - 1);
    home[most] = 'h';
    assert_false(zt_control_path(path, home, error, sizeof error));
    assert_non_null(strstr(error, "path too long for a socket"));
    assert_null(zt_control_ask(home, "GET", "/peer", NULL, &status, error, sizeof error));
    assert_non_null(strstr(error, "path too long for a socket"));
    memset(home, 'h', ZT_CONTROL_PATH);
    assert_null(start(bench, home, error));
    assert_non_null(strstr(error, "File name too long"));
}

static void nobody_there_is_said_with_the_path_and_the_reason(void **state)
{
    char error[256];
    int status;

    (void)state;
    assert_null(zt_control_ask("/tmp/nowhere", "GET", "/peer", NULL, &status, error, sizeof error));
    assert_string_equal(error, "/tmp/nowhere/control.sock: No such file or directory; is a root or "
                               "controller running there?");
}

/* In a child, as locks belong to processes; it ends with the claim in its hands if it got it. */
static int claim_elsewhere(const char *home)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        char error[256] = "";
        int claim = zt_claim(home, error, sizeof error);

        _exit(claim >= 0 ? 1 : strstr(error, "another process serves this directory") ? 0 : 2);
    }
    (void)waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void a_second_process_is_kept_out_until_the_first_has_gone(void **state)
{
    const struct bench *bench = *state;
    char error[256];
    int claim = zt_claim(bench->home, error, sizeof error);

    assert_true(claim >= 0);
    assert_int_equal(claim_elsewhere(bench->home), 0);
    (void)close(claim);
    assert_int_equal(claim_elsewhere(bench->home), 1);
    claim = zt_claim(bench->home, error, sizeof error);
    assert_true(claim >= 0);
    (void)close(claim);
    assert_int_equal(zt_claim("/tmp/nowhere", error, sizeof error), -1);
    assert_string_equal(error, "/tmp/nowhere/control.lock: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_request_is_answered_and_the_next_one_too),
        TEST(requests_that_come_together_are_answered_one_by_one),
        TEST(refusals_are_those_of_the_api),
        TEST(garbage_is_refused_or_ends_the_connection),
        TEST(a_half_closed_client_still_gets_its_answer),
        TEST(clients_that_do_not_read_or_write_keep_nobody_waiting),
        TEST(a_big_answer_arrives_whole),
        TEST(a_body_that_is_too_long_is_refused),
        TEST(of_too_many_clients_one_gives_way),
        TEST(only_the_owner_may_connect_whatever_the_umask),
        TEST(a_socket_that_was_left_behind_is_replaced_and_a_file_is_not),
        TEST(a_path_that_is_too_long_is_said_to_be),
        TEST(nobody_there_is_said_with_the_path_and_the_reason),
        TEST(a_second_process_is_kept_out_until_the_first_has_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
