/* SPDX-License-Identifier: Apache-2.0 */
/* Packets to ourselves that are under way when their network is left. */
#include "alone.h"

#include "lwip/sys.h"
#include "lwip/udp.h"

enum { PORT = 7000, ROUNDS = 50, PATIENCE_MS = 20000 };

static unsigned arrived; /* the core lock is held */

static void join(void)
{
    static const char *const own[] = { "10.1.0.1/24" };

    hold(own, 1);
}

static void note(void *unused, struct udp_pcb *pcb, struct pbuf *packet, const ip_addr_t *from,
                 u16_t port)
{
    (void)unused;
    (void)pcb;
    (void)from;
    (void)port;
    arrived++;
    pbuf_free(packet);
}

static void send_to_ourselves(struct udp_pcb *pcb, unsigned count)
{
    ip_addr_t own;

    assert_true(ipaddr_aton("10.1.0.1", &own));
    for (unsigned i = 0; i < count; i++) {
        struct pbuf *packet = pbuf_alloc(PBUF_TRANSPORT, 100, PBUF_RAM);

        assert_non_null(packet);
        memset(packet->payload, 0x5a, 100);
        assert_int_equal(udp_sendto(pcb, packet, &own, PORT), ERR_OK);
        pbuf_free(packet);
    }
}

static bool has_arrived(unsigned count)
{
    zt_core_lock();
    bool has = arrived >= count;
    zt_core_unlock();
    return has;
}

/* lwIP's thread takes in what was sent before, but not before we release the lock. */
static void what_waits_goes_with_the_network(void **unused)
{
    struct udp_pcb *pcb;

    (void)unused;
    zt_core_lock();
    join();
    pcb = udp_new();
    assert_non_null(pcb);
    assert_int_equal(udp_bind(pcb, IP4_ADDR_ANY, PORT), ERR_OK);
    udp_recv(pcb, note, NULL);
    zt_core_unlock();

    for (int i = 0; i < ROUNDS; i++) {
        zt_core_lock();
        send_to_ourselves(pcb, 2);
        zt_stack_remove_network(NETWORK);
        join();
        zt_core_unlock();
        sys_msleep(1);
        assert_false(has_arrived(1));
    }

    zt_core_lock();
    send_to_ourselves(pcb, 2);
    zt_core_unlock();
    for (int i = 0; i < PATIENCE_MS && !has_arrived(2); i++)
        sys_msleep(1);
    assert_int_equal(arrived, 2);
    zt_core_lock();
    udp_remove(pcb);
    zt_stack_remove_network(NETWORK);
    zt_core_unlock();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_goes_with_the_network),
    };

    return cmocka_run_group_tests(tests, begin_alone, end_alone);
}
