/* SPDX-License-Identifier: Apache-2.0 */
/* Sequential style: no handler, no sleeping in loops. Waits for each state in turn, and prints events from
   the queue, with one poll for it and for standard input. */
#include "common.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static const char usage[] =
    "Usage: events -n NETWORK [options]\n"
    "Joins the network and prints every event, until standard input ends.\n\n";

enum { QUEUE = 256, PATIENCE_MS = 60000 };

static void print_address(const zts_addr_info_t *info)
{
    char text[ZTS_IP_MAX_STR_LEN];
    unsigned short prefix;

    if (zts_util_ntop((struct zts_sockaddr *)(uintptr_t)&info->addr, sizeof info->addr, text,
                      sizeof text, &prefix) == ZTS_ERR_OK)
        printf(" %s/%u", text, prefix);
}

static void print_event(const zts_event_msg_t *event)
{
    printf("event %d", event->event_code);
    if (event->event_code == ZTS_EVENT_LOST)
        printf(": %d were lost", event->len);
    if (event->node != NULL)
        printf(" node %010llx", (unsigned long long)event->node->node_id);
    if (event->network != NULL)
        printf(" network %016llx status %d", (unsigned long long)event->network->net_id,
               (int)event->network->status);
    if (event->peer != NULL)
        printf(" peer %010llx, %u paths", (unsigned long long)event->peer->peer_id,
               event->peer->path_count);
    if (event->addr != NULL)
        print_address(event->addr);
    putchar('\n');
}

/* Prints what is there. False: that was the last one. */
static bool print_events(int timeout_ms)
{
    zts_event_msg_t *event;
    int result;

    while ((result = zts_event_wait(&event, timeout_ms)) == ZTS_ERR_OK) {
        print_event(event);
        zts_event_free(event);
    }
    return result == ZTS_ERR_NO_RESULT;
}

static int report(const char *what, int result)
{
    fprintf(stderr, "%s: %s\n", what,
            result == ZTS_ERR_NO_RESULT ? "not within a minute" : "the node can't work");
    return 1;
}

static int print_until_input_ends(void)
{
    struct pollfd waits[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
                               { .fd = zts_event_get_os_fd(), .events = POLLIN } };
    char ignored[256];

    for (;;) {
        if (poll(waits, 2, -1) < 0)
            return failed("waiting");
        if (waits[1].revents != 0 && !print_events(0))
            return failed("the node ended");
        if (waits[0].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
            return 0;
    }
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);

    set_up_node(&options);
    if (zts_init_event_queue(QUEUE) != ZTS_ERR_OK || zts_node_start() != ZTS_ERR_OK)
        return failed("starting the node");
    int result = zts_wait_online(PATIENCE_MS);
    if (result != ZTS_ERR_OK)
        return report("going online", result);
    printf("node: %010llx\n", (unsigned long long)zts_node_get_id());
    zts_net_join(options.network);
    printf("joined %016llx\n", (unsigned long long)options.network);
    result = zts_wait_network(options.network, PATIENCE_MS);
    if (result != ZTS_ERR_OK)
        return report("getting an address", result);
    print_addresses(options.network);
    result = print_until_input_ends();
    zts_node_stop();
    print_events(-1);
    zts_node_free();
    return result;
}
