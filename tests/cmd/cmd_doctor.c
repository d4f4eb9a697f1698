/* SPDX-License-Identifier: Apache-2.0 */
/* The judgements of `zt doctor` on what a node tells: the networks, and the clocks that they show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/doctor.h"

#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1700000000000)
#define MINUTE INT64_C(60000)

/* All that is found of a node whose only network is so; to be freed. */
static char *findings_of(const char *nwid, const char *status, int64_t configured_ms)
{
    struct zt_world planet = { .type = ZT_WORLD_PLANET, .updated_ms = NOW - MINUTE };
    json_t *self = json_pack("{s:s, s:I}", "address", "0651022d1b", "clock", (json_int_t)NOW);
    json_t *networks = json_pack("[{s:s, s:s, s:I}]", "id", nwid, "status", status,
                                 "configTimestamp", (json_int_t)configured_ms);
    json_t *peers = json_array();
    struct zt_patient patient = { .planet = &planet,
                                  .status = self,
                                  .peers = peers,
                                  .networks = networks,
                                  .findings = json_array() };
    char *text;

    zt_doctor_examine(&patient);
    text = json_dumps(patient.findings, 0);
    assert_non_null(text);
    json_decref(patient.findings);
    json_decref(peers);
    json_decref(networks);
    json_decref(self);
    return text;
}

static void the_controllers_time_is_held_against_ours(void **unused)
{
    static const struct {
        const char *nwid;
        int64_t configured_ms;
        const char *says; /* NULL: nothing of it */
    } cases[] = {
        { "c6282da7c400c0de", NOW, NULL },
        { "c6282da7c400c0de", NOW + MINUTE, NULL },
        { "c6282da7c400c0de", NOW - 5 * MINUTE, NULL },
        { "c6282da7c400c0de", NOW + MINUTE + 1, "clock is 1 min behind that of the controller" },
        { "c6282da7c400c0de", NOW + 300 * MINUTE, "clock is 300 min behind" },
        { "c6282da7c400c0de", NOW - 5 * MINUTE - 1, "c6282da7c4, was last heard 5 min ago" },
        { "c6282da7c400c0de", NOW - 180 * MINUTE, "was last heard 180 min ago" },
        { "ff00160016000000", NOW - 180 * MINUTE, NULL }, /* ad-hoc: nobody renews it */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = findings_of(cases[i].nwid, "OK", cases[i].configured_ms);

        if (cases[i].says)
            assert_non_null(strstr(text, cases[i].says));
        assert_true(cases[i].says || (!strstr(text, " behind ") && !strstr(text, "last heard")));
        assert_non_null(strstr(text, "admits this node"));
        free(text);
    }
}

static void each_state_of_a_network_has_its_reason(void **unused)
{
    static const char *const cases[][2] = {
        { "ACCESS_DENIED", "zt member authorize -H DIR c6282da7c400c0de 0651022d1b" },
        { "REQUESTING_CONFIGURATION", "c6282da7c4, does not answer: it is down" },
        { "NOT_FOUND", "c6282da7c4, knows no such network" },
        { "CLIENT_TOO_OLD", "c6282da7c4, wants a later version" },
        { "AUTHENTICATION_REQUIRED", "c6282da7c4, wants single sign-on" },
        { "PORT_ERROR", "PORT_ERROR" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = findings_of("c6282da7c400c0de", cases[i][0], 0);

        assert_non_null(strstr(text, cases[i][1]));
        assert_null(strstr(text, "last heard")); /* there is no configuration whose age counts */
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_controllers_time_is_held_against_ours),
        cmocka_unit_test(each_state_of_a_network_has_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
