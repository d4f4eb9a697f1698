/* SPDX-License-Identifier: Apache-2.0 */
/* Callback style: the program does nothing but react to events, which arrive on a thread of their own. */
#include "common.h"

#include <stdatomic.h>
#include <stdio.h>

static const char usage[] =
    "Usage: callback -n NETWORK [options]\n"
    "Joins the network, prints what happens, and ends when it is usable.\n\n";

static atomic_bool is_ready, is_down;

static void print_address(const zts_addr_info_t *info)
{
    char text[ZTS_IP_MAX_STR_LEN];
    unsigned short prefix; /* stands where the port is */

    if (zts_util_ntop((struct zts_sockaddr *)(uintptr_t)&info->addr, sizeof info->addr, text,
                      sizeof text, &prefix) == ZTS_ERR_OK)
        printf("address: %s/%u\n", text, prefix);
}

/* Copies what it needs: all of it is gone when this returns. */
static void on_event(void *message)
{
    const zts_event_msg_t *event = message;

    switch (event->event_code) {
    case ZTS_EVENT_NODE_ONLINE:
        printf("online: %010llx\n", (unsigned long long)event->node->node_id);
        break;
    case ZTS_EVENT_NODE_FATAL_ERROR:
        printf("the node can't work\n");
        is_ready = true;
        break;
    case ZTS_EVENT_NETWORK_NOT_FOUND:
        printf("no such network: %016llx\n", (unsigned long long)event->network->net_id);
        break;
    case ZTS_EVENT_NETWORK_ACCESS_DENIED:
        printf("waiting for authorisation: %016llx\n", (unsigned long long)event->network->net_id);
        break;
    case ZTS_EVENT_ADDR_ADDED_IP4:
    case ZTS_EVENT_ADDR_ADDED_IP6:
        print_address(event->addr);
        break;
    case ZTS_EVENT_NETWORK_OK:
        printf("ready: %s\n", event->network->name);
        is_ready = true;
        break;
    case ZTS_EVENT_NODE_DOWN:
        printf("down\n");
        is_down = true;
        break;
    }
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);

    set_up_node(&options);
    check(zts_init_set_event_handler(on_event), "setting the event handler");
    check(zts_node_start(), "starting the node");
    check(zts_net_join(options.network), "joining the network");
    while (!is_ready)
        zts_util_delay(20);
    check(zts_node_free(), "ending the node"); /* after which the last event has been delivered */
    return is_down ? 0 : 1;
}
