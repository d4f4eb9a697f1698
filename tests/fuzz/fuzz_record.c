/* SPDX-License-Identifier: Apache-2.0 */
/* Records from a store or a file: the first byte says of what kind, the rest is JSON. What is taken is written as
   it would be stored, and reads back the same; a controller starts with it and answers. */
#include "fuzz.h"
#include "fuzz_node.h"

#include "controller/controller.h"

#include <stdlib.h>
#include <string.h>

#define MEMBER UINT64_C(0x0651022d1b)

static json_t *take(zt_nwid nwid, zt_address address, const json_t *given)
{
    struct zt_api_error error;
    json_t *taken = zt_controller_read_record(nwid, address, given, &error), *again;

    if (!taken)
        return NULL;
    again = zt_controller_read_record(nwid, address, taken, &error);
    FUZZ_CLAIM(again && json_equal(taken, again));
    json_decref(again);
    return taken;
}

static void put(struct zt_store *store, enum zt_record_kind kind, zt_nwid nwid, const char *json,
                size_t length)
{
    struct zt_record record = {
        kind, nwid, kind == ZT_RECORD_NETWORK ? 0 : MEMBER, 0, json, length
    };

    (void)store->functions->put(store, &record, ZT_ANY_REVISION);
}

static void start(enum zt_record_kind kind, const char *json, size_t length)
{
    const zt_nwid nwid = fuzz_root()->address << 24 | 1;
    const struct zt_instant now = { 1000, 1700000000000 };
    const uint8_t seed[32] = { 0 };
    struct zt_store *store = zt_store_mem_open();
    struct zt_controller *controller;
    json_t *body = json_pack("{s:s}", "name", "x");
    struct zt_api_error refusal;
    struct zt_controller_effect effect;
    char error[256];

    if (!store)
        return;
    put(store, ZT_RECORD_NETWORK, nwid, "{}", 2);
    put(store, ZT_RECORD_MEMBER, nwid, "{\"authorized\":true}", 19);
    put(store, kind, nwid, json, length);
    controller = zt_controller_new(fuzz_root(), store, seed, NULL, error, sizeof error);
    FUZZ_CLAIM(controller != NULL);
    json_decref(zt_controller_set_network(controller, now, nwid, body, &refusal));
    json_decref(zt_controller_member(controller, nwid, MEMBER, &refusal));
    while (zt_controller_next(controller, now, &effect))
        continue;
    zt_controller_free(controller);
    store->functions->close(store);
    json_decref(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum zt_record_kind kind = size ? (enum zt_record_kind)(1 + data[0] % 3) : ZT_RECORD_SEEN;
    char *text = size ? calloc(1, size) : NULL;
    json_t *given;

    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    given = json_loadb(text, size - 1, 0, NULL);
    if (given && kind != ZT_RECORD_SEEN)
        json_decref(
            take(fuzz_root()->address << 24 | 1, kind == ZT_RECORD_MEMBER ? MEMBER : 0, given));
    json_decref(given);
    start(kind, text, size - 1);
    free(text);
    return 0;
}
