/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts to connect that the program ends itself: by shutting down, in the middle of them. */
#include "cases.h"

#include <pthread.h>

enum { WAITING = 8, STEP_MS = 10, SETTLES_MS = 50 };

/* A listener whose queue is full: who connects now hears nothing. */
static int crowded, queue[WAITING];

static void crowd(void)
{
    crowded = new_listener(1);
    for (int i = 0; i < WAITING; i++) {
        queue[i] = new_stream();
        set_nonblocking(queue[i]);
        (void)connect_to(queue[i], port_of(crowded));
    }
    while (wait_for(queue[0], POLLOUT) == 0)
        continue;
}

static void disperse(void)
{
    for (int i = 0; i < WAITING; i++)
        close(queue[i]);
    close(crowded);
}

static const char *const ways[] = { "reading", "writing", "both" };
static const int hows[] = { SHUT_RD, SHUT_WR, SHUT_RDWR };

static int new_attempt(void)
{
    int fd = new_stream();

    set_nonblocking(fd);
    said("connect", connect_to(fd, port_of(crowded)));
    return fd;
}

/* poll and select agree on what there is. */
static void told_readiness(int fd)
{
    struct timeval none = { 0, 0 };
    fd_set in, out;

    told_events("poll", 1, wait_for(fd, POLLIN | POLLOUT));
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(fd, &in);
    FD_SET(fd, &out);
    said("select", select(fd + 1, &in, &out, NULL, &none));
}

static void asked_about(int how)
{
    char byte;

    begin("giving up, asked about");
    told("direction", ways[how]);
    int fd = new_attempt();
    said("recv", recv(fd, &byte, 1, 0));
    said("send", send(fd, "x", 1, MSG_NOSIGNAL));
    said("shutdown", shutdown(fd, hows[how]));
    told_readiness(fd);
    told_error(fd);
    told_error(fd);
    told_events("poll", 1, wait_for(fd, POLLIN | POLLOUT));
    said("recv", recv(fd, &byte, 1, 0));
    said("send", send(fd, "x", 1, MSG_NOSIGNAL));
    close(fd);
}

static void read_from(int how)
{
    char byte;

    begin("giving up, read from");
    told("direction", ways[how]);
    int fd = new_attempt();
    said("shutdown", shutdown(fd, hows[how]));
    said("recv", recv(fd, &byte, 1, 0));
    said("recv", recv(fd, &byte, 1, 0));
    said("shutdown again", shutdown(fd, hows[how]));
    close(fd);
}

static void followed_by_another(int how)
{
    char byte;

    begin("giving up, and another attempt");
    told("direction", ways[how]);
    int fd = new_attempt(), listener = new_listener(1);
    said("shutdown", shutdown(fd, hows[how]));
    said("connect", connect_to(fd, port_of(crowded)));
    told_error(fd);
    said("shutdown", shutdown(fd, hows[how]));
    said("connect", connect_to(fd, port_of(listener)) < 0);
    int accepted = accept(listener, NULL, NULL);
    told_events("poll", 1, wait_for(fd, POLLOUT));
    told_error(fd);
    said("send", send(accepted, "x", 1, MSG_NOSIGNAL));
    wait_for(fd, POLLIN);
    said("recv", recv(fd, &byte, 1, 0));
    close(accepted);
    close(listener);
    close(fd);
}

struct blocked {
    int fd, error;
    long result;
    bool reads;
};

static void *wait_blocked(void *context)
{
    struct blocked *blocked = context;
    char byte;

    blocked->result =
        blocked->reads ? recv(blocked->fd, &byte, 1, 0) : connect_to(blocked->fd, port_of(crowded));
    blocked->error = last_error();
    return NULL;
}

static void pass(int ms)
{
    struct pollfd nothing = { .fd = -1 };

    poll(&nothing, 1, ms);
}

/* What was never connected is writable and hung up, what is being connected is neither. */
static void await_attempt(int fd)
{
    struct pollfd at = { .fd = fd, .events = POLLOUT };

    while (poll(&at, 1, 0) != 0)
        pass(STEP_MS);
}

/* Who waits for the connection, or for its first byte, is woken. */
static void in_another_thread(int how, bool reads)
{
    struct blocked blocked = { .fd = new_stream(), .reads = reads };
    pthread_t thread;

    begin(reads ? "giving up, read in another thread" : "giving up in another thread");
    told("direction", ways[how]);
    if (reads) {
        set_nonblocking(blocked.fd);
        said("connect", connect_to(blocked.fd, port_of(crowded)));
        said("blocking", fcntl(blocked.fd, F_SETFL, fcntl(blocked.fd, F_GETFL, 0) & ~O_NONBLOCK));
    }
    pthread_create(&thread, NULL, wait_blocked, &blocked);
    await_attempt(blocked.fd);
    pass(SETTLES_MS);
    said("shutdown", shutdown(blocked.fd, hows[how]));
    pthread_join(thread, NULL);
    told_code("its result", blocked.result, blocked.error);
    told_events("poll", 1, wait_for(blocked.fd, POLLIN | POLLOUT));
    told_error(blocked.fd);
    said("shutdown again", shutdown(blocked.fd, hows[how]));
    close(blocked.fd);
}

static void wrongly(void)
{
    begin("giving up wrongly");
    int fd = new_attempt();
    said("how 3", shutdown(fd, 3));
    said("how -1", shutdown(fd, -1));
    said("connect", connect_to(fd, port_of(crowded)));
    close(fd);
}

void giving_up(void)
{
    begin("giving up");
    crowd();
    for (int how = 0; how < 3; how++) {
        asked_about(how);
        read_from(how);
        followed_by_another(how);
        in_another_thread(how, false);
        in_another_thread(how, true);
    }
    wrongly();
    disperse();
}
