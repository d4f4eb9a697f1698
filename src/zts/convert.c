/* SPDX-License-Identifier: Apache-2.0 */
/* Between our endpoint value and public socket addresses and texts. */
#include "zts/zts.h"

#include <ctype.h>
#include <string.h>

void zts_sockaddr_of(struct zts_sockaddr_storage *out, const struct zt_endpoint *endpoint)
{
    struct zts_sockaddr_in in4 = { .sin_len = sizeof in4, .sin_family = ZTS_AF_INET };
    struct zts_sockaddr_in6 in6 = { .sin6_len = sizeof in6, .sin6_family = ZTS_AF_INET6 };

    memset(out, 0, sizeof *out);
    if (endpoint->family == ZT_FAMILY_IPV4) {
        zt_store_u16((uint8_t *)&in4.sin_port, endpoint->port);
        memcpy(&in4.sin_addr, endpoint->ip, 4);
        memcpy(out, &in4, sizeof in4);
    } else if (endpoint->family == ZT_FAMILY_IPV6) {
        zt_store_u16((uint8_t *)&in6.sin6_port, endpoint->port);
        memcpy(&in6.sin6_addr, endpoint->ip, 16);
        memcpy(out, &in6, sizeof in6);
    }
}

bool zts_endpoint_of(struct zt_endpoint *out, const struct zts_sockaddr *addr, zts_socklen_t length)
{
    const uint8_t *bytes = (const uint8_t *)addr;

    if (length >= sizeof(struct zts_sockaddr_in) && addr->sa_family == ZTS_AF_INET)
        *out = zt_endpoint_v4(bytes + 4, zt_load_u16(bytes + 2));
    else if (length >= sizeof(struct zts_sockaddr_in6) && addr->sa_family == ZTS_AF_INET6)
        *out = zt_endpoint_v6(bytes + 8, zt_load_u16(bytes + 2));
    else
        return false;
    return true;
}

void zts_upper_text(const struct zt_endpoint *endpoint, char out[ZT_ENDPOINT_TEXT])
{
    zt_endpoint_text(endpoint, false, out);
    for (; *out != 0; out++)
        *out = (char)toupper((unsigned char)*out);
}
