/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP between two networks of one process: what leaves one enters the other, through an element that
   delays, loses and refuses frames. */
#include "streams.h"

#include "stack/tcpsock.h"

#include "lwip/timeouts.h"

struct transfer {
    const char *listens_at, *connects_to;
    uint16_t port;
    size_t bytes;
    int listener;
    size_t got;
    bool intact;
};

static void receive_all(void *context)
{
    static uint8_t buffer[65536];
    struct transfer *transfer = context;
    int fd = lwip_accept(transfer->listener, NULL, NULL);
    ssize_t count;

    transfer->intact = fd >= 0;
    while ((count = lwip_recv(fd, buffer, sizeof buffer, 0)) > 0) {
        for (ssize_t i = 0; i < count; i++)
            transfer->intact &= buffer[i] == pattern(transfer->got++);
    }
    lwip_close(fd);
}

static void run_transfer(struct transfer *transfer)
{
    static uint8_t buffer[262144];
    size_t sent = 0;

    transfer->listener = bound_socket(transfer->listens_at, transfer->port, SOCK_STREAM);
    assert_int_equal(lwip_listen(transfer->listener, 1), 0);
    struct zt_thread *receiver = zt_thread_start("receiver", receive_all, transfer);
    int fd = tcp_socket(transfer->connects_to);
    assert_int_equal(connect_to(fd, transfer->connects_to, transfer->port), 0);
    while (sent < transfer->bytes) {
        for (size_t i = 0; i < sizeof buffer; i++)
            buffer[i] = pattern(sent + i);
        assert_int_equal(lwip_send(fd, buffer, sizeof buffer, 0), sizeof buffer);
        sent += sizeof buffer;
    }
    lwip_close(fd);
    zt_thread_join(receiver);
    zt_socket_close(transfer->listener);
    assert_true(transfer->intact);
    assert_int_equal(transfer->got, sent);
}

static void a_stream_arrives_intact_over_ipv4(void **unused)
{
    struct transfer transfer = { "10.2.0.1", "10.1.0.2", 5001, .bytes = 64 << 20 };

    (void)unused;
    run_transfer(&transfer);
    assert_true(wire.carried > (64 << 20) / MTU);
}

static void a_stream_arrives_intact_over_ipv6(void **unused)
{
    struct transfer transfer = { "fd00:2::1", "fd00:1::2", 5002, .bytes = 16 << 20 };

    (void)unused;
    run_transfer(&transfer);
    assert_true(wire.carried > (16 << 20) / MTU);
}

static void a_second_ipv4_address_of_a_network_works(void **unused)
{
    struct transfer transfer = { "10.2.1.1", "10.1.1.2", 5003, .bytes = 4 << 20 };

    (void)unused;
    run_transfer(&transfer);
}

static void own_addresses_are_reached_without_the_network(void **unused)
{
    struct transfer transfer = { "10.2.0.1", "10.2.0.1", 5004, .bytes = 16 << 20 };
    unsigned carried = wire.carried;

    (void)unused;
    run_transfer(&transfer);
    assert_true(wire.carried - carried < 8);
}

static void loopback_works(void **unused)
{
    struct transfer transfer = { "127.0.0.1", "127.0.0.1", 5005, .bytes = 4 << 20 };

    (void)unused;
    run_transfer(&transfer);
}

static void a_stream_survives_five_percent_loss(void **unused)
{
    struct transfer transfer = { "10.2.0.1", "10.1.0.2", 5006, .bytes = 2 << 20 };

    (void)unused;
    set_loss(5);
    run_transfer(&transfer);
    set_loss(0);
    assert_true(wire.lost > 20);
}

static void a_full_wire_delays_but_loses_nothing(void **unused)
{
    struct transfer transfer = { "10.2.0.1", "10.1.0.2", 5007, .bytes = 32 << 20 };

    (void)unused;
    set_room(16);
    int64_t began_ms = zt_host_mono_ms();
    run_transfer(&transfer);
    set_room(UINT32_MAX);
    assert_true(zt_host_mono_ms() - began_ms < 20000);
}

static void segments_of_a_batch_share_an_acknowledgement(void **unused)
{
    enum { BYTES = 16 << 20 };
    struct transfer transfer = { "10.2.0.1", "10.1.0.2", 5011, .bytes = BYTES };
    unsigned before = wire.carried, before_to_a = wire.carried_to_a;

    (void)unused;
    run_transfer(&transfer);
    unsigned acknowledgements = wire.carried_to_a - before_to_a;
    unsigned segments = wire.carried - before - acknowledgements;
    assert_true(segments > BYTES / MTU);
    assert_in_range(acknowledgements, 1, segments / 4);
}

/* Does lwIP's thread mean to sleep for longer than a round of TCP's timer? */
static bool sleeps_long(void)
{
    zt_core_lock();
    uint32_t sleep_ms = sys_timeouts_sleeptime();
    zt_core_unlock();
    return sleep_ms > TCP_TMR_INTERVAL;
}

static void an_idle_connection_lets_the_process_sleep(void **unused)
{
    int listener, near, far;
    unsigned long_sleeps = 0;

    (void)unused;
    connect_pair(5012, &listener, &near, &far);
    zt_host_sleep_ms(1500); /* what the tests before have left is done */
    for (unsigned i = 0; i < 20; i++) {
        zt_host_sleep_ms(50);
        long_sleeps += sleeps_long();
    }
    assert_in_range(long_sleeps, 15, 20);
    lwip_close(near);
    lwip_close(far);
    zt_socket_close(listener);
}

static void an_idle_connection_is_kept_alive_on_time(void **unused)
{
    int listener, near, far, one = 1, two = 2;
    char byte;

    (void)unused;
    connect_pair(5013, &listener, &near, &far);
    lwip_setsockopt(near, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    lwip_setsockopt(near, IPPROTO_TCP, TCP_KEEPIDLE, &two, sizeof two);
    lwip_setsockopt(near, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
    lwip_setsockopt(near, IPPROTO_TCP, TCP_KEEPCNT, &two, sizeof two);
    set_loss(100);
    int64_t began_ms = zt_host_mono_ms();
    assert_int_equal(lwip_recv(near, &byte, 1, 0), -1);
    assert_in_range(zt_host_mono_ms() - began_ms, 3000, 7000);
    set_loss(0);
    lwip_close(near);
    zt_socket_abort_on_close(far);
    lwip_close(far);
    zt_socket_close(listener);
}

static void a_refused_connection_may_be_tried_again(void **unused)
{
    (void)unused;
    int fd = tcp_socket("10.1.0.2");
    assert_int_equal(connect_to(fd, "10.1.0.2", 5008), -1);
    assert_int_equal(zt_stack_errno, ECONNRESET);

    int listener = bound_socket("10.2.0.1", 5008, SOCK_STREAM);
    assert_int_equal(lwip_listen(listener, 1), 0);
    ip_addr_t there;
    assert_int_equal(ipaddr_aton("10.1.0.2", &there), 1);
    zt_tcpsock_prepare(fd, &there, 5008);
    assert_int_equal(connect_to(fd, "10.1.0.2", 5008), 0);
    lwip_close(fd);
    zt_socket_close(listener);
}

static void where_no_network_leads_is_known_at_once(void **unused)
{
    static const struct {
        const char *text;
        bool leads;
    } cases[] = { { "10.1.0.77", true },  { "10.3.0.1", false }, { "fd00:1::77", true },
                  { "fd00:3::1", false }, { "127.0.0.1", true }, { "10.1.1.9", true } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ip_addr_t ip;
        assert_int_equal(ipaddr_aton(cases[i].text, &ip), 1);
        assert_int_equal(zt_stack_can_reach(&ip), cases[i].leads);
    }
}

/* Nobody answers for these addresses of the networks. */
static void connecting_to_nobody_is_given_up(void **unused)
{
    static const char *const nobody[] = { "10.1.0.77", "fd00:1::77" };
    int fds[2];

    (void)unused;
    for (int i = 0; i < 2; i++) {
        fds[i] = tcp_socket(nobody[i]);
        assert_int_equal(lwip_fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(connect_to(fds[i], nobody[i], 5011), -1);
        assert_int_equal(zt_stack_errno, EINPROGRESS);
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 1500 && zt_stream_stage(fds[i]) == ZT_STREAM_CONNECTING; j++)
            zt_host_sleep_ms(10);
        assert_true(zt_tcpsock_was_unreachable(fds[i]));
        zt_socket_close(fds[i]);
    }
}

static void connect_and_let_the_server_close_first(int listener, uint16_t from)
{
    int fd = lwip_socket(AF_INET, SOCK_STREAM, 0), one = 1;
    char byte;

    lwip_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_storage addr = address("10.1.0.1", from);
    assert_int_equal(lwip_bind(fd, (struct sockaddr *)&addr, length_of(&addr)), 0);
    assert_int_equal(connect_to(fd, "10.1.0.2", 5016), 0);
    int server = lwip_accept(listener, NULL, NULL);
    assert_true(server >= 0);
    lwip_close(server);
    assert_int_equal(lwip_recv(fd, &byte, 1, 0), 0);
    lwip_close(fd);
    for (int i = 0; i < 1000 && is_active(from); i++)
        zt_host_sleep_ms(1);
}

static void a_new_connection_ends_the_wait_of_the_one_before(void **unused)
{
    int listener = bound_socket("10.2.0.1", 5016, SOCK_STREAM);

    (void)unused;
    assert_int_equal(lwip_listen(listener, 1), 0);
    for (int i = 0; i < 3; i++)
        connect_and_let_the_server_close_first(listener, 5017);
    zt_socket_close(listener);
}

static unsigned waiting_count(void)
{
    unsigned count = 0;

    zt_core_lock();
    for (const struct tcp_pcb *at = tcp_tw_pcbs; at != NULL; at = at->next)
        count++;
    zt_core_unlock();
    return count;
}

static void ended_connections_have_a_bound(void **unused)
{
    int listener = bound_socket("127.0.0.1", 5014, SOCK_STREAM);

    (void)unused;
    assert_int_equal(lwip_listen(listener, 1), 0);
    for (int i = 0; i < ZT_MAX_TIME_WAIT + 100; i++) {
        int fd = tcp_socket("127.0.0.1");
        assert_int_equal(connect_to(fd, "127.0.0.1", 5014), 0);
        int server = lwip_accept(listener, NULL, NULL);
        lwip_close(fd);
        lwip_close(server);
    }
    /* and the few that ended since the last one began */
    assert_in_range(waiting_count(), 1, ZT_MAX_TIME_WAIT + 8);
    zt_socket_close(listener);
}

static void block_in_receive(void *fd)
{
    char byte;

    lwip_recv(*(int *)fd, &byte, 1, 0);
}

static void closing_wakes_a_blocked_receiver(void **unused)
{
    int fd = bound_socket("10.1.0.1", 5009, SOCK_DGRAM);

    (void)unused;
    struct zt_thread *reader = zt_thread_start("reader", block_in_receive, &fd);
    zt_host_sleep_ms(50);
    lwip_close(fd);
    zt_thread_join(reader);
}

static void stopping_wakes_everyone_and_starting_again_works(void **state)
{
    int listener = bound_socket("10.2.0.1", 5010, SOCK_STREAM);
    struct transfer transfer = { .listener = listener };

    assert_int_equal(lwip_listen(listener, 1), 0);
    struct zt_thread *acceptor = zt_thread_start("acceptor", receive_all, &transfer);
    zt_host_sleep_ms(50);
    assert_int_equal(end(state), 0);
    zt_thread_join(acceptor);
    assert_int_equal(begin(state), 0);
    a_stream_arrives_intact_over_ipv6(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_arrives_intact_over_ipv4),
        cmocka_unit_test(a_stream_arrives_intact_over_ipv6),
        cmocka_unit_test(a_second_ipv4_address_of_a_network_works),
        cmocka_unit_test(own_addresses_are_reached_without_the_network),
        cmocka_unit_test(loopback_works),
        cmocka_unit_test(a_stream_survives_five_percent_loss),
        cmocka_unit_test(a_full_wire_delays_but_loses_nothing),
        cmocka_unit_test(segments_of_a_batch_share_an_acknowledgement),
        cmocka_unit_test(an_idle_connection_lets_the_process_sleep),
        cmocka_unit_test(an_idle_connection_is_kept_alive_on_time),
        cmocka_unit_test(a_refused_connection_may_be_tried_again),
        cmocka_unit_test(where_no_network_leads_is_known_at_once),
        cmocka_unit_test(connecting_to_nobody_is_given_up),
        cmocka_unit_test(a_new_connection_ends_the_wait_of_the_one_before),
        cmocka_unit_test(ended_connections_have_a_bound),
        cmocka_unit_test(closing_wakes_a_blocked_receiver),
        cmocka_unit_test(stopping_wakes_everyone_and_starting_again_works),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
