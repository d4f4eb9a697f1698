/* SPDX-License-Identifier: Apache-2.0 */
/* JSON to and from the process that serves a state directory. */
#include "cmd/control.h"

#include "base/text.h"
#include "cmd/http_ask.h"

#include <stdlib.h>
#include <string.h>

#define NAME "control.sock"

bool zt_control_path(char path[ZT_CONTROL_PATH], const char *home, char *error, size_t error_size)
{
    if (strlen(home) + sizeof "/" NAME > ZT_CONTROL_PATH) {
        zt_format(error, error_size, "%s: path too long for a socket", home);
        return false;
    }
    zt_format(path, ZT_CONTROL_PATH, "%s/" NAME, home);
    return true;
}

json_t *zt_control_ask(const char *home, const char *method, const char *path, const json_t *body,
                       int *status, char *error, size_t error_size)
{
    char socket[ZT_CONTROL_PATH], why[256], *sent, *text;
    struct zt_http_place place = { .socket = socket, .host = "localhost", .port = 80 };
    json_t *answer;

    if (!zt_control_path(socket, home, error, error_size))
        return NULL;
    sent = body ? json_dumps(body, JSON_COMPACT) : NULL;
    *status = zt_http_ask(&place, method, path, sent, &text, why, sizeof why);
    free(sent);
    if (*status == 0) {
        zt_format(error, error_size, "%s: %s", socket, why);
        return NULL;
    }
    answer = json_loads(text, JSON_DECODE_ANY, NULL);
    free(text);
    if (!answer)
        zt_format(error, error_size, "%s: an answer of status %d that is not JSON", socket,
                  *status);
    return answer;
}
