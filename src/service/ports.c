/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing ports, and keeping the sockets in line with the addresses of this machine. */
#include "service/ports.h"

#include "base/text.h"
#include "os/corelock.h"
#include "os/ifaddrs.h"

#include <errno.h>
#include <string.h>

#define MAX_ADDRESSES (ZT_UDP_MAX_SOCKETS / ZT_PORT_COUNT)
#define PORT_TRIES 256

struct addresses {
    size_t count;
    struct zt_endpoint list[MAX_ADDRESSES];
};

static void add_address(struct addresses *addresses, struct zt_endpoint address)
{
    address.port = 0;
    if (addresses->count < MAX_ADDRESSES)
        addresses->list[addresses->count++] = address;
}

/* By any entry, as it is for remote endpoints. */
static bool is_blacklisted(const struct zt_service_options *options,
                           const struct zt_endpoint *address)
{
    for (size_t i = 0; i < options->physical_count; i++) {
        const struct zt_physical *entry = &options->physical[i];

        if (entry->blacklist && zt_endpoint_in(&entry->network, address))
            return true;
    }
    return false;
}

static void leave_out_blacklisted(const struct zt_service_options *options,
                                  struct addresses *addresses)
{
    size_t kept = 0;

    for (size_t i = 0; i < addresses->count; i++)
        if (!is_blacklisted(options, &addresses->list[i]))
            addresses->list[kept++] = addresses->list[i];
    addresses->count = kept;
}

static void find_addresses(const struct zt_service *service, struct addresses *addresses)
{
    const struct zt_service_options *options = &service->settings.options;
    const struct zt_ifaddrs_filter filter = { .loopback = options->allow_loopback,
                                              .blacklist = options->interface_blacklist,
                                              .blacklist_count =
                                                  options->interface_blacklist_count };
    static const uint8_t any[16];

    addresses->count = 0;
    for (size_t i = 0; i < options->bind_count; i++)
        add_address(addresses, options->bind[i]);
    if (options->bind_count)
        return;
    int count = zt_ifaddrs_list(&filter, addresses->list, MAX_ADDRESSES);
    if (count >= 0) {
        addresses->count = (size_t)count;
        leave_out_blacklisted(options, addresses);
        return;
    }
    add_address(addresses, zt_endpoint_v4(any, 0));
    add_address(addresses, zt_endpoint_v6(any, 0));
}

static bool is_bound(const struct zt_service *service, const struct zt_endpoint *local)
{
    struct zt_endpoint bound;

    for (size_t i = 0; i < zt_udp_count(service->udp); i++) {
        (void)zt_udp_at(service->udp, i, &bound);
        if (zt_endpoint_equal(&bound, local))
            return true;
    }
    return false;
}

static int bind_one(struct zt_service *service, const struct zt_endpoint *local)
{
    zt_core_lock();
    int number = zt_udp_bind(service->udp, local);
    zt_core_unlock();
    return number < 0 ? number : 0;
}

static void close_one(struct zt_service *service, uint32_t number)
{
    zt_core_lock();
    zt_udp_close(service->udp, number);
    if (service->node)
        zt_node_socket_closed(service->node, zt_host_now(), number);
    zt_core_unlock();
}

static void close_port(struct zt_service *service, uint16_t port)
{
    struct zt_endpoint bound;

    for (size_t i = zt_udp_count(service->udp); i > 0; i--) {
        uint32_t number = zt_udp_at(service->udp, i - 1, &bound);
        if (bound.port == port)
            close_one(service, number);
    }
}

/* Can this port not be had, as opposed to this address? */
static bool is_port_error(int error)
{
    return error == -EADDRINUSE || error == -EACCES || error == -EPERM;
}

/* Binds the port at every address that lacks it. 0, or the first error that concerns the port. */
static int bind_port(struct zt_service *service, const struct addresses *addresses, uint16_t port)
{
    int first_error = 0;

    for (size_t i = 0; i < addresses->count; i++) {
        struct zt_endpoint local = addresses->list[i];
        local.port = port;
        if (is_bound(service, &local))
            continue;
        int error = bind_one(service, &local);
        if (is_port_error(error) && !first_error)
            first_error = error;
    }
    return first_error;
}

static uint16_t port_in_range(const struct zt_service_options *options, uint64_t number)
{
    uint16_t first = options->port_range_first, last = options->port_range_last;

    if (first == 0 || last < first)
        first = 20000, last = 45500;
    return (uint16_t)(first + number % ((uint64_t)last - first + 1));
}

static uint16_t draw_port(const struct zt_service_options *options)
{
    uint32_t number;

    zt_host_random(&number, sizeof number);
    return port_in_range(options, number);
}

/* Who starts again should be where it was: others go on sending there, existing nodes for 20 s and more,
   and a NAT may still let them through. */
static uint16_t usual_port(const struct zt_service *service, int which)
{
    uint64_t number = service->identity.address * ZT_PORT_COUNT + (uint64_t)which;

    return port_in_range(&service->settings.options, number);
}

/* The wanted port, else a random one, that is free at every address; 0: none found. */
static uint16_t bind_some(struct zt_service *service, const struct addresses *addresses,
                          uint16_t wanted)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        uint16_t port = i == 0 ? wanted : draw_port(&service->settings.options);
        if (port == service->ports.numbers[ZT_PRIMARY_PORT])
            continue;
        if (bind_port(service, addresses, port) == 0)
            return port;
        close_port(service, port);
    }
    return 0;
}

static bool open_primary(struct zt_service *service, const struct addresses *addresses,
                         char text[ZT_PERSIST_TEXT])
{
    uint16_t port = service->settings.options.port;
    char reason[ZT_ERROR_TEXT];

    if (port == 0) {
        port = bind_some(service, addresses, usual_port(service, ZT_PRIMARY_PORT));
        if (port == 0)
            zt_format(text, ZT_PERSIST_TEXT, "no free UDP port found from %u to %u",
                      service->settings.options.port_range_first,
                      service->settings.options.port_range_last);
    } else {
        int error = bind_port(service, addresses, port);
        if (error) {
            close_port(service, port);
            zt_error_text(error, reason);
            zt_format(text, ZT_PERSIST_TEXT, "can't bind UDP port %u: %s", port, reason);
            port = 0;
        }
    }
    zt_core_lock();
    service->ports.numbers[ZT_PRIMARY_PORT] = port;
    zt_core_unlock();
    return port != 0;
}

static void open_secondary(struct zt_service *service, const struct addresses *addresses,
                           uint16_t wanted)
{
    if (!service->settings.options.allow_secondary_port)
        return;
    uint16_t port = bind_some(service, addresses, wanted);
    zt_core_lock();
    service->ports.numbers[ZT_SECONDARY_PORT] = port;
    zt_core_unlock();
}

void zt_ports_announce(struct zt_service *service)
{
    struct zt_endpoint endpoints[ZT_MAX_LOCAL_ENDPOINTS];
    size_t count = 0;

    zt_core_lock();
    for (size_t i = 0; i < zt_udp_count(service->udp) && count < ZT_MAX_LOCAL_ENDPOINTS; i++)
        (void)zt_udp_at(service->udp, i, &endpoints[count++]);
    if (service->node)
        zt_node_set_local_endpoints(service->node, endpoints, count);
    zt_core_unlock();
}

static void schedule(struct zt_service *service)
{
    service->ports.refresh_ms = zt_host_mono_ms() + ZT_REFRESH_INTERVAL_MS;
    service->ports.redraw_ms = zt_host_mono_ms() + ZT_REDRAW_INTERVAL_MS;
}

bool zt_ports_open(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    struct addresses addresses;

    find_addresses(service, &addresses);
    schedule(service);
    if (!open_primary(service, &addresses, text))
        return false;
    open_secondary(service, &addresses, usual_port(service, ZT_SECONDARY_PORT));
    zt_log_info(service->log, "ports", "%zu sockets, primary %u, secondary %u, buffers %zu bytes",
                zt_udp_count(service->udp), service->ports.numbers[ZT_PRIMARY_PORT],
                service->ports.numbers[ZT_SECONDARY_PORT], zt_udp_granted_bytes(service->udp));
    return true;
}

void zt_ports_close(struct zt_service *service)
{
    struct zt_endpoint bound;

    while (zt_udp_count(service->udp) > 0)
        close_one(service, zt_udp_at(service->udp, 0, &bound));
}

static bool is_wanted(const struct zt_service *service, const struct addresses *addresses,
                      const struct zt_endpoint *bound)
{
    const uint16_t *numbers = service->ports.numbers;

    if (bound->port != numbers[ZT_PRIMARY_PORT] && bound->port != numbers[ZT_SECONDARY_PORT])
        return false;
    for (size_t i = 0; i < addresses->count; i++)
        if (zt_endpoint_same_ip(&addresses->list[i], bound))
            return true;
    return false;
}

static void refresh(struct zt_service *service, const struct addresses *addresses)
{
    struct zt_endpoint bound;

    for (size_t i = zt_udp_count(service->udp); i > 0; i--) {
        uint32_t number = zt_udp_at(service->udp, i - 1, &bound);
        if (!is_wanted(service, addresses, &bound))
            close_one(service, number);
    }
    for (int i = 0; i < ZT_PORT_COUNT; i++)
        if (service->ports.numbers[i])
            (void)bind_port(service, addresses, service->ports.numbers[i]);
    zt_ports_announce(service);
}

void zt_ports_refresh(struct zt_service *service)
{
    struct addresses addresses;

    find_addresses(service, &addresses);
    refresh(service, &addresses);
    service->ports.refresh_ms = zt_host_mono_ms() + ZT_REFRESH_INTERVAL_MS;
}

void zt_ports_redraw(struct zt_service *service)
{
    struct addresses addresses;

    find_addresses(service, &addresses);
    open_secondary(service, &addresses, draw_port(&service->settings.options));
    refresh(service, &addresses);
    schedule(service);
}
