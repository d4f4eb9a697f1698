/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets bound to an address that the controller takes away, and gives back. */
#include "lab/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OURS "10.7.0.5"
#define ANOTHER "10.7.0.6"

enum { BOUND = 7000, LISTENING = 7001, DATAGRAMS = 7002, PATIENCE = 3000 };

static struct lab *lab;
static uint64_t nwid;

static void assign(const char *ip)
{
    char json[128];

    snprintf(json, sizeof json, "{\"authorized\": true, \"ipAssignments\": [\"%s\"]}", ip);
    lab_set_member(lab, nwid, zts_node_get_id(), json);
}

static void await(const char *ip)
{
    char text[ZTS_IP_MAX_STR_LEN] = "";

    for (int i = 0; i < PATIENCE && strcmp(text, ip) != 0; i++) {
        zts_util_delay(10);
        zts_addr_get_str(nwid, ZTS_AF_INET, text, sizeof text);
    }
    assert_string_equal(text, ip);
}

static void replace(const char *ip)
{
    assign(ip);
    await(ip);
}

static int begin(void **unused)
{
    (void)unused;
    lab = lab_open();
    nwid = lab_network(lab, 1);
    lab_set_network(
        lab, nwid,
        "{\"name\": \"bound\", \"private\": true, \"routes\": [{\"target\": \"10.7.0.0/16\"}]}");
    lab_settings_with_identity(lab, 1, NULL);
    if (zts_node_start() != 0 || zts_wait_online(60000) != 0)
        return -1;
    assign(OURS);
    if (zts_net_join(nwid) != 0)
        return -1;
    await(OURS);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    int result = zts_node_free();
    lab_close(lab);
    return result;
}

static int bind_to_ours(int type, unsigned short port)
{
    int fd = zts_socket(ZTS_AF_INET, type, 0);

    assert_int_equal(zts_bind(fd, OURS, port), 0);
    return fd;
}

static void assert_still_bound(int fd, unsigned short port)
{
    char text[ZTS_INET6_ADDRSTRLEN];
    unsigned short told;

    assert_int_equal(zts_getsockname(fd, text, sizeof text, &told), 0);
    assert_string_equal(text, OURS);
    assert_int_equal(told, port);
}

static void assert_serves(int listener, unsigned short port)
{
    int client = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_connect(client, OURS, port, 10000), 0);
    int server = zts_bsd_accept(listener, NULL, NULL);
    assert_true(server >= 0);
    assert_int_equal(zts_close(server), 0);
    assert_int_equal(zts_close(client), 0);
}

static void they_stay_bound_and_work_again(void **unused)
{
    int bound = bind_to_ours(ZTS_SOCK_STREAM, BOUND);
    int listener = bind_to_ours(ZTS_SOCK_STREAM, LISTENING);
    int datagrams = bind_to_ours(ZTS_SOCK_DGRAM, DATAGRAMS);

    (void)unused;
    assert_int_equal(zts_listen(listener, 1), 0);
    replace(ANOTHER);
    assert_still_bound(bound, BOUND);
    assert_still_bound(listener, LISTENING);
    assert_still_bound(datagrams, DATAGRAMS);
    replace(OURS);
    assert_int_equal(zts_listen(bound, 1), 0);
    assert_serves(bound, BOUND);
    assert_serves(listener, LISTENING);
    zts_close(bound);
    zts_close(listener);
    zts_close(datagrams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stay_bound_and_work_again),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
