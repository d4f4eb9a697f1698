/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that take too long, and those that are too many. */
#define _POSIX_C_SOURCE 200809L

#include "http/connections.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST (ZT_MAX_HTTP_CONNECTIONS + 1)

struct pair {
    int server, client;
    struct zt_connection *entry;
};

/* 0: none, as by a Unix socket. */
static struct zt_endpoint client_at(uint8_t last)
{
    const uint8_t ip[4] = { 192, 0, 2, last };

    return last ? zt_endpoint_v4(ip, 0) : (struct zt_endpoint){ 0 };
}

static struct pair connect_as(struct zt_connections *connections, uint8_t client, bool administers,
                              int64_t now_ms)
{
    struct zt_endpoint remote = client_at(client);
    struct pair pair;
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pair = (struct pair){ ends[0], ends[1], NULL };
    pair.entry = zt_connections_add(connections, pair.server, &remote, administers, now_ms);
    assert_non_null(pair.entry);
    return pair;
}

static struct pair connect_pair(struct zt_connections *connections, uint8_t client, int64_t now_ms)
{
    return connect_as(connections, client, false, now_ms);
}

/* Has the other end been told that it is over? */
static bool is_cut(const struct pair *pair)
{
    struct pollfd wait = { pair->client, POLLIN, 0 };
    char byte;

    return poll(&wait, 1, 0) == 1 && read(pair->client, &byte, 1) == 0;
}

static void close_pair(struct zt_connections *connections, struct pair *pair)
{
    zt_connections_remove(connections, pair->entry);
    (void)close(pair->server);
    (void)close(pair->client);
}

static void a_request_that_takes_a_minute_is_cut(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    struct pair slow = connect_pair(connections, 1, 0), late = connect_pair(connections, 2, 5000);

    (void)unused;
    assert_int_equal(zt_connections_sweep(connections, ZT_HTTP_REQUEST_MS - 1), 0);
    assert_false(is_cut(&slow));
    assert_int_equal(zt_connections_sweep(connections, ZT_HTTP_REQUEST_MS), 1);
    assert_true(is_cut(&slow));
    assert_false(is_cut(&late));
    assert_int_equal(zt_connections_sweep(connections, ZT_HTTP_REQUEST_MS), 0); /* once */
    close_pair(connections, &slow);
    close_pair(connections, &late);
    zt_connections_free(connections);
}

static void an_answered_request_starts_the_time_anew(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    struct pair busy = connect_pair(connections, 1, 0);

    (void)unused;
    zt_connections_done(connections, busy.entry, 30000);
    assert_int_equal(zt_connections_sweep(connections, ZT_HTTP_REQUEST_MS), 0);
    assert_int_equal(zt_connections_sweep(connections, 30000 + ZT_HTTP_REQUEST_MS), 1);
    close_pair(connections, &busy);
    zt_connections_free(connections);
}

static void one_address_too_often_loses_its_own_oldest(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    static struct pair pairs[ZT_MAX_HTTP_PER_CLIENT + 1];
    struct pair other = connect_pair(connections, 2, 0);

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_HTTP_PER_CLIENT; i++)
        pairs[i] = connect_pair(connections, 1, (int64_t)i + 1);
    assert_false(is_cut(&pairs[0]));
    pairs[ZT_MAX_HTTP_PER_CLIENT] = connect_pair(connections, 1, 1000);
    assert_true(is_cut(&pairs[0]));
    assert_false(is_cut(&pairs[1]));
    assert_false(is_cut(&other));
    for (size_t i = 0; i <= ZT_MAX_HTTP_PER_CLIENT; i++)
        close_pair(connections, &pairs[i]);
    close_pair(connections, &other);
    zt_connections_free(connections);
}

/* Connects so many; nobody is at the other end. */
static void connect_many(struct zt_connections *connections, struct zt_connection **entries,
                         size_t count, uint8_t client, bool administers, int64_t now_ms)
{
    struct zt_endpoint remote = client_at(client);

    for (size_t i = 0; i < count; i++) {
        entries[i] = zt_connections_add(connections, -1, &remote, administers, now_ms);
        assert_non_null(entries[i]);
    }
}

static void a_burst_of_who_may_administer_is_borne(void **unused)
{
    static struct zt_connection *entries[2 * ZT_MAX_HTTP_PER_CLIENT];
    struct zt_connections *connections = zt_connections_new();
    struct pair first = connect_as(connections, 1, true, 0), late;

    (void)unused;
    connect_many(connections, entries, 2 * ZT_MAX_HTTP_PER_CLIENT, 1, true, ZT_HTTP_GRACE_MS - 1);
    assert_false(is_cut(&first));
    late = connect_pair(connections, 1, ZT_HTTP_GRACE_MS);
    assert_true(is_cut(&first));
    for (size_t i = 0; i < 2 * ZT_MAX_HTTP_PER_CLIENT; i++)
        zt_connections_remove(connections, entries[i]);
    close_pair(connections, &first);
    close_pair(connections, &late);
    zt_connections_free(connections);
}

static void a_burst_has_its_bound(void **unused)
{
    static struct zt_connection *entries[ZT_MAX_HTTP_BURST];
    struct zt_connections *connections = zt_connections_new();
    struct pair first = connect_as(connections, 1, true, 0);

    (void)unused;
    connect_many(connections, entries, ZT_MAX_HTTP_BURST - 1, 1, true, 1);
    assert_false(is_cut(&first));
    connect_many(connections, &entries[ZT_MAX_HTTP_BURST - 1], 1, 1, true, 1);
    assert_true(is_cut(&first));
    close_pair(connections, &first);
    zt_connections_free(connections);
}

static void a_stranger_goes_before_who_may_administer(void **unused)
{
    static struct zt_connection *entries[ZT_MAX_HTTP_CONNECTIONS - 1];
    struct zt_connections *connections = zt_connections_new();
    struct pair first = connect_as(connections, 1, true, 0),
                stranger = connect_pair(connections, 2, 1);

    (void)unused;
    connect_many(connections, entries, ZT_MAX_HTTP_CONNECTIONS - 1, 3, true, 2);
    assert_false(is_cut(&first));
    assert_true(is_cut(&stranger));
    close_pair(connections, &first);
    close_pair(connections, &stranger);
    zt_connections_free(connections);
}

static void too_many_in_all_lose_the_oldest(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    static struct pair pairs[MOST];

    (void)unused;
    for (size_t i = 0; i < MOST; i++)
        pairs[i] = connect_pair(connections, (uint8_t)(i % 100 + 1), (int64_t)i);
    assert_true(is_cut(&pairs[0]));
    assert_false(is_cut(&pairs[1]));
    for (size_t i = 0; i < MOST; i++)
        close_pair(connections, &pairs[i]);
    zt_connections_free(connections);
}

static void a_crowd_outside_does_not_cut_who_has_no_address(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    static struct pair pairs[MOST];
    struct pair owner = connect_pair(connections, 0, 0);

    (void)unused;
    for (size_t i = 0; i < MOST; i++)
        pairs[i] = connect_pair(connections, (uint8_t)(i % 100 + 1), (int64_t)i + 1);
    assert_false(is_cut(&owner));
    assert_true(is_cut(&pairs[0])); /* and is not counted among them */
    assert_false(is_cut(&pairs[1]));
    assert_int_equal(zt_connections_sweep(connections, ZT_HTTP_REQUEST_MS), 1);
    assert_true(is_cut(&owner));
    for (size_t i = 0; i < MOST; i++)
        close_pair(connections, &pairs[i]);
    close_pair(connections, &owner);
    zt_connections_free(connections);
}

static void the_oldest_of_too_many_without_an_address_is_cut(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    static struct pair pairs[ZT_MAX_HTTP_PER_CLIENT + 1];
    struct pair outside = connect_pair(connections, 1, 0);

    (void)unused;
    for (size_t i = 0; i <= ZT_MAX_HTTP_PER_CLIENT; i++)
        pairs[i] = connect_pair(connections, 0, (int64_t)i + 1);
    assert_true(is_cut(&pairs[0]));
    assert_false(is_cut(&pairs[1]));
    assert_false(is_cut(&outside));
    for (size_t i = 0; i <= ZT_MAX_HTTP_PER_CLIENT; i++)
        close_pair(connections, &pairs[i]);
    close_pair(connections, &outside);
    zt_connections_free(connections);
}

static void beyond_all_room_a_connection_is_not_watched(void **unused)
{
    struct zt_connections *connections = zt_connections_new();
    struct zt_endpoint remote = client_at(1);

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_HTTP_BURST + ZT_HTTP_SLACK; i++)
        assert_non_null(zt_connections_add(connections, -1, &remote, false, 0));
    assert_null(zt_connections_add(connections, -1, &remote, false, 0));
    zt_connections_done(connections, NULL, 1);
    zt_connections_remove(connections, NULL);
    zt_connections_free(connections);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_takes_a_minute_is_cut),
        cmocka_unit_test(an_answered_request_starts_the_time_anew),
        cmocka_unit_test(one_address_too_often_loses_its_own_oldest),
        cmocka_unit_test(a_burst_of_who_may_administer_is_borne),
        cmocka_unit_test(a_burst_has_its_bound),
        cmocka_unit_test(a_stranger_goes_before_who_may_administer),
        cmocka_unit_test(too_many_in_all_lose_the_oldest),
        cmocka_unit_test(a_crowd_outside_does_not_cut_who_has_no_address),
        cmocka_unit_test(the_oldest_of_too_many_without_an_address_is_cut),
        cmocka_unit_test(beyond_all_room_a_connection_is_not_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
