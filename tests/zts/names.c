/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_gethostbyname, asking a name server that runs on the same node: names that begin with "six" have an
   IPv6 address, those with "none" no address, those with "mute" no answer, all others an IPv4 address. The
   node has joined no network. */
#include "ZeroTierSockets.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <pthread.h>

#include <cmocka.h>

enum { HEADER = 12, TYPE_A = 1, TYPE_AAAA = 28, THREADS = 4, LOOKUPS = 10 };

static int server;
static pthread_t server_thread;
static _Atomic int asked, longest_part;

/* Writes one address as answer to the question that ends there. */
static size_t append_answer(uint8_t *at, uint8_t type)
{
    const uint8_t record[10] = { 0xc0, HEADER, 0, type, 0, 1, 0, 0, 0, 60 };
    size_t length = type == TYPE_A ? 4 : 16;

    memcpy(at, record, sizeof record);
    at[10] = 0;
    at[11] = (uint8_t)length;
    memset(at + 12, type == TYPE_A ? 10 : 0xfd, length);
    return 12 + length;
}

/* Turns the question into its answer; the new length. */
static size_t answer(uint8_t *packet)
{
    size_t at = HEADER;

    for (; packet[at] != 0; at += packet[at] + 1U)
        longest_part = packet[at] > longest_part ? packet[at] : longest_part;
    uint8_t type = packet[at + 2];
    size_t end = at + 5;
    bool is_six = memcmp(packet + HEADER + 1, "six", 3) == 0;
    bool is_none = memcmp(packet + HEADER + 1, "none", 4) == 0;
    bool has_it = !is_none && type == (is_six ? TYPE_AAAA : TYPE_A);
    packet[2] = 0x81;
    packet[3] = is_none ? 0x83 : 0x80;
    packet[7] = has_it;
    return has_it ? end + append_answer(packet + end, type) : end;
}

static void *serve(void *unused)
{
    struct zts_sockaddr_storage from;
    uint8_t packet[1024];

    for (;;) {
        zts_socklen_t length = sizeof from;
        ssize_t received = zts_bsd_recvfrom(server, packet, sizeof packet / 2, 0,
                                            (struct zts_sockaddr *)&from, &length);
        if (received < HEADER)
            return unused;
        asked++;
        if (memcmp(packet + HEADER + 1, "mute", 4) == 0)
            continue;
        (void)zts_bsd_sendto(server, packet, answer(packet), 0, (struct zts_sockaddr *)&from,
                             length);
    }
}

static int begin(void **unused)
{
    zts_ip_addr here;

    (void)unused;
    if (use_known_identity() != 0 || zts_node_start() != 0)
        return -1;
    server = zts_udp_server("127.0.0.1", 53);
    return server < 0 || zts_ipaddr_aton("127.0.0.1", &here) != 1 ||
           zts_dns_set_server(0, &here) != 0 ||
           pthread_create(&server_thread, NULL, serve, NULL) != 0;
}

static int end(void **unused)
{
    (void)unused;
    (void)zts_close(server);
    (void)pthread_join(server_thread, NULL);
    return zts_node_free();
}

static void names_have_addresses_of_their_family(void **unused)
{
    (void)unused;
    struct zts_hostent *found = zts_bsd_gethostbyname("four.example");
    assert_non_null(found);
    assert_string_equal(found->h_name, "four.example");
    assert_int_equal(found->h_addrtype, ZTS_AF_INET);
    assert_int_equal(found->h_length, 4);
    assert_memory_equal(found->h_addr, "\x0a\x0a\x0a\x0a", 4);
    assert_null(found->h_addr_list[1]);
    assert_null(found->h_aliases[0]);
    found = zts_bsd_gethostbyname("four.example."); /* so it is whole */
    assert_non_null(found);
    assert_string_equal(found->h_name, "four.example");
    found = zts_bsd_gethostbyname("six.example");
    assert_non_null(found);
    assert_int_equal(found->h_addrtype, ZTS_AF_INET6);
    assert_int_equal(found->h_length, 16);
    assert_memory_equal(found->h_addr, "\xfd\xfd\xfd\xfd", 4);
    assert_null(zts_bsd_gethostbyname("none.example"));
}

static void an_answer_is_remembered(void **unused)
{
    (void)unused;
    assert_non_null(zts_bsd_gethostbyname("kept.example"));
    int before = asked;
    assert_non_null(zts_bsd_gethostbyname("kept.example"));
    assert_int_equal(asked, before);
}

static void addresses_need_no_server(void **unused)
{
    int before = asked;

    (void)unused;
    struct zts_hostent *found = zts_bsd_gethostbyname("10.1.2.3");
    assert_non_null(found);
    assert_int_equal(found->h_addrtype, ZTS_AF_INET);
    found = zts_bsd_gethostbyname("fd00::1");
    assert_non_null(found);
    assert_int_equal(found->h_addrtype, ZTS_AF_INET6);
    assert_int_equal(asked, before);
}

static void what_is_no_name_is_not_asked_for(void **unused)
{
    char name[300];
    int before = asked;

    (void)unused;
    assert_null(zts_bsd_gethostbyname(NULL));
    assert_null(zts_bsd_gethostbyname(""));
    assert_null(zts_bsd_gethostbyname("a..example"));
    assert_null(zts_bsd_gethostbyname(".example"));
    assert_null(zts_bsd_gethostbyname("4294967296")); /* an address neither */
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    assert_null(zts_bsd_gethostbyname(name));
    name[64] = 0; /* one more than a part may have */
    assert_null(zts_bsd_gethostbyname(name));
    assert_int_equal(asked, before);
    name[63] = 0; /* as many as it may */
    assert_non_null(zts_bsd_gethostbyname(name));
    assert_int_equal(longest_part, 63);
}

static void a_server_that_does_not_answer_is_given_up(void **unused)
{
    int before = asked;

    (void)unused;
    assert_null(zts_bsd_gethostbyname("mute.example"));
    assert_true(asked > before + 1);
}

static void *look_up(void *context)
{
    char name[32];
    intptr_t failed = 0;

    for (int i = 0; i < LOOKUPS; i++) {
        snprintf(name, sizeof name, "%s%d.example", (const char *)context, i);
        struct zts_hostent *found = zts_bsd_gethostbyname(name);
        failed += found == NULL || strcmp(found->h_name, name) != 0;
    }
    return (void *)failed;
}

static void each_thread_has_its_result(void **unused)
{
    static char marks[THREADS][2] = { "a", "b", "c", "d" };
    pthread_t threads[THREADS];
    void *failed;

    (void)unused;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, marks[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_addresses_of_their_family),
        cmocka_unit_test(an_answer_is_remembered),
        cmocka_unit_test(addresses_need_no_server),
        cmocka_unit_test(what_is_no_name_is_not_asked_for),
        cmocka_unit_test(each_thread_has_its_result),
        cmocka_unit_test(a_server_that_does_not_answer_is_given_up),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
