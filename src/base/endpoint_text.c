/* SPDX-License-Identifier: Apache-2.0 */
/* The text form of an endpoint: "IP/port", written as RFC 5952 wants it and read strictly. */
#include "base/endpoint.h"
#include "base/text.h"

#include <string.h>

enum { GROUPS = 8 }; /* of an IPv6 address */

static size_t write_v4(char *out, size_t size, const uint8_t ip[4])
{
    return zt_format(out, size, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
}

/* The first of the longest runs of zero groups, if two or longer; else a run of none at the end. */
static void find_gap(const uint8_t ip[16], unsigned *gap_start, unsigned *gap_length)
{
    unsigned run = 0;

    *gap_start = GROUPS;
    *gap_length = 1;
    for (unsigned i = 0; i < GROUPS; i++) {
        run = zt_load_u16(ip + 2 * i) == 0 ? run + 1 : 0;
        if (run > *gap_length) {
            *gap_start = i + 1 - run;
            *gap_length = run;
        }
    }
}

static size_t write_v6(char *out, size_t size, const uint8_t ip[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    unsigned gap_start;
    unsigned gap_length;
    size_t length = 0;

    if (memcmp(ip, mapped, sizeof mapped) == 0) {
        length = zt_format(out, size, "::ffff:");
        return length + write_v4(out + length, size - length, ip + 12);
    }
    find_gap(ip, &gap_start, &gap_length);
    out[0] = 0;
    for (unsigned i = 0; i < GROUPS; i++) {
        if (i == gap_start) {
            length += zt_format(out + length, size - length, "::");
            i += gap_length - 1;
            continue;
        }
        const char *separator = i == 0 || i == gap_start + gap_length ? "" : ":";
        length += zt_format(out + length, size - length, "%s%x", separator,
                            (unsigned)zt_load_u16(ip + 2 * i));
    }
    return length;
}

void zt_endpoint_text(const struct zt_endpoint *endpoint, bool with_port,
                      char out[ZT_ENDPOINT_TEXT])
{
    size_t length = 0;

    out[0] = 0;
    if (endpoint->family == ZT_FAMILY_IPV4)
        length = write_v4(out, ZT_ENDPOINT_TEXT, endpoint->ip);
    if (endpoint->family == ZT_FAMILY_IPV6)
        length = write_v6(out, ZT_ENDPOINT_TEXT, endpoint->ip);
    if (with_port && length > 0)
        zt_format(out + length, ZT_ENDPOINT_TEXT - length, "/%u", endpoint->port);
}

/* A decimal number up to largest, without spare zeros in front. Moves *text behind it. */
static bool read_number(const char **text, unsigned largest, unsigned *number)
{
    const char *at = *text;
    unsigned value = 0;

    if (*at == '0' && at[1] >= '0' && at[1] <= '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (unsigned)(*at - '0');
        if (value > largest)
            return false;
    }
    if (at == *text)
        return false;
    *number = value;
    *text = at;
    return true;
}

/* Four numbers with dots. Moves *text behind them. */
static bool read_v4(const char **text, uint8_t ip[4])
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned number;

        if (i > 0 && *(*text)++ != '.')
            return false;
        if (!read_number(text, 255, &number))
            return false;
        ip[i] = (uint8_t)number;
    }
    return true;
}

/* One to four hex digits. Moves *text behind them. */
static bool read_group(const char **text, uint8_t group[2])
{
    unsigned value = 0;
    unsigned digits = 0;

    for (; zt_hex_digit(**text) >= 0; (*text)++, digits++) {
        if (digits == 4)
            return false;
        value = value << 4 | (unsigned)zt_hex_digit(**text);
    }
    zt_store_u16(group, (uint16_t)value);
    return digits > 0;
}

/* Does an IPv4 address stand here, rather than one more group? */
static bool is_v4_next(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return *text == '.';
}

struct groups {
    uint8_t bytes[16];
    unsigned length; /* of bytes, as far as read */
    unsigned gap;    /* where in bytes "::" stands; NO_GAP if nowhere */
};

enum { NO_GAP = 17 };

/* Reads groups up to the first character that can't belong to them. */
static bool read_groups(const char **text, struct groups *groups)
{
    if ((*text)[0] == ':' && (*text)[1] == ':') {
        groups->gap = 0;
        *text += 2;
    }
    while (groups->length < 16) {
        if (groups->gap == groups->length && zt_hex_digit(**text) < 0)
            return true; /* "::" was the end */
        if (groups->length <= 12 && is_v4_next(*text)) {
            groups->length += 4;
            return read_v4(text, groups->bytes + groups->length - 4);
        }
        if (!read_group(text, groups->bytes + groups->length))
            return false;
        groups->length += 2;
        if (groups->length == 16 || **text != ':')
            return true;
        (*text)++;
        if (**text != ':')
            continue;
        if (groups->gap != NO_GAP)
            return false;
        groups->gap = groups->length;
        (*text)++;
    }
    return true;
}

static bool read_v6(const char **text, uint8_t ip[16])
{
    struct groups groups = { .gap = NO_GAP };

    if (!read_groups(text, &groups))
        return false;
    if (groups.gap == NO_GAP) {
        memcpy(ip, groups.bytes, 16);
        return groups.length == 16;
    }
    if (groups.length == 16)
        return false; /* nothing left for "::" to stand for */

    unsigned tail = groups.length - groups.gap;

    memcpy(ip, groups.bytes, groups.gap);
    memcpy(ip + 16 - tail, groups.bytes + groups.gap, tail);
    return true;
}

static bool has_colon(const char *text)
{
    while (*text != 0 && *text != ':')
        text++;
    return *text == ':';
}

bool zt_endpoint_parse(struct zt_endpoint *endpoint, const char *text, uint16_t default_port)
{
    struct zt_endpoint next = { .port = default_port };
    unsigned port;

    if (has_colon(text)) {
        next.family = ZT_FAMILY_IPV6;
        if (!read_v6(&text, next.ip))
            return false;
    } else {
        next.family = ZT_FAMILY_IPV4;
        if (!read_v4(&text, next.ip))
            return false;
    }
    if (*text == '/') {
        text++;
        if (!read_number(&text, UINT16_MAX, &port))
            return false;
        next.port = (uint16_t)port;
    }
    if (*text != 0)
        return false;
    *endpoint = next;
    return true;
}
