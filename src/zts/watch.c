/* SPDX-License-Identifier: Apache-2.0 */
/* zts_get_os_fd: a descriptor of the system that is readable and writable in step with a socket.

   The stack tells each event of its sockets. What only the caller's thread changes, by receiving or
   accepting, is compared at the end of the call. */
#include "zts/watch.h"

#include "base/mem.h"
#include "lwip/priv/sockets_priv.h"
#include "os/corelock.h"
#include "os/mirror.h"
#include "stack/ready.h"
#include "stack/stack.h"
#include "zts/socket.h"

#include <stdatomic.h>

struct watch {
    struct zt_mirror mirror;
    const void *conn; /* the socket's, compared only */
    bool has_news;    /* since the descriptor was made readable */
    bool is_full;     /* a datagram was refused: not writable until there is room */
    bool is_taken;    /* somebody else closes the descriptor, who may be waiting for it */
};

/* The pointers are read without the lock to see that there is none; all else needs the core lock. */
static struct watch *_Atomic watches[ZT_MAX_SOCKETS];
static unsigned full_count;

static struct watch *watch_of(int fd)
{
    return fd < 0 || fd >= ZT_MAX_SOCKETS ? NULL : watches[fd];
}

static void compare(struct watch *watch, int fd)
{
    const unsigned for_reading = ZT_READY_IN | ZT_READY_ERROR | ZT_READY_HANGUP | ZT_READY_CLOSED;
    const unsigned for_writing = ZT_READY_OUT | ZT_READY_ERROR | ZT_READY_CLOSED;
    unsigned ready = zt_socket_ready(fd);
    bool was_readable = watch->mirror.readable;

    zt_mirror_show(&watch->mirror, (ready & for_reading) != 0,
                   (ready & for_writing) != 0 && !watch->is_full);
    if (!was_readable)
        watch->has_news = false;
}

/* For the stack, with the core lock held. */
static void on_event(int fd, bool is_news)
{
    struct watch *watch = watch_of(fd);

    if (watch == NULL)
        return;
    if (is_news && watch->mirror.readable)
        watch->has_news = true;
    compare(watch, fd);
}

/* Who waits for edges takes a short read to mean that nothing is left: what came after it, and the end that
   stopped it short, need an edge. */
static void refresh(int fd, bool has_data)
{
    if (watch_of(fd) == NULL)
        return;
    zt_core_lock();
    struct watch *watch = watch_of(fd);
    if (watch != NULL) {
        compare(watch, fd);
        if (watch->mirror.readable && (watch->has_news || (has_data && zt_socket_ends_next(fd))))
            zt_mirror_stir(&watch->mirror);
        watch->has_news = false;
    }
    zt_core_unlock();
}

void zts_watch_refresh(int fd)
{
    refresh(fd, false);
}

void zts_watch_received(int fd, bool has_data)
{
    refresh(fd, has_data);
}

/* A stream says by itself when it has room; a datagram socket, which has no buffer, when the network
   below has. */
void zts_watch_refused(int fd)
{
    if (watch_of(fd) == NULL)
        return;
    zt_core_lock();
    struct watch *watch = watch_of(fd);
    if (watch != NULL && !watch->is_full && zt_stack_is_held_up()) {
        watch->is_full = true;
        full_count++;
        compare(watch, fd);
    }
    zt_core_unlock();
}

/* For the stack, with the core lock held: frames are taken again. */
static void on_room(void)
{
    for (int fd = 0; full_count > 0 && fd < ZT_MAX_SOCKETS; fd++) {
        struct watch *watch = watch_of(fd);
        if (watch == NULL || !watch->is_full)
            continue;
        watch->is_full = false;
        full_count--;
        compare(watch, fd);
    }
}

/* Forgets the watch of fd; its mirror is the caller's. */
static void remove_watch(int fd, struct watch *watch)
{
    if (watch->is_full)
        full_count--;
    watches[fd] = NULL;
    zt_free(watch);
}

void zts_watch_close(int fd)
{
    if (watch_of(fd) == NULL)
        return;
    zt_core_lock();
    struct watch *watch = watch_of(fd);
    if (watch != NULL) {
        if (watch->is_taken)
            zt_mirror_hang_up(&watch->mirror);
        else
            zt_mirror_close(&watch->mirror);
        remove_watch(fd, watch);
    }
    zt_core_unlock();
}

bool zts_watch_is(int fd, int shown)
{
    zt_core_lock();
    const struct watch *watch = watch_of(fd);
    bool is = watch != NULL && watch->mirror.shown == shown;
    zt_core_unlock();
    return is;
}

bool zts_watch_take(int fd, int shown)
{
    zt_core_lock();
    struct watch *watch = watch_of(fd);
    bool takes = watch != NULL && watch->mirror.shown == shown && !watch->is_taken;
    if (takes)
        watch->is_taken = true;
    zt_core_unlock();
    return takes;
}

void zts_watch_stop(void)
{
    zt_core_lock();
    for (int fd = 0; fd < ZT_MAX_SOCKETS; fd++) {
        struct watch *watch = watch_of(fd);
        if (watch == NULL)
            continue;
        zt_mirror_hang_up(&watch->mirror);
        remove_watch(fd, watch);
    }
    zt_core_unlock();
}

static struct watch *new_watch(int fd, const void *conn)
{
    struct watch *watch = zt_alloc(sizeof *watch);

    if (watch == NULL || !zt_mirror_open(&watch->mirror)) {
        zt_free(watch);
        return NULL;
    }
    watch->conn = conn;
    watches[fd] = watch;
    zt_ready_tell(on_event);
    zt_stack_on_room(on_room);
    compare(watch, fd);
    return watch;
}

/* With the core lock held. The descriptor, or the negated reason why there is none. */
static int find_or_make(int fd)
{
    struct lwip_sock *socket = lwip_socket_dbg_get_socket(fd);
    struct watch *watch = watch_of(fd);

    if (socket == NULL || socket->conn == NULL)
        return -ZTS_EBADF;
    /* Asked for while its socket was being closed, and now in the way of another. */
    if (watch != NULL && watch->conn != socket->conn) {
        zts_watch_close(fd);
        watch = NULL;
    }
    if (watch == NULL)
        watch = new_watch(fd, socket->conn);
    return watch == NULL ? -ZTS_EMFILE : watch->mirror.shown;
}

int zts_get_os_fd(int fd)
{
    zt_core_lock();
    /* Judged with the lock held: zts_watch_stop finds what was made before the node stopped. */
    bool runs = zts_is_running();
    int result = runs ? find_or_make(fd) : 0;
    zt_core_unlock();
    if (!runs)
        return ZTS_ERR_SERVICE;
    if (result < 0)
        return zts_fail(-result);
    zts_set_errno(0);
    return result;
}
