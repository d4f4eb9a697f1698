/* SPDX-License-Identifier: Apache-2.0 */
/* Many connections: at once, one after the other, and more than a listener waits for. */
#include "cases.h"

enum { AT_ONCE = 1000, IN_ALL = 10000 };

static int lowest(void)
{
    int fd = new_datagram();

    close(fd);
    return fd;
}

static bool echoes(int client, int server)
{
    char byte = 0;

    return send(client, "x", 1, 0) == 1 && recv(server, &byte, 1, 0) == 1 && byte == 'x';
}

static void at_once(void)
{
    static int clients[AT_ONCE], servers[AT_ONCE];
    int listener = new_listener(8), before = lowest(), good = 0;
    uint16_t port = port_of(listener);

    begin("at once");
    for (int i = 0; i < AT_ONCE; i++) {
        clients[i] = new_stream();
        good += connect_to(clients[i], port) == 0;
        servers[i] = accept(listener, NULL, NULL);
    }
    said("connected", good);
    good = 0;
    for (int i = 0; i < AT_ONCE; i++)
        good += echoes(clients[i], servers[i]);
    said("carry bytes", good);
    for (int i = 0; i < AT_ONCE; i++) {
        close(clients[i]);
        close(servers[i]);
    }
    said("descriptors lost", lowest() - before);
    close(listener);
}

static void one_after_the_other(void)
{
    int listener = new_listener(8), before = lowest(), good = 0;
    uint16_t port = port_of(listener);

    begin("one after the other");
    for (int i = 0; i < IN_ALL; i++) {
        int client = new_stream();
        int result = connect_to(client, port);
        int server = result == 0 ? accept(listener, NULL, NULL) : -1;
        good += server >= 0 && echoes(client, server);
        close(client);
        close(server);
    }
    said("good", good);
    said("descriptors lost", lowest() - before);
    close(listener);
}

void crowds(void)
{
    at_once();
    if (strcmp(here->name, "4") == 0)
        one_after_the_other();
}
