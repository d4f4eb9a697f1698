/* SPDX-License-Identifier: Apache-2.0 */
/* The API that a path belongs to answers; the answer may become a script. docs/wire.md 20.1 */
#include "http/dispatch.h"

#include "base/text.h"
#include "http/apis.h"
#include "os/host.h"

#include <stdlib.h>
#include <string.h>

/* A name that a script may call, and nothing that could be more than a name. */
static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.";
    size_t length = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_$.");

    return length > 0 && length <= 64 && text[length] == 0 && strchr(letters, text[0]);
}

/* name(<body>); docs/wire.md 20.1 */
static void wrap(struct zt_http_answer *answer, const char *name)
{
    size_t size = answer->length + strlen(name) + 4;
    char *text = malloc(size);

    if (text)
        zt_format(text, size, "%s(%s);", name, answer->text ? answer->text : "");
    free(answer->text);
    answer->text = text;
    answer->length = text ? size - 1 : 0;
    answer->type = "application/javascript";
}

static void answer_by_path(struct zt_site *site, const struct zt_http_request *request,
                           struct zt_http_answer *answer)
{
    const char *hosted = zt_http_hosted_path(request->path);
    const char *page = zt_app_path(request->path);

    if (hosted)
        zt_hosted_answer(site, request, hosted, answer);
    else if (page)
        zt_app_answer(site, request, page, answer);
    else if (zt_http_gets(request, "/metrics"))
        zt_metrics_answer(site, answer);
    else if (zt_http_gets(request, "/openapi.json"))
        zt_http_say_text(answer, 200, "application/json", zt_openapi);
    else
        zt_local_answer(site, request, answer);
}

void zt_dispatch(struct zt_site *site, const struct zt_http_request *request,
                 struct zt_http_answer *answer)
{
    if (request->is_too_long) {
        zt_http_refuse_length(answer);
        return;
    }
    if (request->jsonp && !is_name(request->jsonp)) {
        zt_http_complain(answer, 400, "jsonp: not the name of a function");
        return;
    }
    answer_by_path(site, request, answer);
    if (zt_http_hosted_path(request->path))
        answer->allowance = zt_allowance_state(&site->allowance, zt_host_now());
    if (request->jsonp && strcmp(answer->type, "application/json") == 0)
        wrap(answer, request->jsonp);
}
