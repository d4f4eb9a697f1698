/* SPDX-License-Identifier: Apache-2.0 */
/* One's own broadcasts come back once, however often the wire refuses them before. */
#include "wire.h"

#include "lwip/sockets.h"

enum { PORT = 6001, PATIENCE_S = 30 };

static int new_socket(const char *own, uint16_t port)
{
    const struct timeval patience = { .tv_sec = PATIENCE_S };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = lwip_htons(port) };
    int fd = lwip_socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(lwip_inet_pton(AF_INET, own, &at.sin_addr), 1);
    assert_int_equal(lwip_bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(lwip_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    return fd;
}

static ssize_t send_to(int fd, const char *text, size_t length)
{
    static char bytes[9000];
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = lwip_htons(PORT) };

    assert_int_equal(lwip_inet_pton(AF_INET, text, &to.sin_addr), 1);
    return lwip_sendto(fd, bytes, length, 0, (struct sockaddr *)&to, sizeof to);
}

static void a_refused_broadcast_is_heard_once_when_it_leaves(void **unused)
{
    static const char *const to_all[] = { "10.1.0.255", "255.255.255.255" };
    char bytes[8];

    (void)unused;
    int hearer = new_socket("10.1.0.1", PORT), sender = new_socket("10.1.0.1", PORT + 1);
    for (int i = 0; i < 2; i++) {
        set_room(0);
        for (int round = 0; round < 3; round++) {
            assert_int_equal(send_to(sender, to_all[i], 3), -1);
            assert_int_equal(zt_stack_errno, EWOULDBLOCK);
        }
        set_room(UINT32_MAX);
        assert_int_equal(send_to(sender, to_all[i], 3), 3);
        assert_int_equal(send_to(sender, "10.1.0.1", 1), 1);
        assert_int_equal(lwip_recv(hearer, bytes, sizeof bytes, 0), 3);
        assert_int_equal(lwip_recv(hearer, bytes, sizeof bytes, 0), 1);
    }
    assert_int_equal(lwip_close(hearer), 0);
    assert_int_equal(lwip_close(sender), 0);
}

/* In fragments, of which each comes back. */
static void a_large_broadcast_is_heard_whole(void **unused)
{
    static char bytes[9000];

    (void)unused;
    int hearer = new_socket("10.1.0.1", PORT), sender = new_socket("10.1.0.1", PORT + 1);
    assert_int_equal(send_to(sender, "10.1.0.255", sizeof bytes), sizeof bytes);
    assert_int_equal(lwip_recv(hearer, bytes, sizeof bytes, 0), sizeof bytes);
    assert_int_equal(lwip_close(hearer), 0);
    assert_int_equal(lwip_close(sender), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_broadcast_is_heard_once_when_it_leaves),
        cmocka_unit_test(a_large_broadcast_is_heard_whole),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
