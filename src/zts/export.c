/* SPDX-License-Identifier: Apache-2.0 */
/* zts_export_fd: sockets whose data an ordinary descriptor of the system carries. One thread moves it
   between our end of a local pair and the socket, each way through one buffer, and sleeps in a poll on both:
   a full buffer on one side stops reading on the other. The thread ends with the last of them. */
#include "zts/export.h"

#include "base/mem.h"
#include "os/duct.h"
#include "os/host.h"
#include "os/mirror.h"
#include "zts/socket.h"
#include "zts/watch.h"

#include <errno.h>
#include <pthread.h>

enum {
    MOST_OUTLETS = (ZT_DUCT_MOST_WAITS - 1) / 2, /* further ones are refused */
    FLOW_SIZE = 65536,                           /* the largest datagram fits */
    FLUSH_STEP_MS = 5,
    MOST_ROUNDS = 16 /* at a stretch, before others have their turn */
};

/* One direction. */
struct flow {
    size_t at, length; /* what is still to be passed on */
    bool has_ended;    /* nothing more comes in */
    bool is_over;      /* and the receiver was told */
    uint8_t bytes[FLOW_SIZE];
};

struct outlet {
    struct outlet *next;
    int fd;                           /* of ours */
    int shown;                        /* readable and writable like fd; taken, so ours to close */
    int end;                          /* our end of the pair */
    const struct zt_duct_wait *waits; /* what is waited for; NULL: new */
    bool is_stream;
    bool is_hung; /* the program closed its end */
    bool has_failed;
    struct flow in, out; /* from and to the network */
};

/* Guards the list's head and what follows; entries are the thread's. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct outlet *outlets;
static size_t outlet_count;
static struct zt_thread *thread; /* may have ended */
static bool is_running;
static bool has_wake;
static struct zt_mirror wake; /* readable: the list has grown */

/* Takes what the network has for us. True: something happened. */
static bool fill_in(struct outlet *outlet)
{
    struct flow *in = &outlet->in;

    if (in->length > 0 || in->has_ended || outlet->is_hung)
        return false;
    ssize_t length = zts_bsd_recv(outlet->fd, in->bytes, FLOW_SIZE, ZTS_MSG_DONTWAIT);
    if (length == ZTS_ERR_SOCKET && zts_get_errno() == ZTS_EAGAIN)
        return false;
    in->at = 0;
    in->length = length > 0 ? (size_t)length : 0;
    /* Of datagrams neither an empty one nor an error, such as a refused one before, is the end. */
    in->has_ended = length <= 0 && outlet->is_stream;
    if (length == ZTS_ERR_SERVICE || (length < 0 && outlet->is_stream))
        outlet->has_failed = true;
    return true;
}

static bool drain_in(struct outlet *outlet)
{
    struct flow *in = &outlet->in;

    if (in->has_ended && !in->is_over && in->length == 0) {
        zt_duct_end(outlet->end);
        in->is_over = true;
        return true;
    }
    if (in->length == 0 || outlet->is_hung)
        return false;
    int64_t sent = zt_duct_send(outlet->end, in->bytes + in->at, in->length);
    if (sent == -EAGAIN)
        return false;
    if (sent < 0) {
        outlet->is_hung = true; /* nobody reads any more, but what was written still goes out */
        return true;
    }
    in->at += (size_t)sent;
    in->length -= (size_t)sent;
    return true;
}

static bool fill_out(struct outlet *outlet)
{
    struct flow *out = &outlet->out;

    if (out->length > 0 || out->has_ended)
        return false;
    int64_t length = zt_duct_receive(outlet->end, out->bytes, FLOW_SIZE);
    if (length == -EAGAIN)
        return false;
    out->at = 0;
    out->length = length > 0 ? (size_t)length : 0;
    /* An empty message reads like the end, which only a closed end has for datagrams. */
    out->has_ended = length <= 0 && (outlet->is_stream || outlet->is_hung);
    return length > 0 || out->has_ended;
}

/* The network takes nothing more: nor do we. What it sent before may still be read. */
static void refuse_out(struct outlet *outlet)
{
    outlet->out.length = 0;
    outlet->out.has_ended = outlet->out.is_over = true;
    zt_duct_refuse(outlet->end);
}

static bool drain_out(struct outlet *outlet)
{
    struct flow *out = &outlet->out;

    if (out->has_ended && !out->is_over && out->length == 0) {
        out->is_over = true;
        if (outlet->is_stream)
            zts_bsd_shutdown(outlet->fd, ZTS_SHUT_WR);
        return true;
    }
    if (out->length == 0)
        return false;
    ssize_t sent = zts_bsd_send(outlet->fd, out->bytes + out->at, out->length, ZTS_MSG_DONTWAIT);
    if (sent == ZTS_ERR_SOCKET && zts_get_errno() == ZTS_EAGAIN)
        return false;
    if (sent < 0 && outlet->is_stream) {
        refuse_out(outlet);
        return true;
    }
    /* A datagram is sent whole or lost. */
    size_t done = sent < 0 || !outlet->is_stream ? out->length : (size_t)sent;
    out->at += done;
    out->length -= done;
    return true;
}

/* While the service is held it can't stop, and so nobody else can get the socket's number. */
static bool hold(const struct outlet *outlet)
{
    if (zts_enter() == NULL)
        return false;
    if (zts_watch_is(outlet->fd, outlet->shown))
        return true;
    zts_leave();
    return false;
}

static void move(struct outlet *outlet)
{
    bool moves = true;

    if (!hold(outlet)) {
        outlet->has_failed = true;
        return;
    }
    for (int round = 0; moves && round < MOST_ROUNDS; round++) {
        moves = fill_in(outlet);
        moves = drain_in(outlet) || moves;
        moves = fill_out(outlet) || moves;
        moves = drain_out(outlet) || moves;
        moves = moves && !outlet->has_failed;
    }
    zts_leave();
}

static bool is_over(const struct outlet *outlet)
{
    bool in_is_over = outlet->in.is_over || outlet->is_hung;

    return outlet->has_failed || (in_is_over && outlet->out.is_over);
}

static void free_outlet(struct outlet *outlet)
{
    if (hold(outlet)) {
        zts_bsd_close(outlet->fd);
        zts_leave();
    }
    zt_duct_close(outlet->shown);
    zt_duct_close(outlet->end);
    zt_free(outlet);
}

/* What would let it go on. */
static void describe(const struct outlet *outlet, struct zt_duct_wait waits[2])
{
    const struct flow *in = &outlet->in, *out = &outlet->out;

    waits[0] = (struct zt_duct_wait){
        .fd = outlet->shown,
        .wants_in = in->length == 0 && !in->has_ended && !outlet->is_hung,
        .wants_out = out->length > 0,
    };
    waits[1] = (struct zt_duct_wait){
        .fd = outlet->is_hung ? -1 : outlet->end,
        .wants_in = out->length == 0 && !out->has_ended,
        .wants_out = in->length > 0,
    };
}

/* Ends those that are over, and describes the others. Their number; 0: the thread ends. */
static size_t review(struct zt_duct_wait *waits)
{
    size_t count = 0;

    pthread_mutex_lock(&mutex);
    zt_mirror_show(&wake, false, false);
    for (struct outlet **at = &outlets; *at != NULL;) {
        struct outlet *outlet = *at;
        if (is_over(outlet)) {
            *at = outlet->next;
            outlet_count--;
            free_outlet(outlet);
            continue;
        }
        describe(outlet, &waits[2 * count]);
        outlet->waits = &waits[2 * count++];
        at = &outlet->next;
    }
    is_running = count > 0;
    pthread_mutex_unlock(&mutex);
    return count;
}

static struct outlet *first_outlet(void)
{
    pthread_mutex_lock(&mutex);
    struct outlet *first = outlets;
    pthread_mutex_unlock(&mutex);
    return first;
}

static void run(void *unused)
{
    static struct zt_duct_wait waits[ZT_DUCT_MOST_WAITS];
    size_t count;

    (void)unused;
    while ((count = review(waits)) > 0) {
        waits[2 * count] = (struct zt_duct_wait){ .fd = wake.shown, .wants_in = true };
        zt_duct_wait(waits, 2 * count + 1);
        for (struct outlet *outlet = first_outlet(); outlet != NULL; outlet = outlet->next) {
            if (outlet->waits != NULL && outlet->waits[1].is_hung)
                outlet->is_hung = true;
            move(outlet);
        }
    }
}

/* Mutex held. */
static bool start_thread(void)
{
    if (!has_wake)
        has_wake = zt_mirror_open(&wake);
    if (!has_wake)
        return false;
    zt_mirror_show(&wake, true, false);
    if (is_running)
        return true;
    zt_thread_join(thread); /* it has ended */
    thread = zt_thread_start("zt-export", run, NULL);
    is_running = thread != NULL;
    return is_running;
}

/* Mutex held. One that is closed is in the list until all is passed on. */
static bool is_closed_by_program(const struct outlet *outlet)
{
    struct zt_duct_wait waits[2] = { { .fd = outlet->end },
                                     { .fd = wake.shown, .wants_in = true } };

    zt_mirror_show(&wake, true, false); /* so that this only looks */
    zt_duct_wait(waits, 2);
    return waits[0].is_hung;
}

static bool is_flushed(void)
{
    bool holds_something = false;

    pthread_mutex_lock(&mutex);
    for (const struct outlet *at = outlets; at != NULL && !holds_something; at = at->next)
        holds_something = is_closed_by_program(at);
    pthread_mutex_unlock(&mutex);
    return !holds_something;
}

void zts_export_flush(int64_t patience_ms)
{
    int64_t end_ms = zt_host_mono_ms() + patience_ms;

    while (!is_flushed() && zt_host_mono_ms() < end_ms)
        zt_host_sleep_ms(FLUSH_STEP_MS);
}

void zts_export_end(void)
{
    pthread_mutex_lock(&mutex);
    struct zt_thread *ended = thread;
    thread = NULL;
    pthread_mutex_unlock(&mutex);
    zt_thread_join(ended);
}

/* 0, or the reason why not. Taking the descriptor comes last, as it can't be undone. */
static int add(struct outlet *outlet)
{
    int code = ZTS_EMFILE;

    pthread_mutex_lock(&mutex);
    if (!zts_is_running()) /* any more; whoever ends it would not know of a thread begun now */
        code = ZTS_EBADF;
    else if (outlet_count < MOST_OUTLETS && start_thread())
        code = zts_watch_take(outlet->fd, outlet->shown) ? 0 : ZTS_EBADF;
    if (code == 0) {
        outlet->next = outlets;
        outlets = outlet;
        outlet_count++;
    }
    pthread_mutex_unlock(&mutex);
    return code;
}

/* Is it connected, and what is it? 0 or the reason why not. */
static int judge(int fd, bool *is_stream)
{
    struct zts_sockaddr_storage peer;
    zts_socklen_t length = sizeof peer, type_length = sizeof(int);
    int type = 0;

    if (zts_bsd_getsockopt(fd, ZTS_SOL_SOCKET, ZTS_SO_TYPE, &type, &type_length) != 0 ||
        zts_bsd_getpeername(fd, (struct zts_sockaddr *)&peer, &length) != 0)
        return zts_get_errno();
    *is_stream = type == ZTS_SOCK_STREAM;
    return type == ZTS_SOCK_RAW ? ZTS_EOPNOTSUPP : 0;
}

int zts_export_fd(int fd)
{
    int ends[2];
    bool is_stream = false;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    int code = judge(fd, &is_stream);
    if (code != 0)
        return zts_fail(code);
    int shown = zts_get_os_fd(fd);
    if (shown < 0)
        return shown;
    /* Closing lets the stack send the rest in the background, and so never holds up the thread. */
    (void)zts_set_linger(fd, 0, 0);
    struct outlet *outlet = zt_alloc(sizeof *outlet);
    if (outlet == NULL)
        return zts_fail(ZTS_ENOMEM);
    code = ZTS_EMFILE;
    if (zt_duct_open(!is_stream, ends)) {
        outlet->fd = fd;
        outlet->shown = shown;
        outlet->end = ends[0];
        outlet->is_stream = is_stream;
        code = add(outlet);
        if (code == 0) {
            zts_set_errno(0);
            return ends[1];
        }
        zt_duct_close(ends[0]);
        zt_duct_close(ends[1]);
    }
    zt_free(outlet);
    return zts_fail(code);
}
