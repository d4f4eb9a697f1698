/* SPDX-License-Identifier: Apache-2.0 */
/* POST /rules: a text in the rule language becomes what a controller takes. docs/rules.md */
#include "cmd/api_parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "cmd/rules_file.h"

#include <string.h>

static json_t *complain(const struct zt_rules_errors *errors, int *status)
{
    const struct zt_rules_error *first = &errors->list[0];
    char text[ZT_RULES_ERROR_TEXT + 64];

    zt_format(text, sizeof text, "rulesSource: line %u, column %u: %s", first->line, first->column,
              first->text);
    return zt_api_error(status, 400, text);
}

/* {"source": text}; answers {config, capabilitiesByName, tagsByName}. */
json_t *zt_api_rules(struct zt_service *service, const struct zt_api_call *call, int *status)
{
    const json_t *source = json_object_get(call->body, "source");
    struct zt_rules_errors errors = { 0 };
    struct zt_rulebook *book;
    json_t *json;

    (void)service;
    if (*call->rest)
        return zt_api_error(status, 404, "no such path");
    if (strcmp(call->method, "POST") != 0)
        return zt_api_no_method(status);
    if (!json_is_string(source))
        return zt_api_error(status, 400, "rulesSource: not a text");
    book = zt_rulebook_compile(json_string_value(source), json_string_length(source), &errors);
    if (!book)
        return complain(&errors, status);
    json = zt_rulebook_json(book);
    zt_free(book);
    return json ? json : zt_api_error(status, 500, "out of memory");
}
