/* SPDX-License-Identifier: Apache-2.0 */
/* A network with more addresses and routes than the public structures hold, and with name servers. The
   comments name the row of docs/api.md, "Defects of the original". */
#include "lab/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ADDRESSES = 20, ROUTES = 40 };

static struct lab *lab;
static uint64_t nwid;
static _Atomic int routes_told, addresses_told; /* the addresses first */

static void on_event(void *message)
{
    const zts_event_msg_t *event = message;

    if (event->event_code != ZTS_EVENT_NETWORK_OK)
        return;
    addresses_told = (int)event->network->assigned_addr_count;
    routes_told = (int)event->network->route_count;
}

static void set_network(void)
{
    static char json[8192];
    int at = snprintf(json, sizeof json,
                      "{\"name\": \"plenty\", \"private\": true, \"v4AssignMode\": {\"zt\": true},"
                      " \"dns\": {\"domain\": \"example\", \"servers\": [\"10.7.0.53\"]},"
                      " \"routes\": [{\"target\": \"10.7.0.0/16\"},"
                      " {\"target\": \"10.9.0.0/16\", \"via\": \"10.7.9.9\"}");

    for (int i = 2; i < ROUTES; i++)
        at += snprintf(json + at, sizeof json - (size_t)at, ", {\"target\": \"10.8.%d.0/24\"}", i);
    snprintf(json + at, sizeof json - (size_t)at, "]}");
    lab_set_network(lab, nwid, json);
}

static void set_member(void)
{
    static char json[2048];
    int at = snprintf(json, sizeof json, "{\"authorized\": true, \"ipAssignments\": [");

    for (int i = 1; i <= ADDRESSES; i++)
        at +=
            snprintf(json + at, sizeof json - (size_t)at, "%s\"10.7.0.%d\"", i == 1 ? "" : ", ", i);
    snprintf(json + at, sizeof json - (size_t)at, "]}");
    lab_set_member(lab, nwid, zts_node_get_id(), json);
}

static int begin(void **unused)
{
    (void)unused;
    lab = lab_open();
    nwid = lab_network(lab, 1);
    set_network();
    lab_settings_with_identity(lab, 1, on_event);
    if (zts_node_start() != 0 || zts_wait_online(60000) != 0)
        return -1;
    set_member();
    return zts_net_join(nwid) != 0 || zts_wait_network(nwid, 60000) != 0;
}

static int end(void **unused)
{
    (void)unused;
    int result = zts_node_free();
    lab_close(lab);
    return result;
}

/* D10, D15 */
static void lists_end_at_their_bound_and_all_addresses_work(void **unused)
{
    struct zts_sockaddr_storage all[ZTS_MAX_ASSIGNED_ADDRESSES + 1];
    unsigned count = ZTS_MAX_ASSIGNED_ADDRESSES;
    char text[ZTS_IP_MAX_STR_LEN];

    (void)unused;
    memset(all, 0x5a, sizeof all);
    assert_int_equal(zts_addr_get_all(nwid, all, &count), 0);
    assert_int_equal(count, ZTS_MAX_ASSIGNED_ADDRESSES);
    assert_int_equal(all[ZTS_MAX_ASSIGNED_ADDRESSES].ss_family, 0x5a);
    assert_int_equal(zts_core_query_addr_count(nwid), ADDRESSES);
    for (int i = 1; i <= ADDRESSES; i++) {
        snprintf(text, sizeof text, "10.7.0.%d", i);
        int listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
        assert_int_equal(zts_bind(listener, text, 7000), 0);
        assert_int_equal(zts_listen(listener, 1), 0);
        int client = zts_tcp_client(text, 7000);
        assert_true(client >= 0);
        zts_close(client);
        zts_close(listener);
    }
}

/* Programs pass the shorter structure when they ask for IPv4. */
static void an_ipv4_address_fits_the_short_structure(void **unused)
{
    struct {
        struct zts_sockaddr_in addr;
        char after[sizeof(struct zts_sockaddr_storage)];
    } room;
    char text[ZTS_IP_MAX_STR_LEN];

    (void)unused;
    memset(&room, 0x5a, sizeof room);
    assert_int_equal(zts_addr_get(nwid, ZTS_AF_INET, (struct zts_sockaddr_storage *)(void *)&room),
                     0);
    assert_non_null(zts_inet_ntop(ZTS_AF_INET, &room.addr.sin_addr, text, sizeof text));
    assert_string_equal(text, "10.7.0.1");
    assert_int_equal(room.addr.sin_len, 0);
    for (size_t i = 0; i < sizeof room.after; i++)
        assert_int_equal(room.after[i], 0x5a);
}

static void events_end_at_their_bound(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3000 && routes_told == 0; i++)
        zts_util_delay(10);
    assert_int_equal(routes_told, ZTS_MAX_NETWORK_ROUTES);
    assert_int_equal(addresses_told, ZTS_MAX_ASSIGNED_ADDRESSES);
}

/* D11 */
/* As the original does, whole buffers are written, so that none of what was in them is left. */
static void texts_of_a_route_fill_their_buffers(void **unused)
{
    char target[60], via[60];
    uint16_t flags, metric;

    (void)unused;
    memset(target, 'x', sizeof target);
    memset(via, 'x', sizeof via);
    assert_int_equal(zts_core_query_route(nwid, 0, target, via, sizeof target, &flags, &metric), 0);
    assert_string_equal(target, "10.7.0.0");
    assert_string_equal(via, "0.0.0.0");
    for (size_t i = sizeof "10.7.0.0"; i < sizeof target; i++)
        assert_true(target[i] == 0 && via[i] == 0);
}

static void routes_by_a_gateway_and_name_servers_are_used(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    (void)unused;
    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_connect(fd, "10.99.0.1", 80, 100), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EHOSTUNREACH);
    assert_int_equal(zts_connect(fd, "10.9.0.1", 80, 100), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINPROGRESS);
    zts_close(fd);
    const zts_ip_addr *server = zts_dns_get_server(0);
    assert_non_null(server);
    assert_string_equal(zts_ipaddr_ntoa(server), "10.7.0.53");
}

static int join_other(void)
{
    uint64_t other = lab_network(lab, 2);

    lab_set_network(lab, other, "{\"routes\": [{\"target\": \"10.7.0.0/16\"}]}");
    lab_set_member(lab, other, zts_node_get_id(),
                   "{\"authorized\": true, \"ipAssignments\": [\"10.7.1.1\"]}");
    if (zts_net_join(other) != ZTS_ERR_OK)
        return -1;
    return zts_wait_address(other, ZTS_AF_INET, 60000);
}

static void send_from(const char *own, const char *text, uint16_t port, const char *byte)
{
    struct zts_sockaddr_in to;
    zts_socklen_t length = sizeof to;
    int fd = zts_udp_server(own, 7071);

    assert_true(fd >= 0);
    assert_int_equal(zts_util_ipstr_to_saddr(text, port, (struct zts_sockaddr *)&to, &length),
                     ZTS_ERR_OK);
    assert_int_equal(zts_bsd_sendto(fd, byte, 1, 0, (struct zts_sockaddr *)&to, length), 1);
    zts_close(fd);
}

static int new_hearer(const char *own)
{
    int fd = zts_udp_server(own, 7070);

    assert_true(fd >= 0);
    assert_int_equal(zts_set_recv_timeout(fd, 5, 0), ZTS_ERR_OK);
    return fd;
}

static char heard(int fd)
{
    char byte = 0;

    return zts_recv(fd, &byte, 1, 0) == 1 ? byte : 0;
}

/* Both have 10.7.255.255 for all: who hears by one must not be taken for a stranger from the other. */
static void networks_of_the_same_addresses_keep_their_broadcasts(void **unused)
{
    (void)unused;
    assert_int_equal(join_other(), ZTS_ERR_OK);
    int hearer = new_hearer("0.0.0.0");
    send_from("10.7.0.1", "10.7.255.255", 7070, "1");
    assert_int_equal(heard(hearer), '1');
    send_from("10.7.1.1", "10.7.255.255", 7070, "2");
    assert_int_equal(heard(hearer), '2');
    zts_close(hearer);
    assert_int_equal(zts_net_leave(lab_network(lab, 2)), ZTS_ERR_OK);
}

/* What is for all in a network is not for who is bound to an address in another. */
static void a_broadcast_stays_in_its_network(void **unused)
{
    static const char *const to_all[] = { "255.255.255.255", "10.7.255.255" };

    (void)unused;
    assert_int_equal(join_other(), ZTS_ERR_OK);
    int stranger = new_hearer("10.7.0.1"), hearer = new_hearer("10.7.1.1");
    for (int i = 0; i < 2; i++) {
        send_from("10.7.1.1", to_all[i], 7070, "a");
        assert_int_equal(heard(hearer), 'a');
        send_from("10.7.0.1", "10.7.0.1", 7070, "b");
        assert_int_equal(heard(stranger), 'b');
    }
    zts_close(stranger);
    zts_close(hearer);
    assert_int_equal(zts_net_leave(lab_network(lab, 2)), ZTS_ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_end_at_their_bound_and_all_addresses_work),
        cmocka_unit_test(an_ipv4_address_fits_the_short_structure),
        cmocka_unit_test(events_end_at_their_bound),
        cmocka_unit_test(texts_of_a_route_fill_their_buffers),
        cmocka_unit_test(routes_by_a_gateway_and_name_servers_are_used),
        cmocka_unit_test(networks_of_the_same_addresses_keep_their_broadcasts),
        cmocka_unit_test(a_broadcast_stays_in_its_network),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
