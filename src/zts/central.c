/* SPDX-License-Identifier: Apache-2.0 */
/* zts_central_*: asks the hosted service about networks and members, one request at a time. */
#include "zts/central.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SHORTEST_URL = 3, PATH = 96 };

/* One for the process, as the interface has no handle. Guarded by the monitor, also while a request is
   under way: the caller's buffer is one. */
static struct {
    bool is_open, is_verbose;
    int8_t modes;
    char url[ZTS_CENTRAL_MAX_URL_LEN + 1];
    char token[ZTS_CENTRAL_TOKEN_LEN + 1];
    char *buffer; /* the caller's */
    size_t buffer_size, length;
} central = { .modes = ZTS_CENTRAL_READ };

static struct zt_monitor *monitor;
static pthread_once_t once = PTHREAD_ONCE_INIT;
long zts_central_timeout_ms = 30000;

static void init_once(void)
{
    monitor = zt_monitor_new();
    assert(monitor != NULL);
}

static void enter(void)
{
    (void)pthread_once(&once, init_once);
    zt_monitor_enter(monitor);
}

static int leave(int result)
{
    zt_monitor_leave(monitor);
    return result;
}

int zts_central_set_access_mode(int8_t modes)
{
    if ((modes & (ZTS_CENTRAL_READ | ZTS_CENTRAL_WRITE)) == 0)
        return ZTS_ERR_ARG;
    enter();
    central.modes = modes;
    return leave(ZTS_ERR_OK);
}

int zts_central_set_verbose(int8_t is_verbose)
{
    if (is_verbose != 0 && is_verbose != 1)
        return ZTS_ERR_ARG;
    enter();
    central.is_verbose = is_verbose != 0;
    return leave(ZTS_ERR_OK);
}

static void clear_answer(void)
{
    central.length = 0;
    if (central.buffer != NULL)
        memset(central.buffer, 0, central.buffer_size);
}

void zts_central_clear_resp_buf(void)
{
    enter();
    clear_answer();
    (void)leave(ZTS_ERR_OK);
}

/* Back to where the process began. */
static void forget(void)
{
    if (central.is_open)
        zts_central_carrier_close();
    zt_wipe(&central, sizeof central);
    central.modes = ZTS_CENTRAL_READ;
}

/* Paths are appended to it. */
static void keep_url(const char *url, size_t length)
{
    while (length > 0 && url[length - 1] == '/')
        length--;
    memcpy(central.url, url, length);
}

int zts_central_init(const char *url_str, const char *token_str, char *resp_buf, uint32_t buf_len)
{
    if (url_str == NULL || token_str == NULL || resp_buf == NULL || buf_len == 0)
        return ZTS_ERR_ARG;
    size_t url_length = strlen(url_str);
    if (url_length < SHORTEST_URL || url_length > ZTS_CENTRAL_MAX_URL_LEN ||
        strlen(token_str) != ZTS_CENTRAL_TOKEN_LEN)
        return ZTS_ERR_ARG;
    /* A line break would smuggle headers into the request. */
    if (strpbrk(token_str, "\r\n") != NULL || strpbrk(url_str, "\r\n \t") != NULL)
        return ZTS_ERR_ARG;

    enter();
    forget();
    if (!zts_central_carrier_open())
        return leave(ZTS_ERR_GENERAL);
    keep_url(url_str, url_length);
    memcpy(central.token, token_str, ZTS_CENTRAL_TOKEN_LEN);
    central.buffer = resp_buf;
    central.buffer_size = buf_len;
    central.is_open = true;
    clear_answer();
    return leave(ZTS_ERR_OK);
}

void zts_central_cleanup(void)
{
    enter();
    forget();
    (void)leave(ZTS_ERR_OK);
}

int zts_central_get_last_resp_buf(char *dst, int len)
{
    if (dst == NULL || len <= 0)
        return ZTS_ERR_ARG;
    enter();
    if ((size_t)len <= central.length)
        return leave(ZTS_ERR_ARG);
    if (central.length > 0)
        memcpy(dst, central.buffer, central.length);
    dst[central.length] = 0;
    return leave(ZTS_ERR_OK);
}

/* To stderr, without the token. */
static void print_request(const char *path, const struct zts_central_request *request,
                          const struct zts_central_answer *answer)
{
    static const char *const names[] = { "GET", "POST", "DELETE" };

    (void)fprintf(stderr, "libzt: central: %s %s: status %d, %zu bytes%s%s\n",
                  names[request->method], path, answer->status, answer->length,
                  answer->reason[0] != 0 ? ", " : "", answer->reason);
}

/* Monitor entered. */
static bool carry(int method, const char *path, const char *body, int *status)
{
    char url[sizeof central.url + PATH];
    struct zts_central_answer answer = { .status = 0 };
    const struct zts_central_request request = {
        .method = method,
        .url = url,
        .token = central.token,
        .body = body,
        .timeout_ms = zts_central_timeout_ms,
        .answer = central.buffer,
        .answer_size = central.buffer_size,
    };

    zt_format(url, sizeof url, "%s%s", central.url, path);
    clear_answer();
    bool arrived = zts_central_carry(&request, &answer);
    if (central.is_verbose)
        print_request(path, &request, &answer);
    *status = answer.status;
    if (arrived)
        central.length = answer.length;
    else
        clear_answer();
    return arrived;
}

static int ask(int method, const char *path, const char *body, int *status)
{
    int needed = method == ZTS_HTTP_GET ? ZTS_CENTRAL_READ : ZTS_CENTRAL_WRITE;

    enter();
    if (!central.is_open || (central.modes & needed) == 0)
        return leave(ZTS_ERR_SERVICE);
    if (status == NULL)
        return leave(ZTS_ERR_ARG);
    return leave(carry(method, path, body, status) ? ZTS_ERR_OK : ZTS_ERR_SERVICE);
}

/* About a network, or with suffix about something of it. An id of 0 names nothing. */
static int ask_network(int method, uint64_t net_id, const char *suffix, const char *body,
                       int *status)
{
    char path[PATH];

    zt_format(path, sizeof path, "/api/network/%016llx%s", (unsigned long long)net_id, suffix);
    return ask(method, path, body, net_id == 0 ? NULL : status);
}

static int ask_member(int method, uint64_t net_id, uint64_t node_id, const char *body, int *status)
{
    char suffix[PATH / 2];

    zt_format(suffix, sizeof suffix, "/member/%010llx", (unsigned long long)node_id);
    return ask_network(method, net_id, suffix, body, node_id == 0 ? NULL : status);
}

int zts_central_status_get(int *http_resp_code)
{
    return ask(ZTS_HTTP_GET, "/api/status", NULL, http_resp_code);
}

int zts_central_self_get(int *http_resp_code)
{
    return ask(ZTS_HTTP_GET, "/api/self", NULL, http_resp_code);
}

int zts_central_net_get(int *http_resp_code, uint64_t net_id)
{
    return ask_network(ZTS_HTTP_GET, net_id, "", NULL, http_resp_code);
}

/* The interface has no way to say what to change: an empty object changes nothing. */
int zts_central_net_update(int *http_resp_code, uint64_t net_id)
{
    return ask_network(ZTS_HTTP_POST, net_id, "", "{}", http_resp_code);
}

int zts_central_net_delete(int *http_resp_code, uint64_t net_id)
{
    return ask_network(ZTS_HTTP_DELETE, net_id, "", NULL, http_resp_code);
}

int zts_central_net_get_all(int *http_resp_code)
{
    return ask(ZTS_HTTP_GET, "/api/network", NULL, http_resp_code);
}

int zts_central_member_get(int *http_resp_code, uint64_t net_id, uint64_t node_id)
{
    return ask_member(ZTS_HTTP_GET, net_id, node_id, NULL, http_resp_code);
}

int zts_central_member_update(int *http_resp_code, uint64_t net_id, uint64_t node_id,
                              char *post_data)
{
    return ask_member(ZTS_HTTP_POST, net_id, node_id, post_data,
                      post_data == NULL ? NULL : http_resp_code);
}

int zts_central_node_auth(int *http_resp_code, uint64_t net_id, uint64_t node_id, uint8_t is_authed)
{
    const char *body = is_authed == ZTS_CENTRAL_NODE_AUTH_TRUE
                           ? "{\"config\": {\"authorized\": true}}"
                           : "{\"config\": {\"authorized\": false}}";

    return ask_member(ZTS_HTTP_POST, net_id, node_id, body, is_authed > 1 ? NULL : http_resp_code);
}

int zts_central_net_get_members(int *http_resp_code, uint64_t net_id)
{
    return ask_network(ZTS_HTTP_GET, net_id, "/member", NULL, http_resp_code);
}
