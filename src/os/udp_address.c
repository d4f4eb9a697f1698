/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints as the system's addresses, and back. */
#include "os/udp_state.h"

#include <string.h>

socklen_t zt_sockaddr_of(union zt_sockaddr *to, const struct zt_endpoint *from)
{
    memset(to, 0, sizeof *to);
    if (from->family == ZT_FAMILY_IPV4) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons(from->port);
        memcpy(&to->v4.sin_addr, from->ip, 4);
        return sizeof to->v4;
    }
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons(from->port);
    memcpy(&to->v6.sin6_addr, from->ip, 16);
    return sizeof to->v6;
}

bool zt_sockaddr_read(const union zt_sockaddr *from, struct zt_endpoint *to)
{
    if (from->any.sa_family == AF_INET) {
        *to = zt_endpoint_v4((const uint8_t *)&from->v4.sin_addr, ntohs(from->v4.sin_port));
        return true;
    }
    if (from->any.sa_family == AF_INET6) {
        *to = zt_endpoint_v6((const uint8_t *)&from->v6.sin6_addr, ntohs(from->v6.sin6_port));
        return true;
    }
    return false;
}
