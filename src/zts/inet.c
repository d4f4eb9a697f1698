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

/* An IPv4 address with the classic short, octal and hexadecimal forms, and nothing after it. */
static bool parse4(const char *text, uint8_t out[4])
{
    ip4_addr_t ip;

    if (text[0] == 0 || strpbrk(text, " \t\n\v\f\r") != NULL || ip4addr_aton(text, &ip) == 0)
        return false;
    memcpy(out, &ip.addr, 4);
    return true;
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
