/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_gethostbyname, zts_dns_* and zts_stats_*: names and counters of the stack. */
#include "zts/socket.h"

#include "lwip/api.h"
#include "lwip/dns.h"
#include "lwip/netdb.h"
#include "lwip/stats.h"
#include "os/corelock.h"
#include "stack/names.h"

#include <string.h>

/* lwIP looks at the whole length only, while a part that is empty or too long reads as something else in the
   question. */
static bool has_fitting_parts(const char *name)
{
    enum { LONGEST_PART = 63 };

    for (;;) {
        size_t length = strcspn(name, ".");
        if (length == 0 || length > LONGEST_PART)
            return false;
        name += length;
        if (*name++ == 0)
            return true;
    }
}

static void to_stack(ip_addr_t *to, const zts_ip_addr *from)
{
    memset(to, 0, sizeof *to);
    memcpy(&to->u_addr, &from->u_addr, sizeof from->u_addr);
    to->type = from->type;
}

/* Addresses as text need no server; what only lwIP takes for one is no name either. */
static err_t look_up(const char *name, ip_addr_t *ip)
{
    zts_ip_addr address;

    if (zts_ipaddr_aton(name, &address)) {
        to_stack(ip, &address);
        return ERR_OK;
    }
    if (!has_fitting_parts(name) || ipaddr_aton(name, ip))
        return ERR_VAL;
    zt_names_lookup_began();
    err_t result = netconn_gethostbyname_addrtype(name, ip, NETCONN_DNS_IPV4_IPV6);
    zt_names_lookup_ended();
    return result;
}

struct zts_hostent *zts_bsd_gethostbyname(const char *name)
{
    static _Thread_local struct zts_hostent found;
    static _Thread_local uint8_t address[16];
    static _Thread_local char *addresses[2];
    static _Thread_local char *aliases[1];
    static _Thread_local char host[DNS_MAX_NAME_LENGTH + 1];
    ip_addr_t ip;

    if (!zts_is_running() || name == NULL || strlen(name) >= sizeof host)
        return NULL;
    size_t length = strlen(name);
    memcpy(host, name, length + 1);
    if (length > 1 && host[length - 1] == '.') /* it says that the name is whole, as all are here */
        host[length - 1] = 0;
    if (look_up(host, &ip) != ERR_OK)
        return NULL;

    bool is_v6 = IP_IS_V6(&ip);
    memcpy(address, is_v6 ? (const void *)ip_2_ip6(&ip) : ip_2_ip4(&ip), is_v6 ? 16 : 4);
    addresses[0] = (char *)address;
    found.h_name = host;
    found.h_aliases = aliases;
    found.h_addrtype = is_v6 ? ZTS_AF_INET6 : ZTS_AF_INET;
    found.h_length = is_v6 ? 16 : 4;
    found.h_addr_list = addresses;
    return &found;
}

int zts_dns_set_server(uint8_t index, const zts_ip_addr *addr)
{
    ip_addr_t server;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr == NULL || index >= DNS_MAX_SERVERS)
        return ZTS_ERR_ARG;
    to_stack(&server, addr);
    zt_core_lock();
    zt_names_set_server(index, &server);
    zt_core_unlock();
    return ZTS_ERR_OK;
}

const zts_ip_addr *zts_dns_get_server(uint8_t index)
{
    static _Thread_local zts_ip_addr servers[DNS_MAX_SERVERS];

    if (!zts_is_running() || index >= DNS_MAX_SERVERS)
        return NULL;
    zt_core_lock();
    const ip_addr_t *server = dns_getserver(index);
    memcpy(&servers[index].u_addr, &server->u_addr, sizeof servers[index].u_addr);
    servers[index].type = server->type;
    zt_core_unlock();
    return &servers[index];
}

static void copy_counters(uint32_t *out, const struct stats_proto *from)
{
    out[0] = from->xmit;
    out[1] = from->recv;
    out[2] = from->drop;
    out[3] = from->chkerr + from->lenerr + from->memerr + from->rterr + from->proterr +
             from->opterr + from->err;
}

int zts_stats_get_all(zts_stats_counter_t *dst)
{
    uint32_t counters[9][4];

    if (dst == NULL)
        return ZTS_ERR_ARG;
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    const struct stats_proto *const groups[9] = {
        &lwip_stats.link,  &lwip_stats.etharp, &lwip_stats.ip,  &lwip_stats.ip6, &lwip_stats.icmp,
        &lwip_stats.icmp6, &lwip_stats.udp,    &lwip_stats.tcp, &lwip_stats.nd6,
    };
    zt_core_lock();
    for (unsigned i = 0; i < 9; i++)
        copy_counters(counters[i], groups[i]);
    zt_core_unlock();
    memcpy(dst, counters, sizeof *dst);
    return ZTS_ERR_OK;
}
