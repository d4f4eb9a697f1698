/* SPDX-License-Identifier: Apache-2.0 */
/* The program zt as a user runs it: usage errors, and a controller that is started and asked. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome {
    int code;
    char out[65536]; /* standard output, or with 2>&1 both */
};

static char home[64];

/* Runs `zt arguments`; HOME in them stands for the state directory. */
static const struct outcome *run(const char *arguments)
{
    static struct outcome outcome;
    char command[4096];
    FILE *pipe;
    size_t length;
    int status;

    (void)snprintf(command, sizeof command, "HOME=%s; exec %s %s", home, ZT_PROGRAM, arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    length = fread(outcome.out, 1, sizeof outcome.out - 1, pipe);
    outcome.out[length] = 0;
    status = pclose(pipe);
    assert_true(WIFEXITED(status));
    outcome.code = WEXITSTATUS(status);
    return &outcome;
}

static void a_usage_error_shows_the_usage_and_exits_with_2(void **unused)
{
    static const char *const cases[] = {
        "",
        "nonsense",
        "--nonsense",
        "root",
        "root -H",
        "root -H $HOME --port 70000",
        "root -H $HOME --port",
        "root -H $HOME --port=x",
        "root -H $HOME extra",
        "root -H $HOME --memory",
        "root -H $HOME --bind 1.2.3.4/5",
        "root -H $HOME --endpoint nowhere",
        "root -H $HOME --http nowhere",
        "root -H $HOME --http 127.0.0.1",
        "root -H $HOME --http-allow 10.0.0.0/33",
        "root -H $HOME --no-http --http 127.0.0.1:9993",
        "controller -H $HOME --json=yes",
        "controller --unknown",
        "controller -H $HOME --memory --store memory",
        "controller backup",
        "controller backup -H $HOME",
        "controller backup -H $HOME --store memory file",
        "controller restore file",
        "controller export -H $HOME one two",
        "controller import --skip=1 -H $HOME one",
        "controller copy memory",
        "status",
        "status -H $HOME extra",
        "network",
        "network nonsense",
        "network show -H $HOME",
        "network show -H $HOME 123",
        "network delete -H $HOME 12345678901234zz",
        "network set -H $HOME",
        "member",
        "member list -H $HOME",
        "member list -H $HOME xyz",
        "id",
        "id nonsense",
        "planet",
        "planet nonsense",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char command[256];
        const struct outcome *outcome;

        (void)snprintf(command, sizeof command, "%s 2>/dev/null", cases[i]);
        outcome = run(command);
        if (outcome->code != 2 || *outcome->out)
            print_error("zt %s: code %d, said %s\n", cases[i], outcome->code, outcome->out);
        assert_int_equal(outcome->code, 2);
        assert_string_equal(outcome->out, ""); /* not for a pipe to take as a result */
        (void)snprintf(command, sizeof command, "%s 2>&1", cases[i]);
        outcome = run(command);
        assert_non_null(strstr(outcome->out, "usage: zt"));
    }
}

static void help_goes_to_stdout_and_is_no_error(void **unused)
{
    static const char *const cases[] = {
        "--help",         "root --help",           "controller -h",     "controller backup --help",
        "network --help", "network create --help", "member set --help", "status --help"
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct outcome *outcome = run(cases[i]);

        assert_int_equal(outcome->code, 0);
        assert_non_null(strstr(outcome->out, "usage: zt"));
    }
}

static void nobody_there_is_a_failure_with_a_reason(void **unused)
{
    const struct outcome *outcome = run("status -H $HOME/nowhere 2>&1");

    (void)unused;
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "nowhere/control.sock"));
}

/* A controller that is its own root on a port of its choice; its ready line has been read. */
static pid_t start_controller(void)
{
    char line[512];
    int ends[2];
    FILE *from;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)dup2(ends[1], 1);
        (void)close(ends[0]);
        (void)execl(ZT_PROGRAM, "zt", "controller", "-H", home, "--root", "-p", "29961", "-e",
                    "127.0.0.1/29961", "-b", "127.0.0.1", "--allow-loopback", "-j", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    from = fdopen(ends[0], "r");
    assert_non_null(from);
    assert_non_null(fgets(line, sizeof line, from));
    (void)fclose(from);
    return child;
}

static unsigned mode_of(const char *name)
{
    char path[128];
    struct stat status;

    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    return stat(path, &status) == 0 ? status.st_mode & 0777 : 0;
}

static void a_running_controller_answers_and_keeps_its_files_to_itself(void **unused)
{
    pid_t child = start_controller();
    const struct outcome *outcome;
    json_t *json;
    int status;

    (void)unused;
    outcome = run("status -H $HOME -j");
    assert_int_equal(outcome->code, 0);
    json = json_loads(outcome->out, 0, NULL);
    assert_int_equal(
        json_string_length(json_object_get(json_object_get(json, "status"), "address")), 10);
    assert_true(json_is_array(json_object_get(json, "peers")));
    json_decref(json);

    outcome = run("network create -H $HOME");
    assert_int_equal(outcome->code, 0);
    assert_int_equal(strspn(outcome->out, "0123456789abcdef"), 16);
    outcome = run("network show -H $HOME 0000000000000001 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_int_equal(mode_of("controller.db"), 0600);
    assert_int_equal(mode_of("controller.db-wal"), 0600);
    assert_int_equal(mode_of("control.sock"), 0600);
    assert_int_equal(mode_of("control.lock"), 0600);

    outcome = run("controller -H $HOME -p 29962 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "another process serves this directory"));
    assert_int_equal(run("status -H $HOME")->code, 0);

    (void)kill(child, SIGTERM);
    (void)waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int make_home(void **unused)
{
    (void)unused;
    strcpy(home, "/tmp/zt-program-XXXXXX");
    return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **unused)
{
    char command[128];

    (void)unused;
    (void)snprintf(command, sizeof command, "rm -r %s", home);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usage_error_shows_the_usage_and_exits_with_2),
        cmocka_unit_test(help_goes_to_stdout_and_is_no_error),
        cmocka_unit_test(nobody_there_is_a_failure_with_a_reason),
        cmocka_unit_test(a_running_controller_answers_and_keeps_its_files_to_itself),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
