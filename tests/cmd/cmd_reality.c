/* SPDX-License-Identifier: Apache-2.0 */
/* What `zt rules test` says becomes of a frame, held against what becomes of it between two members: each
   set of rules with each frame, in the laboratory of VL2. */
#define _POSIX_C_SOURCE 200809L

#include "reality_lab.h"

#include "cmd/rules_test.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#define ANN_TEXT "18026e9eb7"
#define BOB_TEXT "5252d46b59"
#define EVE_TEXT "6695153f4e"
#define NWID_TEXT "c6282da7c400c0de"
#define MOST_WORDS 32

/* Ann sends to Bob; rules may name Eve. */
static const char *const frames[] = {
    "tcp 10.1.2.2:1234 > 10.1.2.3:80",
    "tcp 10.1.2.2:1234 > 10.1.2.3:80 ack psh size 1400",
    "tcp 10.1.2.2:80 > 10.1.2.3:1234 syn ack tos 184",
    "tcp [fd00::2]:1234 > [fd00::3]:25 rst urg ece cwr ns",
    "udp 10.1.2.2:53 > 10.1.2.3:53 size 200",
    "udp 192.168.7.7:9 > 10.1.2.3:4000 tos 16",
    "udp [fd00::2]:5 > [fd00::3]:53",
    "sctp 10.1.2.2:80 > 10.1.2.3:25",
    "udplite [fd00::9]:80 > [fd00::3]:80",
    "icmp 10.1.2.2 > 10.1.2.3",
    "icmp 10.1.2.2 > 10.1.2.3 type 3 code 1",
    "icmp6 fd00::2 > fd00::3",
    "icmp6 fd00::2 > ff02::1 type 134",
    "esp 10.1.2.2 > 10.1.2.3",
    "arp 10.1.2.2 > 10.1.2.3",
    "udp 10.1.2.2:1 > 224.0.0.251:5353",
    "udp 10.1.2.2:1 > 255.255.255.255:67",
    "udp [fd00::2]:1 > [ff02::fb]:5353",
    "ethertype 0x88b5",
    "ethertype rarp size 1000",
};

static const struct set sets[] = {
    { .rules = "accept;" },
    { .rules = "drop;" },
    { .rules = "accept ethertype ipv4; accept ethertype arp;" },
    { .rules = "break;" },
    { .rules = "accept ztsrc " ANN_TEXT ";" },
    { .rules = "drop ztdest " BOB_TEXT "; accept;" },
    { .rules = "drop not ztdest " BOB_TEXT "; accept;" },
    { .rules = "drop ztdest " EVE_TEXT " or ztsrc " EVE_TEXT "; accept;" },
    { .rules = "drop vlan 7; drop vlanpcp 1; drop vlandei 1; accept vlan 0 and vlanpcp 0;" },
    { .rules = "accept macdest ff:ff:ff:ff:ff:ff; accept macdest 33:33:00:00:00:01;" },
    { .rules = "drop not macsrc 01:02:03:04:05:06 and chr multicast; accept;" },
    { .rules = "drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6; accept;" },
    { .rules = "accept ethertype 0x88b5 or ethertype rarp;" },
    { .rules = "accept ipsrc 10.1.2.0/24; accept ipsrc fd00::2/128;" },
    { .rules = "drop not ipsrc 10.1.2.0/24; accept;" },
    { .rules = "accept ipdest 10.1.2.3/32 or ipdest fd00::3/128; accept ipdest 224.0.0.0/4;" },
    { .rules = "accept ipprotocol tcp or ipprotocol esp or ipprotocol udplite; accept ipprotocol "
               "icmp6;" },
    { .rules = "drop not ipprotocol udp; accept;" },
    { .rules = "accept iptos 0xff 184; accept iptos 0xfc 10-20;" },
    { .rules = "accept icmp 8 -1; accept icmp 3 1; accept icmp 134 0;" },
    { .rules = "drop not icmp 8 0; accept;" },
    { .rules = "accept sport 53 or sport 80; accept dport 1-100;" },
    { .rules = "drop not dport 80; accept;" },
    { .rules = "accept framesize 0-60; drop framesize 1000-1400; accept ipprotocol udp;" },
    { .rules = "accept chr inbound; accept chr tcp_syn;" },
    { .rules = "drop chr inbound; accept;" },
    { .rules = "drop chr multicast and not chr broadcast; accept;" },
    { .rules = "drop chr broadcast; accept;" },
    { .rules = "break chr tcp_syn and not chr tcp_ack; accept chr tcp_ack; accept chr "
               "tcp_rst,tcp_fin;" },
    { .rules = "accept chr tcp_urg and chr tcp_ece and chr tcp_cwr and chr tcp_ns; accept chr "
               "tcp_psh;" },
    { .rules = "drop not chr ipauth and ethertype ipv4; accept;", .owned = "10.1.2.2" },
    { .rules = "drop not chr ipauth; accept;", .owned = "fd00::2" },
    { .rules = "drop not chr ipauth and ethertype arp; accept;", .owned = "10.1.2.2" },
    { .rules = "drop chr macauth; accept;", .owned = "10.1.2.2" },
    { .rules = "drop random 1.0 and ipprotocol tcp; accept not random 0.0;" },
    { .rules = "accept dport 80 and ipprotocol tcp or ipprotocol udp and not dport 53; accept icmp "
               "8 0;" },
    { .rules = "tag t id 5 default 1; drop tdiff t 3; accept;",
      .ann = { { 5, 2 } },
      .bob = { { 5, 9 } } },
    { .rules = "tag t id 5 default 1; drop not tdiff t 3; accept;",
      .ann = { { 5, 2 } },
      .bob = { { 5, 4 } } },
    { .rules = "tag t id 5; accept teq t 7; drop not teq t 8; accept;",
      .ann = { { 5, 7 } },
      .bob = { { 5, 7 } } },
    { .rules = "tag t id 5; drop teq t 7; accept;", .ann = { { 5, 7 } } },
    { .rules = "tag t id 5; drop not teq t 7; accept;", .bob = { { 5, 7 } } },
    { .rules = "tag t id 5; accept tand t 4 and ipprotocol tcp; accept tor t 7 and ipprotocol udp;"
               " accept txor t 3 and ethertype arp;",
      .ann = { { 5, 5 } },
      .bob = { { 5, 6 } } },
    { .rules =
          "tag t id 5; tag u id 6 default 3; accept tseq t 1 and treq u 3; drop tseq u 3; accept;",
      .ann = { { 5, 1 } } },
    { .rules = "tag t id 5; drop treq t 1; accept;", .ann = { { 5, 1 } } },
    { .rules = "tag t id 5; drop not treq t 1; accept;",
      .ann = { { 5, 2 } },
      .bob = { { 5, 1 }, { 9, 1 } } },
    { .rules = "cap c id 7 accept ipprotocol tcp; ; accept ethertype arp;", .capability = 7 },
    { .rules =
          "cap c id 7 drop ipprotocol udp; accept; ; cap d id 8 default accept dport 53; ; break;",
      .capability = 7 },
    { .rules = "cap c id 7 accept; ; cap d id 8 default accept chr inbound; ; drop ipprotocol "
               "icmp; break;" },
    { .rules = "tag t id 5; cap c id 7 accept treq t 1; ; break;",
      .bob = { { 5, 1 } },
      .capability = 7 },
    { .rules = "tee 64 " EVE_TEXT "; accept;" },
    { .rules = "tee -1 " EVE_TEXT " ipprotocol tcp; drop ipprotocol icmp; accept;" },
    { .rules = "tee 20 " EVE_TEXT " chr inbound; accept;" },
    { .rules = "tee 20 " EVE_TEXT " not chr inbound; accept;" },
    { .rules = "watch 64 " EVE_TEXT " ethertype ipv4; accept;" },
    { .rules = "tee 64 " BOB_TEXT "; accept;" },
    { .rules = "tee 64 " ANN_TEXT "; accept;" },
    { .rules = "redirect " EVE_TEXT " ipprotocol tcp and dport 80; accept;" },
    { .rules = "redirect " EVE_TEXT " chr inbound and ethertype ipv4; accept;" },
    { .rules = "redirect " BOB_TEXT " ipprotocol udp; accept;" },
    { .rules = "redirect " ANN_TEXT " ipprotocol udp; accept;" },
    { .rules = "tee 40 " EVE_TEXT "; break; cap c id 7 watch 40 " EVE_TEXT "; accept; ;",
      .capability = 7 },
    { .rules = "cap c id 7 redirect " EVE_TEXT " ipprotocol udp; accept; ; break;",
      .capability = 7 },
};

/* What became of a frame. */
struct fate {
    bool arrives;
    unsigned copies; /* for Eve */
    size_t copied;   /* bytes, of all copies */
};

static char path[] = "/tmp/zt-reality-XXXXXX"; /* the rules, for the command */

/* A command line. */
struct words {
    int count;
    char *values[MOST_WORDS];
    char texts[MOST_WORDS][64];
};

static void add(struct words *words, const char *word)
{
    assert_true(words->count < MOST_WORDS && strlen(word) < sizeof words->texts[0]);
    words->values[words->count] = strcpy(words->texts[words->count], word);
    words->count++;
}

static void add_option(struct words *words, const char *option, const char *value)
{
    add(words, option);
    add(words, value);
}

static void add_tags(struct words *words, const char *option, const struct tag *tags)
{
    for (size_t i = 0; i < MOST_TAGS && tags[i].id != 0; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "%u=%u", tags[i].id, tags[i].value);
        add_option(words, option, text);
    }
}

static void put_words(struct words *words, const struct set *set, const char *frame)
{
    char id[16];

    words->count = 0;
    add_option(words, "--frame", frame);
    add_option(words, "--from", ANN_TEXT);
    add_option(words, "--to", BOB_TEXT);
    add_option(words, "--network", NWID_TEXT);
    add_tags(words, "--from-tag", set->ann);
    add_tags(words, "--to-tag", set->bob);
    (void)snprintf(id, sizeof id, "%u", set->capability);
    if (set->capability != 0)
        add_option(words, "--capability", id);
    if (set->owned != NULL)
        add_option(words, "--owns", set->owned);
    add(words, "--json");
    add(words, path);
}

static struct fate read_fate(const json_t *said)
{
    struct fate fate = { .arrives = json_is_true(json_object_get(said, "delivered")) };
    const json_t *passes = json_object_get(said, "passes");

    for (size_t i = 0; i < json_array_size(passes); i++) {
        const json_t *copies = json_object_get(json_array_get(passes, i), "copies");

        for (size_t j = 0; j < json_array_size(copies); j++) {
            const json_t *copy = json_array_get(copies, j);

            if (strcmp(json_string_value(json_object_get(copy, "to")), EVE_TEXT) != 0)
                continue;
            fate.copies++;
            fate.copied += (size_t)json_integer_value(json_object_get(copy, "length"));
        }
    }
    return fate;
}

/* What the command prints is taken from standard output meanwhile. */
static int run_command(struct words *words, FILE *out)
{
    int kept, code;

    (void)fflush(stdout);
    kept = dup(STDOUT_FILENO);
    assert_true(kept >= 0 && dup2(fileno(out), STDOUT_FILENO) >= 0);
    code = zt_rules_test(words->count, words->values);
    (void)fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    (void)close(kept);
    rewind(out);
    return code;
}

static struct fate foretell(const struct set *set, const char *frame)
{
    FILE *out = tmpfile();
    struct words words;
    struct fate fate;
    json_t *said;
    int code;

    assert_non_null(out);
    put_words(&words, set, frame);
    code = run_command(&words, out);
    said = json_loadf(out, 0, NULL);
    (void)fclose(out);
    assert_non_null(said);
    fate = read_fate(said);
    json_decref(said);
    assert_int_equal(code, fate.arrives ? 0 : ZT_EXIT_DROPPED);
    return fate;
}

/* Bob wants the groups of all our frames. */
static void tune_in(struct lab *lab)
{
    uint8_t frame[LAB_FRAME_SIZE];
    struct zt_group group;

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        (void)build(lab, frames[i], frame, &group);
        if (zt_mac_is_multicast(group.mac))
            (void)zt_node_subscribe(lab->nodes[BOB].node, lab->now, lab->nwid, &group);
    }
    lab_run(lab, 1000);
}

static struct fate see(struct lab *lab, const char *line)
{
    struct lab_node *bob = &lab->nodes[BOB], *eve = &lab->nodes[EVE];
    uint8_t frame[LAB_FRAME_SIZE];
    struct zt_group group;
    size_t length = build(lab, line, frame, &group);
    struct fate fate = { 0 };

    bob->frames = eve->frames = 0;
    bob->frame_code = ZT_DROP_COUNT;
    (void)zt_node_frame(lab->nodes[ANN].node, lab->now, lab->nwid, frame, length);
    lab_run(lab, 200);
    fate.arrives = bob->frames > 0 && bob->frame_code == ZT_DROP_NONE;
    if (fate.arrives) {
        assert_int_equal(bob->frame_length, length);
        assert_memory_equal(bob->frame, frame, length);
    }
    fate.copies = eve->frames;
    fate.copied = eve->frames * (eve->frame_length - ZT_ETHER_HEADER);
    return fate;
}

static void write_rules(const char *rules)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    (void)fputs(rules, file);
    assert_int_equal(fclose(file), 0);
}

/* The number of frames that fare otherwise than was foretold. */
static unsigned compare(const struct set *set)
{
    struct zt_rules_errors errors = { 0 };
    struct zt_rulebook *book = zt_rulebook_compile(set->rules, strlen(set->rules), &errors);
    unsigned wrong = 0;
    struct lab *lab;

    if (book == NULL)
        print_error("%s: %s\n", set->rules, errors.list[0].text);
    assert_non_null(book);
    write_rules(set->rules);
    lab = members_with(set, book);
    tune_in(lab);
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct fate foretold = foretell(set, frames[i]), real = see(lab, frames[i]);

        if (real.arrives == foretold.arrives && real.copies == foretold.copies &&
            real.copied == foretold.copied)
            continue;
        wrong++;
        print_error("%s\n  %s\n  foretold: %s, %u copies of %zu bytes; real: %s, %u of %zu\n",
                    set->rules, frames[i], foretold.arrives ? "arrives" : "dropped",
                    foretold.copies, foretold.copied, real.arrives ? "arrives" : "dropped",
                    real.copies, real.copied);
    }
    zt_free(book);
    lab_free(lab);
    return wrong;
}

static void a_frame_fares_as_the_command_says(void **unused)
{
    unsigned wrong = 0;

    (void)unused;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        wrong += compare(&sets[i]);
    assert_int_equal(wrong, 0);
}

static int make_file(void **unused)
{
    int fd = mkstemp(path);

    (void)unused;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **unused)
{
    (void)unused;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_frame_fares_as_the_command_says) };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
