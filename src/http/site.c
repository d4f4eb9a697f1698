/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a site, and asking its backend. docs/http.md. */
#include "http/site.h"

#include "base/text.h"
#include "http/conf.h"
#include "os/host.h"

#include <string.h>

bool zt_site_open(struct zt_site *site, const struct zt_http_options *options, char *error,
                  size_t error_size)
{
    json_t *conf = zt_conf_read(options->folder, error, error_size);
    bool is_good;

    *site = (struct zt_site){ .home = options->home,
                              .folder = options->folder,
                              .backend = options->backend,
                              .judge = options->judge,
                              .started_ms = zt_host_mono_ms() };
    for (size_t i = 0; i < options->allow_count && i < ZT_MAX_HTTP_PREFIXES; i++)
        site->allowed.list[site->allowed.count++] = options->allow[i];
    is_good = conf && zt_conf_allowed(conf, &site->allowed, error, error_size);
    json_decref(conf);
    if (!is_good ||
        !zt_token_open(&site->token, site->folder, ZT_AUTH_TOKEN_FILE, error, error_size) ||
        !zt_token_open(&site->metrics_token, site->folder, ZT_METRICS_TOKEN_FILE, error,
                       error_size))
        return false;
    site->account = zt_account_open(site->folder, error, error_size);
    if (!site->account)
        return false;
    site->desk = zt_monitor_new();
    if (site->desk && zt_allowance_open(&site->allowance, site->started_ms))
        return true;
    zt_format(error, error_size, "out of memory");
    return false;
}

void zt_site_close(struct zt_site *site)
{
    zt_account_close(site->account);
    zt_allowance_close(&site->allowance);
    if (site->desk)
        zt_monitor_free(site->desk);
    memset(site, 0, sizeof *site);
}

json_t *zt_site_ask(struct zt_site *site, const char *method, const char *path, const json_t *body,
                    int *status)
{
    return site->backend.route(site->backend.context, method, path, body, status);
}

void zt_site_list(struct zt_site *site, uint64_t nwid, const struct zt_list_form *form,
                  struct zt_http_answer *answer)
{
    *answer = (struct zt_http_answer){ .type = "application/json" };
    answer->text =
        site->backend.list(site->backend.context, nwid, form, &answer->length, &answer->status);
    if (!answer->text)
        zt_http_complain(answer, 500, "out of memory");
}
