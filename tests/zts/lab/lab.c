/* SPDX-License-Identifier: Apache-2.0 */
/* A root and controller in the test's own process: the service with the keeper of the program zt. */
#include "lab.h"

#include "../../service/bench.h"
#include "base/text.h"
#include "cmd/keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

struct lab {
    struct zt_identity identity;
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
    struct zt_keeper *keeper;
    struct zt_service *service;
};

struct lab *lab_open(void)
{
    struct lab *lab = calloc(1, sizeof *lab);
    struct zt_store *store = zt_store_mem_open();
    char error[256] = "";

    assert_non_null(lab);
    assert_non_null(store);
    lab->identity = bench_identity(0);
    lab->keeper = zt_keeper_new(store);
    assert_non_null(lab->keeper);
    struct zt_service_options options = bench_options(&lab->identity, NULL);
    options.port = bench_free_port();
    lab->planet_length = bench_planet(&lab->identity, options.port, lab->planet);
    options.planet = lab->planet;
    options.planet_length = lab->planet_length;
    options.request = zt_keeper_request;
    options.request_context = lab->keeper;
    lab->service = zt_service_start(&options);
    assert_non_null(lab->service);
    assert_true(
        zt_keeper_start(lab->keeper, lab->service, &lab->identity, NULL, error, sizeof error));
    return lab;
}

void lab_close(struct lab *lab)
{
    zt_keeper_stop(lab->keeper);
    zt_service_stop(lab->service, 0);
    zt_keeper_free(lab->keeper);
    free(lab);
}

uint64_t lab_network(const struct lab *lab, uint32_t number)
{
    return lab->identity.address << 24 | number;
}

static void set(struct lab *lab, const char *path, const char *json)
{
    json_t *body = json_loads(json, 0, NULL);
    int status = 0;

    assert_non_null(body);
    json_decref(zt_keeper_route(lab->keeper, "POST", path, body, &status));
    json_decref(body);
    assert_int_equal(status, 200);
}

void lab_set_network(struct lab *lab, uint64_t nwid, const char *json)
{
    char path[64];

    zt_format(path, sizeof path, "/controller/network/%016llx", (unsigned long long)nwid);
    set(lab, path, json);
}

void lab_set_member(struct lab *lab, uint64_t nwid, uint64_t member, const char *json)
{
    char path[96];

    zt_format(path, sizeof path, "/controller/network/%016llx/member/%010llx",
              (unsigned long long)nwid, (unsigned long long)member);
    set(lab, path, json);
}

void lab_settings(struct lab *lab, void (*handler)(void *))
{
    assert_int_equal(zts_init_set_roots(lab->planet, (unsigned)lab->planet_length), ZTS_ERR_OK);
    assert_int_equal(zts_init_allow_loopback_paths(1), ZTS_ERR_OK);
    assert_int_equal(zts_init_allow_secondary_port(0), ZTS_ERR_OK);
    if (handler != NULL)
        assert_int_equal(zts_init_set_event_handler(handler), ZTS_ERR_OK);
}

void lab_settings_with_identity(struct lab *lab, unsigned index, void (*handler)(void *))
{
    struct zt_identity identity = bench_identity(index);
    char text[ZT_IDENTITY_TEXT];

    lab_settings(lab, handler);
    zt_identity_text(&identity, true, text);
    assert_int_equal(zts_init_from_memory(text, (unsigned)strlen(text)), ZTS_ERR_OK);
}
