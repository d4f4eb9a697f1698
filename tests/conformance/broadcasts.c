/* SPDX-License-Identifier: Apache-2.0 */
/* One datagram for all: who may send it, by which addresses, and who hears it. IPv4 only: IPv6 has groups
   instead. On a network whose addresses are 10.7.0.0/24. */
#include "cases.h"

#include <stdio.h>

static const char *const to_all = "255.255.255.255", *const to_network = "10.7.0.255";

static char large[66000];

static struct sockaddr_storage address_of(const char *text, uint16_t port)
{
    struct sockaddr_storage addr = with_port(port);

    if (text != NULL)
        inet_pton(AF_INET, text, (char *)&addr + 4);
    return addr;
}

/* NULL: an address of here. */
static long send_to(int fd, const char *text, uint16_t port, size_t length)
{
    struct sockaddr_storage to = address_of(text, port);

    return sendto(fd, large, length, 0, (struct sockaddr *)&to, here->length);
}

static int connect_by(int fd, const char *text, uint16_t port)
{
    struct sockaddr_storage to = address_of(text, port);

    return connect(fd, (struct sockaddr *)&to, here->length);
}

/* NULL: an address of here. A port of 0: any; others are shared. */
static int new_receiver(const char *text, uint16_t port)
{
    struct sockaddr_storage at = address_of(text, port);
    int fd = new_datagram();

    set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (bind(fd, (struct sockaddr *)&at, here->length) != 0)
        said("bind", -1);
    return fd;
}

static int new_sender(void)
{
    int fd = new_datagram();

    set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
    return fd;
}

/* A datagram sent to the witness arrives after all that was sent before. */
static void await_the_others(int sender, int witness)
{
    char byte;

    send_to(sender, to_network, port_of(witness), 1);
    wait_for(witness, POLLIN);
    recv(witness, &byte, 1, MSG_DONTWAIT);
}

static void permission(void)
{
    int fd = new_datagram(), receiver = new_receiver("0.0.0.0", 0);
    uint16_t port = port_of(receiver);

    begin("broadcast");
    said("SO_BROADCAST at first", get_int(fd, SOL_SOCKET, SO_BROADCAST));
    said("sendto all without it", send_to(fd, to_all, port, 1));
    said("sendto the network without it", send_to(fd, to_network, port, 1));
    said("connect to all without it", connect_by(fd, to_all, port));
    set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
    said("SO_BROADCAST", get_int(fd, SOL_SOCKET, SO_BROADCAST));
    said("sendto all", send_to(fd, to_all, port, 2));
    said("sendto the network", send_to(fd, to_network, port, 3));
    said("connect to all", connect_by(fd, to_all, port));
    said("send", send(fd, large, 4, 0));
    said("connect to the network", connect_by(fd, to_network, port));
    said("send", send(fd, large, 5, 0));
    close(fd);
    close(receiver);
}

static void told_sender(int sender, const struct sockaddr_storage *from)
{
    struct sockaddr_storage right = with_port(port_of(sender));

    told("the sender's address",
         memcmp((const char *)from + 4, (char *)&right + 4, 4) == 0 ? "one of here" : "another");
    told("the sender's port",
         memcmp((const char *)from + 2, (char *)&right + 2, 2) == 0 ? "right" : "wrong");
}

static void own(void)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    int sender = new_sender(), receiver = new_receiver("0.0.0.0", 0);

    begin("one's own broadcast");
    said("sendto", send_to(sender, to_all, port_of(receiver), 5));
    told_events("poll", 1, wait_for(receiver, POLLIN));
    said("recvfrom",
         recvfrom(receiver, large, sizeof large, MSG_DONTWAIT, (struct sockaddr *)&from, &length));
    told_sender(sender, &from);
    said("recv", recv(receiver, large, sizeof large, MSG_DONTWAIT));
    said("sendto oneself", send_to(sender, to_network, port_of(sender), 6));
    told_events("poll", 1, wait_for(sender, POLLIN));
    said("recv", recv(sender, large, sizeof large, MSG_DONTWAIT));
    close(sender);
    close(receiver);
}

/* Who is bound to what hears what. */
static void hearing(void)
{
    static const struct {
        const char *name, *text;
    } places[] = {
        { "any address", "0.0.0.0" },
        { "all", "255.255.255.255" },
        { "the network", "10.7.0.255" },
        { "an own address", NULL },
    };
    int sender = new_sender(), witness = new_receiver("0.0.0.0", 0);

    for (size_t bound = 0; bound < 4; bound++) {
        begin("hearing");
        told("bound to", places[bound].name);
        int receiver = new_receiver(places[bound].text, 0);
        for (size_t to = 1; to < 4; to++) {
            char call[64];
            snprintf(call, sizeof call, "bound to %s: of %s", places[bound].name, places[to].name);
            send_to(sender, places[to].text, port_of(receiver), 7);
            await_the_others(sender, witness);
            said(call, recv(receiver, large, sizeof large, MSG_DONTWAIT));
        }
        close(receiver);
    }
    close(sender);
    close(witness);
}

/* A server that is bound to a broadcast address answers from its own. */
static void answering(const char *text, const char *name)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    int server = new_receiver(text, 0), client = new_bound(SOCK_DGRAM);

    begin(name);
    said("sendto", send_to(server, NULL, port_of(client), 3));
    wait_for(client, POLLIN);
    said("recvfrom",
         recvfrom(client, large, sizeof large, MSG_DONTWAIT, (struct sockaddr *)&from, &length));
    told_sender(server, &from);
    close(server);
    close(client);
}

static void sharing(void)
{
    int sender = new_sender(), one = new_receiver("0.0.0.0", 0);
    int other = new_receiver("0.0.0.0", port_of(one)), third = new_sender();
    int stranger = new_sender(), friend = new_bound(SOCK_DGRAM);

    begin("sharing a port");
    set_int(third, SOL_SOCKET, SO_REUSEADDR, 1);
    struct sockaddr_storage at = address_of("0.0.0.0", port_of(one));
    said("bind", bind(third, (struct sockaddr *)&at, here->length));
    said("connect", connect_to(third, port_of(friend)));
    said("sendto", send_to(stranger, to_network, port_of(one), 8));
    await_the_others(stranger, sender);
    wait_for(one, POLLIN);
    said("one", recv(one, large, sizeof large, MSG_DONTWAIT));
    wait_for(other, POLLIN);
    said("the other", recv(other, large, sizeof large, MSG_DONTWAIT));
    said("one with another peer", recv(third, large, sizeof large, MSG_DONTWAIT));
    close(sender);
    close(one);
    close(other);
    close(third);
    close(stranger);
    close(friend);
}

static void sizes(void)
{
    static const size_t lengths[] = { 0, 1400, 9000, 60000 };
    int sender = new_sender(), receiver = new_receiver("0.0.0.0", 0);

    begin("broadcast sizes");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        said("sendto", send_to(sender, to_network, port_of(receiver), lengths[i]));
        wait_for(receiver, POLLIN);
        said("recv", recv(receiver, large, sizeof large, MSG_DONTWAIT));
    }
    said("sendto of 65508", send_to(sender, to_network, port_of(receiver), 65508));
    said("recv", recv(receiver, large, sizeof large, MSG_DONTWAIT));
    close(sender);
    close(receiver);
}

/* A stream has one other end. */
static void streams_have_none(void)
{
    int fd = new_stream(), listener = new_listener(1);

    begin("broadcast by stream");
    said("connect to all", connect_by(fd, to_all, port_of(listener)));
    said("connect to the network", connect_by(fd, to_network, port_of(listener)));
    said("connect to a group", connect_by(fd, "224.0.0.1", port_of(listener)));
    set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
    said("connect with SO_BROADCAST", connect_by(fd, to_network, port_of(listener)));
    said("connect", connect_to(fd, port_of(listener)));
    close(fd);
    close(listener);
}

static void hearing_by_ipv6(int sender)
{
    struct sockaddr_in6 from;
    socklen_t length = sizeof from;
    int receiver = socket(AF_INET6, SOCK_DGRAM, 0);

    memset(&from, 0, sizeof from);
    from.sin6_family = AF_INET6;
    said("bind", bind(receiver, (struct sockaddr *)&from, sizeof from));
    said("sendto", send_to(sender, to_all, port_of(receiver), 4));
    wait_for(receiver, POLLIN);
    said("recvfrom a socket for both families",
         recvfrom(receiver, large, sizeof large, MSG_DONTWAIT, (struct sockaddr *)&from, &length));
    told("the sender's address", memcmp((char *)&from + 20, (const char *)&here->addr + 4, 4) == 0
                                     ? "a mapped one of here"
                                     : "another");
    close(receiver);
}

/* Only by the IPv4 that an IPv6 socket may speak. */
static void ipv6_has_none(void)
{
    struct sockaddr_in6 to;
    int fd = socket(AF_INET6, SOCK_DGRAM, 0), receiver = new_receiver("0.0.0.0", 0);

    begin("broadcast by IPv6");
    memset(&to, 0, sizeof to);
    to.sin6_family = AF_INET6;
    to.sin6_port = port_of(receiver);
    set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
    said("SO_BROADCAST", get_int(fd, SOL_SOCKET, SO_BROADCAST));
    inet_pton(AF_INET6, "::ffff:10.7.0.255", &to.sin6_addr);
    said("sendto a mapped one", sendto(fd, large, 9, 0, (struct sockaddr *)&to, sizeof to));
    wait_for(receiver, POLLIN);
    said("recv", recv(receiver, large, sizeof large, MSG_DONTWAIT));
    close(fd);
    fd = new_sender();
    hearing_by_ipv6(fd);
    close(fd);
    close(receiver);
}

void broadcasts(void)
{
    permission();
    own();
    hearing();
    answering(to_all, "answering when bound to all");
    answering(to_network, "answering when bound to the network");
    sharing();
    sizes();
    streams_have_none();
    ipv6_has_none();
}
