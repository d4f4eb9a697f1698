/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: made, refused, waited for; bytes in every way they can be sent and received. */
#include "cases.h"

static void connecting(void)
{
    int listener = new_listener(4), client = new_stream();
    uint16_t port = port_of(listener);

    begin("connecting");
    said("connect", connect_to(client, port));
    said("connect again", connect_to(client, port));
    int server = opened("accept", accept(listener, NULL, NULL));
    close(server);
    close(client);
    close(listener);
    client = new_stream();
    said("connect where nobody listens", connect_to(client, port));
    said("connect there again", connect_to(client, port));
    said("recv", recv(client, &port, 1, MSG_DONTWAIT));
    close(client);
}

static void a_failed_socket_connects_later(void)
{
    int taken = new_bound(SOCK_STREAM), client = new_stream();
    uint16_t port = port_of(taken);

    begin("a failed socket");
    said("connect to what is only bound", connect_to(client, port));
    said("listen", listen(taken, 1));
    said("connect", connect_to(client, port));
    close(client);
    close(taken);
}

static void nonblocking_connect(void)
{
    int listener = new_listener(4), client = new_stream();
    uint16_t port = port_of(listener);

    begin("non-blocking connect");
    set_nonblocking(client);
    said("connect", connect_to(client, port));
    told_events("poll", 1, wait_for(client, POLLOUT));
    told_error(client);
    int server = opened("accept", accept(listener, NULL, NULL));
    said("connect again", connect_to(client, port));
    said("connect once more", connect_to(client, port));
    said("recv", recv(client, &port, 1, 0));
    close(server);
    close(client);
    port = port_of(listener);
    close(listener);
    client = new_stream();
    set_nonblocking(client);
    said("connect where nobody listens", connect_to(client, port));
    told_events("poll", 1, wait_for(client, POLLOUT));
    told_error(client);
    told_error(client);
    close(client);
}

static void accepting(void)
{
    int listener = new_listener(4), clients[3];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;

    begin("accepting");
    set_nonblocking(listener);
    said("accept without a client", accept(listener, NULL, NULL));
    for (int i = 0; i < 3; i++) {
        clients[i] = new_stream();
        said("connect", connect_to(clients[i], port_of(listener)));
    }
    for (int i = 0; i < 3; i++) {
        wait_for(listener, POLLIN);
        int server = opened("accept", accept(listener, (struct sockaddr *)&from, &length));
        told("length", length == here->length ? "right" : "wrong");
        said("recv on an accepted socket", recv(server, &from, 1, MSG_DONTWAIT));
        close(server);
    }
    said("accept", accept(listener, NULL, NULL));
    for (int i = 0; i < 3; i++)
        close(clients[i]);
    close(listener);
}

static void bytes_in_parts(void)
{
    char bytes[64];
    int client, server;

    begin("bytes in parts");
    new_pair(&client, &server);
    said("send nothing", send(client, bytes, 0, 0));
    said("send", send(client, "hello", 5, 0));
    wait_for(server, POLLIN);
    said("recv nothing", recv(server, bytes, 0, 0));
    said("peek", recv(server, bytes, 3, MSG_PEEK));
    said("recv", recv(server, bytes, 2, 0));
    said("recv the rest", recv(server, bytes, sizeof bytes, 0));
    said("recv more", recv(server, bytes, sizeof bytes, MSG_DONTWAIT));
    said("send with more to come", send(client, "ab", 2, MSG_MORE));
    said("write", write(client, "cdef", 4));
    said("recv all", recv(server, bytes, 6, MSG_WAITALL));
    told("bytes", memcmp(bytes, "abcdef", 6) == 0 ? "same" : "others");
    said("peek at nothing", recv(server, bytes, 1, MSG_PEEK | MSG_DONTWAIT));
    said("urgent data", recv(server, bytes, 1, MSG_OOB | MSG_DONTWAIT));
    close(client);
    said("recv all at the end", recv(server, bytes, 6, MSG_WAITALL));
    close(server);
}

static void wait_for_bytes(int fd, int count)
{
    int there = 0;

    for (int i = 0; i < 2000 && there < count; i++) {
        ioctl(fd, FIONREAD, &there);
        poll(NULL, 0, 1);
    }
}

/* Each send is a segment of its own. */
static void peeking(void)
{
    static char bytes[70000];
    int client, server;

    begin("peeking");
    new_pair(&client, &server);
    set_int(client, IPPROTO_TCP, TCP_NODELAY, 1);
    said("peek at nothing", recv(server, bytes, 6, MSG_PEEK | MSG_DONTWAIT));
    for (int i = 0; i < 3; i++) {
        send(client, "abc", 3, 0);
        wait_for_bytes(server, 3 * (i + 1));
    }
    said("peek at some", recv(server, bytes, 4, MSG_PEEK));
    said("peek at all", recv(server, bytes, sizeof bytes, MSG_PEEK));
    told("bytes", memcmp(bytes, "abcabcabc", 9) == 0 ? "same" : "others");
    struct iovec in[3] = { { bytes, 2 }, { bytes + 10, 5 }, { bytes + 20, 9 } };
    struct msghdr message = { .msg_iov = in, .msg_iovlen = 3 };
    said("peek into several", recvmsg(server, &message, MSG_PEEK));
    told("bytes", memcmp(bytes + 10, "cabca", 5) == 0 && memcmp(bytes + 20, "bc", 2) == 0
                      ? "same"
                      : "others");
    said("recv", recv(server, bytes, 5, 0));
    close(client);
    wait_for(server, POLLHUP);
    said("peek before the end", recv(server, bytes, sizeof bytes, MSG_PEEK));
    said("recv", recv(server, bytes, sizeof bytes, 0));
    told("bytes", memcmp(bytes, "cabc", 4) == 0 ? "same" : "others");
    said("peek at the end", recv(server, bytes, sizeof bytes, MSG_PEEK));
    said("recv at the end", recv(server, bytes, sizeof bytes, 0));
    close(server);
}

/* More than what may be seen at once. */
static void peeking_at_much(void)
{
    static char bytes[200000];
    int client, server, size = 0;
    long got = 0, result;

    begin("peeking at much");
    new_pair(&client, &server);
    set_nonblocking(client);
    size = (int)send(client, bytes, sizeof bytes, 0);
    wait_for(server, POLLIN);
    told("peek", recv(server, bytes, sizeof bytes, MSG_PEEK) > 1 ? "some" : "none");
    shutdown(client, SHUT_WR);
    while ((result = recv(server, bytes, sizeof bytes, 0)) > 0)
        got += result;
    told("received", got == size ? "all" : "another number");
    close(client);
    close(server);
}

static void vectors(void)
{
    char a[3], b[4], empty[1];
    struct iovec out[3] = { { "abc", 3 }, { empty, 0 }, { "defg", 4 } };
    struct iovec in[3] = { { a, sizeof a }, { empty, 0 }, { b, sizeof b } };
    struct msghdr message = { .msg_iov = out, .msg_iovlen = 3 };
    int client, server;

    begin("vectors");
    new_pair(&client, &server);
    said("writev", writev(client, out, 3));
    wait_for(server, POLLIN);
    said("readv", readv(server, in, 3));
    told("bytes", memcmp(a, "abc", 3) == 0 && memcmp(b, "defg", 4) == 0 ? "same" : "others");
    said("sendmsg", sendmsg(client, &message, 0));
    message.msg_iov = in;
    wait_for(server, POLLIN);
    said("recvmsg", recvmsg(server, &message, MSG_WAITALL));
    said("recvmsg of nothing", recvmsg(server, &message, MSG_DONTWAIT));
    close(client);
    said("recvmsg at the end", recvmsg(server, &message, 0));
    close(server);
}

static void a_full_pipe(void)
{
    static char bytes[65536];
    int client, server;
    long sent = 0, got = 0, result;

    begin("a full pipe");
    new_pair(&client, &server);
    set_nonblocking(client);
    static char much[32 << 20];
    sent = send(client, much, sizeof much, 0);
    told("a large send", sent > 0 && sent < (long)sizeof much ? "in part" : "not in part");
    struct pollfd at = { .fd = client, .events = POLLOUT };
    while ((result = send(client, bytes, sizeof bytes, 0)) > 0)
        sent += result;
    said("send in the end", result);
    /* What is on its way makes room once more. */
    while (poll(&at, 1, 100) == 1) {
        while ((result = send(client, bytes, sizeof bytes, 0)) > 0)
            sent += result;
    }
    said("poll for writing", poll(&at, 1, 0));
    while (got < sent && (result = recv(server, bytes, sizeof bytes, 0)) > 0)
        got += result;
    told("received", got == sent ? "all" : "less");
    told_events("poll for writing", 1, wait_for(client, POLLOUT));
    said("send", send(client, bytes, 1, 0));
    close(client);
    close(server);
}

static void time_is_limited(void)
{
    struct timeval soon = { .tv_sec = 0, .tv_usec = 50000 };
    static char bytes[65536];
    int client, server, listener = new_listener(1);
    long result;

    begin("limited time");
    new_pair(&client, &server);
    said("SO_RCVTIMEO", setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    said("recv", recv(server, bytes, 1, 0));
    said("SO_RCVTIMEO", setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
    said("accept", accept(listener, NULL, NULL));
    said("SO_SNDTIMEO", setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
    while ((result = send(client, bytes, sizeof bytes, 0)) > 0)
        continue;
    said("send in the end", result);
    close(client);
    close(server);
    close(listener);
}

/* A listener that nobody accepts from leaves further clients unanswered, who try again later. */
static void a_full_backlog(void)
{
    int listener = new_listener(1), clients[16], count = 0;
    uint16_t port = port_of(listener);
    short events = POLLOUT;

    begin("a full backlog");
    while (count < 16 && events != 0) {
        struct pollfd at = { .events = POLLOUT };
        at.fd = clients[count++] = new_stream();
        set_nonblocking(at.fd);
        connect_to(at.fd, port);
        poll(&at, 1, 100);
        events = at.revents;
    }
    told("the last one", events == 0 ? "waits" : "is connected");
    said("connect again", connect_to(clients[count - 1], port));
    said("send", send(clients[count - 1], "x", 1, 0));
    said("recv", recv(clients[count - 1], &port, 1, 0));
    for (int i = 0; i < count - 1; i++)
        close(accept(listener, NULL, NULL));
    told_events("when there is room", 1, wait_for(clients[count - 1], POLLOUT));
    for (int i = 0; i < count; i++)
        close(clients[i]);
    close(listener);
}

void streams(void)
{
    connecting();
    a_failed_socket_connects_later();
    nonblocking_connect();
    accepting();
    bytes_in_parts();
    peeking();
    peeking_at_much();
    vectors();
    a_full_pipe();
    time_is_limited();
    a_full_backlog();
}
