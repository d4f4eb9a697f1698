/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the controller's API: a method, a path and a body from the same bytes. */
#include "fuzz.h"
#include "fuzz_node.h"

#include "controller/controller.h"

#include <stdio.h>
#include <string.h>

static void request(struct zt_controller *controller, char *line)
{
    static const char *const methods[] = { "GET", "POST", "DELETE" };
    struct zt_instant now = { 1000, 1700000000000 };
    char *body_text = strchr(line, ' ');
    json_t *body = NULL, *answer;
    int status = 0;
    char *text;

    if (body_text) {
        *body_text++ = 0;
        body = json_loads(body_text, JSON_REJECT_DUPLICATES, NULL);
    }
    answer = zt_controller_route(controller, now, methods[(unsigned char)line[0] % 3], line + 1,
                                 body, &status);
    FUZZ_CLAIM(answer != NULL && status >= 200 && status < 600);
    text = json_dumps(answer, JSON_ENCODE_ANY);
    free(text);
    json_decref(answer);
    json_decref(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[65536];
    const uint8_t seed[32] = { 0 };
    char error[256];
    struct zt_store *store = zt_store_mem_open();
    struct zt_controller *controller;
    char *line, *rest = text;

    if (!store)
        return 0;
    controller = zt_controller_new(fuzz_root(), store, seed, NULL, error, sizeof error);
    if (controller && size < sizeof text) {
        if (size)
            memcpy(text, data, size);
        text[size] = 0;
        while ((line = strsep(&rest, "\n")) != NULL)
            if (line[0])
                request(controller, line);
    }
    zt_controller_free(controller);
    store->functions->close(store);
    return 0;
}
