/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the controller share: identities, requests, a controller on the memory store. */
#ifndef ZT_TESTS_CONTROLLER_FIXTURE_H
#define ZT_TESTS_CONTROLLER_FIXTURE_H

#include "../make_identity.h"
#include "controller/controller.h"
#include "base/mem.h"
#include "base/text.h"
#include "vl1/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define CONTROLLER_ADDRESS UINT64_C(0xc2068edfed)
#define NWID UINT64_C(0xc2068edfed000001)
#define METADATA "v=7\npv=c\nmajv=1\nminv=e\nrevv=2\nrevr=1"

struct fixture {
    struct zt_store *store;
    struct zt_controller *controller;
    struct zt_instant now;
    struct zt_controller_effect effect; /* the last one taken */
    struct zt_api_error error;
};

static inline struct zt_store *open_store_at(const char *where)
{
    char error[256] = "";
    struct zt_store *store = zt_store_open(where, true, error, sizeof error);

    if (!store)
        fail_msg("%s", error);
    return store;
}

/* A controller of this address on the fixture's store. log may be NULL. */
static inline void open_controller_of(struct fixture *fixture, zt_address address,
                                      const struct zt_log *log)
{
    struct zt_identity self = make_identity(address);
    uint8_t seed[32] = { 7 };
    char error[256] = "";

    fixture->controller = zt_controller_new(&self, fixture->store, seed, log, error, sizeof error);
    if (!fixture->controller)
        fail_msg("%s", error);
}

static inline void open_controller(struct fixture *fixture)
{
    open_controller_of(fixture, CONTROLLER_ADDRESS, NULL);
}

/* A controller of this address on the store of that name. log may be NULL. */
static inline void open_at(struct fixture *fixture, zt_address address, const char *where,
                           const struct zt_log *log)
{
    fixture->now = (struct zt_instant){ 5000, INT64_C(1700000000000) };
    fixture->store = open_store_at(where);
    open_controller_of(fixture, address, log);
}

static inline void close_at(struct fixture *fixture)
{
    zt_controller_free(fixture->controller);
    fixture->store->functions->close(fixture->store);
}

static inline int set_up(void **state)
{
    struct fixture *fixture = zt_alloc(sizeof *fixture);

    fixture->store = zt_store_mem_open();
    fixture->now = (struct zt_instant){ 5000, INT64_C(1700000000000) };
    open_controller(fixture);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;

    close_at(fixture);
    zt_free(fixture);
    return 0;
}

static inline void pass(struct fixture *fixture, int64_t ms)
{
    fixture->now.mono_ms += ms;
    fixture->now.wall_ms += ms;
}

static inline void ask_with(struct fixture *fixture, zt_nwid nwid, const struct zt_identity *member,
                            const char *metadata)
{
    struct zt_config_request request = { .nwid = nwid, .packet_id = 99, .direct = true };

    pass(fixture, 2000);
    request.member = zt_identity_public(member);
    request.link.socket = 3;
    (void)!zt_endpoint_parse(&request.link.remote, "192.0.2.7/9993", 0);
    request.metadata_length = strlen(metadata);
    memcpy(request.metadata, metadata, request.metadata_length);
    zt_controller_request(fixture->controller, fixture->now, &request);
}

static inline void ask(struct fixture *fixture, zt_nwid nwid, zt_address member)
{
    struct zt_identity identity = make_identity(member);

    ask_with(fixture, nwid, &identity, METADATA);
}

static inline bool take(struct fixture *fixture)
{
    return zt_controller_next(fixture->controller, fixture->now, &fixture->effect);
}

/* Takes all that is to be sent, which has an end. */
static inline void drain(struct fixture *fixture)
{
    for (int i = 0; take(fixture); i++)
        assert_in_range(i, 0, 10000);
}

static inline void take_error(struct fixture *fixture, uint8_t error)
{
    assert_true(take(fixture));
    assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_ANSWER);
    assert_int_equal(fixture->effect.answer.error, error);
}

/* Takes a configuration, which the caller frees. packet_id 0: a push. */
static inline struct zt_config *take_config(struct fixture *fixture, uint64_t packet_id)
{
    struct zt_dict dict;
    struct zt_config *config;

    take_error(fixture, 0);
    assert_int_equal(fixture->effect.answer.packet_id, packet_id);
    dict = zt_dict_of(fixture->effect.answer.bytes, fixture->effect.answer.length);
    config = zt_config_read(&dict);
    assert_non_null(config);
    return config;
}

static inline json_t *parse(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(json);
    return json;
}

/* NULL if refused. Borrowed until the next call. */
static inline const json_t *set_network(struct fixture *fixture, zt_nwid nwid, const char *body)
{
    static json_t *result;
    json_t *json = parse(body);

    json_decref(result);
    result =
        zt_controller_set_network(fixture->controller, fixture->now, nwid, json, &fixture->error);
    json_decref(json);
    return result;
}

static inline const json_t *set_member(struct fixture *fixture, zt_nwid nwid, zt_address member,
                                       const char *body)
{
    static json_t *result;
    json_t *json = parse(body);

    json_decref(result);
    result = zt_controller_set_member(fixture->controller, fixture->now, nwid, member, json,
                                      &fixture->error);
    json_decref(json);
    return result;
}

static inline void assert_json(const json_t *value, const char *text)
{
    json_t *expected = parse(text);

    if (!value || !json_equal(value, expected)) {
        char *got = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
        print_error("got %s, expected %s\n", got ? got : "nothing", text);
        fail();
    }
    json_decref(expected);
}

static inline const char *ip_text(const struct zt_endpoint *ip)
{
    static char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(ip, true, text);
    return text;
}

#endif
