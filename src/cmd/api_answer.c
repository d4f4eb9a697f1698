/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers of all parts of the local API have in common. docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include "base/text.h"

json_t *zt_api_error(int *status, int code, const char *text)
{
    *status = code;
    return json_pack("{s:i, s:s}", "error", code, "description", text);
}

json_t *zt_api_no_method(int *status)
{
    return zt_api_error(status, 405, "this path does not know that method");
}

json_t *zt_api_hex(uint64_t number, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, number, digits);
    return json_string(text);
}

json_t *zt_api_endpoint(const struct zt_endpoint *endpoint, bool with_port)
{
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(endpoint, with_port, text);
    return json_string(text);
}
