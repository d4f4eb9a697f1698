/* SPDX-License-Identifier: Apache-2.0 */
/* `zt rules` as a user runs it, its JSON, and a network that is given rules as a text. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cmd/rules_file.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char example[] = "tag department\n"
                              "    id 1000\n"
                              "    enum 100 sales\n"
                              "    enum 200 engineering\n"
                              "    default sales\n"
                              ";\n"
                              "macro web($port)\n"
                              "    accept ipprotocol tcp and dport $port ;\n"
                              ";\n"
                              "cap superuser\n"
                              "    id 2000\n"
                              "    accept;\n"
                              ";\n"
                              "include web(80)\n"
                              "break chr tcp_syn and not chr tcp_ack and not tdiff department 0;\n"
                              "tee 64 deadbeef11 dport 25;\n"
                              "accept;\n";

static const char example_json[] =
    "{\"config\": {\"rules\": ["
    "{\"type\": \"MATCH_IP_PROTOCOL\", \"not\": false, \"or\": false, \"ipProtocol\": 6},"
    "{\"type\": \"MATCH_IP_DEST_PORT_RANGE\", \"not\": false, \"or\": false, \"start\": 80,"
    " \"end\": 80},"
    "{\"type\": \"ACTION_ACCEPT\"},"
    "{\"type\": \"MATCH_CHARACTERISTICS\", \"not\": false, \"or\": false,"
    " \"mask\": \"0000000000000002\"},"
    "{\"type\": \"MATCH_CHARACTERISTICS\", \"not\": true, \"or\": false,"
    " \"mask\": \"0000000000000010\"},"
    "{\"type\": \"MATCH_TAGS_DIFFERENCE\", \"not\": true, \"or\": false, \"id\": 1000,"
    " \"value\": 0},"
    "{\"type\": \"ACTION_BREAK\"},"
    "{\"type\": \"MATCH_IP_DEST_PORT_RANGE\", \"not\": false, \"or\": false, \"start\": 25,"
    " \"end\": 25},"
    "{\"type\": \"ACTION_TEE\", \"address\": \"deadbeef11\", \"flags\": 0, \"length\": 64},"
    "{\"type\": \"ACTION_ACCEPT\"}],"
    "\"capabilities\": [{\"id\": 2000, \"default\": false,"
    " \"rules\": [{\"type\": \"ACTION_ACCEPT\"}]}],"
    "\"tags\": [{\"id\": 1000, \"default\": 100}]},"
    "\"capabilitiesByName\": {\"superuser\": 2000},"
    "\"tagsByName\": {\"department\": {\"id\": 1000, \"default\": 100,"
    " \"enums\": {\"sales\": 100, \"engineering\": 200}, \"flags\": {}}}}";

static const char customary_json[] =
    "[{\"type\": \"MATCH_ETHERTYPE\", \"not\": true, \"or\": false, \"etherType\": 2048},"
    "{\"type\": \"MATCH_ETHERTYPE\", \"not\": true, \"or\": false, \"etherType\": 2054},"
    "{\"type\": \"MATCH_ETHERTYPE\", \"not\": true, \"or\": false, \"etherType\": 34525},"
    "{\"type\": \"ACTION_DROP\"}, {\"type\": \"ACTION_ACCEPT\"}]";

struct outcome {
    int code;
    char out[65536];
};

static char home[64];

/* Runs `zt arguments` in the folder of the test. */
static const struct outcome *run(const char *arguments)
{
    static struct outcome outcome;
    char command[4096];
    FILE *pipe;
    size_t length;
    int status;

    (void)snprintf(command, sizeof command, "cd %s; exec %s %s", home, ZT_PROGRAM, arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    length = fread(outcome.out, 1, sizeof outcome.out - 1, pipe);
    outcome.out[length] = 0;
    status = pclose(pipe);
    assert_true(WIFEXITED(status));
    outcome.code = WEXITSTATUS(status);
    return &outcome;
}

static void put_file(const char *name, const char *text)
{
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_json(const json_t *json, const char *expected)
{
    json_t *other = json_loads(expected, 0, NULL);

    assert_non_null(other);
    if (!json_equal(json, other))
        print_error("%s\n", json_dumps(json, JSON_INDENT(1)));
    assert_true(json_equal(json, other));
    json_decref(other);
}

static void a_text_becomes_the_json_of_controllers(void **unused)
{
    const struct outcome *outcome = run("rules compile example");
    json_t *json = json_loads(outcome->out, 0, NULL);

    (void)unused;
    assert_int_equal(outcome->code, 0);
    assert_json(json, example_json);
    json_decref(json);
    outcome = run("rules compile -o out.json - <example");
    assert_int_equal(outcome->code, 0);
    assert_string_equal(outcome->out, "");
    outcome = run("rules compile out.json");
    json = json_loads(outcome->out, 0, NULL);
    assert_json(json, example_json);
    json_decref(json);
}

static void the_customary_rules_are_as_documented(void **unused)
{
    json_t *json;

    (void)unused;
    put_file("customary", "drop not ethertype ipv4 and not ethertype arp\n"
                          "and not ethertype ipv6;\naccept;");
    json = json_loads(run("rules compile customary")->out, 0, NULL);
    assert_json(json_object_get(json_object_get(json, "config"), "rules"), customary_json);
    json_decref(json);
}

static void json_becomes_a_text_that_compiles_to_it(void **unused)
{
    json_t *json;

    (void)unused;
    put_file("example.json", example_json);
    assert_int_equal(run("rules decompile -o again example.json")->code, 0);
    json = json_loads(run("rules compile again")->out, 0, NULL);
    assert_json(json, example_json);
    json_decref(json);
    put_file("array.json", customary_json);
    assert_int_equal(run("rules decompile -o again array.json")->code, 0);
    json = json_loads(run("rules compile again")->out, 0, NULL);
    assert_json(json_object_get(json_object_get(json, "config"), "rules"), customary_json);
    json_decref(json);
}

/* Those of the recorded sets that the language has words for, and there must be many. */
static void recorded_sets_survive_the_way_through_the_language(void **unused)
{
    static char text[ZT_MAX_RULES_SOURCE];
    json_t *file = json_load_file(ZT_SOURCE_DIR "/tests/vectors/data/rules.json", 0, NULL);
    json_t *sets = json_object_get(file, "rule_sets");
    size_t checked = 0;

    (void)unused;
    assert_non_null(file);
    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *rules = json_object_get(json_array_get(sets, i), "rules_json");
        struct zt_writer out = zt_writer_of(text, sizeof text);
        char error[ZT_RULES_ERROR_TEXT];
        struct zt_rules_errors errors;
        struct zt_rulebook *book =
            json_is_array(rules) ? zt_rulebook_from_json(rules, error) : NULL;
        struct zt_rulebook *again;
        json_t *before, *after;

        if (book == NULL || !zt_rulebook_write(book, &out, error)) {
            zt_free(book);
            continue;
        }
        again = zt_rulebook_compile(text, zt_writer_length(&out), &errors);
        assert_non_null(again);
        before = zt_rulebook_json(book);
        after = zt_rulebook_json(again);
        assert_true(json_equal(before, after));
        json_decref(before);
        json_decref(after);
        zt_free(book);
        zt_free(again);
        checked++;
    }
    assert_true(checked > 100);
    json_decref(file);
}

static void bad_json_is_refused_by_the_name_of_the_member(void **unused)
{
    static const struct {
        const char *json, *says;
    } cases[] = {
        { "5", "expected an array of rules" },
        { "{}", "expected an array of rules" },
        { "{\"config\": {}}", "expected an array of rules" },
        { "[{\"type\": \"ACTION_NOTHING\"}]", "rules: entry 0: type" },
        { "{\"rules\": [], \"tags\": 5}", "tags: not an array" },
        { "{\"rules\": [], \"tags\": [{}]}", "tags, entry 1: id is missing" },
        { "{\"rules\": [], \"tags\": [{\"id\": -1}]}", "tags, entry 1: id" },
        { "{\"rules\": [], \"tags\": [{\"id\": 4294967296}]}", "tags, entry 1: id" },
        { "{\"rules\": [], \"tags\": [{\"id\": 1}, {\"id\": 1}]}", "tags, entry 2: another" },
        { "{\"rules\": [], \"tags\": [{\"id\": 1, \"default\": \"x\"}]}", "default is neither" },
        { "{\"rules\": [], \"tags\": [{\"id\": 1}], \"tagsByName\": {\"or\": {\"id\": 1}}}",
          "its name in tagsByName" },
        { "{\"rules\": [], \"tags\": [{\"id\": 1}], \"tagsByName\": {\"t\": {\"id\": 1,"
          " \"enums\": {\"a,b\": 1}}}}",
          "a name of an enum" },
        { "{\"rules\": [], \"tags\": [{\"id\": 1}], \"tagsByName\": {\"t\": {\"id\": 1,"
          " \"flags\": {\"a\": -1}}}}",
          "an enum or flag is no number" },
        { "{\"rules\": [], \"capabilities\": [{\"id\": \"1\"}]}", "capabilities, entry 1: id" },
        { "{\"rules\": [], \"capabilities\": [{\"id\": 1, \"rules\": 1}]}", "not an array" },
        { "{\"rules\": [], \"capabilities\": [{\"id\": 1}, {\"id\": 1}]}", "entry 2: another" },
        { "{\"rules\": [], \"capabilities\": [{\"id\": 1}],"
          " \"capabilitiesByName\": {\"Cap\": 1}}",
          "capabilitiesByName" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        char error[ZT_RULES_ERROR_TEXT] = "";

        assert_non_null(json);
        assert_null(zt_rulebook_from_json(json, error));
        if (strstr(error, cases[i].says) == NULL)
            print_error("%s: %s\n", cases[i].json, error);
        assert_non_null(strstr(error, cases[i].says));
        json_decref(json);
    }
}

static void errors_are_told_by_file_line_and_column(void **unused)
{
    const struct outcome *outcome;

    (void)unused;
    put_file("wrong", "drop dport 80x;\n\n  acept;\n");
    outcome = run("rules compile wrong 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "zt rules compile: wrong:1:12: `80x`"));
    assert_non_null(strstr(outcome->out, "zt rules compile: wrong:3:3: `acept`"));
    outcome = run("rules compile nowhere 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "nowhere"));
    put_file("wrong.json", "[\n {]");
    outcome = run("rules compile wrong.json 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "wrong.json:2:"));
    put_file("priority.json", "[{\"type\": \"INTEGER_RANGE\"}, {\"type\": \"ACTION_DROP\"}]");
    outcome = run("rules decompile priority.json 2>&1");
    assert_int_equal(outcome->code, 1);
    assert_non_null(strstr(outcome->out, "entry 1: the language has no word"));
}

static void a_wrong_command_line_exits_with_2(void **unused)
{
    static const char *const cases[] = {
        "rules",
        "rules nonsense",
        "rules compile",
        "rules compile example example",
        "rules decompile",
        "rules explain",
        "rules explain --frame x example",
        "rules test example",
        "rules test --frame 'tcp' example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2'",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --from 1 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --to 1111111111 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --network 1 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --tag 5 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --tag color=5 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --tag department=red example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --capability 1 example",
        "rules test --frame 'arp 10.0.0.1 > 10.0.0.2' --owns x example",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char command[256];
        const struct outcome *outcome;

        (void)snprintf(command, sizeof command, "%s 2>&1", cases[i]);
        outcome = run(command);
        if (outcome->code != 2)
            print_error("%s: %d\n", cases[i], outcome->code);
        assert_int_equal(outcome->code, 2);
        assert_non_null(strstr(outcome->out, "usage: zt rules"));
    }
}

static void each_rule_is_explained(void **unused)
{
    const struct outcome *outcome = run("rules explain example");
    json_t *json;

    (void)unused;
    assert_int_equal(outcome->code, 0);
    assert_non_null(strstr(outcome->out, "tag department, id 1000, 100 unless given"));
    assert_non_null(strstr(outcome->out, "accept if the protocol is tcp and the destination port"));
    assert_non_null(strstr(outcome->out, "capability superuser, id 2000:"));
    json = json_loads(run("rules explain -j example")->out, 0, NULL);
    assert_int_equal(json_array_size(json), 5);
    json_decref(json);
}

static void a_frame_is_judged_on_both_sides(void **unused)
{
    static const struct {
        const char *options;
        int code;
        const char *says;
    } cases[] = {
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:80'", 0, "by rules, entry 3: accept if" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:22'", 0, "by rules, entry 10: accept" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:22' --to-tag department=engineering", 3,
          "sender: drop\n  by rules, entry 7" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:22' --tag 1000=200", 0, "the frame arrives" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:22 ack' --from-tag 1000=200", 0, "arrives" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:22' --from-tag department=200 --capability 2000", 0,
          "by superuser, entry 1: accept" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:25'", 0, "sends 40 bytes of it to deadbeef11" },
        { "--frame 'tcp 10.0.0.1:1 > 10.0.0.2:25 size 100'", 0, "sends 64 bytes of it" },
        { "--frame 'udp 10.0.0.1:1 > 224.0.0.1:9'", 0, "sender, to this receiver: accept" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char command[256];
        const struct outcome *outcome;

        (void)snprintf(command, sizeof command, "rules test %s example", cases[i].options);
        outcome = run(command);
        if (outcome->code != cases[i].code || strstr(outcome->out, cases[i].says) == NULL)
            print_error("%s: %d\n%s\n", cases[i].options, outcome->code, outcome->out);
        assert_int_equal(outcome->code, cases[i].code);
        assert_non_null(strstr(outcome->out, cases[i].says));
    }
}

static void what_only_the_receiver_knows_is_decided_there(void **unused)
{
    const struct outcome *outcome;
    json_t *json, *passes;

    (void)unused;
    put_file("inbound", "drop chr inbound and not ipsrc 10.0.0.0/24; drop not chr ipauth; accept;");
    outcome = run("rules test -j --owns 10.0.1.1 -f 'udp 10.0.1.1:1 > 10.0.0.2:9' inbound");
    assert_int_equal(outcome->code, 3);
    json = json_loads(outcome->out, 0, NULL);
    passes = json_object_get(json, "passes");
    assert_true(json_is_false(json_object_get(json, "delivered")));
    assert_int_equal(json_array_size(passes), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(passes, 0), "verdict")),
                        "accept");
    assert_string_equal(json_string_value(json_object_get(json_array_get(passes, 1), "verdict")),
                        "drop");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(passes, 1), "entry")), 3);
    json_decref(json);
    assert_int_equal(
        run("rules test --owns 10.0.0.1 -f 'udp 10.0.0.1:1 > 10.0.0.2:9' inbound")->code, 0);
    assert_int_equal(run("rules test -f 'udp 10.0.0.1:1 > 10.0.0.2:9' inbound")->code, 3);
    put_file("none", "accept ethertype arp;");
    outcome = run("rules test -f 'udp 10.0.0.1:1 > 10.0.0.2:9' none");
    assert_int_equal(outcome->code, 3);
    assert_non_null(strstr(outcome->out, "since no rule and no capability accepts it"));
    put_file("other", "redirect 3333333333 dport 9; accept;");
    outcome = run("rules test -f 'udp 10.0.0.1:1 > 10.0.0.2:9' other");
    assert_non_null(strstr(outcome->out, "sender: redirect"));
}

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
        (void)execl(ZT_PROGRAM, "zt", "controller", "-H", home, "--root", "-p", "29971", "-e",
                    "127.0.0.1/29971", "-b", "127.0.0.1", "--allow-loopback", "-j", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    from = fdopen(ends[0], "r");
    assert_non_null(from);
    assert_non_null(fgets(line, sizeof line, from));
    (void)fclose(from);
    return child;
}

static void a_network_takes_a_text_and_keeps_it(void **unused)
{
    pid_t child = start_controller();
    char nwid[17], command[128];
    json_t *json;
    int status;

    (void)unused;
    assert_int_equal(run("network create -H . --rules wrong 2>/dev/null")->code, 2);
    memcpy(nwid, run("network create -H . --rules example")->out, 16);
    nwid[16] = 0;
    (void)snprintf(command, sizeof command, "network show -H . %s", nwid);
    json = json_loads(run(command)->out, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "rulesSource")), example);
    assert_int_equal(json_array_size(json_object_get(json, "rules")), 10);
    assert_int_equal(json_array_size(json_object_get(json, "capabilities")), 1);
    assert_int_equal(json_array_size(json_object_get(json, "tags")), 1);
    json_decref(json);
    (void)snprintf(command, sizeof command, "network set -H . %s --rules customary", nwid);
    assert_int_equal(run(command)->code, 0);
    (void)snprintf(command, sizeof command, "network show -H . %s >shown.json", nwid);
    assert_int_equal(run(command)->code, 0);
    assert_int_equal(run("rules test -f 'ethertype 1' shown.json")->code, 3);
    (void)kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
}

static int make_home(void **unused)
{
    (void)unused;
    strcpy(home, "/tmp/zt-rules-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    put_file("example", example);
    return 0;
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
        cmocka_unit_test(a_text_becomes_the_json_of_controllers),
        cmocka_unit_test(the_customary_rules_are_as_documented),
        cmocka_unit_test(json_becomes_a_text_that_compiles_to_it),
        cmocka_unit_test(recorded_sets_survive_the_way_through_the_language),
        cmocka_unit_test(bad_json_is_refused_by_the_name_of_the_member),
        cmocka_unit_test(errors_are_told_by_file_line_and_column),
        cmocka_unit_test(a_wrong_command_line_exits_with_2),
        cmocka_unit_test(each_rule_is_explained),
        cmocka_unit_test(a_frame_is_judged_on_both_sides),
        cmocka_unit_test(what_only_the_receiver_knows_is_decided_there),
        cmocka_unit_test(a_network_takes_a_text_and_keeps_it),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
