/* SPDX-License-Identifier: Apache-2.0 */
/* The serving side of the control socket: one thread, a few clients, each with one line at a time. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/control.h"

#include "base/text.h"
#include "cmd/control_socket.h"
#include "os/host.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_MS 100 /* how soon a stop is noticed */

struct client {
    int socket; /* -1: free */
    int64_t since_ms;
    size_t length, capacity;
    char *line;
};

struct zt_control {
    const struct zt_api *api;
    struct zt_thread *thread;
    atomic_bool is_stopping;
    int socket;
    struct sockaddr_un address;
    struct client clients[ZT_MAX_CONTROL_CLIENTS];
};

static void drop_client(struct client *client)
{
    (void)close(client->socket);
    free(client->line);
    *client = (struct client){ .socket = -1 };
}

static void accept_client(struct zt_control *control)
{
    int accepted = accept(control->socket, NULL, NULL);

    if (accepted < 0)
        return;
    zt_control_limit_time(accepted, ZT_CONTROL_TIMEOUT_MS);
    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];

        if (client->socket >= 0)
            continue;
        *client = (struct client){ .socket = accepted, .since_ms = zt_host_mono_ms() };
        return;
    }
    (void)close(accepted); /* the newcomer gives way */
}

static json_t *answer_line(const struct zt_control *control, const char *line, size_t length)
{
    json_t *request = json_loadb(line, length, 0, NULL);
    const char *method = json_string_value(json_object_get(request, "method"));
    const char *path = json_string_value(json_object_get(request, "path"));
    int status = 400;
    json_t *body;

    if (method && path)
        body = zt_api_route(control->api, method, path, json_object_get(request, "body"), &status);
    else
        body = json_pack("{s:i, s:s}", "error", 400, "description", "not a request");
    json_decref(request);
    return json_pack("{s:i, s:o}", "status", status, "body", body);
}

/* Answers all complete lines. False: the client is to be dropped. */
static bool serve_lines(const struct zt_control *control, struct client *client)
{
    char *end;

    while (client->length > 0 && (end = memchr(client->line, '\n', client->length)) != NULL) {
        size_t used = (size_t)(end - client->line) + 1;
        json_t *answer = answer_line(control, client->line, used);
        bool is_sent = zt_control_send(client->socket, answer);

        json_decref(answer);
        if (!is_sent)
            return false;
        memmove(client->line, client->line + used, client->length - used);
        client->length -= used;
        client->since_ms = zt_host_mono_ms();
    }
    return client->length < ZT_MAX_CONTROL_LINE;
}

static bool make_room(struct client *client)
{
    size_t capacity = client->capacity ? client->capacity * 2 : 4096;
    char *line;

    if (client->length < client->capacity)
        return true;
    line = realloc(client->line, capacity);
    if (!line)
        return false;
    client->line = line;
    client->capacity = capacity;
    return true;
}

static bool receive(const struct zt_control *control, struct client *client)
{
    ssize_t received;

    if (!make_room(client))
        return false;
    received = recv(client->socket, client->line + client->length,
                    client->capacity - client->length, MSG_DONTWAIT);
    if (received < 0)
        return errno == EAGAIN || errno == EINTR;
    if (received == 0)
        return false;
    client->length += (size_t)received;
    return serve_lines(control, client);
}

/* One wait, and all that became ready. */
static void serve_once(struct zt_control *control)
{
    struct pollfd waits[ZT_MAX_CONTROL_CLIENTS + 1] = { { control->socket, POLLIN, 0 } };

    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++)
        waits[i + 1] = (struct pollfd){ control->clients[i].socket, POLLIN, 0 };
    if (poll(waits, ZT_MAX_CONTROL_CLIENTS + 1, POLL_MS) < 0)
        return;
    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];

        if (client->socket < 0)
            continue;
        if (waits[i + 1].revents && !receive(control, client))
            drop_client(client);
        else if (zt_host_mono_ms() - client->since_ms > ZT_CONTROL_TIMEOUT_MS)
            drop_client(client);
    }
    if (waits[0].revents)
        accept_client(control);
}

static void serve(void *context)
{
    struct zt_control *control = context;

    while (!atomic_load(&control->is_stopping))
        serve_once(control);
}

/* A socket left by a process that is gone is replaced; one that is served is not touched. */
static int listen_at(const struct sockaddr_un *address)
{
    int code = 0, probe = zt_control_connect(address), listening;

    if (probe >= 0) {
        (void)close(probe);
        errno = EADDRINUSE;
        return -1;
    }
    (void)unlink(address->sun_path);
    listening = zt_control_socket();
    if (listening < 0)
        return -1;
    /* Nobody can connect before listen, so the mode is in force in time. */
    if (bind(listening, (const struct sockaddr *)address, sizeof *address) != 0 ||
        chmod(address->sun_path, 0600) != 0 || listen(listening, ZT_MAX_CONTROL_CLIENTS) != 0)
        code = errno;
    if (code == 0)
        return listening;
    (void)close(listening);
    errno = code;
    return -1;
}

struct zt_control *zt_control_open(const char *home, char *error, size_t error_size)
{
    struct zt_control *control = calloc(1, sizeof *control);

    if (!control) {
        zt_format(error, error_size, "out of memory");
        return NULL;
    }
    atomic_init(&control->is_stopping, false);
    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++)
        control->clients[i].socket = -1;
    if (!zt_control_address(&control->address, home, error, error_size)) {
        free(control);
        return NULL;
    }
    control->socket = listen_at(&control->address);
    if (control->socket >= 0)
        return control;
    zt_format(error, error_size, "%s: %s", control->address.sun_path,
              errno == EADDRINUSE ? "another process serves this directory" : strerror(errno));
    free(control);
    return NULL;
}

bool zt_control_run(struct zt_control *control, const struct zt_api *api)
{
    control->api = api;
    control->thread = zt_thread_start("zt-control", serve, control);
    return control->thread != NULL;
}

void zt_control_stop(struct zt_control *control)
{
    if (!control)
        return;
    atomic_store(&control->is_stopping, true);
    if (control->thread)
        zt_thread_join(control->thread);
    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++)
        if (control->clients[i].socket >= 0)
            drop_client(&control->clients[i]);
    (void)close(control->socket);
    (void)unlink(control->address.sun_path);
    free(control);
}
