/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a request, and composing answers. */
#define _POSIX_C_SOURCE 200809L

#include "http/request.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool zt_http_sets(const struct zt_http_request *request)
{
    return strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0;
}

bool zt_http_gets(const struct zt_http_request *request, const char *path)
{
    return strcmp(request->method, "GET") == 0 && strcmp(request->path, path) == 0;
}

const char *zt_http_hosted_path(const char *path)
{
    if (strncmp(path, "/api/v1/", 8) == 0)
        return path + 7;
    return strncmp(path, "/api/", 5) == 0 ? path + 4 : NULL;
}

void zt_http_say_text(struct zt_http_answer *answer, int status, const char *type, const char *text)
{
    assert(!answer->text);

    *answer = (struct zt_http_answer){ .status = status, .type = type, .text = strdup(text) };
    answer->length = answer->text ? strlen(text) : 0;
}

void zt_http_say(struct zt_http_answer *answer, int status, json_t *json)
{
    assert(!answer->text);

    *answer = (struct zt_http_answer){ .status = json ? status : 500, .type = "application/json" };
    answer->text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    answer->length = answer->text ? strlen(answer->text) : 0;
    json_decref(json);
}

void zt_http_complain(struct zt_http_answer *answer, int status, const char *format, ...)
{
    char text[512];
    va_list arguments;
    json_t *description;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    description = json_string(text); /* NULL if a name that is quoted was cut within a letter */
    zt_http_say(answer, status,
                json_pack("{s:i, s:o}", "error", status, "description",
                          description ? description : json_string("bad request")));
}

void zt_http_refuse_length(struct zt_http_answer *answer)
{
    zt_http_complain(answer, 413, "the body is longer than %u bytes", ZT_MAX_HTTP_BODY);
}

void zt_http_answer_clear(struct zt_http_answer *answer)
{
    free(answer->text);
    *answer = (struct zt_http_answer){ 0 };
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\n", text[i]) || text[i] == 0)
            return false;
    return true;
}

/* Do objects and arrays stand too deep in one another? What is stored may get further levels around it,
   and must be readable again by a parser that has its own limit. */
static bool is_deep(const char *text, size_t length)
{
    bool in_string = false;
    size_t depth = 0;

    for (size_t i = 0; i < length && depth <= ZT_MAX_HTTP_NESTING; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && (text[i] == '{' || text[i] == '['))
            depth++;
        else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return depth > ZT_MAX_HTTP_NESTING;
}

json_t *zt_http_body(const struct zt_http_request *request, struct zt_http_answer *answer)
{
    json_error_t error;
    json_t *body;

    if (is_blank(request->body, request->body_length))
        return json_object();
    if (is_deep(request->body, request->body_length)) {
        zt_http_complain(answer, 400, "the body is nested more than %d levels deep",
                         ZT_MAX_HTTP_NESTING);
        return NULL;
    }
    body = json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES, &error);
    if (!body) {
        zt_http_complain(answer, 400, "the body is not JSON: %s (line %d, column %d)", error.text,
                         error.line, error.column);
        return NULL;
    }
    if (json_is_object(body))
        return body;
    json_decref(body);
    zt_http_complain(answer, 400, "the body must be a JSON object");
    return NULL;
}
