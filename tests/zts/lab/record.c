/* SPDX-License-Identifier: Apache-2.0 */
/* A record of the events that a node delivered, each judged by the rule on its pointers. */
#include "lab.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_S = 60 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct lab_event events[LAB_EVENTS];
static int count;

/* Is the pointer of this class set exactly if it should be, and no other? */
static bool is_sound(const zts_event_msg_t *event)
{
    static const struct {
        int first, last, class, length;
    } classes[] = {
        { 200, 204, 0, sizeof(zts_node_info_t) },
        { 210, 219, 1, sizeof(zts_net_info_t) },
        { 230, 234, 2, sizeof(zts_netif_info_t) },
        { 250, 251, 3, sizeof(zts_route_info_t) },
        { 240, 244, 4, sizeof(zts_peer_info_t) },
        { 260, 263, 5, sizeof(zts_addr_info_t) },
        { 270, 274, 6, -1 },
        { 220, 221, -1, 0 },
    };
    const void *const pointers[] = { event->node, event->network, event->netif, event->route,
                                     event->peer, event->addr,    event->cache };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (event->event_code < classes[i].first || event->event_code > classes[i].last)
            continue;
        for (int k = 0; k < 7; k++)
            if ((pointers[k] != NULL) != (k == classes[i].class))
                return false;
        return classes[i].length < 0 ? event->len > 0 : event->len == classes[i].length;
    }
    return false;
}

static void write_address(struct lab_event *to, const struct zts_sockaddr_storage *addr)
{
    unsigned short prefix = 0;
    zts_socklen_t length = addr->ss_family == ZTS_AF_INET ? sizeof(struct zts_sockaddr_in)
                                                          : sizeof(struct zts_sockaddr_in6);

    if (zts_util_ntop((struct zts_sockaddr *)(uintptr_t)addr, length, to->text, sizeof to->text,
                      &prefix) == ZTS_ERR_OK)
        to->prefix = prefix;
}

static struct lab_event read_event(const zts_event_msg_t *event)
{
    struct lab_event read = { .code = event->event_code, .is_sound = is_sound(event) };

    if (event->node != NULL)
        read.id = event->node->node_id;
    if (event->network != NULL) {
        read.id = event->network->net_id;
        read.status = (int)event->network->status;
    }
    if (event->netif != NULL)
        read.id = event->netif->net_id;
    if (event->peer != NULL)
        read.id = event->peer->peer_id;
    if (event->addr != NULL) {
        read.id = event->addr->net_id;
        write_address(&read, &event->addr->addr);
    }
    if (event->route != NULL)
        write_address(&read, &event->route->target);
    return read;
}

void lab_note(void *message)
{
    struct lab_event read = read_event(message);

    pthread_mutex_lock(&mutex);
    if (count < LAB_EVENTS)
        events[count++] = read;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

void lab_forget(void)
{
    pthread_mutex_lock(&mutex);
    count = 0;
    pthread_mutex_unlock(&mutex);
}

static int find(int code, int from)
{
    for (int i = from; i < count; i++)
        if (events[i].code == code)
            return i;
    return -1;
}

static int find_nth(int code, int nth)
{
    int place = -1;

    for (int i = 0; i < nth; i++) {
        place = find(code, place + 1);
        if (place < 0)
            return -1;
    }
    return place;
}

int lab_wait(int code, int nth)
{
    struct timespec end;
    int place;

    (void)timespec_get(&end, TIME_UTC);
    end.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&mutex);
    while ((place = find_nth(code, nth)) < 0)
        if (pthread_cond_timedwait(&changed, &mutex, &end) != 0)
            break;
    pthread_mutex_unlock(&mutex);
    if (place < 0) {
        fprintf(stderr, "event %d did not come; there were:\n", code);
        lab_print();
    }
    return place;
}

int lab_find(int code, int from)
{
    pthread_mutex_lock(&mutex);
    int place = find(code, from);
    pthread_mutex_unlock(&mutex);
    return place;
}

int lab_count(int code)
{
    int found = 0;

    pthread_mutex_lock(&mutex);
    for (int i = 0; i < count; i++)
        if (code == 0 || events[i].code == code)
            found++;
    pthread_mutex_unlock(&mutex);
    return found;
}

struct lab_event lab_event_at(int place)
{
    pthread_mutex_lock(&mutex);
    struct lab_event event = events[place];
    pthread_mutex_unlock(&mutex);
    return event;
}

void lab_print(void)
{
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < count; i++)
        fprintf(stderr, "%d: %d %llx status %d %s/%u%s\n", i, events[i].code,
                (unsigned long long)events[i].id, events[i].status, events[i].text,
                events[i].prefix, events[i].is_sound ? "" : " UNSOUND");
    pthread_mutex_unlock(&mutex);
}
