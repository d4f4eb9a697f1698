/* SPDX-License-Identifier: Apache-2.0 */
/* Roots of one's own: signs a set that names one root, uses it, and says when the root answers. */
#include "common.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "Usage: custom-roots [options] IDENTITY ENDPOINT...\n"
    "IDENTITY is a file with the root's public identity, ENDPOINT its addresses as ADDRESS/PORT.\n"
    "Prints the signed set in hexadecimal, starts a node with it and waits for the root.\n\n";

enum { WORLD_ID = 149604618, IDENTITY_SIZE = 512 };

static atomic_bool is_online;

static void on_event(void *message)
{
    const zts_event_msg_t *event = message;

    if (event->peer != NULL && event->peer->role == ZTS_PEER_ROLE_PLANET)
        printf("root %010llx: %s, %u paths\n", (unsigned long long)event->peer->peer_id,
               event->event_code == ZTS_EVENT_PEER_RELAY ? "not reached yet" : "reached",
               event->peer->path_count);
    if (event->event_code == ZTS_EVENT_NODE_ONLINE)
        is_online = true;
    if (event->event_code == ZTS_EVENT_NODE_FATAL_ERROR) {
        fprintf(stderr, "the node can't work\n");
        is_online = true;
    }
}

static int read_identity(const char *name, char identity[IDENTITY_SIZE])
{
    FILE *file = fopen(name, "r");

    if (file == NULL || fgets(identity, IDENTITY_SIZE, file) == NULL) {
        perror(name);
        if (file != NULL)
            fclose(file);
        return -1;
    }
    fclose(file);
    identity[strcspn(identity, "\r\n")] = 0;
    return 0;
}

/* The keys that sign the set come from the files previous.c25519 and current.c25519 in the current
   directory. Without them new ones are made; who wants to change the set later keeps them. */
static unsigned sign(char *identity, char **endpoints, int count, char world[ZTS_STORE_DATA_LEN])
{
    static zts_root_set_t roots;
    char previous[128], current[128];
    unsigned length = 0, previous_length = 0, current_length = 0;

    roots.public_id_str[0] = identity;
    for (int i = 0; i < count && i < ZTS_MAX_ENDPOINTS_PER_ROOT; i++)
        roots.endpoint_ip_str[0][i] = endpoints[i];
    check(zts_util_sign_root_set(world, &length, previous, &previous_length, current,
                                 &current_length, WORLD_ID, (uint64_t)time(NULL) * 1000, &roots),
          "signing the set of roots");
    return length;
}

int main(int argc, char **argv)
{
    struct options options = read_any_options(argc, argv, usage);
    char identity[IDENTITY_SIZE], world[ZTS_STORE_DATA_LEN];

    if (options.argument_count < 2) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    if (read_identity(options.arguments[0], identity) != 0)
        return 1;
    unsigned length = sign(identity, options.arguments + 1, options.argument_count - 1, world);
    for (unsigned i = 0; i < length; i++)
        printf("%02x", (unsigned char)world[i]);
    printf("\n");

    set_up_node(&options);
    check(zts_init_set_roots(world, length), "using the set of roots");
    check(zts_init_set_event_handler(on_event), "setting the event handler");
    check(zts_node_start(), "starting the node");
    while (!is_online)
        zts_util_delay(20);
    int online = zts_node_is_online();
    printf("%s\n", online == 1 ? "online" : "not online");
    check(zts_node_free(), "ending the node");
    return online == 1 ? 0 : 1;
}
