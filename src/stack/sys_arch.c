/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's view of the system: semaphores, mailboxes, threads and time on os/host.h. */
#include "lwip/opt.h"

#include "lwip/sys.h"
#include "os/corelock.h"
#include "os/host.h"
#include "os/turn.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>

_Thread_local int zt_stack_errno;

struct zt_semaphore {
    struct zt_monitor *monitor;
    unsigned count;
};

/* A ring that grows up to its bound, so that thousands of idle sockets cost little. */
struct zt_mailbox {
    struct zt_monitor *monitor;
    void **ring;
    size_t capacity, bound;
    size_t head, used;
    bool has_ended;
};

enum { FIRST_CAPACITY = 16 };

/* Around a few instructions each time, a dozen times a packet: so the monitor is only for those who find it
   taken, and taking it is one atomic instruction. */
enum { PROTECTION_FREE, PROTECTION_TAKEN, PROTECTION_AWAITED };

static _Atomic int protection;
static struct zt_monitor *protection_monitor;
static _Thread_local unsigned protection_depth;
static pthread_key_t semaphore_key;
static pthread_once_t semaphore_once = PTHREAD_ONCE_INIT;
static bool semaphore_key_made;

void sys_init(void)
{
    protection_monitor = zt_monitor_new();
    assert(protection_monitor != NULL);
}

u32_t sys_now(void)
{
    return (u32_t)zt_host_mono_ms();
}

uint32_t zt_stack_random(void)
{
    uint32_t number;

    zt_host_random(&number, sizeof number);
    return number;
}

void zt_stack_fail(const char *claim, const char *file, int line)
{
    (void)fprintf(stderr, "libzt: stack: %s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

static void await_protection(void)
{
    zt_monitor_enter(protection_monitor);
    while (atomic_exchange(&protection, PROTECTION_AWAITED) != PROTECTION_FREE)
        (void)zt_monitor_wait(protection_monitor, -1);
    zt_monitor_leave(protection_monitor);
}

sys_prot_t sys_arch_protect(void)
{
    int free = PROTECTION_FREE;

    if (protection_depth++ == 0 &&
        !atomic_compare_exchange_strong(&protection, &free, PROTECTION_TAKEN))
        await_protection();
    return 0;
}

static void wake_protection(void)
{
    zt_monitor_enter(protection_monitor);
    zt_monitor_wake(protection_monitor);
    zt_monitor_leave(protection_monitor);
}

void sys_arch_unprotect(sys_prot_t unused)
{
    (void)unused;
    assert(protection_depth > 0);
    if (--protection_depth == 0 &&
        atomic_exchange(&protection, PROTECTION_FREE) == PROTECTION_AWAITED)
        wake_protection();
}

/* lwIP says 0 for "for ever". */
static int64_t timeout_of(u32_t timeout_ms)
{
    return timeout_ms == 0 ? -1 : (int64_t)timeout_ms;
}

/* Semaphores */

err_t sys_sem_new(sys_sem_t *semaphore, u8_t count)
{
    *semaphore = calloc(1, sizeof **semaphore);
    if (*semaphore == NULL)
        return ERR_MEM;
    (*semaphore)->count = count;
    (*semaphore)->monitor = zt_monitor_new();
    if ((*semaphore)->monitor != NULL)
        return ERR_OK;
    free(*semaphore);
    *semaphore = NULL;
    return ERR_MEM;
}

void sys_sem_free(sys_sem_t *semaphore)
{
    if (*semaphore == NULL)
        return;
    zt_core_lock_forget((*semaphore)->monitor);
    zt_monitor_free((*semaphore)->monitor);
    free(*semaphore);
    *semaphore = NULL;
}

void sys_sem_signal(sys_sem_t *semaphore)
{
    zt_monitor_enter((*semaphore)->monitor);
    (*semaphore)->count++;
    zt_core_lock_wake((*semaphore)->monitor);
    zt_monitor_leave((*semaphore)->monitor);
}

static bool is_signalled(const void *object)
{
    const struct zt_semaphore *semaphore = object;

    return semaphore->count > 0;
}

u32_t sys_arch_sem_wait(sys_sem_t *semaphore, u32_t timeout_ms)
{
    struct zt_semaphore *waited = *semaphore;

    zt_monitor_enter(waited->monitor);
    bool taken = zt_turn_wait(waited->monitor, is_signalled, waited, timeout_of(timeout_ms));
    if (taken)
        waited->count--;
    zt_monitor_leave(waited->monitor);
    return taken ? 0 : SYS_ARCH_TIMEOUT;
}

static void free_thread_semaphore(void *pointer)
{
    sys_sem_t semaphore = pointer;

    sys_sem_free(&semaphore);
}

static void make_semaphore_key(void)
{
    semaphore_key_made = pthread_key_create(&semaphore_key, free_thread_semaphore) == 0;
}

sys_sem_t *zt_stack_thread_semaphore(void)
{
    static _Thread_local sys_sem_t mine;

    if (mine != NULL)
        return &mine;
    (void)pthread_once(&semaphore_once, make_semaphore_key);
    err_t made = sys_sem_new(&mine, 0);
    /* lwIP has no way to report that a thread can't wait. */
    assert(semaphore_key_made && made == ERR_OK);
    (void)pthread_setspecific(semaphore_key, mine);
    return &mine;
}

/* Mutexes */

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    *mutex = zt_monitor_new();
    return *mutex == NULL ? ERR_MEM : ERR_OK;
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    zt_monitor_free(*mutex);
    *mutex = NULL;
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    zt_monitor_enter(*mutex);
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    zt_monitor_leave(*mutex);
}

/* Mailboxes */

err_t sys_mbox_new(sys_mbox_t *mailbox, int bound)
{
    struct zt_mailbox *made = calloc(1, sizeof *made);

    *mailbox = NULL;
    if (made == NULL)
        return ERR_MEM;
    made->bound = bound > 0 ? (size_t)bound : FIRST_CAPACITY;
    made->monitor = zt_monitor_new();
    if (made->monitor == NULL) {
        free(made);
        return ERR_MEM;
    }
    *mailbox = made;
    return ERR_OK;
}

void sys_mbox_free(sys_mbox_t *mailbox)
{
    if (*mailbox == NULL)
        return;
    zt_core_lock_forget((*mailbox)->monitor);
    zt_monitor_free((*mailbox)->monitor);
    free((*mailbox)->ring);
    free(*mailbox);
    *mailbox = NULL;
}

static bool grow(struct zt_mailbox *mailbox)
{
    size_t capacity = mailbox->capacity == 0 ? FIRST_CAPACITY : 2 * mailbox->capacity;

    if (mailbox->capacity == mailbox->bound)
        return false;
    if (capacity > mailbox->bound)
        capacity = mailbox->bound;
    void **ring = malloc(capacity * sizeof *ring);
    if (ring == NULL)
        return false;
    for (size_t i = 0; i < mailbox->used; i++)
        ring[i] = mailbox->ring[(mailbox->head + i) % mailbox->capacity];
    free(mailbox->ring);
    mailbox->ring = ring;
    mailbox->capacity = capacity;
    mailbox->head = 0;
    return true;
}

static bool put(struct zt_mailbox *mailbox, void *message)
{
    if (mailbox->used == mailbox->capacity && !grow(mailbox))
        return false;
    mailbox->ring[(mailbox->head + mailbox->used) % mailbox->capacity] = message;
    mailbox->used++;
    return true;
}

err_t sys_mbox_trypost(sys_mbox_t *mailbox, void *message)
{
    zt_monitor_enter((*mailbox)->monitor);
    bool was_put = put(*mailbox, message);
    if (was_put)
        zt_core_lock_wake((*mailbox)->monitor);
    zt_monitor_leave((*mailbox)->monitor);
    return was_put ? ERR_OK : ERR_MEM;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mailbox, void *message)
{
    return sys_mbox_trypost(mailbox, message);
}

void sys_mbox_post(sys_mbox_t *mailbox, void *message)
{
    while (sys_mbox_trypost(mailbox, message) != ERR_OK)
        zt_host_sleep_ms(1);
}

static void *take(struct zt_mailbox *mailbox)
{
    void *message = mailbox->ring[mailbox->head];

    mailbox->head = (mailbox->head + 1) % mailbox->capacity;
    mailbox->used--;
    return message;
}

static bool has_message(const void *object)
{
    const struct zt_mailbox *mailbox = object;

    return mailbox->used > 0 || mailbox->has_ended;
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mailbox, void **message, u32_t timeout_ms)
{
    struct zt_mailbox *waited = *mailbox;
    void *dropped;

    zt_monitor_enter(waited->monitor);
    bool taken = zt_turn_wait(waited->monitor, has_message, waited, timeout_of(timeout_ms)) &&
                 waited->used > 0;
    if (taken)
        *(message != NULL ? message : &dropped) = take(waited);
    zt_monitor_leave(waited->monitor);
    return taken ? 0 : SYS_ARCH_TIMEOUT;
}

void zt_mailbox_end(sys_mbox_t *mailbox)
{
    zt_monitor_enter((*mailbox)->monitor);
    (*mailbox)->has_ended = true;
    zt_core_lock_wake((*mailbox)->monitor);
    zt_monitor_leave((*mailbox)->monitor);
}

void *zt_mailbox_first(sys_mbox_t *mailbox)
{
    zt_monitor_enter((*mailbox)->monitor);
    void *first = (*mailbox)->used > 0 ? (*mailbox)->ring[(*mailbox)->head] : NULL;
    zt_monitor_leave((*mailbox)->monitor);
    return first;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mailbox, void **message)
{
    bool taken = false;
    void *dropped;

    zt_monitor_enter((*mailbox)->monitor);
    if ((*mailbox)->used > 0) {
        *(message != NULL ? message : &dropped) = take(*mailbox);
        taken = true;
    }
    zt_monitor_leave((*mailbox)->monitor);
    return taken ? 0 : SYS_MBOX_EMPTY;
}

/* Threads: lwIP starts one, and it stays. */

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn run, void *context, int stack_size,
                            int priority)
{
    (void)stack_size;
    (void)priority;
    sys_thread_t thread = zt_thread_start(name, run, context);
    assert(thread != NULL);
    return thread;
}
