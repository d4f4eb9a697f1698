/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API: networks, on the controller's own API. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"
#include "os/host.h"

#include <string.h>

#define MOST_PATH 80

/* The controller's object with the counts. NULL: answered. */
static json_t *find_network(struct zt_hosted *hosted, const char *nwid)
{
    char path[MOST_PATH];

    zt_format(path, sizeof path, "/unstable/controller/network/%s", nwid);
    return zt_hosted_ask(hosted, "GET", path, NULL);
}

static void list_networks(struct zt_hosted *hosted)
{
    json_t *all = zt_hosted_ask(hosted, "GET", "/unstable/controller/network", NULL);
    const json_t *data = json_object_get(all, "data");
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(data); i++)
        (void)json_array_append_new(list, zt_hosted_network_json(hosted, json_array_get(data, i)));
    if (all)
        zt_http_say(hosted->answer, 200, list);
    else
        json_decref(list);
    json_decref(all);
}

static void say_network(struct zt_hosted *hosted, const char *nwid)
{
    json_t *local = find_network(hosted, nwid);

    if (local)
        zt_http_say(hosted->answer, 200, zt_hosted_network_json(hosted, local));
    json_decref(local);
}

/* nwid NULL: a new one. What stands outside of config is merged, so nobody may come between. */
static void set_network(struct zt_hosted *hosted, const char *nwid)
{
    json_t *body = zt_http_body(hosted->request, hosted->answer);
    json_t *local = NULL, *change = NULL, *result = NULL;
    char path[MOST_PATH];

    zt_format(path, sizeof path, "/controller/network%s%s", nwid ? "/" : "", nwid ? nwid : "");
    zt_monitor_enter(hosted->site->desk);
    if (body && nwid)
        local = find_network(hosted, nwid);
    if (body && (local || !nwid))
        change = zt_hosted_network_change(hosted, body, local);
    if (change)
        result = zt_hosted_ask(hosted, "POST", path, change);
    zt_monitor_leave(hosted->site->desk);
    if (result)
        say_network(hosted, json_string_value(json_object_get(result, "id")));
    json_decref(result);
    json_decref(change);
    json_decref(local);
    json_decref(body);
}

static void delete_network(struct zt_hosted *hosted, const char *nwid)
{
    char path[MOST_PATH];
    json_t *deleted;

    zt_format(path, sizeof path, "/controller/network/%s", nwid);
    deleted = zt_hosted_ask(hosted, "DELETE", path, NULL);
    if (deleted)
        zt_http_say(hosted->answer, 200, json_object());
    json_decref(deleted);
}

static void one_network(struct zt_hosted *hosted, const char *nwid)
{
    switch (zt_hosted_verb(hosted)) {
    case ZT_HOSTED_GET:
        say_network(hosted, nwid);
        return;
    case ZT_HOSTED_SET:
        set_network(hosted, nwid);
        return;
    case ZT_HOSTED_DELETE:
        delete_network(hosted, nwid);
        return;
    default:
        zt_hosted_no_method(hosted);
    }
}

static void all_networks(struct zt_hosted *hosted)
{
    if (zt_hosted_verb(hosted) == ZT_HOSTED_GET)
        list_networks(hosted);
    else if (zt_hosted_verb(hosted) == ZT_HOSTED_SET)
        set_network(hosted, NULL);
    else
        zt_hosted_no_method(hosted);
}

void zt_hosted_networks(struct zt_hosted *hosted)
{
    char nwid[17];

    if (hosted->word_count == 1)
        all_networks(hosted);
    else if (!zt_hosted_id(nwid, hosted->words[1], 16))
        zt_http_complain(hosted->answer, 404, "not the id of a network");
    else if (hosted->word_count == 2)
        one_network(hosted, nwid);
    else
        zt_hosted_members(hosted, nwid);
}
