/* SPDX-License-Identifier: Apache-2.0 */
/* UDP in batches over the loopback interface, with and without offload. */
#define _GNU_SOURCE
#include "os/host.h"
#include "os/udp.h"
#include "os/udp_state.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/time.h>
#include <cmocka.h>

#define MANY 300

struct pair {
    struct zt_udp *left, *right;
    uint32_t left_number, right_number;
    struct zt_endpoint left_local, right_local;
};

static struct zt_endpoint loopback(uint16_t port)
{
    return zt_endpoint_v4((const uint8_t[]){ 127, 0, 0, 1 }, port);
}

static struct pair open_pair(void)
{
    struct pair pair = { .left = zt_udp_new(), .right = zt_udp_new() };
    struct zt_endpoint any = loopback(0);

    assert_non_null(pair.left);
    assert_non_null(pair.right);
    assert_true(zt_udp_bind(pair.left, &any) >= 0);
    assert_true(zt_udp_bind(pair.right, &any) >= 0);
    pair.left_number = zt_udp_at(pair.left, 0, &pair.left_local);
    pair.right_number = zt_udp_at(pair.right, 0, &pair.right_local);
    return pair;
}

static void close_pair(struct pair *pair)
{
    zt_udp_free(pair->left);
    zt_udp_free(pair->right);
}

static uint8_t bytes[MANY][10000];
static struct zt_datagram arrived[ZT_UDP_BATCH];

static struct zt_datagram datagram(const struct pair *pair, size_t index, size_t length)
{
    memset(bytes[index], (int)(index % 251), length);
    return (
        struct zt_datagram){ .link = { .socket = pair->left_number, .remote = pair->right_local },
                             .bytes = bytes[index],
                             .length = length };
}

/* Receives on the right until count datagrams came, and compares each with what was sent. */
static void expect(const struct pair *pair, const struct zt_datagram *sent, size_t count)
{
    size_t seen = 0;

    while (seen < count) {
        if (!(zt_udp_wait(pair->right, 2000) & ZT_UDP_READABLE))
            fail_msg("only %zu of %zu arrived", seen, count);
        for (size_t got; (got = zt_udp_receive(pair->right, arrived)) > 0;) {
            for (size_t i = 0; i < got; i++, seen++) {
                while (seen < count && sent[seen].length == 0)
                    seen++; /* empty ones say nothing and are not reported */
                assert_true(seen < count);
                assert_int_equal(arrived[i].length, sent[seen].length);
                assert_memory_equal(arrived[i].bytes, sent[seen].bytes, sent[seen].length);
                assert_int_equal(arrived[i].link.socket, pair->right_number);
                assert_true(zt_endpoint_equal(&arrived[i].link.remote, &pair->left_local));
            }
        }
    }
    assert_int_equal(zt_udp_wait(pair->right, 0) & ZT_UDP_READABLE, 0);
}

/* Lengths that make runs of every kind: equal, shorter last, longer next, empty, one by one. */
static size_t length_of(unsigned pattern, size_t index)
{
    switch (pattern) {
    case 0:
        return 1427;
    case 1:
        return index % 7 == 6 ? 500 : 1400;
    case 2:
        return 100 + index;
    case 3:
        return index % 5 == 0 ? 0 : 64;
    default:
        return index % 3 == 0 ? 9000 : 1;
    }
}

static void send_patterns(bool with_offload)
{
    for (unsigned pattern = 0; pattern < 5; pattern++) {
        struct pair pair = open_pair();
        struct zt_datagram batch[MANY];
        if (!with_offload) {
            zt_udp_disable_offload(pair.left);
            zt_udp_disable_offload(pair.right);
        }
        for (size_t i = 0; i < MANY; i++)
            batch[i] = datagram(&pair, i, length_of(pattern, i));
        assert_int_equal(zt_udp_send(pair.left, batch, MANY), MANY);
        expect(&pair, batch, MANY);
        close_pair(&pair);
    }
}

static void datagrams_arrive_whole_and_in_order_with_offload(void **unused)
{
    (void)unused;
    send_patterns(true);
}

static void datagrams_arrive_whole_and_in_order_without_offload(void **unused)
{
    (void)unused;
    send_patterns(false);
}

static void a_datagram_beyond_the_segment_limit_is_sent_whole(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram batch[4];

    (void)unused;
    for (size_t i = 0; i < 4; i++)
        batch[i] = datagram(&pair, i, 9999);
    zt_udp_find(pair.left, pair.left_number)->segment_limit = 5000;
    assert_int_equal(zt_udp_send(pair.left, batch, 4), 4);
    expect(&pair, batch, 4);
    close_pair(&pair);
}

static void a_full_socket_keeps_what_is_left_and_tells_when_it_has_room(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram batch[MANY];
    struct zt_udp_socket *socket = zt_udp_find(pair.left, pair.left_number);
    int small = 1;

    (void)unused;
    /* Loopback delivers at once, so a send buffer never fills by itself: make it smaller than one. */
    assert_int_equal(setsockopt(socket->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    for (size_t i = 0; i < MANY; i++)
        batch[i] = datagram(&pair, i, 1400);
    assert_false(zt_udp_is_blocked(pair.left));
    size_t done = zt_udp_send(pair.left, batch, MANY);
    if (done < MANY) {
        assert_true(zt_udp_is_blocked(pair.left));
        assert_true(zt_udp_wait(pair.left, 1000) & ZT_UDP_WRITABLE);
        assert_false(zt_udp_is_blocked(pair.left));
    }
    zt_udp_unblock(pair.left);
    assert_false(zt_udp_is_blocked(pair.left));
    close_pair(&pair);
}

static void the_time_to_live_is_set_per_datagram(void **unused)
{
    struct pair pair = open_pair();
    struct zt_udp_socket *socket = zt_udp_find(pair.right, pair.right_number);
    const uint8_t ttls[] = { 3, 0, 9 };
    int on = 1;

    (void)unused;
    assert_int_equal(setsockopt(socket->fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof on), 0);
    for (size_t i = 0; i < 3; i++) {
        struct zt_datagram one = datagram(&pair, i, 10);
        union {
            struct cmsghdr align;
            uint8_t room[64];
        } notes;
        uint8_t got[16];
        struct iovec piece = { got, sizeof got };
        struct msghdr message = { .msg_iov = &piece,
                                  .msg_iovlen = 1,
                                  .msg_control = &notes,
                                  .msg_controllen = sizeof notes };
        int ttl;
        one.ttl = ttls[i];
        assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
        assert_true(zt_udp_wait(pair.right, 1000) & ZT_UDP_READABLE);
        assert_int_equal(recvmsg(socket->fd, &message, 0), 10);
        struct cmsghdr *note = CMSG_FIRSTHDR(&message);
        assert_non_null(note);
        memcpy(&ttl, CMSG_DATA(note), sizeof ttl);
        if (ttls[i])
            assert_int_equal(ttl, ttls[i]);
        else
            assert_true(ttl >= 32);
    }
    close_pair(&pair);
}

static void a_link_to_every_socket_leaves_from_each_of_the_family_and_scope(void **unused)
{
    struct pair pair = open_pair();
    struct zt_endpoint any = loopback(0);
    struct zt_endpoint v6 = zt_endpoint_v6((const uint8_t[16]){ [15] = 1 }, 0);
    struct zt_datagram one = datagram(&pair, 0, 20);
    size_t seen = 0;

    (void)unused;
    assert_true(zt_udp_bind(pair.left, &any) >= 0);
    int v6_number = zt_udp_bind(pair.left, &v6);
    assert_true(v6_number >= 0 || v6_number == -EADDRNOTAVAIL || v6_number == -EAFNOSUPPORT);
    one.link.socket = ZT_LINK_ALL_SOCKETS;
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    while (seen < 2 && (zt_udp_wait(pair.right, 1000) & ZT_UDP_READABLE))
        for (size_t got; (got = zt_udp_receive(pair.right, arrived)) > 0;)
            seen += got;
    assert_int_equal(seen, 2);
    assert_int_equal(zt_udp_wait(pair.right, 20) & ZT_UDP_READABLE, 0);
    close_pair(&pair);
}

static void a_loopback_socket_reaches_nothing_but_loopback(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram one = datagram(&pair, 0, 20);

    (void)unused;
    one.link.socket = ZT_LINK_ALL_SOCKETS;
    one.link.remote = zt_endpoint_v4((const uint8_t[]){ 203, 0, 113, 1 }, 9);
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    assert_false(zt_udp_is_blocked(pair.left));
    close_pair(&pair);
}

static void an_occupied_port_is_refused_with_its_error(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    assert_int_equal(zt_udp_bind(pair.right, &pair.left_local), -EADDRINUSE);
    assert_int_equal(zt_udp_count(pair.right), 1);
    close_pair(&pair);
}

static void a_foreign_address_is_refused_with_its_error(void **unused)
{
    struct pair pair = open_pair();
    struct zt_endpoint foreign = zt_endpoint_v4((const uint8_t[]){ 203, 0, 113, 1 }, 0);

    (void)unused;
    assert_int_equal(zt_udp_bind(pair.right, &foreign), -EADDRNOTAVAIL);
    close_pair(&pair);
}

static void the_number_of_a_closed_socket_is_not_used_again(void **unused)
{
    struct pair pair = open_pair();
    struct zt_endpoint any = loopback(0);
    struct zt_datagram one = datagram(&pair, 0, 20);

    (void)unused;
    zt_udp_close(pair.left, pair.left_number);
    assert_int_equal(zt_udp_count(pair.left), 0);
    assert_true(zt_udp_bind(pair.left, &any) > (int)pair.left_number);
    /* What is still addressed to the closed one is lost, and does not stop the rest. */
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    assert_int_equal(zt_udp_wait(pair.right, 20) & ZT_UDP_READABLE, 0);
    close_pair(&pair);
}

static void sockets_end_at_their_bound(void **unused)
{
    struct zt_udp *udp = zt_udp_new();
    struct zt_endpoint any = loopback(0);

    (void)unused;
    for (int i = 0; i < ZT_UDP_MAX_SOCKETS; i++)
        assert_int_equal(zt_udp_bind(udp, &any), i);
    assert_int_equal(zt_udp_bind(udp, &any), -EMFILE);
    zt_udp_free(udp);
}

static void wake_after(void *udp)
{
    zt_host_sleep_ms(30);
    zt_udp_wake(udp);
}

static void waking_ends_a_wait_for_ever(void **unused)
{
    struct zt_udp *udp = zt_udp_new();
    struct zt_thread *thread = zt_thread_start("waker", wake_after, udp);

    (void)unused;
    assert_int_equal(zt_udp_wait(udp, -1), 0);
    zt_thread_join(thread);
    /* It was consumed: the next wait lasts. */
    int64_t before_ms = zt_host_mono_ms();
    assert_int_equal(zt_udp_wait(udp, 20), 0);
    assert_true(zt_host_mono_ms() - before_ms >= 19);
    zt_udp_free(udp);
}

static void count_as_busy(struct zt_udp *udp)
{
    udp->watch.lone = udp->sockets[0];
    udp->watch.lone_waits = 1000;
    udp->watch.began_ms = udp->watch.looked_ms = zt_host_mono_ms() + 3600000;
}

/* As if the right socket had kept bringing datagrams at once: it is waited for alone, for ever if wanted. */
static void make_busy(const struct pair *pair, bool for_ever)
{
    const struct timeval never = { 0 };
    struct zt_udp *udp = pair->right;
    struct zt_datagram one = datagram(pair, 0, 20);

    assert_int_equal(zt_udp_send(pair->left, &one, 1), 1);
    expect(pair, &one, 1);
    count_as_busy(udp);
    if (for_ever)
        assert_int_equal(
            setsockopt(udp->sockets[0]->fd, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof never), 0);
}

static void a_busy_socket_is_waited_for_by_receiving(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram one = datagram(&pair, 1, 30);

    (void)unused;
    make_busy(&pair, true);
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    assert_int_equal(zt_udp_wait(pair.right, -1), ZT_UDP_READABLE);
    assert_int_equal(pair.right->ahead_count, 1);
    expect(&pair, &one, 1);
    close_pair(&pair);
}

static void what_was_received_while_waiting_stays_until_it_is_taken(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram one = datagram(&pair, 1, 30);

    (void)unused;
    make_busy(&pair, true);
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    assert_int_equal(zt_udp_wait(pair.right, -1), ZT_UDP_READABLE);
    assert_int_equal(zt_udp_wait(pair.right, -1), ZT_UDP_READABLE);
    zt_udp_close(pair.right, pair.right_number);
    assert_int_equal(zt_udp_receive(pair.right, arrived), 1);
    assert_memory_equal(arrived[0].bytes, one.bytes, one.length);
    assert_int_equal(arrived[0].link.socket, pair.right_number);
    assert_int_equal(zt_udp_receive(pair.right, arrived), 0);
    close_pair(&pair);
}

static void waking_ends_a_wait_by_receiving(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    make_busy(&pair, true);
    struct zt_thread *thread = zt_thread_start("waker", wake_after, pair.right);
    (void)zt_udp_wait(pair.right, -1);
    zt_thread_join(thread);
    /* What the waker sent is no datagram to anyone. */
    assert_int_equal(zt_udp_receive(pair.right, arrived), 0);
    close_pair(&pair);
}

static void a_wake_before_a_wait_by_receiving_is_not_lost(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    make_busy(&pair, true);
    zt_udp_wake(pair.right);
    assert_int_equal(zt_udp_wait(pair.right, -1), 0);
    close_pair(&pair);
}

static void other_sockets_are_heard_while_one_is_busy(void **unused)
{
    struct pair pair = open_pair();
    struct zt_endpoint any = loopback(0);
    struct zt_datagram one = datagram(&pair, 0, 20);

    (void)unused;
    int other = zt_udp_bind(pair.right, &any);
    assert_true(other >= 0);
    make_busy(&pair, false);
    assert_int_equal(zt_udp_at(pair.right, 1, &one.link.remote), other);
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    assert_int_equal(zt_udp_wait(pair.right, -1), ZT_UDP_READABLE);
    assert_int_equal(zt_udp_receive(pair.right, arrived), 1);
    assert_int_equal(arrived[0].link.socket, other);
    close_pair(&pair);
}

static void what_is_near_is_found_by_looking(void **unused)
{
    struct pair pair = open_pair();
    struct zt_datagram one = datagram(&pair, 1, 30);

    (void)unused;
    make_busy(&pair, true);
    pair.right->watch.vain_looks = 1;
    assert_int_equal(zt_udp_send(pair.left, &one, 1), 1);
    zt_udp_expect(pair.right);
    assert_int_equal(zt_udp_wait(pair.right, -1), ZT_UDP_READABLE);
    assert_int_equal(pair.right->watch.vain_looks, 0);
    expect(&pair, &one, 1);
    close_pair(&pair);
}

/* How many waits, each told that something is near, go by until one looks. */
static unsigned waits_until_look(struct zt_udp *udp)
{
    unsigned vain = udp->watch.vain_looks, waits = 0;

    while (udp->watch.vain_looks == vain) {
        count_as_busy(udp);
        zt_udp_expect(udp);
        (void)zt_udp_wait(udp, 20);
        waits++;
    }
    return waits;
}

static void looks_in_vain_become_rare(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    make_busy(&pair, false);
    assert_int_equal(waits_until_look(pair.right), 1);
    assert_int_equal(waits_until_look(pair.right), 2);
    assert_int_equal(waits_until_look(pair.right), 4);
    assert_int_equal(waits_until_look(pair.right), 8);
    close_pair(&pair);
}

static void waking_ends_a_look(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    make_busy(&pair, true);
    zt_udp_wake(pair.right);
    zt_udp_expect(pair.right);
    assert_int_equal(zt_udp_wait(pair.right, -1), 0);
    close_pair(&pair);
}

static void a_busy_socket_may_be_closed(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    make_busy(&pair, true);
    zt_udp_close(pair.right, pair.right_number);
    assert_int_equal(zt_udp_wait(pair.right, 20), 0);
    close_pair(&pair);
}

static void a_large_receive_buffer_is_asked_for(void **unused)
{
    struct pair pair = open_pair();

    (void)unused;
    assert_true(zt_udp_granted_bytes(pair.left) >= 100000);
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_arrive_whole_and_in_order_with_offload),
        cmocka_unit_test(datagrams_arrive_whole_and_in_order_without_offload),
        cmocka_unit_test(a_datagram_beyond_the_segment_limit_is_sent_whole),
        cmocka_unit_test(a_full_socket_keeps_what_is_left_and_tells_when_it_has_room),
        cmocka_unit_test(the_time_to_live_is_set_per_datagram),
        cmocka_unit_test(a_link_to_every_socket_leaves_from_each_of_the_family_and_scope),
        cmocka_unit_test(a_loopback_socket_reaches_nothing_but_loopback),
        cmocka_unit_test(an_occupied_port_is_refused_with_its_error),
        cmocka_unit_test(a_foreign_address_is_refused_with_its_error),
        cmocka_unit_test(the_number_of_a_closed_socket_is_not_used_again),
        cmocka_unit_test(sockets_end_at_their_bound),
        cmocka_unit_test(waking_ends_a_wait_for_ever),
        cmocka_unit_test(a_busy_socket_is_waited_for_by_receiving),
        cmocka_unit_test(what_was_received_while_waiting_stays_until_it_is_taken),
        cmocka_unit_test(waking_ends_a_wait_by_receiving),
        cmocka_unit_test(a_wake_before_a_wait_by_receiving_is_not_lost),
        cmocka_unit_test(other_sockets_are_heard_while_one_is_busy),
        cmocka_unit_test(what_is_near_is_found_by_looking),
        cmocka_unit_test(looks_in_vain_become_rare),
        cmocka_unit_test(waking_ends_a_look),
        cmocka_unit_test(a_busy_socket_may_be_closed),
        cmocka_unit_test(a_large_receive_buffer_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
