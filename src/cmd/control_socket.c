/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets with JSON lines; and asking the process that serves a state directory. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/control_socket.h"

#include "base/text.h"
#include "cmd/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

bool zt_control_address(struct sockaddr_un *address, const char *home, char *error,
                        size_t error_size)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(home) + sizeof ZT_CONTROL_NAME + 1 > sizeof address->sun_path) {
        zt_format(error, error_size, "%s: path too long for a socket", home);
        return false;
    }
    zt_format(address->sun_path, sizeof address->sun_path, "%s/%s", home, ZT_CONTROL_NAME);
    return true;
}

int zt_control_socket(void)
{
    int made = socket(AF_UNIX, SOCK_STREAM, 0);

    if (made >= 0)
        (void)fcntl(made, F_SETFD, FD_CLOEXEC);
    return made;
}

int zt_control_connect(const struct sockaddr_un *address)
{
    int made = zt_control_socket(), code;

    if (made < 0 || connect(made, (const struct sockaddr *)address, sizeof *address) == 0)
        return made;
    code = errno;
    (void)close(made);
    errno = code;
    return -1;
}

void zt_control_limit_time(int socket, int timeout_ms)
{
    struct timeval limit = { timeout_ms / 1000, (timeout_ms % 1000) * 1000 };

    (void)setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static bool send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

char *zt_control_text(const json_t *json, size_t *length)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

    if (!text)
        return NULL;
    *length = strlen(text) + 1;
    text[*length - 1] = '\n'; /* in place of the terminator */
    return text;
}

bool zt_control_send(int socket, const json_t *json)
{
    size_t length = 0;
    char *text = zt_control_text(json, &length);
    bool is_sent = text && send_all(socket, text, length);

    free(text);
    return is_sent;
}

/* Feeds the JSON reader from the socket. */
static size_t read_some(void *buffer, size_t length, void *context)
{
    ssize_t received;

    do
        received = recv(*(int *)context, buffer, length, 0);
    while (received < 0 && errno == EINTR);
    return received < 0 ? (size_t)-1 : (size_t)received;
}

static json_t *exchange(int socket, const char *method, const char *path, const json_t *body,
                        int *status)
{
    json_t *request = json_pack("{s:s, s:s, s:O*}", "method", method, "path", path, "body", body);
    json_t *answer = NULL, *result = NULL;
    bool is_sent = zt_control_send(socket, request);

    json_decref(request);
    if (!is_sent)
        return NULL;
    answer = json_load_callback(read_some, &socket, JSON_DISABLE_EOF_CHECK, NULL);
    result = json_incref(json_object_get(answer, "body"));
    *status = (int)json_integer_value(json_object_get(answer, "status"));
    json_decref(answer);
    return result;
}

json_t *zt_control_ask(const char *home, const char *method, const char *path, const json_t *body,
                       int *status, char *error, size_t error_size)
{
    struct sockaddr_un address;
    json_t *result;
    int socket;

    if (!zt_control_address(&address, home, error, error_size))
        return NULL;
    socket = zt_control_connect(&address);
    if (socket < 0) {
        zt_format(error, error_size, "%s: %s; is a root or controller running there?",
                  address.sun_path, strerror(errno));
        return NULL;
    }
    zt_control_limit_time(socket, ZT_CONTROL_TIMEOUT_MS);
    result = exchange(socket, method, path, body, status);
    (void)close(socket);
    if (!result)
        zt_format(error, error_size, "%s: no answer", address.sun_path);
    return result;
}
