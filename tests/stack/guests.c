/* SPDX-License-Identifier: Apache-2.0 */
/* Blocked socket calls that serve the network themselves: they wake on news, close, time-out and stop.
   One network, onto which the test puts datagrams for one port or another. */
#include "alone.h"

#include "stack/ready.h"

#include "os/host.h"
#include "os/turn.h"

#include "lwip/sockets.h"

#include <stdatomic.h>

enum { RING = 64, PORT = 7000, OTHER_PORT = 7001, MOST_TRIES = 5000 };
enum { ETHERNET = 14, IP = 20, UDP = 8, FRAME = ETHERNET + IP + UDP + 1 };

static struct {
    struct zt_monitor *monitor;
    uint16_t ports[RING]; /* of datagrams that arrived */
    size_t used;
    bool is_woken;
} line;

static struct zt_thread *wire_thread;
static atomic_bool stops;
static atomic_uint rounds_of_guests;
static _Thread_local bool is_wire;

/* A datagram of one byte to 10.1.0.1 and this port. */
static void put_in(uint16_t port)
{
    uint8_t frame[FRAME] = { 0x02, 0x0a, 0, 0, 0, 0x10, 0x02, 0x0a, 0, 0, 0, 0x11, 0x08, 0x00 };
    const uint8_t ip[IP] = { 0x45, 0, 0, IP + UDP + 1, 0, 0, 0, 0, 64, 17, 0, 0, 10,
                             1,    0, 2, 10,           1, 0, 1 };
    const uint8_t udp[UDP] = { 0x10, 0, (uint8_t)(port >> 8), (uint8_t)port, 0, UDP + 1 };

    memcpy(frame + ETHERNET, ip, sizeof ip);
    memcpy(frame + ETHERNET + IP, udp, sizeof udp);
    zt_core_lock();
    zt_stack_input(NETWORK, frame, sizeof frame);
    zt_stack_input_done();
    zt_core_unlock();
}

static void arrive(uint16_t port)
{
    zt_monitor_enter(line.monitor);
    assert_true(line.used < RING);
    line.ports[line.used++] = port;
    zt_monitor_wake_all(line.monitor);
    zt_monitor_leave(line.monitor);
}

static size_t serve(void *unused, int64_t timeout_ms, bool is_near)
{
    uint16_t ports[RING];

    (void)unused;
    (void)is_near;
    zt_monitor_enter(line.monitor);
    while (line.used == 0 && !line.is_woken && zt_monitor_wait(line.monitor, timeout_ms))
        continue;
    size_t came = line.used;
    memcpy(ports, line.ports, came * sizeof ports[0]);
    line.used = 0;
    line.is_woken = false;
    zt_monitor_leave(line.monitor);

    for (size_t i = 0; i < came; i++)
        put_in(ports[i]);
    if (!is_wire)
        atomic_fetch_add(&rounds_of_guests, 1);
    return came;
}

static void wake(void *unused)
{
    (void)unused;
    zt_monitor_enter(line.monitor);
    line.is_woken = true;
    zt_monitor_wake_all(line.monitor);
    zt_monitor_leave(line.monitor);
}

static void run_wire(void *unused)
{
    const struct zt_turn_work work = { .context = &line, .serve = serve, .wake = wake };

    (void)unused;
    is_wire = true;
    zt_turn_open(&work);
    while (!atomic_load(&stops)) {
        size_t came = serve(&line, -1, false);
        zt_turn_yield(&line, came);
    }
}

static int begin(void **unused)
{
    static const char *const own[] = { "10.1.0.1/24" };

    line.monitor = zt_monitor_new();
    line.used = 0;
    atomic_store(&stops, false);
    atomic_store(&rounds_of_guests, 0);
    wire_thread = zt_thread_start("wire", run_wire, NULL);
    if (begin_alone(unused) != 0)
        return -1;
    zt_core_lock();
    hold(own, 1);
    zt_core_unlock();
    return 0;
}

static int end(void **unused)
{
    (void)end_alone(unused);
    atomic_store(&stops, true);
    zt_turn_close(&line);
    wake(NULL);
    zt_thread_join(wire_thread);
    zt_monitor_free(line.monitor);
    return 0;
}

static int open_at(uint16_t port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = lwip_htons(port) };
    int fd = lwip_socket(AF_INET, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    zt_ready_attach(fd);
    assert_int_equal(lwip_bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* So late that whoever waits for it waits by then. */
static void arrive_later(void *port)
{
    zt_host_sleep_ms(1);
    arrive(*(uint16_t *)port);
}

static void exchange(int fd, ssize_t (*receive)(int fd))
{
    uint16_t port = PORT;
    struct zt_thread *peer = zt_thread_start("peer", arrive_later, &port);

    assert_int_equal(receive(fd), 1);
    zt_thread_join(peer);
}

static void become_guest(int fd, ssize_t (*receive)(int fd))
{
    unsigned tries = 0;

    atomic_store(&rounds_of_guests, 0);
    while (atomic_load(&rounds_of_guests) == 0 && tries++ < MOST_TRIES)
        exchange(fd, receive);
    assert_true(atomic_load(&rounds_of_guests) > 0);
}

static ssize_t receive_blocking(int fd)
{
    char byte;

    return lwip_recv(fd, &byte, 1, 0);
}

/* As select and poll do. */
static ssize_t receive_when_ready(int fd)
{
    static struct zt_waiter waiter;
    char byte;

    zt_core_lock();
    zt_waiter_init(&waiter, fd + 1);
    zt_waiter_add(&waiter, fd, true, false);
    while ((zt_socket_ready(fd) & ZT_READY_IN) == 0)
        zt_waiter_wait(&waiter, 0);
    zt_core_unlock();
    return lwip_recv(fd, &byte, 1, MSG_DONTWAIT);
}

static void each_way_of_waiting_serves(void **unused)
{
    static ssize_t (*const ways[])(int fd) = { receive_blocking, receive_when_ready };
    int fd = open_at(PORT);

    (void)unused;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        become_guest(fd, ways[i]);
        for (unsigned k = 0; k < 100; k++)
            exchange(fd, ways[i]);
    }
    lwip_close(fd);
}

struct blocked {
    int fd;
    atomic_bool is_guest;
    ssize_t result;
    struct zt_thread *thread;
};

static void block_as_guest(void *context)
{
    struct blocked *blocked = context;

    become_guest(blocked->fd, receive_blocking);
    atomic_store(&blocked->is_guest, true);
    blocked->result = receive_blocking(blocked->fd);
}

static void block(void *context)
{
    struct blocked *blocked = context;

    blocked->result = receive_blocking(blocked->fd);
}

static void of_two_readers_the_other_goes_on_when_one_is_closed(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 10; i++) {
        struct blocked guest = { .fd = open_at(PORT) }, other = { .fd = open_at(OTHER_PORT) };
        other.thread = zt_thread_start("other", block, &other);
        guest.thread = zt_thread_start("guest", block_as_guest, &guest);
        while (!atomic_load(&guest.is_guest))
            zt_host_sleep_ms(1);
        zt_host_sleep_ms(i); /* while it serves, or after it gave up */
        lwip_close(guest.fd);
        zt_thread_join(guest.thread);
        arrive(OTHER_PORT);
        zt_thread_join(other.thread);
        assert_int_equal(other.result, 1);
        lwip_close(other.fd);
    }
}

static void a_guest_serves_the_other_reader(void **unused)
{
    (void)unused;
    struct blocked other = { .fd = open_at(OTHER_PORT) };
    int fd = open_at(PORT);

    for (unsigned i = 0; i < 10; i++) {
        other.thread = zt_thread_start("other", block, &other);
        become_guest(fd, receive_blocking);
        arrive(OTHER_PORT);
        exchange(fd, receive_blocking);
        zt_thread_join(other.thread);
        assert_int_equal(other.result, 1);
    }
    lwip_close(fd);
    lwip_close(other.fd);
}

static void a_guests_receive_times_out(void **unused)
{
    static const long cases_us[] = { 2000, 30000 };
    int fd = open_at(PORT);

    (void)unused;
    for (size_t i = 0; i < sizeof cases_us / sizeof cases_us[0]; i++) {
        const struct timeval never = { 0 }, soon = { .tv_usec = cases_us[i] };
        lwip_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof never);
        become_guest(fd, receive_blocking);
        lwip_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
        assert_int_equal(receive_blocking(fd), -1);
    }
    lwip_close(fd);
}

static void stopping_ends_a_guests_wait_and_a_new_start_works(void **state)
{
    for (unsigned i = 0; i < 5; i++) {
        struct blocked guest = { .fd = open_at(PORT) };
        guest.thread = zt_thread_start("guest", block_as_guest, &guest);
        while (!atomic_load(&guest.is_guest))
            zt_host_sleep_ms(1);
        zt_host_sleep_ms(2 * i);
        assert_int_equal(end(state), 0);
        zt_thread_join(guest.thread);
        assert_int_equal(begin(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_waiting_serves),
        cmocka_unit_test(of_two_readers_the_other_goes_on_when_one_is_closed),
        cmocka_unit_test(a_guest_serves_the_other_reader),
        cmocka_unit_test(a_guests_receive_times_out),
        cmocka_unit_test(stopping_ends_a_guests_wait_and_a_new_start_works),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
