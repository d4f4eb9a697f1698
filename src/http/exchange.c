/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way: head, body piece by piece, answer. */
#include "http/exchange.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "http/admission.h"
#include "http/date.h"
#include "http/dispatch.h"
#include "http/listen.h"

#include <stdlib.h>
#include <string.h>

#define MOST_CREDENTIAL 256 /* longer ones are nobody's */

struct exchange {
    char *body; /* owned */
    size_t length, capacity;
    bool is_too_long;
    char auth_header[MOST_CREDENTIAL], authorization[MOST_CREDENTIAL];
};

/* What a path or a parameter stands for. A 0 in it would hide what follows, so it becomes what no path
   of ours has. */
size_t zt_exchange_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    size_t at = 0;

    (void)context;
    (void)connection;
    for (const char *from = text; *from; from++, at++) {
        int high = *from == '%' ? zt_hex_digit(from[1]) : -1;
        int low = high >= 0 ? zt_hex_digit(from[2]) : -1;

        text[at] = *from;
        if (low >= 0)
            text[at] = (char)(high * 16 + low);
        if (text[at] == 0)
            text[at] = '?';
        from += low >= 0 ? 2 : 0;
    }
    text[at] = 0;
    return at;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Without blanks at the end, which RFC 9110 (5.5) leaves out. The text may be in room. */
static const char *credential(struct MHD_Connection *connection, const char *name,
                              char room[MOST_CREDENTIAL])
{
    const char *value = header(connection, name);
    size_t length = value ? strlen(value) : 0;

    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    if (!value || length >= MOST_CREDENTIAL)
        return value;
    memcpy(room, value, length);
    room[length] = 0;
    return room;
}

/* RFC 9112 (3.2.2) lets clients name the server too, as they would to a proxy: http://HOST:PORT/PATH. */
static const char *path_of(const char *url)
{
    static const char scheme[] = "http://";
    const char *path;

    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return url;
    path = strchr(url + sizeof scheme - 1, '/');
    return path ? path : "/";
}

static const char *parameter(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/* A number that does not fit is as good as the largest. */
static uint64_t announced_length(const char *text)
{
    uint64_t value = 0;

    for (; text && *text >= '0' && *text <= '9'; text++)
        value = value > UINT64_MAX / 16 ? UINT64_MAX / 16 : value * 10 + (uint64_t)(*text - '0');
    return value;
}

static struct zt_http_request request_of(struct MHD_Connection *connection, const char *url,
                                         const char *method, struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct zt_http_request request = {
        .method = strcmp(method, "HEAD") == 0 ? "GET" : method,
        .path = path_of(url),
        .auth_header = credential(connection, "X-ZT1-Auth", exchange->auth_header),
        .authorization = credential(connection, "Authorization", exchange->authorization),
        .auth_query = parameter(connection, "auth"),
        .jsonp = parameter(connection, "jsonp"),
        .body = exchange->body,
        .body_length = exchange->length,
        .announced_length = announced_length(header(connection, "Content-Length")),
        .is_too_long = exchange->is_too_long,
    };

    if (info && info->client_addr) {
        request.remote = zt_http_endpoint_of(info->client_addr);
        request.is_owner = info->client_addr->sa_family == AF_UNIX;
    }
    return request;
}

static void add_number(struct MHD_Response *response, const char *name, unsigned value)
{
    char text[16];

    zt_format(text, sizeof text, "%u", value);
    (void)MHD_add_response_header(response, name, text);
}

static void add_allowance(struct MHD_Response *response, const struct zt_http_answer *answer)
{
    char date[ZT_HTTP_DATE];

    if (answer->allowance.limit == 0)
        return;
    zt_http_date(date, answer->allowance.reset_s);
    add_number(response, "X-Ratelimit-Limit", answer->allowance.limit);
    add_number(response, "X-Ratelimit-Remaining", answer->allowance.remaining);
    (void)MHD_add_response_header(response, "X-Ratelimit-Reset", date);
    if (answer->status == 429)
        add_number(response, "Retry-After", 1);
}

/* Takes the text of the answer. */
static enum MHD_Result send_answer(struct MHD_Connection *connection, struct zt_http_answer *answer)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->length, answer->text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result;

    if (!response) {
        zt_http_answer_clear(answer);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", answer->type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (answer->allow)
        (void)MHD_add_response_header(response, "Allow", answer->allow);
    add_allowance(response, answer);
    result = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static bool keep(struct exchange *exchange, const char *bytes, size_t length)
{
    size_t capacity = exchange->capacity ? exchange->capacity : 4096;
    char *body;

    while (capacity < exchange->length + length)
        capacity *= 2;
    if (capacity != exchange->capacity) {
        body = realloc(exchange->body, capacity);
        if (!body)
            return false;
        exchange->body = body;
        exchange->capacity = capacity;
    }
    memcpy(exchange->body + exchange->length, bytes, length);
    exchange->length += length;
    return true;
}

/* More than the limit is read and forgotten: only so the refusal reaches who sends it. */
static enum MHD_Result take_piece(struct exchange *exchange, const char *bytes, size_t *length)
{
    size_t room = ZT_MAX_HTTP_BODY - exchange->length;

    if (exchange->is_too_long || *length > room) {
        exchange->is_too_long = true;
        free(exchange->body);
        exchange->body = NULL;
        exchange->length = exchange->capacity = 0;
    } else if (!keep(exchange, bytes, *length)) {
        return MHD_NO;
    }
    *length = 0;
    return MHD_YES;
}

static enum MHD_Result begin(struct zt_site *site, struct MHD_Connection *connection,
                             const char *url, const char *method, void **state)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    struct zt_http_answer answer = { 0 };
    struct zt_http_request request;

    if (!exchange)
        return MHD_NO;
    *state = exchange;
    request = request_of(connection, url, method, exchange);
    return zt_admission_refuses(site, &request, &answer) ? send_answer(connection, &answer)
                                                         : MHD_YES;
}

enum MHD_Result zt_exchange_step(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_length, void **state)
{
    struct zt_site *site = context;
    struct exchange *exchange = *state;
    struct zt_http_answer answer = { 0 };
    struct zt_http_request request;

    (void)version;
    if (!exchange)
        return begin(site, connection, url, method, state);
    if (*upload_length > 0)
        return take_piece(exchange, upload, upload_length);
    request = request_of(connection, url, method, exchange);
    zt_dispatch(site, &request, &answer);
    return send_answer(connection, &answer);
}

void zt_exchange_end(void **state)
{
    struct exchange *exchange = *state;

    if (!exchange)
        return;
    free(exchange->body);
    zt_wipe(exchange, sizeof *exchange);
    free(exchange);
    *state = NULL;
}
