/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of connections: whoever closes, and however slowly the other end reads, all arrives. */
#include "streams.h"

#include "stack/hooks.h"
#include "stack/tcpsock.h"

enum { KIB = 1 << 10, MIB = 1 << 20, MOST_TRIES = 20000 };
enum { TICKS_PER_S = 1000 / TCP_SLOW_INTERVAL };

/* TCP's clock runs ahead, and nothing else does. */
static void let_pass(unsigned seconds)
{
    zt_core_lock();
    tcp_ticks += seconds * TICKS_PER_S;
    zt_core_unlock();
}

static enum tcp_state state_at(uint16_t local_port)
{
    zt_core_lock();
    const struct tcp_pcb *pcb = active_at(local_port);
    enum tcp_state state = pcb == NULL ? CLOSED : pcb->state;
    zt_core_unlock();
    return state;
}

static void await_state(uint16_t local_port, enum tcp_state state)
{
    for (int i = 0; i < MOST_TRIES && state_at(local_port) != state; i++)
        zt_host_sleep_ms(1);
    assert_int_equal(state_at(local_port), state);
}

/* Its clock has been set by a segment since the last leap. */
static bool has_heard(uint16_t local_port)
{
    zt_core_lock();
    const struct tcp_pcb *pcb = active_at(local_port);
    bool has = pcb == NULL || tcp_ticks - pcb->tmr < 5 * TICKS_PER_S;
    zt_core_unlock();
    return has;
}

static void let_hear(uint16_t local_port)
{
    for (int i = 0; i < MOST_TRIES && !has_heard(local_port); i++)
        zt_host_sleep_ms(1);
}

struct answer {
    int fd;
    size_t bytes;
};

/* Writes all and closes at once. */
static void run_answer(void *context)
{
    static uint8_t buffer[64 * KIB];
    const struct answer *answer = context;

    for (size_t sent = 0; sent < answer->bytes; sent += sizeof buffer) {
        for (size_t i = 0; i < sizeof buffer; i++)
            buffer[i] = pattern(sent + i);
        if (lwip_send(answer->fd, buffer, sizeof buffer, 0) != (ssize_t)sizeof buffer)
            break;
    }
    zt_socket_close(answer->fd);
}

/* True: all of it came, and was right. */
static bool read_exactly(int fd, size_t from, size_t count)
{
    static uint8_t buffer[64 * KIB];

    for (size_t at = from; at < from + count;) {
        size_t left = from + count - at;
        ssize_t got = lwip_recv(fd, buffer, left < sizeof buffer ? left : sizeof buffer, 0);
        if (got <= 0)
            return false;
        for (ssize_t i = 0; i < got; i++) {
            if (buffer[i] != pattern(at++))
                return false;
        }
    }
    return true;
}

/* The answer is more than the window and what the answerer may queue take: the rest is queued when it
   closes, and each mebibyte is read some seconds after the one before. */
static void read_slowly(uint16_t port, bool asker_ends_first, unsigned seconds)
{
    enum { ANSWER = 15 * MIB / 2 };
    struct answer answer = { .bytes = ANSWER };
    int listener, near;
    char byte;

    connect_pair(port, &listener, &near, &answer.fd);
    zt_tcpsock_send_buffer(answer.fd, TCP_SND_BUF);
    if (asker_ends_first) {
        assert_int_equal(zt_socket_shutdown(near, SHUT_WR), 0);
        assert_int_equal(lwip_recv(answer.fd, &byte, 1, 0), 0);
    }
    struct zt_thread *writer = zt_thread_start("writer", run_answer, &answer);
    zt_thread_join(writer);
    assert_int_equal(state_at(port), asker_ends_first ? LAST_ACK : FIN_WAIT_1);
    for (size_t at = 0; at < ANSWER; at += MIB) {
        let_pass(seconds);
        zt_host_sleep_ms(2 * TCP_SLOW_INTERVAL);
        assert_true(read_exactly(near, at, ANSWER - at < MIB ? ANSWER - at : MIB));
        let_hear(port);
    }
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 0);
    zt_socket_close(near);
    zt_socket_close(listener);
}

static void who_reads_slowly_gets_all_though_the_answerer_closed_last(void **unused)
{
    (void)unused;
    read_slowly(5101, true, 25);
}

static void who_reads_slowly_gets_all_though_the_answerer_closed_first(void **unused)
{
    (void)unused;
    read_slowly(5102, false, 15);
}

/* What answers a look at its window. */
static void let_answer(uint16_t remote_port)
{
    zt_core_lock();
    struct tcp_pcb *at = tcp_active_pcbs;
    while (at != NULL && at->remote_port != remote_port)
        at = at->next;
    if (at != NULL) {
        tcp_ack_now(at);
        tcp_output(at);
    }
    zt_core_unlock();
    zt_host_sleep_ms(TCP_SLOW_INTERVAL);
}

static void a_receiver_that_takes_nothing_for_minutes_is_given_up(void **unused)
{
    struct answer answer = { .bytes = 6 * MIB };
    int listener, near;
    char byte;

    (void)unused;
    connect_pair(5103, &listener, &near, &answer.fd);
    zt_tcpsock_send_buffer(answer.fd, TCP_SND_BUF);
    run_answer(&answer);
    assert_int_equal(state_at(5103), FIN_WAIT_1);
    let_answer(5103);
    let_pass(250);
    let_answer(5103);
    assert_int_equal(state_at(5103), FIN_WAIT_1);
    /* A look at the window brings a byte, and may be successful. */
    for (int i = 0; i < 10 && state_at(5103) != CLOSED; i++) {
        let_pass(400);
        let_answer(5103);
    }
    assert_int_equal(state_at(5103), CLOSED);
    assert_true(read_exactly(near, 0, 4 * MIB - 64 * KIB));
    while (lwip_recv(near, &byte, 1, 0) > 0)
        continue;
    assert_int_equal(zt_stack_errno, ECONNRESET);
    zt_socket_close(near);
    zt_socket_close(listener);
}

/* As the other end does that has forgotten the connection when the rest is read. */
static void a_reset_after_the_end_does_not_take_the_end_away(void **unused)
{
    struct answer answer = { .bytes = 256 * KIB };
    int listener, near;
    char byte;

    (void)unused;
    connect_pair(5104, &listener, &near, &answer.fd);
    run_answer(&answer);
    await_state(5104, FIN_WAIT_2);
    zt_core_lock();
    tcp_abandon(active_at(5104), 0);
    zt_core_unlock();
    assert_true(read_exactly(near, 0, 192 * KIB));
    for (int i = 0; i < MOST_TRIES && zt_stream_stage(near) != ZT_STREAM_GONE; i++)
        zt_host_sleep_ms(1);
    assert_int_equal(zt_stream_stage(near), ZT_STREAM_GONE);
    assert_true(zt_tcpsock_ended_well(near));
    assert_true(read_exactly(near, 192 * KIB, 64 * KIB));
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 0);
    assert_int_equal(lwip_send(near, "x", 1, 0), -1);
    assert_int_equal(zt_stack_errno, ENOTCONN);
    zt_socket_close(near);
    zt_socket_close(listener);
}

static void a_reset_before_the_end_is_an_error(void **unused)
{
    int listener, near, far;
    char byte;

    (void)unused;
    connect_pair(5105, &listener, &near, &far);
    assert_int_equal(lwip_send(far, "x", 1, 0), 1);
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 1);
    zt_socket_abort_on_close(far);
    zt_socket_close(far);
    assert_int_equal(lwip_recv(near, &byte, 1, 0), -1);
    assert_int_equal(zt_stack_errno, ECONNRESET);
    zt_socket_close(near);
    zt_socket_close(listener);
}

static void who_has_read_the_end_and_still_sends_is_kept_alive(void **unused)
{
    int listener, near, far, on = 1, seconds = 20;
    char byte;

    (void)unused;
    connect_pair(5106, &listener, &near, &far);
    lwip_setsockopt(far, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    lwip_setsockopt(far, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
    lwip_setsockopt(far, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
    lwip_setsockopt(far, IPPROTO_TCP, TCP_KEEPCNT, &on, sizeof on);
    assert_int_equal(zt_socket_shutdown(near, SHUT_WR), 0);
    assert_int_equal(lwip_recv(far, &byte, 1, 0), 0);
    for (int i = 0; i < 5; i++) {
        let_pass(15);
        assert_int_equal(lwip_send(far, "x", 1, 0), 1);
        assert_int_equal(lwip_recv(near, &byte, 1, 0), 1);
        zt_host_sleep_ms(2 * TCP_SLOW_INTERVAL);
        let_hear(5106);
    }
    zt_socket_close(far);
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 0);
    zt_socket_close(near);
    zt_socket_close(listener);
}

/* More than the reader's queue takes, each a segment. */
static void thousands_of_single_bytes_wait_for_their_reader(void **unused)
{
    enum { BYTES = DEFAULT_TCP_RECVMBOX_SIZE + 2000 };
    int listener, near, far, on = 1;
    uint8_t byte;

    (void)unused;
    connect_pair(5109, &listener, &near, &far);
    lwip_setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < BYTES; i++) {
        byte = pattern(i);
        assert_int_equal(lwip_send(far, &byte, 1, 0), 1);
    }
    zt_socket_close(far);
    zt_host_sleep_ms(1000); /* now or later, it must not matter */
    assert_true(read_exactly(near, 0, BYTES));
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 0);
    zt_socket_close(near);
    zt_socket_close(listener);
}

static bool is_waiting(uint16_t local_port)
{
    zt_core_lock();
    const struct tcp_pcb *at = tcp_tw_pcbs;
    while (at != NULL && at->local_port != local_port)
        at = at->next;
    zt_core_unlock();
    return at != NULL;
}

static void greet_again(void)
{
    zt_core_lock();
    zt_stack_input(NET_B, wire.greeting, wire.greeting_length);
    zt_stack_input_done();
    zt_core_unlock();
}

static void a_stray_greeting_neither_ends_the_wait_nor_begins_anything(void **unused)
{
    struct answer answer = { .bytes = 0 };
    int listener, near;
    char byte;

    (void)unused;
    connect_pair(5107, &listener, &near, &answer.fd);
    run_answer(&answer);
    assert_int_equal(lwip_recv(near, &byte, 1, 0), 0);
    zt_socket_close(near);
    await_state(5107, CLOSED);
    assert_true(is_waiting(5107));
    greet_again();
    assert_true(is_waiting(5107));
    assert_int_equal(state_at(5107), CLOSED);
    wire.greeting[14 + 20 + 4] += 0x40; /* a quarter of all numbers ahead */
    set_loss(100);                      /* nobody is there to be answered */
    greet_again();
    assert_false(is_waiting(5107));
    assert_int_equal(state_at(5107), SYN_RCVD);
    set_loss(0);
    await_state(5107, CLOSED); /* reset by who did not greet */
    zt_socket_close(listener);
}

static void sequence_numbers_go_up_for_each_pair_of_ends_and_differ_else(void **unused)
{
    enum { PAIRS = 256, NEAR = 1 << 26 };
    unsigned near_count = 0;
    ip_addr_t here, there;

    (void)unused;
    assert_int_equal(ipaddr_aton("10.2.0.1", &here), 1);
    assert_int_equal(ipaddr_aton("10.2.0.2", &there), 1);
    zt_core_lock();
    uint32_t last = zt_stack_first_sequence(&here, 1, &there, 1);
    for (uint16_t port = 2; port < PAIRS; port++) {
        uint32_t other = zt_stack_first_sequence(&here, 1, &there, port);
        uint32_t next = zt_stack_first_sequence(&here, 1, &there, 1);
        assert_true(next - last < 1U << 30);
        near_count += other - last < NEAR || last - other < NEAR;
        last = next;
    }
    zt_core_unlock();
    assert_in_range(near_count, 0, PAIRS / 4);
}

static void stopping_does_not_reset_who_has_all_but_still_reads(void **state)
{
    struct answer answer = { .bytes = 256 * KIB };
    int listener, near;

    connect_pair(5108, &listener, &near, &answer.fd);
    run_answer(&answer);
    await_state(5108, FIN_WAIT_2);
    unsigned before = wire.resets_to_a;
    set_loss(100);
    assert_int_equal(end(state), 0);
    assert_int_equal(wire.resets_to_a, before);
    assert_int_equal(begin(state), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_reads_slowly_gets_all_though_the_answerer_closed_last),
        cmocka_unit_test(who_reads_slowly_gets_all_though_the_answerer_closed_first),
        cmocka_unit_test(a_receiver_that_takes_nothing_for_minutes_is_given_up),
        cmocka_unit_test(a_reset_after_the_end_does_not_take_the_end_away),
        cmocka_unit_test(a_reset_before_the_end_is_an_error),
        cmocka_unit_test(who_has_read_the_end_and_still_sends_is_kept_alive),
        cmocka_unit_test(thousands_of_single_bytes_wait_for_their_reader),
        cmocka_unit_test(a_stray_greeting_neither_ends_the_wait_nor_begins_anything),
        cmocka_unit_test(sequence_numbers_go_up_for_each_pair_of_ends_and_differ_else),
        cmocka_unit_test(stopping_does_not_reset_who_has_all_but_still_reads),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
