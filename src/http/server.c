/* SPDX-License-Identifier: Apache-2.0 */
/* The server: a listener of libmicrohttpd for each address and for the Unix socket, and the thread that cuts
   slow connections. */
#include "http/http.h"

#include "base/mem.h"
#include "base/text.h"
#include "http/apis.h"
#include "http/connections.h"
#include "http/exchange.h"
#include "http/listen.h"
#include "os/host.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#define WORKERS 2                 /* per listener: a slow store must not keep the status waiting */
#define METRICS_MS 5000           /* between two files: docs/wire.md 20.2 */
#define CONNECTION_MEMORY (32768) /* bytes for the head of a request; more is refused */

struct listener {
    struct zt_endpoint endpoint;
    struct MHD_Daemon *daemon; /* NULL: not started */
};

struct zt_http {
    struct zt_site site;
    struct zt_connections *connections;
    const char *socket;        /* path of the Unix socket; NULL: there is none */
    struct MHD_Daemon *owners; /* serves it */
    size_t listener_count;
    struct listener listeners[ZT_MAX_HTTP_LISTEN];
    struct zt_thread *sweeper, *reporter;
    struct zt_monitor *end; /* guards is_ending */
    bool is_ending;
};

static void sweep(void *context)
{
    struct zt_http *http = context;

    zt_monitor_enter(http->end);
    while (!http->is_ending) {
        (void)zt_monitor_wait(http->end, ZT_HTTP_SWEEP_MS);
        (void)zt_connections_sweep(http->connections, zt_host_mono_ms());
    }
    zt_monitor_leave(http->end);
}

/* A thread of its own: a slow store must not keep slow connections. */
static void write_metrics(void *context)
{
    struct zt_http *http = context;

    zt_monitor_enter(http->end);
    while (!http->is_ending) {
        zt_monitor_leave(http->end);
        zt_metrics_write(&http->site);
        zt_monitor_enter(http->end);
        if (!http->is_ending)
            (void)zt_monitor_wait(http->end, METRICS_MS);
    }
    zt_monitor_leave(http->end);
}

static void note_connection(void *context, struct MHD_Connection *connection, void **entry,
                            enum MHD_ConnectionNotificationCode code)
{
    struct zt_http *http = context;
    const union MHD_ConnectionInfo *socket, *address;
    struct zt_endpoint remote = { 0 };
    bool may_administer = true; /* who comes by the Unix socket */
    int number = -1;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        zt_connections_remove(http->connections, *entry);
        return;
    }
    socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (socket) /* the two kinds share one memory: the number is read first */
        number = socket->connect_fd;
    address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (address && address->client_addr)
        remote = zt_http_endpoint_of(address->client_addr);
    if (remote.family != ZT_FAMILY_NONE)
        may_administer = zt_prefixes_admit(&http->site.allowed, &remote);
    *entry =
        zt_connections_add(http->connections, number, &remote, may_administer, zt_host_mono_ms());
}

static void note_end(void *context, struct MHD_Connection *connection, void **exchange,
                     enum MHD_RequestTerminationCode code)
{
    struct zt_http *http = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    (void)code;
    zt_exchange_end(exchange);
    zt_connections_done(http->connections, info ? info->socket_context : NULL, zt_host_mono_ms());
}

/* Serves a listening socket, which it takes. 0 or a negative errno. */
static int serve(struct zt_http *http, int listening, unsigned flags, struct MHD_Daemon **daemon)
{
    if (listening < 0)
        return listening;
    /* Not its epoll, which misses an end that comes together with the last bytes. */
    flags |= MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
    *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, zt_exchange_step, &http->site, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_THREAD_POOL_SIZE, WORKERS, MHD_OPTION_CONNECTION_LIMIT,
        ZT_MAX_HTTP_BURST + ZT_HTTP_SLACK, MHD_OPTION_CONNECTION_TIMEOUT, ZT_HTTP_IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK,
        zt_exchange_unescape, NULL, MHD_OPTION_NOTIFY_CONNECTION, note_connection, http,
        MHD_OPTION_NOTIFY_COMPLETED, note_end, http, MHD_OPTION_END);
    if (*daemon)
        return 0;
    (void)close(listening);
    return -ENOMEM;
}

static int start_listener(struct zt_http *http, struct listener *listener)
{
    int listening = zt_http_listen(&listener->endpoint);
    unsigned flags = listener->endpoint.family == ZT_FAMILY_IPV6 ? MHD_USE_IPv6 : 0;

    return serve(http, listening, flags, &listener->daemon);
}

static bool start_owners(struct zt_http *http, const char *path, char *error, size_t error_size)
{
    int listening, code;
    char text[ZT_ERROR_TEXT];

    if (!path)
        return true;
    listening = zt_http_listen_at(path);
    http->socket = listening >= 0 ? path : NULL;
    code = serve(http, listening, 0, &http->owners);
    if (code == 0)
        return true;
    zt_error_text(code, text);
    zt_format(error, error_size, "%s: %s", path, text);
    return false;
}

/* Loopback only, unless somebody else may come in. */
static size_t choose_default(const struct zt_http *http, uint16_t port, struct zt_endpoint out[2])
{
    static const uint8_t loopback_v4[4] = { 127, 0, 0, 1 }, any[16];
    static const uint8_t loopback_v6[16] = { [15] = 1 };
    bool is_local = http->site.allowed.count == 0;

    out[0] = zt_endpoint_v4(is_local ? loopback_v4 : any, port);
    out[1] = zt_endpoint_v6(is_local ? loopback_v6 : any, port);
    return 2;
}

static bool start_listeners(struct zt_http *http, const struct zt_http_options *options,
                            char *error, size_t error_size)
{
    struct zt_endpoint own[2];
    const struct zt_endpoint *list = options->listen_count ? options->listen : own;
    size_t count =
        options->listen_count ? options->listen_count : choose_default(http, options->port, own);

    if (options->no_tcp)
        return true;
    for (size_t i = 0; i < count; i++) {
        struct listener *listener = &http->listeners[http->listener_count];
        char address[ZT_ENDPOINT_TEXT], text[ZT_ERROR_TEXT];
        int code;

        listener->endpoint = list[i];
        code = start_listener(http, listener);
        http->listener_count += code == 0;
        /* A machine without IPv4 or IPv6 is fine; a port that another program has is not. */
        if (code == 0 ||
            (!options->listen_count && (code == -EAFNOSUPPORT || code == -EADDRNOTAVAIL)))
            continue;
        zt_endpoint_text(&list[i], true, address);
        zt_error_text(code, text);
        zt_format(error, error_size, "HTTP at %s: %s; see --http and --no-http", address, text);
        return false;
    }
    if (http->listener_count == 0)
        zt_log_error(options->log, "http", "not served: this machine has no loopback address");
    return true;
}

static bool start(struct zt_http *http, const struct zt_http_options *options, char *error,
                  size_t error_size)
{
    if (!zt_site_open(&http->site, options, error, error_size))
        return false;
    zt_format(error, error_size, "out of memory");
    http->connections = zt_connections_new();
    http->end = zt_monitor_new();
    if (!http->connections || !http->end)
        return false;
    http->sweeper = zt_thread_start("zt-http", sweep, http);
    if (!http->sweeper || !start_owners(http, options->socket, error, error_size) ||
        !start_listeners(http, options, error, error_size))
        return false;
    zt_format(error, error_size, "out of memory");
    http->reporter = zt_thread_start("zt-metrics", write_metrics, http);
    return http->reporter != NULL;
}

/* Others find us by it: docs/wire.md 20.1. */
static bool write_port(const struct zt_http *http, char *error, size_t error_size)
{
    char text[8];
    size_t length = zt_format(text, sizeof text, "%u", zt_http_port(http));

    if (http->listener_count == 0)
        return true;
    if (zt_file_write(http->site.folder, "zerotier-one.port", text, length, ZT_FILE_CACHE) == 0)
        return true;
    zt_format(error, error_size, "zerotier-one.port: can't be written");
    return false;
}

struct zt_http *zt_http_start(const struct zt_http_options *options, char *error, size_t error_size)
{
    struct zt_http *http = zt_alloc(sizeof *http);

    assert(options->listen_count <= ZT_MAX_HTTP_LISTEN);
    assert(options->allow_count <= ZT_MAX_HTTP_PREFIXES);

    if (!http) {
        zt_format(error, error_size, "out of memory");
        return NULL;
    }
    if (start(http, options, error, error_size) && write_port(http, error, error_size)) {
        if (http->listener_count > 0)
            zt_log_info(options->log, "http", "listening on port %u", zt_http_port(http));
        return http;
    }
    zt_http_stop(http);
    return NULL;
}

uint16_t zt_http_port(const struct zt_http *http)
{
    return http->listeners[0].endpoint.port;
}

void zt_http_stop(struct zt_http *http)
{
    if (!http)
        return;
    if (http->socket)
        (void)unlink(http->socket);
    if (http->owners)
        MHD_stop_daemon(http->owners);
    for (size_t i = 0; i < http->listener_count; i++)
        MHD_stop_daemon(http->listeners[i].daemon);
    if (http->end) {
        zt_monitor_enter(http->end);
        http->is_ending = true;
        zt_monitor_wake_all(http->end);
        zt_monitor_leave(http->end);
    }
    if (http->sweeper)
        zt_thread_join(http->sweeper);
    if (http->reporter)
        zt_thread_join(http->reporter);
    if (http->end)
        zt_monitor_free(http->end);
    zt_connections_free(http->connections);
    zt_site_close(&http->site);
    zt_free(http);
}
