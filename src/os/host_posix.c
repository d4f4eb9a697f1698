/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, entropy, threads and monitors on POSIX. */
#define _GNU_SOURCE
#include "os/host.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* The clock that also runs while the machine sleeps, so that paths are old after a sleep. */
#ifdef CLOCK_BOOTTIME
#define MONO_CLOCK CLOCK_BOOTTIME
#else
#define MONO_CLOCK CLOCK_MONOTONIC
#endif

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        abort();
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t read_clock_ms(clockid_t clock)
{
    return read_clock_us(clock) / 1000;
}

int64_t zt_host_mono_ms(void)
{
    return read_clock_ms(MONO_CLOCK);
}

int64_t zt_host_process(void)
{
    return getpid();
}

int64_t zt_host_mono_precise_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

struct zt_instant zt_host_now(void)
{
    return (struct zt_instant){ .mono_ms = zt_host_mono_ms(),
                                .wall_ms = read_clock_ms(CLOCK_REALTIME) };
}

void zt_host_random(void *out, size_t length)
{
    uint8_t *at = out;

    while (length > 0) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        at += got;
        length -= (size_t)got;
    }
}

void zt_host_sleep_ms(int64_t ms)
{
    struct timespec left = { .tv_sec = (time_t)(ms / 1000),
                             .tv_nsec = (long)(ms % 1000) * 1000000 };

    while (ms > 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

void *zt_host_pages(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

void zt_host_pages_free(void *memory, size_t size)
{
    int error = munmap(memory, size);

    assert(error == 0);
}

#if defined(__ANDROID__)
#define SYSTEM_NAME "android"
#elif defined(__linux__)
#define SYSTEM_NAME "linux"
#elif defined(__APPLE__)
#define SYSTEM_NAME "macos"
#elif defined(__FreeBSD__)
#define SYSTEM_NAME "freebsd"
#else
#define SYSTEM_NAME "unknown"
#endif

#if defined(__x86_64__)
#define MACHINE_NAME "x86_64"
#elif defined(__i386__)
#define MACHINE_NAME "x86"
#elif defined(__aarch64__)
#define MACHINE_NAME "aarch64"
#elif defined(__arm__)
#define MACHINE_NAME "arm"
#elif defined(__riscv)
#define MACHINE_NAME "riscv"
#else
#define MACHINE_NAME "unknown"
#endif

const char *zt_host_platform(void)
{
    return SYSTEM_NAME "/" MACHINE_NAME;
}

struct zt_thread {
    pthread_t id;
    void (*run)(void *context);
    void *context;
    char name[16];
};

static void *run_thread(void *argument)
{
    struct zt_thread *thread = argument;

#ifdef __linux__
    pthread_setname_np(pthread_self(), thread->name);
#endif
    thread->run(thread->context);
    return NULL;
}

struct zt_thread *zt_thread_start(const char *name, void (*run)(void *context), void *context)
{
    struct zt_thread *thread = calloc(1, sizeof *thread);
    sigset_t all, before;

    if (!thread)
        return NULL;
    thread->run = run;
    thread->context = context;
    for (size_t i = 0; i + 1 < sizeof thread->name && name[i]; i++)
        thread->name[i] = name[i];

    /* Signals belong to the program's own threads: ours are born deaf. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread->id, NULL, run_thread, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        free(thread);
        return NULL;
    }
    return thread;
}

void zt_thread_join(struct zt_thread *thread)
{
    if (!thread)
        return;
    assert(!zt_thread_is_self(thread));
    pthread_join(thread->id, NULL);
    free(thread);
}

bool zt_thread_is_self(const struct zt_thread *thread)
{
    return pthread_equal(thread->id, pthread_self());
}

struct zt_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

struct zt_monitor *zt_monitor_new(void)
{
    struct zt_monitor *monitor = calloc(1, sizeof *monitor);
    pthread_condattr_t attributes;

    if (!monitor)
        return NULL;
    pthread_mutex_init(&monitor->mutex, NULL);
    pthread_condattr_init(&attributes);
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&monitor->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return monitor;
}

void zt_monitor_free(struct zt_monitor *monitor)
{
    if (!monitor)
        return;
    pthread_cond_destroy(&monitor->changed);
    pthread_mutex_destroy(&monitor->mutex);
    free(monitor);
}

void zt_monitor_enter(struct zt_monitor *monitor)
{
    pthread_mutex_lock(&monitor->mutex);
}

void zt_monitor_leave(struct zt_monitor *monitor)
{
    pthread_mutex_unlock(&monitor->mutex);
}

static struct timespec moment_after(int64_t timeout_ms)
{
    struct timespec until;

#ifdef __APPLE__
    clock_gettime(CLOCK_REALTIME, &until);
#else
    clock_gettime(CLOCK_MONOTONIC, &until);
#endif
    until.tv_sec += (time_t)(timeout_ms / 1000);
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return until;
}

bool zt_monitor_wait(struct zt_monitor *monitor, int64_t timeout_ms)
{
    if (timeout_ms < 0)
        return pthread_cond_wait(&monitor->changed, &monitor->mutex) == 0;

    struct timespec until = moment_after(timeout_ms);
    return pthread_cond_timedwait(&monitor->changed, &monitor->mutex, &until) != ETIMEDOUT;
}

void zt_monitor_wake(struct zt_monitor *monitor)
{
    pthread_cond_signal(&monitor->changed);
}

void zt_monitor_wake_all(struct zt_monitor *monitor)
{
    pthread_cond_broadcast(&monitor->changed);
}
