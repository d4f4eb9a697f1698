/* SPDX-License-Identifier: Apache-2.0 */
/* Who is asked for on link: any address that a prefix of ours covers, as long or short as that is. */
#include "alone.h"

#include "lwip/sockets.h"

enum { SOLICITATION = 135, ICMPV6 = 58 };

static struct {
    unsigned count;
    uint8_t source[16], target[16];
} asked;

static bool take_frame(void *unused, uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)unused;
    assert_true(nwid == NETWORK);
    if (length < 78 || frame[12] != 0x86 || frame[13] != 0xdd || frame[20] != ICMPV6 ||
        frame[54] != SOLICITATION)
        return true;
    asked.count++;
    memcpy(asked.source, frame + 22, 16);
    memcpy(asked.target, frame + 62, 16);
    return true;
}

static int begin(void **unused)
{
    const struct zt_stack_host host = { .frame = take_frame };

    (void)unused;
    return zt_stack_start(&host);
}

static void send_to(const char *ip)
{
    struct sockaddr_in6 to = { .sin6_len = sizeof to,
                               .sin6_family = AF_INET6,
                               .sin6_port = lwip_htons(9) };
    int fd = lwip_socket(AF_INET6, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(lwip_inet_pton(AF_INET6, ip, &to.sin6_addr), 1);
    memset(&asked, 0, sizeof asked);
    assert_int_equal(lwip_sendto(fd, "?", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
    assert_int_equal(lwip_close(fd), 0);
}

/* Automatic addresses of one kind: each member has a /80 of its own, and all share the /40. */
static void a_neighbour_need_not_share_the_first_half_of_its_address(void **unused)
{
    static const struct {
        const char *own, *other;
    } cases[] = {
        { "fc6d:1388:139c:10cc:615c::1/40", "fc6d:1388:139e:b397:aa8e::1" },
        { "fd00:1::1/48", "fd00:1:0:7::2" },
        { "fd00:1::1/64", "fd00:1::2" },
        { "fd00:1::1/88", "fd00:1::3" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_endpoint own, other;

        assert_true(zt_endpoint_parse(&own, cases[i].own, 0));
        assert_true(zt_endpoint_parse(&other, cases[i].other, 0));
        zt_core_lock();
        hold(&cases[i].own, 1);
        zt_core_unlock();
        send_to(cases[i].other);
        assert_int_equal(asked.count, 1);
        assert_memory_equal(asked.target, other.ip, 16);
        assert_memory_equal(asked.source, own.ip, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_neighbour_need_not_share_the_first_half_of_its_address),
    };

    return cmocka_run_group_tests(tests, begin, end_alone);
}
