/* SPDX-License-Identifier: Apache-2.0 */
/* Running: the claim of the directory, identity, planet, store, service, controller; then wait. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cmd/server.h"

#include "base/text.h"
#include "cmd/claim.h"
#include "cmd/control.h"
#include "crypto/wipe.h"
#include "os/host.h"
#include "os/ifaddrs.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PID_FILE "zerotier-one.pid"
#define MOST_BOUND 256
#define WAIT_MS 100 /* how soon a signal is noticed */

struct server {
    const struct zt_server_options *options;
    struct zt_log log;
    struct zt_folder *folder;
    char *
        whole_home; /* owned: its path from / on, which tells those who ask elsewhere; NULL: unknown */
    int claim;      /* of the folder; -1: none */
    char socket[ZT_CONTROL_PATH];
    struct zt_identity self;
    uint8_t *planet; /* owned; NULL: that of the state directory */
    size_t planet_length;
    struct zt_keeper *keeper;
    struct zt_service *service;
    struct zt_policies *policies;
    struct zt_api api;
    struct zt_http *http;
    char error[ZT_HOME_TEXT];
};

static volatile sig_atomic_t is_signalled;

static void note_signal(int signal_number)
{
    (void)signal_number;
    is_signalled = 1;
}

static void catch_signals(void)
{
    struct sigaction noted = { .sa_handler = note_signal }, ignored = { .sa_handler = SIG_IGN };

    (void)sigaction(SIGINT, &noted, NULL);
    (void)sigaction(SIGTERM, &noted, NULL);
    (void)sigaction(SIGPIPE, &ignored, NULL);
}

static void print_line(void *context, enum zt_log_level level, const char *module, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s %s %s\n",
                  level == ZT_LOG_ERROR  ? "error"
                  : level == ZT_LOG_INFO ? "info"
                                         : "trace",
                  module, line);
}

/* The endpoints that the planet names: those given, or the machine's own at our port. */
static bool find_endpoints(struct server *server, struct zt_root *root)
{
    const struct zt_server_options *options = server->options;
    struct zt_ifaddrs_filter filter = { .loopback = options->allow_loopback };
    struct zt_endpoint own[ZT_MAX_SERVER_ENDPOINTS];
    int count;

    memcpy(root->endpoints, options->endpoints, sizeof options->endpoints);
    root->endpoint_count = options->endpoint_count;
    if (root->endpoint_count > 0)
        return true;
    count = options->bind_count ? (int)options->bind_count
                                : zt_ifaddrs_list(&filter, own, ZT_MAX_SERVER_ENDPOINTS);
    for (int i = 0; i < count; i++) {
        struct zt_endpoint endpoint = options->bind_count ? options->bind[i] : own[i];

        endpoint.port = options->port;
        if (zt_endpoint_usable(&endpoint, options->allow_loopback) &&
            zt_endpoint_scope(&endpoint) != ZT_SCOPE_LINK_LOCAL)
            root->endpoints[root->endpoint_count++] = endpoint;
    }
    zt_format(server->error, sizeof server->error,
              "no address found that others can reach; name one with --endpoint IP/PORT");
    return root->endpoint_count > 0;
}

static bool make_planet(struct server *server)
{
    struct zt_root *root = calloc(1, sizeof *root);
    bool is_made = false;

    if (root) {
        root->identity = zt_identity_public(&server->self);
        is_made = find_endpoints(server, root) &&
                  zt_home_root_planet(server->folder, "planet", root,
                                      server->options->endpoint_count > 0, server->error) == 0;
    }
    free(root);
    return is_made;
}

static bool find_planet(struct server *server)
{
    const char *path = server->options->planet_file;
    char own[ZT_HOME_TEXT];

    if (server->options->is_root && !path && !make_planet(server))
        return false;
    zt_format(own, sizeof own, "%s/planet", server->options->home);
    if (!path && !zt_file_exists(server->folder, "planet"))
        return true; /* the built-in one */
    return zt_home_read(path ? path : own, ZT_MAX_WORLD, &server->planet, &server->planet_length,
                        server->error) == 0;
}

static bool open_keeper(struct server *server)
{
    struct zt_store *store;
    char path[ZT_HOME_TEXT], own[ZT_HOME_TEXT + 8];

    if (!server->options->is_controller)
        return true;
    zt_format(path, sizeof path, "%s/controller.db", server->options->home);
    zt_format(own, sizeof own, "sqlite:%s", path);
    store = zt_store_open(server->options->store ? server->options->store : own, true,
                          server->error, sizeof server->error);
    if (!store)
        return false;
    (void)chmod(path, 0600); /* one that was made with a wider mode, if it is there */
    server->keeper = zt_keeper_new(store);
    if (!server->keeper)
        zt_format(server->error, sizeof server->error, "out of memory");
    return server->keeper != NULL;
}

static bool start_service(struct server *server)
{
    const struct zt_server_options *from = server->options;
    struct zt_service_options options;

    zt_service_options_init(&options);
    zt_local_conf_apply(&from->conf, &options);
    options.storage = from->home;
    options.planet_file = "planet";
    options.identity = &server->self;
    options.planet = server->planet;
    options.planet_length = server->planet_length;
    options.port = from->port;
    options.allow_secondary_port = false;
    options.allow_loopback = from->allow_loopback;
    options.bind = from->bind;
    options.bind_count = from->bind_count;
    options.use_stack = false;
    options.log = &server->log;
    if (server->keeper) {
        options.request = zt_keeper_request;
        options.request_context = server->keeper;
    }
    server->service = zt_service_start(&options);
    if (!server->service)
        zt_format(server->error, sizeof server->error, "the service can't be started");
    return server->service != NULL;
}

/* Until the ports are bound: on a busy port the service tells its reason. */
static bool wait_until_up(struct server *server)
{
    while (!is_signalled && zt_service_port(server->service, 0) == 0) {
        if (*zt_service_fatal_text(server->service))
            break;
        zt_host_sleep_ms(10);
    }
    zt_format(server->error, sizeof server->error, "%s", zt_service_fatal_text(server->service));
    return !*server->error;
}

static json_t *answer_http(void *context, const char *method, const char *path, const json_t *body,
                           int *status)
{
    return zt_api_route(context, method, path, body, status);
}

static char *list_http(void *context, uint64_t nwid, const struct zt_list_form *form,
                       size_t *length, int *status)
{
    return zt_api_list(context, nwid, form, length, status);
}

/* After the UDP port is known, whose number is its default. */
static bool start_http(struct server *server)
{
    const struct zt_server_options *from = server->options;
    struct zt_http_options options = {
        .home = server->whole_home ? server->whole_home : from->home,
        .folder = server->folder,
        .socket = server->socket,
        .no_tcp = from->no_http,
        .listen = from->http,
        .listen_count = from->http_count,
        .port = zt_service_port(server->service, 0),
        .allow = from->http_allow,
        .allow_count = from->http_allow_count,
        .backend = { .context = &server->api, .route = answer_http, .list = list_http },
        .judge = zt_local_conf_judge,
        .log = &server->log,
    };

    if (is_signalled)
        return true;
    server->http = zt_http_start(&options, server->error, sizeof server->error);
    return server->http != NULL;
}

/* An address that is not there yet, or never will be: nothing else would tell. */
static void tell_of_unbound(const struct server *server)
{
    const struct zt_server_options *options = server->options;
    struct zt_endpoint bound[MOST_BOUND];
    size_t count = zt_service_bound(server->service, bound, MOST_BOUND);

    for (size_t i = 0; i < options->bind_count; i++) {
        char text[ZT_ENDPOINT_TEXT];
        size_t at = 0;

        while (at < count && !zt_endpoint_same_ip(&bound[at], &options->bind[i]))
            at++;
        zt_endpoint_text(&options->bind[i], false, text);
        if (at == count)
            zt_log_error(&server->log, "bind",
                         "%s is no address of this machine that can be used: nothing is received "
                         "there until it is",
                         text);
    }
}

/* Scripts find the process by it; it serves without, as on a full disk. A stale one does no harm: the claim is
   a lock. */
static void write_pid(const struct server *server)
{
    char text[24], error[ZT_ERROR_TEXT];
    size_t length = zt_format(text, sizeof text, "%ld", (long)getpid());
    int code = zt_file_write(server->folder, PID_FILE, text, length, 0);

    if (code == 0)
        return;
    zt_error_text(code, error);
    zt_log_error(&server->log, "home", "%s/" PID_FILE ": %s", server->options->home, error);
}

/* Another program's records in the same directory, when there are none of ours: who moved here expects to find
   these networks. */
static void tell_of_foreign_records(const struct server *server)
{
    const char *home = server->options->home;
    int status = 0;
    json_t *networks;
    char path[ZT_HOME_TEXT];

    zt_format(path, sizeof path, "%.400s/controller.d/network", home);
    if (access(path, F_OK) != 0)
        return;
    networks = zt_keeper_route(server->keeper, "GET", "/controller/network", NULL, &status);
    if (status == 200 && json_array_size(networks) == 0)
        zt_log_info(&server->log, "controller",
                    "there are no networks, and controller.d is not read: `zt controller import -H "
                    "%s %s/controller.d` takes over what it holds",
                    home, home);
    json_decref(networks);
}

static bool start(struct server *server)
{
    const struct zt_server_options *options = server->options;
    char text[ZT_ERROR_TEXT];
    int code;

    if (!zt_control_path(server->socket, options->home, server->error, sizeof server->error))
        return false;
    code = zt_folder_open(&server->folder, options->home);
    if (code != 0) {
        zt_error_text(code, text);
        zt_format(server->error, sizeof server->error, "%s: %s", options->home, text);
        return false;
    }
    server->whole_home = realpath(options->home, NULL);
    server->claim = zt_claim(options->home, server->error, sizeof server->error);
    if (server->claim < 0)
        return false;
    write_pid(server);
    if (zt_home_own_identity(&server->self, server->folder, options->home, server->error) != 0 ||
        !find_planet(server) || !open_keeper(server) || !start_service(server))
        return false;
    if (server->keeper && !zt_keeper_start(server->keeper, server->service, &server->self,
                                           &server->log, server->error, sizeof server->error))
        return false;
    zt_local_conf_tell_unused(&options->conf, &server->log);
    if (server->keeper)
        tell_of_foreign_records(server);
    server->policies = zt_policies_open(server->folder, options->home, &server->log);
    if (!server->policies) {
        zt_format(server->error, sizeof server->error, "out of memory");
        return false;
    }
    server->api = (struct zt_api){ server->service, server->keeper, server->policies };
    if (!wait_until_up(server))
        return false;
    tell_of_unbound(server);
    return start_http(server);
}

/* Each is stopped before what it uses. */
static void stop(struct server *server)
{
    zt_http_stop(server->http);
    zt_keeper_stop(server->keeper);
    if (server->service)
        zt_service_stop(server->service, 0);
    zt_keeper_free(server->keeper);
    zt_policies_close(server->policies);
    if (server->claim >= 0)
        (void)zt_file_remove(server->folder, PID_FILE);
    zt_folder_close(server->folder);
    free(server->planet);
    free(server->whole_home);
    zt_identity_wipe(&server->self);
    if (server->claim >= 0)
        (void)close(server->claim);
}

static void print_ready(const struct server *server)
{
    const struct zt_server_options *options = server->options;
    char address[ZT_ADDRESS_TEXT], planet[ZT_HOME_TEXT];
    unsigned port = zt_service_port(server->service, 0);
    unsigned http = zt_http_port(server->http);

    zt_hex_number_write(address, server->self.address, 10);
    zt_format(planet, sizeof planet, "%s/planet", options->home);
    if (options->as_json)
        (void)printf("{\"address\":\"%s\",\"port\":%u,\"http\":%u,\"planet\":\"%s\"}\n", address,
                     port, http, planet);
    else
        (void)printf("%s %s ready on port %u, planet %s\n", options->command->name, address, port,
                     planet);
    (void)fflush(stdout);
}

static bool tell_ready(struct server *server)
{
    if (server->options->ready)
        return server->options->ready(server->options, &server->api);
    print_ready(server);
    return true;
}

int zt_server_run(const struct zt_server_options *options)
{
    struct server server = {
        .options = options,
        .claim = -1,
        .log = { .level = options->is_verbose ? ZT_LOG_TRACE : ZT_LOG_INFO, .sink = print_line },
    };
    bool is_good;

    (void)umask(077); /* records and keys are nobody else's; the planet gets its own mode */
    catch_signals();
    is_good = start(&server);
    if (is_good && !is_signalled)
        is_good = tell_ready(&server);
    while (is_good && !is_signalled) {
        zt_host_sleep_ms(WAIT_MS);
        is_good = !*zt_service_fatal_text(server.service);
    }
    if (!is_good && !*server.error)
        zt_format(server.error, sizeof server.error, "%s", zt_service_fatal_text(server.service));
    stop(&server);
    return is_good ? ZT_EXIT_OK : zt_complain(options->command, ZT_EXIT_FAILED, "%s", server.error);
}
