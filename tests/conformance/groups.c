/* SPDX-License-Identifier: Apache-2.0 */
/* Groups on a network 10.7.0.0/24: what joining tells the network, who hears what, and what is refused. */
#include "cases.h"

static const unsigned char mac4[6] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static const unsigned char mac6[6] = { 0x33, 0x33, 0x00, 0x00, 0x12, 0x34 };
static const char *const group4 = "239.1.2.3", *const group6 = "ff02::1234";

/* interface: NULL, or an address of it. */
static int change(int fd, int option, const char *group, const char *interface)
{
    struct ip_mreq wanted;

    memset(&wanted, 0, sizeof wanted);
    inet_pton(AF_INET, group, &wanted.imr_multiaddr);
    if (interface != NULL)
        inet_pton(AF_INET, interface, &wanted.imr_interface);
    return setsockopt(fd, IPPROTO_IP, option, &wanted, sizeof wanted);
}

static int change6(int fd, int option, const char *group)
{
    struct ipv6_mreq wanted;

    memset(&wanted, 0, sizeof wanted);
    inet_pton(AF_INET6, group, &wanted.ipv6mr_multiaddr);
    wanted.ipv6mr_interface = network_number();
    return setsockopt(fd, IPPROTO_IPV6, option, &wanted, sizeof wanted);
}

static void subscribing(void)
{
    int one = new_datagram(), other = new_datagram();

    begin("subscribing");
    said("at first", is_subscribed(mac4));
    said("join", change(one, IP_ADD_MEMBERSHIP, group4, NULL));
    said("subscribed", is_subscribed(mac4));
    said("another joins by the network's address",
         change(other, IP_ADD_MEMBERSHIP, group4, "10.7.0.1"));
    said("leave", change(one, IP_DROP_MEMBERSHIP, group4, NULL));
    said("subscribed", is_subscribed(mac4));
    said("close", close(other));
    said("subscribed", is_subscribed(mac4));
    close(one);
}

static void subscribing6(void)
{
    int one = socket(AF_INET6, SOCK_DGRAM, 0), other = socket(AF_INET6, SOCK_DGRAM, 0);

    begin("subscribing by IPv6");
    said("at first", is_subscribed(mac6));
    said("join", change6(one, IPV6_JOIN_GROUP, group6));
    said("join again", change6(one, IPV6_JOIN_GROUP, group6));
    said("subscribed", is_subscribed(mac6));
    said("another joins", change6(other, IPV6_JOIN_GROUP, group6));
    said("leave", change6(one, IPV6_LEAVE_GROUP, group6));
    said("leave again", change6(one, IPV6_LEAVE_GROUP, group6));
    said("subscribed", is_subscribed(mac6));
    said("close", close(other));
    said("subscribed", is_subscribed(mac6));
    said("what is no group", change6(one, IPV6_JOIN_GROUP, "fe80::1"));
    close(one);
}

/* Only who joined may leave; a number that was closed is a fresh one. */
static void belonging(void)
{
    int one = new_datagram(), other = new_datagram();

    begin("belonging");
    said("join", change(one, IP_ADD_MEMBERSHIP, group4, NULL));
    said("join again", change(one, IP_ADD_MEMBERSHIP, group4, NULL));
    said("another leaves", change(other, IP_DROP_MEMBERSHIP, group4, NULL));
    said("subscribed", is_subscribed(mac4));
    close(one);
    said("subscribed when it closed", is_subscribed(mac4));
    one = new_datagram();
    said("join by the same number", change(one, IP_ADD_MEMBERSHIP, group4, NULL));
    said("join by the network's address", change(one, IP_ADD_MEMBERSHIP, group4, "10.7.0.1"));
    said("leave by the network's address", change(one, IP_DROP_MEMBERSHIP, group4, "10.7.0.1"));
    said("leave", change(one, IP_DROP_MEMBERSHIP, group4, NULL));
    said("join by the network's address", change(one, IP_ADD_MEMBERSHIP, group4, "10.7.0.1"));
    said("leave by any", change(one, IP_DROP_MEMBERSHIP, group4, NULL));
    said("subscribed", is_subscribed(mac4));
    said("what is no group", change(one, IP_ADD_MEMBERSHIP, "10.7.0.2", NULL));
    said("by a network that is not there", change(one, IP_ADD_MEMBERSHIP, "239.3.3.3", "10.9.9.9"));
    said("join all hosts", change(one, IP_ADD_MEMBERSHIP, "224.0.0.1", NULL));
    said("leave all hosts", change(one, IP_DROP_MEMBERSHIP, "224.0.0.1", NULL));
    close(one);
    close(other);
}

static int new_member(uint16_t port)
{
    struct sockaddr_storage at = with_port(port);
    int fd = new_datagram();

    inet_pton(AF_INET, "0.0.0.0", (char *)&at + 4);
    set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    said("bind", bind(fd, (struct sockaddr *)&at, here->length));
    said("join", change(fd, IP_ADD_MEMBERSHIP, group4, NULL));
    return fd;
}

static long send_to_group(int fd, uint16_t port)
{
    struct sockaddr_storage to = with_port(port);

    inet_pton(AF_INET, group4, (char *)&to + 4);
    return sendto(fd, "abc", 3, 0, (struct sockaddr *)&to, here->length);
}

static void hearing(void)
{
    unsigned char on = 1, off = 0;
    char bytes[8];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;

    begin("hearing a group");
    int sender = new_bound(SOCK_DGRAM), one = new_member(0), other = new_member(port_of(one));
    said("loop at first", get_int(sender, IPPROTO_IP, IP_MULTICAST_LOOP));
    said("loop", setsockopt(sender, IPPROTO_IP, IP_MULTICAST_LOOP, &on, sizeof on));
    said("send", send_to_group(sender, port_of(one)));
    wait_for(one, POLLIN);
    said("one",
         recvfrom(one, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&from, &length));
    told("from", memcmp((char *)&from + 4, (const char *)&here->addr + 4, 4) == 0 ? "here" : "not");
    wait_for(other, POLLIN);
    said("the other", recv(other, bytes, sizeof bytes, MSG_DONTWAIT));
    said("no loop", setsockopt(sender, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof off));
    said("send", send_to_group(sender, port_of(one)));
    set_int(sender, SOL_SOCKET, SO_BROADCAST, 1);
    struct sockaddr_storage all = with_port(port_of(one));
    inet_pton(AF_INET, "10.7.0.255", (char *)&all + 4);
    said("broadcast", sendto(sender, "after", 5, 0, (struct sockaddr *)&all, here->length));
    wait_for(one, POLLIN);
    said("what comes first", recv(one, bytes, sizeof bytes, MSG_DONTWAIT));
    close(sender);
    close(one);
    close(other);
}

void groups_of_a_network(void)
{
    subscribing();
    subscribing6();
    belonging();
    hearing();
}
