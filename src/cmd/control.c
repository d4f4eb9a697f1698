/* SPDX-License-Identifier: Apache-2.0 */
/* The serving side of the control socket: one thread, a few clients, each with one line at a time. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/control.h"

#include "base/text.h"
#include "cmd/control_socket.h"
#include "os/host.h"

#include <errno.h>
#include <fcntl.h>
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
    size_t start, length, capacity; /* of what came; start: where the next line begins */
    char *line;
    char *answer; /* being sent; NULL: none */
    size_t answer_length, answer_at;
};

struct zt_control {
    const struct zt_api *api;
    struct zt_thread *thread;
    atomic_bool is_stopping;
    int lock; /* file; held as long as the directory is ours */
    int socket;
    struct sockaddr_un address;
    struct client clients[ZT_MAX_CONTROL_CLIENTS];
};

static void drop_client(struct client *client)
{
    (void)close(client->socket);
    free(client->line);
    free(client->answer);
    *client = (struct client){ .socket = -1 };
}

static void accept_client(struct zt_control *control)
{
    int accepted = accept(control->socket, NULL, NULL);

    if (accepted < 0)
        return;
    (void)fcntl(accepted, F_SETFD, FD_CLOEXEC);
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

/* Sends what the client takes without waiting for it. False: it is to be dropped. */
static bool flush(struct client *client)
{
    while (client->answer_at < client->answer_length) {
        ssize_t sent = send(client->socket, client->answer + client->answer_at,
                            client->answer_length - client->answer_at, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        client->answer_at += (size_t)sent;
    }
    free(client->answer);
    client->answer = NULL;
    client->since_ms = zt_host_mono_ms();
    return true;
}

/* Answers the next line if it is complete. False: the client is to be dropped. */
static bool serve_line(const struct zt_control *control, struct client *client)
{
    const char *line = client->length > 0 ? client->line + client->start : NULL;
    const char *end = line ? memchr(line, '\n', client->length - client->start) : NULL;
    size_t size = end ? (size_t)(end - line) + 1 : 0;
    json_t *answer;

    if (size == 0)
        return client->length - client->start < ZT_MAX_CONTROL_LINE;
    answer = answer_line(control, line, size);
    client->start += size;
    client->answer = zt_control_text(answer, &client->answer_length);
    client->answer_at = 0;
    json_decref(answer);
    return client->answer && flush(client);
}

/* Room for more of a line; what was answered makes room first. */
static bool make_room(struct client *client)
{
    size_t capacity = client->capacity ? client->capacity * 2 : 4096;
    char *line;

    if (client->start > 0) {
        client->length -= client->start;
        memmove(client->line, client->line + client->start, client->length);
        client->start = 0;
    }
    if (client->length < client->capacity)
        return true;
    line = realloc(client->line, capacity);
    if (!line)
        return false;
    client->line = line;
    client->capacity = capacity;
    return true;
}

static bool receive(struct client *client)
{
    ssize_t received;

    if (!make_room(client))
        return false;
    received = recv(client->socket, client->line + client->length,
                    client->capacity - client->length, MSG_DONTWAIT);
    if (received < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    client->length += (size_t)received;
    return received > 0;
}

static bool has_line(const struct client *client)
{
    return client->length > client->start &&
           memchr(client->line + client->start, '\n', client->length - client->start) != NULL;
}

/* One step for a client: nobody may keep the others waiting. False: it is to be dropped. */
static bool serve_client(const struct zt_control *control, struct client *client, bool is_ready)
{
    if (zt_host_mono_ms() - client->since_ms > ZT_CONTROL_CLIENT_MS)
        return false;
    if (client->answer)
        return !is_ready || flush(client);
    if (is_ready && !has_line(client) && !receive(client))
        return false;
    return serve_line(control, client);
}

/* One wait, and one step for each client that is ready. */
static void serve_once(struct zt_control *control)
{
    struct pollfd waits[ZT_MAX_CONTROL_CLIENTS + 1] = { { control->socket, POLLIN, 0 } };
    bool has_more = false;

    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++) {
        const struct client *client = &control->clients[i];

        waits[i + 1] = (struct pollfd){ client->socket, client->answer ? POLLOUT : POLLIN, 0 };
        has_more |= !client->answer && has_line(client);
    }
    if (poll(waits, ZT_MAX_CONTROL_CLIENTS + 1, has_more ? 0 : POLL_MS) < 0)
        return;
    for (size_t i = 0; i < ZT_MAX_CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];

        if (client->socket >= 0 && !serve_client(control, client, waits[i + 1].revents != 0))
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

/* The lock goes with the process, however it ends; so a socket that is found was left by one that is
   gone. */
static int claim(const char *home)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int lock, code;

    zt_format(path, sizeof path, "%s/control.lock", home);
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || fcntl(lock, F_SETLK, &whole) == 0)
        return lock;
    code = errno == EACCES || errno == EAGAIN ? EADDRINUSE : errno;
    (void)close(lock);
    errno = code;
    return -1;
}

static int listen_at(const struct sockaddr_un *address)
{
    int code = 0, listening;

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
    control->lock = claim(home);
    control->socket = control->lock >= 0 ? listen_at(&control->address) : -1;
    if (control->socket >= 0)
        return control;
    zt_format(error, error_size, "%s: %s", control->address.sun_path,
              errno == EADDRINUSE ? "another process serves this directory" : strerror(errno));
    if (control->lock >= 0)
        (void)close(control->lock);
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
    (void)unlink(control->address.sun_path);
    (void)close(control->socket);
    (void)close(control->lock);
    free(control);
}
