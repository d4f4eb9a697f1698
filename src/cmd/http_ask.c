/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP by libcurl: plain, to one host or Unix socket, without proxies. */
#include "cmd/http_ask.h"

#include "base/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 60000L
#define MAX_ANSWER (1u << 30) /* a million members */
#define URL_TEXT 1024

struct answer {
    char *text;
    size_t length;
};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *answer = context;
    size_t length = size * count;
    char *text;

    if (length > MAX_ANSWER - answer->length)
        return 0;
    text = realloc(answer->text, answer->length + length + 1);
    if (!text)
        return 0;
    memcpy(text + answer->length, bytes, length);
    answer->text = text;
    answer->length += length;
    text[answer->length] = 0;
    return length;
}

static struct curl_slist *make_headers(const char *token)
{
    char line[256];
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json"), *all;

    if (!headers || !token)
        return headers;
    zt_format(line, sizeof line, "X-ZT1-Auth: %s", token);
    all = curl_slist_append(headers, line);
    if (!all)
        curl_slist_free_all(headers);
    return all;
}

static void prepare(CURL *curl, const struct zt_http_place *place, const char *url,
                    const char *method, const char *body, const struct curl_slist *headers,
                    struct answer *answer, char *why)
{
    if (place->socket)
        (void)curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, place->socket);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
}

static bool write_url(char url[URL_TEXT], const struct zt_http_place *place, const char *path)
{
    bool is_ipv6 = strchr(place->host, ':') != NULL;

    if (strlen(place->host) + strlen(path) + 32 > URL_TEXT)
        return false;
    zt_format(url, URL_TEXT, "http://%s%s%s:%u%s", is_ipv6 ? "[" : "", place->host,
              is_ipv6 ? "]" : "", place->port, path);
    return true;
}

/* Of a Unix socket the system's word says more than libcurl's, which speaks of hosts and ports. */
static void explain(CURL *curl, const struct zt_http_place *place, CURLcode code, const char *why,
                    char *error, size_t size)
{
    long number = 0;

    if (place->socket && code == CURLE_COULDNT_CONNECT)
        (void)curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
    if (number)
        zt_format(error, size, "%s; is a root or controller running there?", strerror((int)number));
    else
        zt_format(error, size, "%s", *why ? why : curl_easy_strerror(code));
}

int zt_http_ask(const struct zt_http_place *place, const char *method, const char *path,
                const char *body, char **answer, char *error, size_t size)
{
    char url[URL_TEXT], why[CURL_ERROR_SIZE] = "";
    struct answer got = { .text = calloc(1, 1) };
    struct curl_slist *headers = make_headers(place->token);
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;

    if (!write_url(url, place, path)) {
        zt_format(why, sizeof why, "the name of the host, or the path, is too long");
    } else if (got.text && headers && curl) {
        prepare(curl, place, url, method, body, headers, &got, why);
        code = curl_easy_perform(curl);
        if (code == CURLE_OK)
            (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    explain(curl, place, code, why, error, size);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    *answer = status ? got.text : NULL;
    if (!status)
        free(got.text);
    return (int)status;
}
