/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping lwIP, and what concerns all interfaces: DNS servers, output, sockets. */
#include "stack/stack.h"

#include "stack/ending.h"
#include "stack/interface.h"
#include "stack/loop.h"
#include "stack/names.h"
#include "stack/tcpsock.h"
#include "stack/timers.h"

#include "lwip/dns.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "lwip/tcpip.h"
#include "os/corelock.h"
#include "os/host.h"
#include "os/turn.h"

#include <string.h>

bool zt_stack_held_up;

static bool lwip_runs;
static void (*room_hook)(void);
static ip_addr_t user_servers[DNS_MAX_SERVERS]; /* any: not set */

static void started(void *semaphore)
{
    zt_turn_abstain();
    zt_timers_init();
    zt_loop_init();
    sys_sem_signal(semaphore);
}

static int start_lwip(void)
{
    sys_sem_t ready;

    if (sys_sem_new(&ready, 0) != ERR_OK)
        return -1;
    tcpip_init(started, &ready);
    sys_arch_sem_wait(&ready, 0);
    sys_sem_free(&ready);
    lwip_runs = true;
    return 0;
}

/* Resets each connection; calls blocked on a descriptor return. */
static void close_sockets(void)
{
    for (int fd = 0; fd < ZT_MAX_SOCKETS; fd++) {
        if (!zt_socket_is_open(fd))
            continue;
        zt_socket_abort_on_close(fd);
        zt_socket_close(fd);
    }
}

int zt_stack_start(const struct zt_stack_host *host)
{
    if (!lwip_runs && start_lwip() != 0)
        return -1;
    close_sockets();
    zt_core_lock();
    zt_stack_host = *host;
    zt_core_unlock();
    return 0;
}

void zt_stack_stop(void)
{
    if (!lwip_runs)
        return;
    close_sockets();
    zt_core_lock();
    zt_ending_leave_quietly();
    while (zt_interfaces != NULL)
        zt_interface_free(zt_interfaces);
    memset(&zt_stack_host, 0, sizeof zt_stack_host);
    memset(user_servers, 0, sizeof user_servers);
    zt_names_refresh();
    /* Without servers a query fails when its turn comes, and who asked is woken. */
    for (int i = 0; i < DNS_MAX_RETRIES; i++)
        dns_tmr();
    zt_core_unlock();
}

bool zt_stack_has_address(uint64_t nwid, enum zt_family family)
{
    zt_core_lock();
    const struct zt_interface *interface = zt_interface_find(nwid);
    bool has = interface != NULL &&
               (family == ZT_FAMILY_IPV6 ? interface->address6_count > 0
                                         : !ip4_addr_isany(netif_ip4_addr(interface->ports[0])));
    zt_core_unlock();
    return has;
}

bool zt_stack_set_network(const struct zt_stack_network *network)
{
    struct zt_interface *interface = zt_interface_find(network->nwid);

    if (interface == NULL)
        interface = zt_interface_new(network);
    if (interface == NULL)
        return false;
    bool complete = zt_interface_update(interface, network);
    zt_names_refresh();
    return complete;
}

void zt_stack_remove_network(uint64_t nwid)
{
    struct zt_interface *interface = zt_interface_find(nwid);

    if (interface == NULL)
        return;
    zt_interface_free(interface);
    zt_names_refresh();
}

void zt_stack_resume(void)
{
    zt_stack_held_up = false;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        if (pcb->unsent != NULL || (pcb->flags & TF_ACK_NOW) != 0)
            tcp_output(pcb);
    }
    if (room_hook != NULL)
        room_hook();
}

bool zt_stack_is_held_up(void)
{
    return zt_stack_held_up;
}

void zt_stack_on_room(void (*on_room)(void))
{
    room_hook = on_room;
}

bool zt_stack_is_flushed(void)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        if (pcb->state >= ESTABLISHED && (pcb->unsent != NULL || pcb->unacked != NULL))
            return false;
    }
    return true;
}

static ip_addr_t address_of(const struct zt_endpoint *endpoint)
{
    ip_addr_t address;

    memset(&address, 0, sizeof address);
    if (endpoint->family == ZT_FAMILY_IPV4)
        ip_addr_copy_from_ip4(address, zt_netif_ip4(endpoint));
    else
        ip_addr_copy_from_ip6(address, zt_netif_ip6(endpoint));
    return address;
}

/* The user's servers in their slots, those of the networks in what is left. */
void zt_names_refresh(void)
{
    ip_addr_t servers[DNS_MAX_SERVERS];
    unsigned slot = 0;

    memcpy(servers, user_servers, sizeof servers);
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next) {
        for (size_t i = 0; i < at->dns_server_count; i++) {
            while (slot < DNS_MAX_SERVERS && !ip_addr_isany(&servers[slot]))
                slot++;
            if (slot < DNS_MAX_SERVERS)
                servers[slot] = address_of(&at->dns_servers[i]);
        }
    }
    for (u8_t i = 0; i < DNS_MAX_SERVERS; i++)
        dns_setserver(i, &servers[i]);
}

void zt_names_lookup_began(void)
{
    zt_core_lock();
    zt_timers_lookup_began();
    zt_core_unlock();
}

void zt_names_lookup_ended(void)
{
    zt_core_lock();
    zt_timers_lookup_ended();
    zt_core_unlock();
}

void zt_names_set_server(unsigned slot, const ip_addr_t *server)
{
    user_servers[slot] = *server;
    zt_names_refresh();
}
