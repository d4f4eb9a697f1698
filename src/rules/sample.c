/* SPDX-License-Identifier: Apache-2.0 */
/* A frame from a line of text, to try rules on: `tcp 10.0.0.1:1234 > 10.0.0.2:80 syn`. docs/rules.md. */
#include "rules/language.h"

#include "base/text.h"
#include "rules/names.h"
#include "rules/values.h"

#include <string.h>

#define MAX_WORDS 24
#define WORD_SIZE 64
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER 20
#define OTHER_HEADER 8 /* UDP, ICMP, and as much of SCTP as rules look at */
#define ARP_LENGTH 28
#define SMALLEST_PAYLOAD 46
#define TCP_SYN 0x02

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, SCTP = 132, UDPLITE = 136 };

struct line {
    char words[MAX_WORDS][WORD_SIZE];
    size_t count, at;
    char *error;
};

struct draft {
    uint8_t protocol;
    bool has_flags;
    uint16_t tcp_flags;
    uint64_t icmp_type, icmp_code, tos, size;
};

static bool refuse(const struct line *line, const char *word, const char *expected)
{
    zt_format(line->error, ZT_RULES_ERROR_TEXT, "`%s`: expected %s", word, expected);
    return false;
}

static bool divide(struct line *line, const char *text)
{
    while (*text != 0) {
        size_t length = 0;

        if (*text == ' ' || *text == '\t') {
            text++;
            continue;
        }
        while (text[length] != 0 && text[length] != ' ' && text[length] != '\t')
            length++;
        if (line->count == MAX_WORDS || length >= WORD_SIZE)
            return refuse(line, "frame", "fewer or shorter words");
        memcpy(line->words[line->count], text, length);
        line->words[line->count++][length] = 0;
        text += length;
    }
    return true;
}

/* The next word, or "". */
static const char *next(struct line *line)
{
    return line->at < line->count ? line->words[line->at++] : "";
}

static bool has_ports(uint8_t protocol)
{
    return protocol == TCP || protocol == UDP || protocol == SCTP || protocol == UDPLITE;
}

/* Divides "10.0.0.1:80" and "[fd00::1]:80" in place. NULL: no port. */
static char *divide_port(char *text, char **ip)
{
    char *colon = NULL;
    size_t colons = 0;

    *ip = text;
    for (char *at = text; *at != 0; at++)
        if (*at == ':') {
            colon = at;
            colons++;
        }
    if (text[0] == '[' && colon != NULL && colon > text && colon[-1] == ']') {
        *ip = text + 1;
        colon[-1] = 0;
        return colon + 1;
    }
    if (colons != 1)
        return NULL;
    *colon = 0;
    return colon + 1;
}

static bool read_endpoint(struct line *line, struct zt_endpoint *endpoint, bool with_port)
{
    const char *expected =
        with_port ? "IP:PORT or [IPV6]:PORT on both sides of >" : "an IP on both sides of >";
    const char *given = next(line);
    char word[WORD_SIZE];
    char *ip, *port_text;
    uint64_t port = 0;

    (void)zt_format(word, sizeof word, "%s", given);
    port_text = divide_port(word, &ip);
    if ((port_text != NULL) != with_port ||
        (with_port && !zt_value_number(&port, port_text, UINT16_MAX)))
        return refuse(line, given, expected);
    for (const char *at = ip; *at != 0; at++)
        if (*at == '/')
            return refuse(line, given, expected);
    if (!zt_endpoint_parse(endpoint, ip, 0))
        return refuse(line, given, expected);
    endpoint->port = (uint16_t)port;
    return true;
}

static bool read_ends(struct line *line, struct zt_sample *sample, bool with_ports)
{
    const char *arrow;

    if (!read_endpoint(line, &sample->source, with_ports))
        return false;
    arrow = next(line);
    if (strcmp(arrow, ">") != 0)
        return refuse(line, arrow, "> between source and destination");
    if (!read_endpoint(line, &sample->destination, with_ports))
        return false;
    if (sample->source.family != sample->destination.family)
        return refuse(line, line->words[line->at - 1], "the same kind of IP on both sides of >");
    return true;
}

static bool read_option_number(struct line *line, const char *option, uint64_t most, uint64_t *out)
{
    const char *word = next(line);

    return zt_value_number(out, word, most) ||
           refuse(line, option, "a number behind it, in bounds");
}

static bool read_tcp_flag(struct draft *draft, const char *word)
{
    char name[WORD_SIZE + 4];
    int bit;

    (void)zt_format(name, sizeof name, "tcp_%s", word);
    bit = zt_name_number(ZT_WORDS_CHARACTERISTIC, name, strlen(name));
    if (draft->protocol != TCP || bit < 0)
        return false;
    draft->has_flags = true;
    draft->tcp_flags |= (uint16_t)(1U << bit);
    return true;
}

static bool read_options(struct line *line, struct draft *draft)
{
    bool is_icmp = draft->protocol == ICMP || draft->protocol == ICMPV6;

    while (line->at < line->count) {
        const char *word = next(line);
        bool is_good;

        if (strcmp(word, "size") == 0)
            is_good = read_option_number(line, word, ZT_RULES_MAX_FRAME, &draft->size);
        else if (strcmp(word, "tos") == 0)
            is_good = read_option_number(line, word, UINT8_MAX, &draft->tos);
        else if (is_icmp && strcmp(word, "type") == 0)
            is_good = read_option_number(line, word, UINT8_MAX, &draft->icmp_type);
        else if (is_icmp && strcmp(word, "code") == 0)
            is_good = read_option_number(line, word, UINT8_MAX, &draft->icmp_code);
        else
            is_good = read_tcp_flag(draft, word) ||
                      refuse(line, word,
                             "size, tos, for TCP flags like syn and ack, for ICMP "
                             "type and code");
        if (!is_good)
            return false;
    }
    return true;
}

static void put_transport(struct zt_sample *sample, const struct draft *draft, uint8_t *at)
{
    if (has_ports(draft->protocol)) {
        zt_store_u16(at, sample->source.port);
        zt_store_u16(at + 2, sample->destination.port);
    }
    if (draft->protocol == TCP) {
        at[12] = (uint8_t)(0x50 | draft->tcp_flags >> 8);
        at[13] = (uint8_t)draft->tcp_flags;
    }
    if (draft->protocol == ICMP || draft->protocol == ICMPV6) {
        at[0] = (uint8_t)draft->icmp_type;
        at[1] = (uint8_t)draft->icmp_code;
    }
}

static void put_ipv4(struct zt_sample *sample, const struct draft *draft)
{
    uint8_t *at = sample->payload;

    sample->ethertype = ZT_ETHER_IPV4;
    at[0] = 0x45;
    at[1] = (uint8_t)draft->tos;
    zt_store_u16(at + 2, (uint16_t)sample->length);
    at[8] = 64;
    at[9] = draft->protocol;
    memcpy(at + 12, sample->source.ip, 4);
    memcpy(at + 16, sample->destination.ip, 4);
    put_transport(sample, draft, at + IPV4_HEADER);
}

static void put_ipv6(struct zt_sample *sample, const struct draft *draft)
{
    uint8_t *at = sample->payload;

    sample->ethertype = ZT_ETHER_IPV6;
    at[0] = (uint8_t)(0x60 | draft->tos >> 4);
    at[1] = (uint8_t)(draft->tos << 4);
    zt_store_u16(at + 4, (uint16_t)(sample->length - IPV6_HEADER));
    at[6] = draft->protocol;
    at[7] = 64;
    memcpy(at + 8, sample->source.ip, 16);
    memcpy(at + 24, sample->destination.ip, 16);
    put_transport(sample, draft, at + IPV6_HEADER);
}

static bool read_arp(struct line *line, struct zt_sample *sample)
{
    uint8_t *at = sample->payload;

    if (!read_ends(line, sample, false))
        return false;
    if (sample->source.family != ZT_FAMILY_IPV4)
        return refuse(line, "arp", "IPv4");
    if (line->at < line->count)
        return refuse(line, line->words[line->at], "nothing behind the addresses");
    sample->ethertype = ZT_ETHER_ARP;
    sample->is_multicast = sample->is_broadcast = true;
    sample->length = ARP_LENGTH;
    zt_store_u16(at, 1);
    zt_store_u16(at + 2, ZT_ETHER_IPV4);
    at[4] = 6;
    at[5] = 4;
    at[7] = 1; /* a request */
    memcpy(at + 14, sample->source.ip, 4);
    memcpy(at + 24, sample->destination.ip, 4);
    return true;
}

static bool read_other(struct line *line, struct zt_sample *sample)
{
    struct draft draft = { .size = SMALLEST_PAYLOAD };
    const char *word = next(line);
    int named = zt_name_number(ZT_WORDS_ETHERTYPE, word, strlen(word));
    uint64_t number = (uint64_t)named;

    if (named < 0 && !zt_value_number(&number, word, UINT16_MAX))
        return refuse(line, word, "an EtherType behind ethertype");
    if (!read_options(line, &draft))
        return false;
    sample->ethertype = (uint16_t)number;
    sample->length = (size_t)draft.size;
    return true;
}

static void mark_multicast(struct zt_sample *sample)
{
    const uint8_t *ip = sample->destination.ip;

    if (sample->destination.family == ZT_FAMILY_IPV6) {
        sample->is_multicast = ip[0] == 0xff;
        return;
    }
    sample->is_broadcast = zt_load_u32(ip) == UINT32_MAX;
    sample->is_multicast = sample->is_broadcast || (ip[0] & 0xf0) == 0xe0;
}

static bool read_ip(struct line *line, struct zt_sample *sample, uint8_t protocol)
{
    struct draft draft = { .protocol = protocol };
    size_t least;

    draft.icmp_type = protocol == ICMP ? 8 : 128; /* an echo request */
    if (!read_ends(line, sample, has_ports(protocol)) || !read_options(line, &draft))
        return false;
    if (!draft.has_flags)
        draft.tcp_flags = TCP_SYN;
    least = sample->source.family == ZT_FAMILY_IPV4 ? IPV4_HEADER : IPV6_HEADER;
    least += protocol == TCP ? TCP_HEADER : OTHER_HEADER;
    if (draft.size != 0 && draft.size < least)
        return refuse(line, "size", "at least as many bytes as the headers have");
    sample->length = draft.size != 0 ? (size_t)draft.size : least;
    mark_multicast(sample);
    if (sample->source.family == ZT_FAMILY_IPV4)
        put_ipv4(sample, &draft);
    else
        put_ipv6(sample, &draft);
    return true;
}

bool zt_sample_read(struct zt_sample *sample, const char *text, char error[ZT_RULES_ERROR_TEXT])
{
    struct line line = { .error = error };
    const char *word;
    uint64_t number;
    int named;

    memset(sample, 0, sizeof *sample);
    if (!divide(&line, text))
        return false;
    word = next(&line);
    if (strcmp(word, "arp") == 0)
        return read_arp(&line, sample);
    if (strcmp(word, "ethertype") == 0)
        return read_other(&line, sample);
    named = zt_name_number(ZT_WORDS_PROTOCOL, word, strlen(word));
    number = (uint64_t)named;
    if (named < 0 && !zt_value_number(&number, word, UINT8_MAX))
        return refuse(&line, word, "arp, ethertype, or a protocol like tcp, udp, icmp or 47");
    return read_ip(&line, sample, (uint8_t)number);
}
