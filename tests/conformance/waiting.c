/* SPDX-License-Identifier: Apache-2.0 */
/* select and poll: what makes a descriptor ready, and what is told of it. */
#include "cases.h"

static void polling(void)
{
    struct pollfd many[4];
    char byte;
    int client, server, fresh = new_stream(), datagram = new_datagram(), gone = new_datagram();

    begin("poll");
    close(gone);
    new_pair(&client, &server);
    told_events("a fresh stream", 1, wait_for(fresh, POLLIN | POLLOUT));
    told_events("a datagram socket", 1, wait_for(datagram, POLLIN | POLLOUT));
    told_events("a connection", 1, wait_for(client, POLLIN | POLLOUT));
    told_events("a closed descriptor", 1, wait_for(gone, POLLIN));
    many[0] = (struct pollfd){ .fd = client, .events = POLLIN };
    many[1] = (struct pollfd){ .fd = -1, .events = POLLIN, .revents = POLLIN };
    many[2] = (struct pollfd){ .fd = server, .events = POLLOUT };
    many[3] = (struct pollfd){ .fd = gone, .events = 0 };
    said("four", poll(many, 4, 1000));
    for (int i = 0; i < 4; i++)
        told_events("each", i, many[i].revents);
    said("none in time", poll(many, 2, 10));
    said("nothing at all", poll(many, 0, 10));
    send(server, "x", 1, 0);
    told_events("after a byte", 1, wait_for(client, POLLIN));
    recv(client, &byte, 1, 0);
    said("after it was read", poll(many, 1, 0));
    close(client);
    close(server);
    close(fresh);
    close(datagram);
}

static void polling_ends(void)
{
    int client, server, listener = new_listener(1);
    struct pollfd at = { .fd = listener, .events = POLLIN | POLLOUT };

    begin("poll of ends");
    said("a listener", poll(&at, 1, 0));
    client = new_stream();
    connect_to(client, port_of(listener));
    told_events("a listener with a client", 1, wait_for(listener, POLLIN | POLLOUT));
    server = accept(listener, NULL, NULL);
    close(server);
    wait_for(client, POLLIN);
    told_events("the peer closed", 1, wait_for(client, POLLIN | POLLOUT));
    shutdown(client, SHUT_WR);
    told_events("both closed", 1, wait_for(client, 0));
    close(client);
    close(listener);
}

static long look(int fd, struct timeval *time, fd_set *in, fd_set *out)
{
    FD_ZERO(in);
    FD_ZERO(out);
    FD_SET(fd, in);
    FD_SET(fd, out);
    return select(fd + 1, in, out, NULL, time);
}

static void selecting(void)
{
    struct timeval none = { 0, 0 }, soon = { 0, 10000 }, wrong = { -1, 0 };
    fd_set in, out;
    int client, server, gone = new_datagram();

    begin("select");
    close(gone);
    new_pair(&client, &server);
    said("a connection", look(client, &none, &in, &out));
    told("in", FD_ISSET(client, &in) ? "yes" : "no");
    told("out", FD_ISSET(client, &out) ? "yes" : "no");
    FD_ZERO(&in);
    FD_SET(client, &in);
    said("none in time", select(client + 1, &in, NULL, NULL, &soon));
    told("in", FD_ISSET(client, &in) ? "yes" : "no");
    send(server, "x", 1, 0);
    FD_SET(client, &in);
    said("with a byte, for ever", select(client + 1, &in, NULL, NULL, NULL));
    said("a closed descriptor", look(gone, &none, &in, &out));
    said("a negative number", select(-1, NULL, NULL, NULL, &none));
    said("a negative time", select(0, NULL, NULL, NULL, &wrong));
    said("nothing", select(0, NULL, NULL, NULL, &none));
    close(server);
    close(client);
}

static void selecting_exceptions(void)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    struct timeval soon = { 2, 0 };
    fd_set in, failed;
    int client, server;

    begin("select of exceptions");
    new_pair(&client, &server);
    setsockopt(server, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(server);
    FD_ZERO(&in);
    FD_ZERO(&failed);
    FD_SET(client, &in);
    FD_SET(client, &failed);
    wait_for(client, POLLIN);
    said("a reset connection, in any", select(client + 1, &in, NULL, &failed, &soon) > 0);
    told("in", FD_ISSET(client, &in) ? "yes" : "no");
    told("exceptional", FD_ISSET(client, &failed) ? "yes" : "no");
    close(client);
}

static void selecting_failures(void)
{
    struct timeval soon = { 2, 0 };
    fd_set in, out;
    int taken = new_bound(SOCK_STREAM), client = new_stream();

    begin("select of failures");
    set_nonblocking(client);
    said("connect where nobody listens", connect_to(client, port_of(taken)));
    wait_for(client, POLLOUT);
    said("select", look(client, &soon, &in, &out));
    told_error(client);
    close(client);
    close(taken);
}

void waiting(void)
{
    polling();
    polling_ends();
    selecting();
    selecting_failures();
    selecting_exceptions();
}
