/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API: members of networks. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PATH 80

/* A text that grows. */
struct text {
    char *bytes; /* owned; NULL also when out of memory */
    size_t length, capacity;
};

static int append(const char *bytes, size_t length, void *context)
{
    struct text *text = context;
    size_t capacity = text->capacity ? text->capacity : 65536;
    char *grown;

    while (capacity < text->length + length)
        capacity *= 2;
    if (capacity != text->capacity) {
        grown = realloc(text->bytes, capacity);
        if (!grown)
            return -1;
        text->bytes = grown;
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    return 0;
}

/* One after the other, each freed as soon as it is written: of ten thousand, two copies as objects would
   cost more than all the rest. */
static bool write_members(const struct zt_hosted *hosted, json_t *data, struct text *out)
{
    bool is_good = append("[", 1, out) == 0;

    for (size_t i = 0; i < json_array_size(data) && is_good; i++) {
        json_t *member = zt_hosted_member_json(hosted, json_array_get(data, i));

        is_good = (i == 0 || append(",", 1, out) == 0) && member &&
                  json_dump_callback(member, append, out, JSON_COMPACT) == 0;
        json_decref(member);
        (void)json_array_set_new(data, i, json_null());
    }
    if (!is_good || append("]", 2, out) != 0)
        return false;
    out->length--; /* the 0 behind it does not count */
    return true;
}

static void list_members(struct zt_hosted *hosted, const char *nwid)
{
    char path[MOST_PATH];
    struct text text = { 0 };
    json_t *all;

    zt_format(path, sizeof path, "/unstable/controller/network/%s/member", nwid);
    all = zt_hosted_ask(hosted, "GET", path, NULL);
    if (!all)
        return;
    if (write_members(hosted, json_object_get(all, "data"), &text)) {
        *hosted->answer =
            (struct zt_http_answer){ 200, "application/json", text.bytes, text.length };
    } else {
        free(text.bytes);
        zt_http_complain(hosted->answer, 500, "out of memory");
    }
    json_decref(all);
}

/* "Asks" the backend for one member and gives its answer. */
static void pass_on(struct zt_hosted *hosted, const char *method, const char *path,
                    const json_t *body)
{
    json_t *local = zt_hosted_ask(hosted, method, path, body);

    if (!local)
        return;
    if (strcmp(method, "DELETE") == 0)
        zt_http_say(hosted->answer, 200, json_object());
    else
        zt_http_say(hosted->answer, 200, zt_hosted_member_json(hosted, local));
    json_decref(local);
}

static void set_member(struct zt_hosted *hosted, const char *path)
{
    json_t *body = zt_http_body(hosted->request, hosted->answer);
    json_t *change = body ? zt_hosted_member_change(hosted, body) : NULL;

    if (change)
        pass_on(hosted, "POST", path, change);
    json_decref(change);
    json_decref(body);
}

static void one_member(struct zt_hosted *hosted, const char *nwid, const char *address)
{
    char path[MOST_PATH];

    zt_format(path, sizeof path, "/controller/network/%s/member/%s", nwid, address);
    switch (zt_hosted_verb(hosted)) {
    case ZT_HOSTED_GET:
        pass_on(hosted, "GET", path, NULL);
        return;
    case ZT_HOSTED_SET:
        set_member(hosted, path);
        return;
    case ZT_HOSTED_DELETE:
        pass_on(hosted, "DELETE", path, NULL);
        return;
    default:
        zt_hosted_no_method(hosted);
    }
}

void zt_hosted_members(struct zt_hosted *hosted, const char *nwid)
{
    char address[11];

    if (strcmp(hosted->words[2], "member") != 0)
        zt_hosted_no_path(hosted);
    else if (hosted->word_count == 3 && zt_hosted_verb(hosted) == ZT_HOSTED_GET)
        list_members(hosted, nwid);
    else if (hosted->word_count == 3)
        zt_hosted_no_method(hosted);
    else if (!zt_hosted_id(address, hosted->words[3], 10))
        zt_http_complain(hosted->answer, 404, "not the address of a member");
    else
        one_member(hosted, nwid, address);
}
