/* SPDX-License-Identifier: Apache-2.0 */
/* The list of networks that may administer. */
#include "http/prefixes.h"

bool zt_http_network_read(struct zt_endpoint *network, const char *text)
{
    uint16_t most;

    if (!zt_endpoint_parse(network, text, UINT16_MAX))
        return false;
    most = network->family == ZT_FAMILY_IPV4 ? 32 : 128;
    if (network->port == UINT16_MAX)
        network->port = most;
    return network->port <= most;
}

bool zt_prefixes_add(struct zt_prefixes *prefixes, const char *text)
{
    struct zt_endpoint prefix;

    if (prefixes->count == ZT_MAX_HTTP_PREFIXES || !zt_http_network_read(&prefix, text))
        return false;
    prefixes->list[prefixes->count++] = prefix;
    return true;
}

bool zt_prefixes_admit(const struct zt_prefixes *prefixes, const struct zt_endpoint *remote)
{
    if (zt_endpoint_scope(remote) == ZT_SCOPE_LOOPBACK)
        return true;
    for (size_t i = 0; i < prefixes->count; i++)
        if (zt_endpoint_in(&prefixes->list[i], remote))
            return true;
    return false;
}
