/* SPDX-License-Identifier: Apache-2.0 */
/* How connections end: in one direction, in both, by a reset. */
#include "cases.h"

static void the_end_of_a_stream(void)
{
    char byte;
    int client, server;

    begin("end");
    new_pair(&client, &server);
    send(client, "x", 1, 0);
    said("close", close(client));
    said("recv", recv(server, &byte, 1, 0));
    for (int i = 0; i < 3; i++)
        said("recv at the end", recv(server, &byte, 1, 0));
    told_events("poll", 1, wait_for(server, POLLIN));
    close(server);
}

static void half_closed(void)
{
    char byte;
    int client, server;

    begin("half closed");
    new_pair(&client, &server);
    said("shutdown for writing", shutdown(client, SHUT_WR));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("recv by the peer", recv(server, &byte, 1, 0));
    said("send by the peer", send(server, "y", 1, 0));
    said("recv", recv(client, &byte, 1, 0));
    said("shutdown again", shutdown(client, SHUT_WR));
    said("recv without data", recv(client, &byte, 1, MSG_DONTWAIT));
    wait_for(server, POLLIN);
    told_events("poll of the peer", 1, wait_for(server, POLLIN | POLLOUT));
    close(server);
    said("recv", recv(client, &byte, 1, 0));
    told_events("poll", 1, wait_for(client, POLLIN | POLLOUT));
    told_error(client);
    said("recv", recv(client, &byte, 1, 0));
    close(client);
}

static void reading_shut(void)
{
    char byte;
    int client, server;

    begin("shut for reading");
    new_pair(&client, &server);
    said("shutdown for reading", shutdown(client, SHUT_RD));
    said("recv", recv(client, &byte, 1, 0));
    said("send", send(client, "x", 1, 0));
    said("recv by the peer", recv(server, &byte, 1, 0));
    told_events("poll", 1, wait_for(client, POLLIN));
    close(client);
    close(server);
}

static void both_shut(void)
{
    char byte;
    int client, server;

    begin("shut for both");
    new_pair(&client, &server);
    said("shutdown", shutdown(client, SHUT_RDWR));
    said("recv", recv(client, &byte, 1, 0));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("recv by the peer", recv(server, &byte, 1, 0));
    close(server);
    close(client);
}

static void wrong_shutdowns(void)
{
    int fd = new_stream();

    begin("wrong shutdowns");
    said("unconnected", shutdown(fd, SHUT_RDWR));
    said("how 3", shutdown(fd, 3));
    close(fd);
    said("closed", shutdown(fd, SHUT_WR));
}

static void reset_by_lingering(void)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    char byte;
    int client, server;

    begin("reset");
    new_pair(&client, &server);
    said("SO_LINGER", setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none));
    said("close", close(client));
    wait_for(server, POLLIN);
    told_events("poll", 1, wait_for(server, POLLIN | POLLOUT));
    said("recv", recv(server, &byte, 1, 0));
    said("recv", recv(server, &byte, 1, 0));
    said("send", send(server, "x", 1, MSG_NOSIGNAL));
    told_error(server);
    told_events("poll", 1, wait_for(server, POLLIN | POLLOUT));
    said("shutdown", shutdown(server, SHUT_WR));
    said("connect", connect_to(server, 1));
    close(server);
}

/* What was sent has arrived when a lingering close returns. */
static void lingering(void)
{
    const struct linger some = { .l_onoff = 1, .l_linger = 5 };
    char bytes[8];
    int client, server;

    begin("lingering");
    new_pair(&client, &server);
    said("SO_LINGER", setsockopt(client, SOL_SOCKET, SO_LINGER, &some, sizeof some));
    said("send", send(client, "abc", 3, 0));
    said("close", close(client));
    said("recv", recv(server, bytes, sizeof bytes, MSG_DONTWAIT));
    wait_for(server, POLLIN);
    said("recv at the end", recv(server, bytes, sizeof bytes, MSG_DONTWAIT));
    close(server);
}

/* A client that connected without waiting and never asked how it went. */
static void new_hasty_pair(int *client, int *server)
{
    int listener = new_listener(1);

    *client = new_stream();
    set_nonblocking(*client);
    (void)connect_to(*client, port_of(listener));
    *server = accept(listener, NULL, NULL);
    wait_for(*client, POLLOUT);
    close(listener);
}

static void the_end_after_a_nonblocking_connect(void)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    char byte;
    int client, server;

    begin("connected without waiting");
    new_hasty_pair(&client, &server);
    close(server);
    wait_for(client, POLLIN);
    for (int i = 0; i < 3; i++)
        said("recv at the end", recv(client, &byte, 1, 0));
    close(client);
    new_hasty_pair(&client, &server);
    setsockopt(server, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(server);
    wait_for(client, POLLIN);
    said("recv after a reset", recv(client, &byte, 1, 0));
    said("recv again", recv(client, &byte, 1, 0));
    close(client);
    new_hasty_pair(&client, &server);
    setsockopt(server, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(server);
    wait_for(client, POLLIN);
    told_error(client);
    said("recv after the error", recv(client, &byte, 1, 0));
    close(client);
}

static void reset_asked_about(void)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    char byte;
    int client, server;

    begin("reset asked about");
    new_pair(&client, &server);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(client);
    wait_for(server, POLLIN);
    told_error(server);
    told_error(server);
    said("recv", recv(server, &byte, 1, 0));
    said("send", send(server, "x", 1, MSG_NOSIGNAL));
    close(server);
}

static void reset_by_unread_bytes(void)
{
    char byte;
    int client, server;

    begin("unread bytes");
    new_pair(&client, &server);
    send(client, "unread", 6, 0);
    wait_for(server, POLLIN);
    said("close", close(server));
    wait_for(client, POLLIN);
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("recv", recv(client, &byte, 1, 0));
    close(client);
}

static void bytes_before_a_reset(void)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    char bytes[8];
    int client, server;

    begin("sending to a closed end");
    new_pair(&client, &server);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(server);
    wait_for(client, POLLIN);
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    wait_for(client, 0);
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("recv", recv(client, bytes, sizeof bytes, MSG_DONTWAIT));
    close(client);
}

/* What came before the reset is still there, for who reads; and for who asks how it went. */
static void data_before_a_reset(bool asks, const char *name)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    char bytes[8];
    int client, server;

    begin(name);
    new_pair(&client, &server);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    send(client, "abc", 3, 0);
    wait_for(server, POLLIN);
    close(client);
    wait_for(server, 0);
    told_events("poll", 1, wait_for(server, POLLIN | POLLOUT));
    said("peek", recv(server, bytes, sizeof bytes, MSG_PEEK));
    said("recv", recv(server, bytes, 2, 0));
    if (asks)
        told_error(server);
    said("recv the rest", recv(server, bytes, sizeof bytes, 0));
    said("recv", recv(server, bytes, sizeof bytes, 0));
    said("recv", recv(server, bytes, sizeof bytes, 0));
    said("send", send(server, "x", 1, MSG_NOSIGNAL));
    close(server);
}

/* The same for who writes first. */
static void writing_after_a_reset(void)
{
    char bytes[8];
    int client, server;

    begin("writing after a reset");
    new_pair(&client, &server);
    send(client, "unread", 6, 0);
    send(server, "abc", 3, 0);
    wait_for(server, POLLIN);
    wait_for(client, POLLIN);
    close(server);
    wait_for(client, 0);
    told_events("poll", 1, wait_for(client, POLLIN | POLLOUT));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    said("recv", recv(client, bytes, sizeof bytes, MSG_DONTWAIT));
    said("recv", recv(client, bytes, sizeof bytes, MSG_DONTWAIT));
    close(client);
}

void endings(void)
{
    the_end_of_a_stream();
    half_closed();
    reading_shut();
    both_shut();
    wrong_shutdowns();
    reset_by_lingering();
    lingering();
    the_end_after_a_nonblocking_connect();
    reset_asked_about();
    reset_by_unread_bytes();
    bytes_before_a_reset();
    data_before_a_reset(false, "data before a reset");
    data_before_a_reset(true, "data before a reset asked about");
    writing_after_a_reset();
}
