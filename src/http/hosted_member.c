/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API: members of networks. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PATH 80

/* Ten thousand members pass here: written from the records, without a tree of values. */
static void list_members(struct zt_hosted *hosted, const char *nwid)
{
    struct zt_hosted_form form;

    zt_hosted_member_form(&form, hosted);
    zt_site_list(hosted->site, strtoull(nwid, NULL, 16), &form.form, hosted->answer);
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
