/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's queue: one job for each thing, done in order of arrival. */
#include "service/worker.h"

#include "base/table.h"
#include "os/host.h"
#include "service/proof.h"

#include <string.h>

enum job_kind { JOB_PROVE = 1, JOB_SAVE, JOB_SAVE_JOIN };

struct job_key {
    uint32_t kind; /* enum job_kind */
    uint32_t object;
    uint64_t id;
};

struct job {
    UT_hash_handle hh; /* uthash keeps the order of arrival: the table is the queue, too */
    struct job_key key;
    size_t length;
    uint8_t bytes[];
};

struct zt_worker {
    struct zt_persist *persist;
    void (*proved)(void *context, uint64_t ticket, bool genuine);
    void *context;
    struct zt_monitor *monitor; /* guards what follows */
    struct zt_thread *thread;   /* NULL: not needed so far */
    struct job *jobs;
    bool is_ending;
    int64_t end_ms; /* when ending: saves left then are given up */
};

static void prove(struct zt_worker *worker, const struct job *job)
{
    struct zt_reader in = zt_reader_of(job->bytes, job->length);
    struct zt_identity identity;

    zt_identity_read(&identity, &in);
    worker->proved(worker->context, job->key.id, !in.failed && zt_proof_holds(&identity));
}

static void carry_out(struct zt_worker *worker, const struct job *job)
{
    switch ((enum job_kind)job->key.kind) {
    case JOB_PROVE:
        prove(worker, job);
        break;
    case JOB_SAVE:
        zt_persist_keep(worker->persist, (enum zt_object)job->key.object, job->key.id, job->bytes,
                        job->length);
        break;
    case JOB_SAVE_JOIN:
        zt_persist_keep_join(worker->persist, job->key.id);
        break;
    }
}

static bool is_given_up(const struct zt_worker *worker, const struct job *job)
{
    if (!worker->is_ending)
        return false;
    return job->key.kind == JOB_PROVE || zt_host_mono_ms() >= worker->end_ms;
}

static void run(void *context)
{
    struct zt_worker *worker = context;

    zt_monitor_enter(worker->monitor);
    while (worker->jobs || !worker->is_ending) {
        struct job *job = worker->jobs;
        if (!job) {
            (void)zt_monitor_wait(worker->monitor, -1);
            continue;
        }
        HASH_DEL(worker->jobs, job);
        bool given_up = is_given_up(worker, job);
        zt_monitor_leave(worker->monitor);
        if (!given_up)
            carry_out(worker, job);
        zt_free(job);
        zt_monitor_enter(worker->monitor);
    }
    zt_monitor_leave(worker->monitor);
}

static bool has_thread(struct zt_worker *worker)
{
    if (!worker->thread)
        worker->thread = zt_thread_start("zt-worker", run, worker);
    return worker->thread;
}

/* With the monitor entered. On success the job belongs to the queue; *replaced is to be freed. */
static bool enqueue(struct zt_worker *worker, struct job *job, struct job **replaced)
{
    HASH_FIND(hh, worker->jobs, &job->key, sizeof job->key, *replaced);
    if (*replaced)
        HASH_DEL(worker->jobs, *replaced);
    if (HASH_COUNT(worker->jobs) >= ZT_MAX_JOBS || !has_thread(worker))
        return false;
    HASH_ADD(hh, worker->jobs, key, sizeof job->key, job);
    return job->hh.tbl;
}

static bool add(struct zt_worker *worker, const struct job_key *key, const uint8_t *bytes,
                size_t length)
{
    struct job *replaced = NULL;
    struct job *job = zt_alloc(sizeof *job + length);

    if (!job)
        return false;
    job->key = *key;
    job->length = length;
    if (length)
        memcpy(job->bytes, bytes, length);

    zt_monitor_enter(worker->monitor);
    bool added = enqueue(worker, job, &replaced);
    zt_monitor_wake(worker->monitor);
    zt_monitor_leave(worker->monitor);
    zt_free(replaced);
    if (!added)
        zt_free(job);
    return added;
}

bool zt_worker_prove(struct zt_worker *worker, uint64_t ticket, const uint8_t *identity,
                     size_t length)
{
    return add(worker, &(struct job_key){ .kind = JOB_PROVE, .id = ticket }, identity, length);
}

bool zt_worker_save(struct zt_worker *worker, enum zt_object object, uint64_t id,
                    const uint8_t *bytes, size_t length)
{
    return add(worker, &(struct job_key){ .kind = JOB_SAVE, .object = object, .id = id }, bytes,
               length);
}

bool zt_worker_save_join(struct zt_worker *worker, zt_nwid nwid)
{
    return add(worker, &(struct job_key){ .kind = JOB_SAVE_JOIN, .id = nwid }, NULL, 0);
}

struct zt_worker *zt_worker_new(struct zt_persist *persist,
                                void (*proved)(void *context, uint64_t ticket, bool genuine),
                                void *context)
{
    struct zt_worker *worker = zt_alloc(sizeof *worker);

    if (!worker)
        return NULL;
    worker->persist = persist;
    worker->proved = proved;
    worker->context = context;
    worker->monitor = zt_monitor_new();
    if (worker->monitor)
        return worker;
    zt_free(worker);
    return NULL;
}

void zt_worker_free(struct zt_worker *worker, int64_t patience_ms)
{
    if (!worker)
        return;
    zt_monitor_enter(worker->monitor);
    worker->is_ending = true;
    worker->end_ms = zt_host_mono_ms() + patience_ms;
    zt_monitor_wake(worker->monitor);
    zt_monitor_leave(worker->monitor);
    zt_thread_join(worker->thread);
    zt_monitor_free(worker->monitor);
    zt_free(worker);
}
