/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's thread: more requests than it has room for, and what becomes of the others. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#define ADDRESS UINT64_C(0xc2068edfed)
#define NWID (ADDRESS << 24 | 1)
#define TOO_MANY 7
#define WAITS 3000 /* of 10 ms, at most */

/* A service that is about to end: its node is gone, so answers lead nowhere. */
struct zt_node *zt_service_lock(struct zt_service *service)
{
    (void)service;
    return NULL;
}

void zt_service_unlock(struct zt_service *service)
{
    (void)service;
}

void zt_node_answer(struct zt_node *node, struct zt_instant now,
                    const struct zt_config_answer *answer)
{
    (void)node;
    (void)now;
    (void)answer;
}

void zt_node_send_revocation(struct zt_node *node, struct zt_instant now, zt_address to,
                             const struct zt_revocation *revocation)
{
    (void)node;
    (void)now;
    (void)to;
    (void)revocation;
}

static struct zt_identity make_identity(zt_address address)
{
    struct zt_identity identity = { .address = address, .has_secret = true };

    memset(identity.secret.bytes, (int)(address & 127) + 1, sizeof identity.secret.bytes);
    zt_public_key_of(&identity.key, &identity.secret);
    return identity;
}

static json_int_t counter(struct zt_keeper *keeper, const char *name)
{
    json_t *counters = zt_keeper_counters(keeper);
    json_int_t value = json_integer_value(json_object_get(counters, name));

    assert_non_null(json_object_get(counters, name));
    json_decref(counters);
    return value;
}

static void make_network(struct zt_keeper *keeper)
{
    json_t *body = json_pack("{s:b}", "private", 0);
    int status;

    json_decref(
        zt_keeper_route(keeper, "POST", "/controller/network/c2068edfed000001", body, &status));
    json_decref(body);
    assert_int_equal(status, 200);
}

static void ask(struct zt_keeper *keeper, unsigned count)
{
    static struct zt_config_request request;
    struct zt_identity member = make_identity(0x10);

    request.nwid = NWID;
    request.packet_id = 99;
    request.member = zt_identity_public(&member);
    for (unsigned i = 0; i < count; i++) {
        request.member.address = 0x10 + i; /* nobody proves it here */
        zt_keeper_request(keeper, &request);
    }
}

static void wait_for_all(struct zt_keeper *keeper, unsigned count)
{
    struct timespec pause = { .tv_nsec = 10000000 };

    for (int i = 0; i < WAITS && counter(keeper, "requests") < count; i++)
        (void)nanosleep(&pause, NULL);
    assert_int_equal(counter(keeper, "requests"), count);
    assert_int_equal(counter(keeper, "queue"), 0);
}

static void what_waits_is_decided_and_what_finds_no_room_is_counted(void **unused)
{
    struct zt_keeper *keeper = zt_keeper_new(zt_store_mem_open());
    struct zt_identity self = make_identity(ADDRESS);
    char error[256] = "";

    (void)unused;
    assert_non_null(keeper);
    ask(keeper, ZT_MAX_KEEPER_QUEUE + TOO_MANY); /* nobody takes them yet */
    assert_true(zt_keeper_start(keeper, NULL, &self, NULL, error, sizeof error));
    assert_int_equal(counter(keeper, "dropped"), TOO_MANY);
    wait_for_all(keeper, ZT_MAX_KEEPER_QUEUE);

    make_network(keeper);
    ask(keeper, ZT_MAX_KEEPER_QUEUE);
    wait_for_all(keeper, 2 * ZT_MAX_KEEPER_QUEUE - (unsigned)counter(keeper, "dropped") + TOO_MANY);
    assert_int_equal(counter(keeper, "authorized"),
                     ZT_MAX_KEEPER_QUEUE - counter(keeper, "dropped") + TOO_MANY);
    zt_keeper_stop(keeper);
    zt_keeper_free(keeper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_is_decided_and_what_finds_no_room_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
