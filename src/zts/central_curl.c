/* SPDX-License-Identifier: Apache-2.0 */
/* Carries the requests of zts_central_* by libcurl: certificates verified, time and answer bounded. */
#include "zts/central.h"

#include "base/text.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

enum { MOST_REDIRECTS = 5 };

static CURL *handle;

/* Not safe to repeat in older versions of libcurl. */
static CURLcode global_result;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_once(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool zts_central_carrier_open(void)
{
    (void)pthread_once(&once, init_once);
    if (global_result == CURLE_OK)
        handle = curl_easy_init();
    return handle != NULL;
}

void zts_central_carrier_close(void)
{
    curl_easy_cleanup(handle);
    handle = NULL;
}

struct sink {
    char *at;
    size_t size, length;
    bool is_full;
};

/* Less than offered makes libcurl give up. One byte is kept for the 0. */
static size_t take(char *bytes, size_t one, size_t count, void *context)
{
    struct sink *sink = context;

    if (count >= sink->size - sink->length) {
        sink->is_full = true;
        return CURL_WRITEFUNC_ERROR;
    }
    memcpy(sink->at + sink->length, bytes, one * count);
    sink->length += count;
    sink->at[sink->length] = 0;
    return one * count;
}

/* A redirect must not carry on in clear text what began encrypted, and only HTTP is spoken at all. */
static bool set_transport(const struct zts_central_request *request)
{
    bool is_clear = strncmp(request->url, "http://", 7) == 0;

    return curl_easy_setopt(handle, CURLOPT_URL, request->url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_DEFAULT_PROTOCOL, "https") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR,
                            is_clear ? "http,https" : "https") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, request->timeout_ms) == CURLE_OK;
}

/* libcurl itself keeps the token from other hosts that a redirect names. */
static bool set_content(const struct zts_central_request *request, struct curl_slist *headers)
{
    CURLcode code = CURLE_OK;

    if (request->method == ZTS_HTTP_POST)
        code = curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
    else if (request->method == ZTS_HTTP_DELETE)
        code = curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
    return code == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, request->token) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "libzt") == CURLE_OK;
}

static bool set_sink(struct sink *sink)
{
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, sink) == CURLE_OK;
}

static bool perform(const struct zts_central_request *request, struct curl_slist *headers,
                    struct sink *sink, struct zts_central_answer *answer)
{
    long status = 0;

    curl_easy_reset(handle);
    if (headers == NULL || !set_transport(request) || !set_content(request, headers) ||
        !set_sink(sink)) {
        zt_format(answer->reason, sizeof answer->reason, "libcurl refuses the request");
        return false;
    }
    CURLcode code = curl_easy_perform(handle);
    (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    answer->length = sink->length;
    if (sink->is_full)
        zt_format(answer->reason, sizeof answer->reason, "the answer exceeds the buffer");
    else if (code != CURLE_OK)
        zt_format(answer->reason, sizeof answer->reason, "%s", curl_easy_strerror(code));
    return code == CURLE_OK;
}

bool zts_central_carry(const struct zts_central_request *request, struct zts_central_answer *answer)
{
    struct sink sink = { .at = request->answer, .size = request->answer_size };
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    bool arrived = perform(request, headers, &sink, answer);

    curl_slist_free_all(headers);
    return arrived;
}
