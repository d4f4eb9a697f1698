/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a running controller, and saying what went wrong. */
#include "cmd/ask.h"

#include "base/text.h"
#include "cmd/control.h"

int zt_ask_read(struct zt_ask *ask, int count, char **arguments, const struct zt_option *options,
                size_t option_count, size_t least, size_t most, struct zt_texts *words)
{
    int code = zt_args_read(ask->command, count, arguments, options, option_count, words);

    if (code != ZT_GO_ON)
        return code;
    if (!ask->home)
        return zt_complain(ask->command, ZT_EXIT_USAGE, "--home DIR is missing");
    if (words->count < least)
        return zt_complain(ask->command, ZT_EXIT_USAGE, "%zu more argument%s needed",
                           least - words->count, least - words->count == 1 ? " is" : "s are");
    if (words->count > most)
        return zt_complain(ask->command, ZT_EXIT_USAGE, "unexpected %s", words->values[most]);
    return ZT_GO_ON;
}

json_t *zt_ask(const struct zt_ask *ask, const char *method, const char *path, json_t *body)
{
    char error[256];
    int status = 0;
    json_t *answer = zt_control_ask(ask->home, method, path, body, &status, error, sizeof error);

    json_decref(body);
    if (!answer) {
        (void)zt_complain(ask->command, ZT_EXIT_FAILED, "%s", error);
        return NULL;
    }
    if (status == 200)
        return answer;
    const char *why = json_string_value(json_object_get(answer, "description"));
    (void)zt_complain(ask->command, ZT_EXIT_FAILED, "%s", why ? why : "refused");
    json_decref(answer);
    return NULL;
}

bool zt_ask_path(const struct zt_ask *ask, char *path, size_t size, const char *nwid,
                 const char *address)
{
    uint64_t number;

    if (!zt_hex_number(&number, nwid, 16)) {
        (void)zt_complain(ask->command, ZT_EXIT_USAGE, "%s is not a network id", nwid);
        return false;
    }
    if (address && !zt_hex_number(&number, address, 10)) {
        (void)zt_complain(ask->command, ZT_EXIT_USAGE, "%s is not an address", address);
        return false;
    }
    zt_format(path, size, "/controller/network/%s%s%s", nwid, address ? "/member/" : "",
              address ? address : "");
    return true;
}
