/* SPDX-License-Identifier: Apache-2.0 */
/* `zt doctor`: asks the running node, or a probe made for the purpose, and says what it found. */
#include "cmd/doctor.h"

#include "base/text.h"
#include "cmd/api.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/control.h"
#include "cmd/home.h"
#include "os/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_MS 1500 /* for the other roots to answer too */
#define LOOK_MS 50

static const struct zt_command command = {
    "doctor", "[-H DIR] [--planet FILE] [--wait SECONDS] [-j]",
    "Says why a node is offline, relayed or slow: roots, NAT, MTU, clock, peers, ciphers, "
    "networks.\n"
    "If a root or controller serves DIR, it is asked. Else a probe is started with the planet of\n"
    "DIR, or FILE, or the built-in one, which tells how a node on this machine would fare.\n"
    "Exit code 0: all is well or only warnings; 1: something is broken.\n"
    "  -H, --home DIR        state directory of a root, a controller or a program's node\n"
    "      --planet FILE     probe with this planet\n"
    "      --wait SECONDS    how long a probe waits for a root; 10 unless given\n"
    "      --allow-loopback  probe over loopback addresses too\n"
    "  -j, --json            print the findings as JSON\n"
};

struct visit {
    const char *home, *planet_file;
    bool allow_loopback;
    int64_t patience_ms;
    uint8_t *planet_bytes; /* owned; NULL: the built-in planet */
    size_t planet_length;
    struct zt_world planet;
    json_t *status, *peers, *networks; /* owned */
    bool is_probe;
};

/* Asks the process that serves the directory. False: there is none. */
static bool ask_running(struct visit *visit)
{
    char error[256];
    int code = 0;

    if (!visit->home || visit->planet_file)
        return false;
    visit->status = zt_control_ask(visit->home, "GET", "/status", NULL, &code, error, sizeof error);
    if (!visit->status || code != 200)
        return false;
    visit->peers = zt_control_ask(visit->home, "GET", "/peer", NULL, &code, error, sizeof error);
    visit->networks =
        zt_control_ask(visit->home, "GET", "/network", NULL, &code, error, sizeof error);
    return visit->peers && visit->networks;
}

/* The planet to judge by: FILE, or DIR/planet (zt), or DIR/roots (the library). */
static int read_planet(struct visit *visit)
{
    static const char *const names[] = { "planet", "roots" };
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    struct zt_reader in;
    int code = visit->planet_file ? zt_home_read(visit->planet_file, ZT_MAX_WORLD,
                                                 &visit->planet_bytes, &visit->planet_length, error)
                                  : -1;

    for (size_t i = 0; i < 2 && code != 0 && visit->home && !visit->planet_file; i++) {
        zt_format(path, sizeof path, "%.400s/%s", visit->home, names[i]);
        code = zt_home_read(path, ZT_MAX_WORLD, &visit->planet_bytes, &visit->planet_length, error);
    }
    if (code != 0 && visit->planet_file)
        return zt_complain(&command, ZT_EXIT_FAILED, "%s", error);
    if (code != 0 && visit->home)
        return zt_complain(&command, ZT_EXIT_FAILED,
                           "%s: nobody serves it, and no planet is in it to judge by", visit->home);
    if (code != 0)
        return ZT_GO_ON; /* the built-in one, which the probe tells */
    in = zt_reader_of(visit->planet_bytes, visit->planet_length);
    if (!zt_world_read(&visit->planet, &in) || visit->planet.type != ZT_WORLD_PLANET)
        return zt_complain(&command, ZT_EXIT_FAILED, "%s: not a planet",
                           visit->planet_file ? visit->planet_file : path);
    return ZT_GO_ON;
}

static void wait_for_roots(struct zt_service *service, int64_t patience_ms)
{
    /* An identity is made first, which on a slow machine takes longer than a root is waited for. */
    while (zt_service_address(service) == 0 && !*zt_service_fatal_text(service))
        zt_host_sleep_ms(LOOK_MS);

    int64_t until_ms = zt_host_mono_ms() + patience_ms;
    while (!zt_service_is_online(service) && zt_host_mono_ms() < until_ms &&
           !*zt_service_fatal_text(service))
        zt_host_sleep_ms(LOOK_MS);
    if (zt_service_is_online(service))
        zt_host_sleep_ms(SETTLE_MS);
}

static void copy_planet(struct zt_service *service, struct zt_world *planet)
{
    struct zt_node *node = zt_service_lock(service);

    if (node)
        *planet = *zt_vl1_planet(zt_node_vl1(node));
    zt_service_unlock(service);
}

static int probe(struct visit *visit)
{
    struct zt_service_options options;
    struct zt_api api = { 0 };
    int code = 200;

    zt_service_options_init(&options);
    options.planet = visit->planet_bytes;
    options.planet_length = visit->planet_length;
    options.allow_loopback = visit->allow_loopback;
    options.use_stack = false;
    api.service = zt_service_start(&options);
    if (!api.service)
        return zt_complain(&command, ZT_EXIT_FAILED, "a probe can't be started");
    wait_for_roots(api.service, visit->patience_ms);
    copy_planet(api.service, &visit->planet);
    visit->is_probe = true;
    visit->status = zt_api_route(&api, "GET", "/status", NULL, &code);
    if (code == 200)
        visit->peers = zt_api_route(&api, "GET", "/peer", NULL, &code);
    if (code == 200)
        visit->networks = json_array();
    else
        (void)zt_complain(&command, ZT_EXIT_FAILED, "%s", zt_service_fatal_text(api.service));
    zt_service_stop(api.service, 0);
    return visit->networks ? ZT_GO_ON : ZT_EXIT_FAILED;
}

static int report(const struct visit *visit, bool as_json)
{
    struct zt_patient patient = { .planet = &visit->planet,
                                  .status = visit->status,
                                  .peers = visit->peers,
                                  .networks = visit->networks,
                                  .is_probe = visit->is_probe,
                                  .findings = json_array() };
    int verdict;

    zt_doctor_examine(&patient);
    verdict = zt_doctor_verdict(patient.findings);
    if (as_json) {
        zt_print_json(
            json_pack("{s:b, s:o}", "probe", visit->is_probe, "findings", patient.findings));
        return verdict == 2 ? ZT_EXIT_FAILED : ZT_EXIT_OK;
    }
    (void)printf("%s %s\n", visit->is_probe ? "probe" : "node",
                 json_string_value(json_object_get(visit->status, "address")));
    for (size_t i = 0; i < json_array_size(patient.findings); i++) {
        const json_t *finding = json_array_get(patient.findings, i);

        (void)printf("%-7s %-7s %s\n", json_string_value(json_object_get(finding, "level")),
                     json_string_value(json_object_get(finding, "about")),
                     json_string_value(json_object_get(finding, "text")));
    }
    json_decref(patient.findings);
    return verdict == 2 ? ZT_EXIT_FAILED : ZT_EXIT_OK;
}

int zt_command_doctor(int count, char **arguments)
{
    static struct visit visit;
    const char *wait_text = "10";
    bool as_json = false;
    struct zt_texts words;
    uint64_t seconds;
    const struct zt_option options[] = {
        { "--home", "-H", ZT_OPTION_NAME, &visit.home },
        { "--planet", NULL, ZT_OPTION_NAME, &visit.planet_file },
        { "--wait", NULL, ZT_OPTION_TEXT, &wait_text },
        { "--allow-loopback", NULL, ZT_OPTION_FLAG, &visit.allow_loopback },
        { "--json", "-j", ZT_OPTION_FLAG, &as_json },
    };
    int code = zt_args_read(&command, count, arguments, options, 5, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count > 0)
        return zt_complain(&command, ZT_EXIT_USAGE, "unexpected %s", words.values[0]);
    if (!zt_args_number(&seconds, wait_text, 1, 600))
        return zt_complain(&command, ZT_EXIT_USAGE, "--wait: %s is not 1 to 600 seconds",
                           wait_text);
    visit.patience_ms = 1000 * (int64_t)seconds;
    code = read_planet(&visit);
    if (code == ZT_GO_ON && !ask_running(&visit))
        code = probe(&visit);
    if (code == ZT_GO_ON)
        code = report(&visit, as_json);
    json_decref(visit.status);
    json_decref(visit.peers);
    json_decref(visit.networks);
    free(visit.planet_bytes);
    return code;
}
