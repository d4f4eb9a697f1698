/* SPDX-License-Identifier: Apache-2.0 */
/* zts_util_*, zts_inet_* and zts_ipaddr_*: addresses as text. No node is needed. */
#include "zts/zts.h"

#include "base/text.h"
#include "os/host.h"

#include "lwip/inet.h"
#include "lwip/sockets.h"

#include <string.h>

void zts_util_delay(unsigned long milliseconds)
{
    zt_host_sleep_ms((int64_t)milliseconds);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : UINT8_MAX;
}

/* A number as C writes it: decimal, 0 octal, 0x hexadecimal. NULL: none, or above most. */
static const char *parse_number(const char *text, uint32_t most, uint32_t *number)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    int base = is_hex ? 16 : text[0] == '0' ? 8 : 10;
    uint64_t value = 0;

    if (is_hex)
        text += 2;
    if (digit_of(*text) >= base)
        return NULL;
    for (; digit_of(*text) < base; text++) {
        value = value * (unsigned)base + (unsigned)digit_of(*text);
        if (value > most)
            return NULL;
    }
    *number = (uint32_t)value;
    return text;
}

/* An IPv4 address with the classic short forms, whose last number fills what is left: 127.1. lwIP's own
   reader lets numbers wrap at 32 bits. */
static bool parse4(const char *text, uint8_t out[4])
{
    uint32_t ip = 0, number = 0;

    for (unsigned part = 0; part < 4; part++) {
        uint32_t most = UINT32_MAX >> 8 * part;
        text = parse_number(text, most, &number);
        if (text == NULL)
            return false;
        if (*text == 0) {
            ip = lwip_htonl(ip | number);
            memcpy(out, &ip, sizeof ip);
            return true;
        }
        if (*text++ != '.' || number > UINT8_MAX)
            return false;
        ip |= number << (24 - 8 * part);
    }
    return false;
}

static bool parse6(const char *text, uint8_t out[16])
{
    struct zt_endpoint parsed;

    if (strchr(text, ':') == NULL || strchr(text, '/') != NULL ||
        !zt_endpoint_parse(&parsed, text, 0) || parsed.family != ZT_FAMILY_IPV6)
        return false;
    memcpy(out, parsed.ip, 16);
    return true;
}

static bool parse(struct zt_endpoint *out, const char *text, uint16_t port)
{
    uint8_t ip[16];

    if (text != NULL && parse4(text, ip))
        *out = zt_endpoint_v4(ip, port);
    else if (text != NULL && parse6(text, ip))
        *out = zt_endpoint_v6(ip, port);
    else
        return false;
    return true;
}

int zts_util_get_ip_family(const char *ipstr)
{
    struct zt_endpoint parsed;

    if (ipstr == NULL)
        return ZTS_ERR_ARG;
    if (!parse(&parsed, ipstr, 0))
        return -1;
    return parsed.family == ZT_FAMILY_IPV4 ? ZTS_AF_INET : ZTS_AF_INET6;
}

int zts_util_ipstr_to_saddr(const char *src_ipstr, unsigned short port,
                            struct zts_sockaddr *dstaddr, zts_socklen_t *addrlen)
{
    struct zts_sockaddr_storage made;
    struct zt_endpoint parsed;

    if (dstaddr == NULL || addrlen == NULL || !parse(&parsed, src_ipstr, port))
        return ZTS_ERR_ARG;
    zts_sockaddr_of(&made, &parsed);
    memcpy(dstaddr, &made, made.s2_len);
    *addrlen = made.s2_len;
    return ZTS_ERR_OK;
}

int zts_util_ntop(struct zts_sockaddr *addr, zts_socklen_t addrlen, char *dst_str, int len,
                  unsigned short *port)
{
    struct zt_endpoint endpoint;
    char text[ZT_ENDPOINT_TEXT];

    if (addr == NULL || dst_str == NULL || port == NULL || len != ZTS_INET6_ADDRSTRLEN ||
        addrlen > sizeof(struct zts_sockaddr_in6) || !zts_endpoint_of(&endpoint, addr, addrlen))
        return ZTS_ERR_ARG;
    zts_upper_text(&endpoint, text);
    zt_format(dst_str, (size_t)len, "%s", text);
    *port = endpoint.port;
    return ZTS_ERR_OK;
}

const char *zts_inet_ntop(int family, const void *src, char *dst, zts_socklen_t size)
{
    struct zt_endpoint endpoint;
    char text[ZT_ENDPOINT_TEXT];

    if (src == NULL || dst == NULL || (family != ZTS_AF_INET && family != ZTS_AF_INET6))
        return NULL;
    endpoint = family == ZTS_AF_INET ? zt_endpoint_v4(src, 0) : zt_endpoint_v6(src, 0);
    zts_upper_text(&endpoint, text);
    if (strlen(text) >= size)
        return NULL;
    memcpy(dst, text, strlen(text) + 1);
    return dst;
}

int zts_inet_pton(int family, const char *src, void *dst)
{
    if (family != ZTS_AF_INET && family != ZTS_AF_INET6)
        return -1;
    if (src == NULL || dst == NULL)
        return 0;
    return family == ZTS_AF_INET ? parse4(src, dst) : parse6(src, dst);
}

char *zts_ipaddr_ntoa(const zts_ip_addr *addr)
{
    static _Thread_local char text[ZT_ENDPOINT_TEXT];
    struct zt_endpoint endpoint;

    if (addr == NULL)
        return NULL;
    endpoint = addr->type == ZTS_IPADDR_TYPE_V6
                   ? zt_endpoint_v6((const uint8_t *)&addr->u_addr.ip6, 0)
                   : zt_endpoint_v4((const uint8_t *)&addr->u_addr.ip4, 0);
    zts_upper_text(&endpoint, text);
    return text;
}

int zts_ipaddr_aton(const char *cp, zts_ip_addr *addr)
{
    struct zt_endpoint parsed;

    if (addr == NULL || !parse(&parsed, cp, 0))
        return 0;
    memset(addr, 0, sizeof *addr);
    memcpy(&addr->u_addr, parsed.ip, zt_endpoint_ip_length(&parsed));
    addr->type = parsed.family == ZT_FAMILY_IPV6 ? ZTS_IPADDR_TYPE_V6 : ZTS_IPADDR_TYPE_V4;
    return 1;
}
