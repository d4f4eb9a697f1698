/* SPDX-License-Identifier: Apache-2.0 */
/* `zt join`: a state directory that is a member of a network, for a program to use. */
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/claim.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "cmd/invite.h"
#include "cmd/local_conf.h"
#include "os/host.h"
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 50

static const struct zt_command command = {
    "join", "-H DIR [--wait SECONDS] INVITATION | -H DIR --planet FILE NETWORK",
    "Makes DIR a node's state directory (or takes the one there is), joins the network, and waits\n"
    "until its controller admits the node. A program then uses it by\n"
    "zts_init_from_storage(DIR). `zt up` prints the invitation.\n"
    "  -H, --home DIR        state directory of the node\n"
    "      --planet FILE     with a network's id instead of an invitation: the planet to use\n"
    "      --wait SECONDS    how long to wait; 60 unless given, 0: until the controller answers\n"
    "      --allow-loopback  use loopback addresses too: demos and tests on one machine\n"
};

struct joining {
    struct zt_invite invite;
    struct zt_service *service;
    int64_t until_ms;
    bool is_patient; /* goes on after a refusal */
    bool is_told;
    size_t assigned_count;
    struct zt_endpoint assigned[ZT_MAX_ASSIGNED];
};

/* How the network is doing, and our addresses in it. */
static enum zt_network_state look(struct joining *joining)
{
    struct zt_node *node = zt_service_lock(joining->service);
    struct zt_network_status status = { .state = ZT_NETWORK_REQUESTING };

    joining->assigned_count = 0;
    if (node && zt_vl2_network_status(zt_node_vl2(node), joining->invite.nwid, &status) &&
        status.config) {
        joining->assigned_count = status.config->assigned_count;
        memcpy(joining->assigned, status.config->assigned, sizeof joining->assigned);
    }
    zt_service_unlock(joining->service);
    return status.state;
}

static void print_member(const struct joining *joining, const char *home)
{
    char text[ZT_ENDPOINT_TEXT];

    for (size_t i = 0; i < joining->assigned_count; i++) {
        zt_endpoint_text(&joining->assigned[i], true, text);
        (void)printf("address %s\n", text);
    }
    (void)printf("node %010" PRIx64 " is a member of %016" PRIx64
                 "; a program uses it by zts_init_from_storage(\"%s\")\n",
                 zt_service_address(joining->service), joining->invite.nwid, home);
}

static const char *refusal(enum zt_network_state state)
{
    switch (state) {
    case ZT_NETWORK_ACCESS_DENIED:
        return "not authorized yet";
    case ZT_NETWORK_NOT_FOUND:
        return "its controller does not know it";
    case ZT_NETWORK_CLIENT_TOO_OLD:
        return "this version is too old for it";
    case ZT_NETWORK_AUTHENTICATION_REQUIRED:
        return "it wants single sign-on";
    case ZT_NETWORK_PORT_ERROR:
        return "its interface failed";
    case ZT_NETWORK_REQUESTING:
    case ZT_NETWORK_OK:
        break;
    }
    return NULL;
}

/* What is to be done elsewhere, once. */
static void tell(struct joining *joining, enum zt_network_state state)
{
    if (joining->is_told || state != ZT_NETWORK_ACCESS_DENIED)
        return;
    (void)printf("waiting to be authorized; where the controller runs:\n"
                 "  zt member authorize -H DIR %016" PRIx64 " %010" PRIx64 "\n",
                 joining->invite.nwid, zt_service_address(joining->service));
    (void)fflush(stdout);
    joining->is_told = true;
}

static int wait_for_network(struct joining *joining)
{
    const char *why = "no root answers; `zt doctor` tells more";

    for (;;) {
        enum zt_network_state state = look(joining);
        const char *fatal = zt_service_fatal_text(joining->service);

        if (*fatal)
            return zt_complain(&command, ZT_EXIT_FAILED, "%s", fatal);
        if (state == ZT_NETWORK_OK)
            return ZT_EXIT_OK;
        if (zt_service_is_online(joining->service))
            why = refusal(state) ? refusal(state) : "its controller does not answer";
        tell(joining, state);
        if (zt_host_mono_ms() >= joining->until_ms || (!joining->is_patient && refusal(state)))
            return zt_complain(&command, ZT_EXIT_FAILED, "network %016" PRIx64 ": %s",
                               joining->invite.nwid, why);
        zt_host_sleep_ms(LOOK_MS);
    }
}

/* Makes the directory if need be. A second node of its identity would take turns with the first. */
static int claim_home(const char *home)
{
    struct zt_folder *folder = NULL;
    char error[ZT_HOME_TEXT], text[ZT_ERROR_TEXT];
    int code = zt_folder_open(&folder, home), claim;

    zt_folder_close(folder);
    if (code != 0) {
        zt_error_text(code, text);
        (void)zt_complain(&command, ZT_EXIT_FAILED, "%.300s: %s", home, text);
        return -1;
    }
    claim = zt_claim(home, error, sizeof error);
    if (claim < 0)
        (void)zt_complain(&command, ZT_EXIT_FAILED, "%s", error);
    return claim;
}

static int join(struct joining *joining, const char *home, bool allow_loopback)
{
    struct zt_service_options options;
    struct zt_local_conf conf;
    char error[ZT_HOME_TEXT];
    int code, claim;

    if (!zt_local_conf_read(&conf, home, error, sizeof error)) {
        zt_local_conf_clear(&conf);
        return zt_complain(&command, ZT_EXIT_FAILED, "%s", error);
    }
    claim = claim_home(home);
    if (claim < 0) {
        zt_local_conf_clear(&conf);
        return ZT_EXIT_FAILED;
    }
    zt_service_options_init(&options);
    zt_local_conf_apply(&conf, &options);
    options.storage = home;
    options.planet = joining->invite.planet;
    options.planet_length = joining->invite.planet_length;
    options.allow_loopback = allow_loopback;
    options.use_stack = false;
    joining->service = zt_service_start(&options);
    zt_local_conf_clear(&conf);
    if (!joining->service) {
        (void)close(claim);
        return zt_complain(&command, ZT_EXIT_FAILED, "the node can't be started");
    }
    code = zt_service_join(joining->service, joining->invite.nwid);
    if (code != 0) {
        char text[ZT_ERROR_TEXT];

        zt_error_text(code, text);
        (void)zt_complain(&command, ZT_EXIT_FAILED, "%s", text);
    } else {
        code = wait_for_network(joining);
    }
    if (code == 0)
        print_member(joining, home);
    zt_service_stop(joining->service, 0);
    (void)close(claim);
    return code == 0 ? ZT_EXIT_OK : ZT_EXIT_FAILED;
}

/* The invitation's form without one: a planet file and a network id. */
static int read_by_hand(struct zt_invite *invite, const char *planet, const char *nwid)
{
    char error[ZT_HOME_TEXT];
    uint8_t *bytes;
    size_t length;

    if (strlen(nwid) != 16 || !zt_hex_number(&invite->nwid, nwid, 16) || invite->nwid == 0)
        return zt_complain(&command, ZT_EXIT_USAGE, "%s is not a network id", nwid);
    if (zt_home_read(planet, ZT_MAX_WORLD, &bytes, &length, error) != 0)
        return zt_complain(&command, ZT_EXIT_FAILED, "%s", error);
    memcpy(invite->planet, bytes, length);
    invite->planet_length = length;
    free(bytes);
    return ZT_GO_ON;
}

int zt_command_join(int count, char **arguments)
{
    static struct joining joining;
    const char *home = NULL, *planet = NULL, *wait_text = "60";
    bool allow_loopback = false;
    struct zt_texts words;
    uint64_t seconds;
    const struct zt_option options[] = {
        { "--home", "-H", ZT_OPTION_NAME, &home },
        { "--planet", NULL, ZT_OPTION_NAME, &planet },
        { "--wait", NULL, ZT_OPTION_TEXT, &wait_text },
        { "--allow-loopback", NULL, ZT_OPTION_FLAG, &allow_loopback },
    };
    int code = zt_args_read(&command, count, arguments, options, 4, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!home)
        return zt_complain(&command, ZT_EXIT_USAGE, "--home DIR is missing");
    if (words.count != 1)
        return zt_complain(&command, ZT_EXIT_USAGE, "one %s is needed",
                           planet ? "network id" : "invitation");
    if (!zt_args_number(&seconds, wait_text, 0, 86400))
        return zt_complain(&command, ZT_EXIT_USAGE, "--wait: %s is not a number of seconds",
                           wait_text);
    if (planet)
        code = read_by_hand(&joining.invite, planet, words.values[0]);
    else if (!zt_invite_read(&joining.invite, words.values[0]))
        return zt_complain(&command, ZT_EXIT_USAGE,
                           "that is not an invitation; `zt up` prints one");
    if (code != ZT_GO_ON)
        return code;
    joining.is_patient = seconds > 0;
    joining.until_ms = zt_host_mono_ms() + 1000 * (int64_t)(seconds > 0 ? seconds : 60);
    return join(&joining, home, allow_loopback);
}
