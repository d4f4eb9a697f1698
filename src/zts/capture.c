/* SPDX-License-Identifier: Apache-2.0 */
/* zts_capture_*: the overlay's frames in a file. The thread that moves a frame copies it into a buffer;
   a thread of the capture's own swaps it for an empty one and writes it out. A frame that finds no room is
   counted as lost, so a slow disk costs frames in the file and never time on the network. */
#include "zts/onlook.h"
#include "zts/pcapng.h"

#include "base/mem.h"
#include "base/text.h"
#include "os/files.h"
#include "os/host.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BUFFER_SIZE = 1 << 20, MOST_NETWORKS = 256, SMALLEST_FILE = 4096 };

struct buffer {
    size_t length;
    uint8_t bytes[BUFFER_SIZE];
};

struct capture {
    /* Fixed at the start. */
    uint64_t net_id, max_bytes;
    FILE *file;
    struct zt_thread *writer;
    struct zt_monitor *monitor;
    char path[256]; /* for messages */

    /* Guarded by the monitor. */
    struct buffer *filling, *writing;
    uint64_t networks[MOST_NETWORKS]; /* in the order of their interfaces in the file */
    size_t network_count;
    zts_capture_info_t info;
    bool is_ending, has_failed;
};

/* Held by start and stop, and around a look at the current capture by who moves frames. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct capture *current;
static _Atomic bool is_on;

bool zts_capture_is_on(void)
{
    return is_on;
}

static void complain(const struct capture *capture, const char *what)
{
    char reason[ZT_ERROR_TEXT];

    zt_error_text(-errno, reason);
    (void)fprintf(stderr, "libzt: capture: can't %s %s: %s\n", what, capture->path, reason);
}

static void write_out(struct capture *capture, const struct buffer *full)
{
    if (fwrite(full->bytes, 1, full->length, capture->file) == full->length &&
        fflush(capture->file) == 0)
        return;
    complain(capture, "write");
    zt_monitor_enter(capture->monitor);
    capture->has_failed = true;
    zt_monitor_leave(capture->monitor);
}

static void run_writer(void *context)
{
    struct capture *capture = context;

    zt_monitor_enter(capture->monitor);
    while (!capture->is_ending || capture->filling->length > 0) {
        struct buffer *full = capture->filling;
        if (full->length == 0) {
            (void)zt_monitor_wait(capture->monitor, -1);
            continue;
        }
        capture->filling = capture->writing;
        capture->writing = full;
        zt_monitor_leave(capture->monitor);
        write_out(capture, full);
        full->length = 0;
        zt_monitor_enter(capture->monitor);
    }
    zt_monitor_leave(capture->monitor);
}

/* Room for a block of so many bytes, in the buffer and in the file; NULL: none. Monitor entered. */
static uint8_t *reserve(struct capture *capture, size_t length)
{
    struct buffer *buffer = capture->filling;

    if (capture->has_failed || length > BUFFER_SIZE - buffer->length ||
        length > capture->max_bytes - capture->info.bytes)
        return NULL;
    return buffer->bytes + buffer->length;
}

static void commit(struct capture *capture, size_t length)
{
    bool was_empty = capture->filling->length == 0;

    capture->filling->length += length;
    capture->info.bytes += length;
    if (was_empty)
        zt_monitor_wake(capture->monitor);
}

/* The number of the network's interface in the file, made if need be; -1: no room. */
static int64_t interface_of(struct capture *capture, uint64_t nwid)
{
    char name[17];

    for (size_t i = 0; i < capture->network_count; i++) {
        if (capture->networks[i] == nwid)
            return (int64_t)i;
    }
    uint8_t *out = reserve(capture, ZTS_PCAPNG_INTERFACE);
    if (out == NULL || capture->network_count == MOST_NETWORKS)
        return -1;
    zt_hex_number_write(name, nwid, 16);
    commit(capture, zts_pcapng_interface(out, name));
    capture->networks[capture->network_count] = nwid;
    return (int64_t)capture->network_count++;
}

static bool take_frame(struct capture *capture, const struct zt_tapped *tapped)
{
    struct timespec now;
    int64_t interface = interface_of(capture, tapped->nwid);

    if (interface < 0)
        return false;
    (void)timespec_get(&now, TIME_UTC);
    const struct zts_pcapng_frame frame = {
        .interface = (uint32_t)interface,
        .time_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000,
        .is_outbound = tapped->is_outbound,
        .comment = tapped->drop == ZT_DROP_NONE ? NULL : zt_drop_text(tapped->drop),
        .bytes = tapped->bytes,
        .length = tapped->length,
    };
    uint8_t *out = reserve(capture, zts_pcapng_frame_size(&frame));
    if (out == NULL)
        return false;
    commit(capture, zts_pcapng_frame(out, &frame));
    return true;
}

static void record(struct capture *capture, const struct zt_tapped *tapped)
{
    if (capture->net_id != 0 && capture->net_id != tapped->nwid)
        return;
    zt_monitor_enter(capture->monitor);
    if (take_frame(capture, tapped))
        capture->info.frames++;
    else
        capture->info.lost++;
    zt_monitor_leave(capture->monitor);
}

void zts_capture_frame(const struct zt_tapped *tapped)
{
    if (!is_on)
        return;
    pthread_mutex_lock(&mutex);
    if (current != NULL)
        record(current, tapped);
    pthread_mutex_unlock(&mutex);
}

static void free_capture(struct capture *capture)
{
    if (capture->file != NULL)
        (void)fclose(capture->file);
    zt_monitor_free(capture->monitor);
    zt_free(capture->filling);
    zt_free(capture->writing);
    zt_free(capture);
}

static bool open_file(struct capture *capture, const char *path)
{
    zt_format(capture->path, sizeof capture->path, "%s", path);
    /* What travels encrypted stands there in clear. */
    if (zt_file_make_secret(path) == 0)
        capture->file = fopen(path, "wbe");
    if (capture->file == NULL)
        complain(capture, "make");
    return capture->file != NULL;
}

static struct capture *new_capture(const char *path, uint64_t net_id, uint64_t max_bytes)
{
    struct capture *capture = zt_alloc(sizeof *capture);

    if (capture == NULL)
        return NULL;
    capture->net_id = net_id;
    capture->max_bytes = max_bytes;
    capture->monitor = zt_monitor_new();
    capture->filling = zt_alloc(sizeof *capture->filling);
    capture->writing = zt_alloc(sizeof *capture->writing);
    if (capture->monitor != NULL && capture->filling != NULL && capture->writing != NULL &&
        open_file(capture, path)) {
        commit(capture, zts_pcapng_header(reserve(capture, ZTS_PCAPNG_HEADER)));
        capture->writer = zt_thread_start("zt-capture", run_writer, capture);
    }
    if (capture->writer != NULL)
        return capture;
    free_capture(capture);
    return NULL;
}

int zts_capture_start(const char *path, uint64_t net_id, uint64_t max_bytes)
{
    int result = ZTS_ERR_SERVICE;

    if (path == NULL || path[0] == 0 || max_bytes < SMALLEST_FILE)
        return ZTS_ERR_ARG;
    pthread_mutex_lock(&mutex);
    if (current == NULL) {
        current = new_capture(path, net_id, max_bytes);
        is_on = current != NULL;
        result = current == NULL ? ZTS_ERR_GENERAL : ZTS_ERR_OK;
    }
    pthread_mutex_unlock(&mutex);
    zts_onlook_update();
    return result;
}

/* Writes what is left. False: something is missing. */
static bool finish(struct capture *capture)
{
    zt_monitor_enter(capture->monitor);
    capture->is_ending = true;
    zt_monitor_wake(capture->monitor);
    zt_monitor_leave(capture->monitor);
    zt_thread_join(capture->writer);
    if (fclose(capture->file) != 0 && !capture->has_failed) {
        complain(capture, "write");
        capture->has_failed = true;
    }
    capture->file = NULL;
    return !capture->has_failed;
}

int zts_capture_stop(zts_capture_info_t *dst)
{
    pthread_mutex_lock(&mutex);
    struct capture *capture = current;
    current = NULL;
    is_on = false;
    pthread_mutex_unlock(&mutex);
    if (capture == NULL)
        return ZTS_ERR_SERVICE;
    zts_onlook_update();
    int result = finish(capture) ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
    if (dst != NULL)
        *dst = capture->info;
    free_capture(capture);
    return result;
}
