/* SPDX-License-Identifier: Apache-2.0 */
/* The worker thread: proofs of identity and files, off the lock because both are slow. */
#ifndef ZT_SERVICE_WORKER_H
#define ZT_SERVICE_WORKER_H

#include "service/persist.h"

#define ZT_MAX_JOBS                                                                                \
    65536 /* waiting; the newcomer is dropped, a job about the same thing replaced */

struct zt_worker;

/* proved: where the result of a proof goes; on the worker thread, without lock. The thread starts with
   the first job. NULL when out of memory. */
struct zt_worker *zt_worker_new(struct zt_persist *persist,
                                void (*proved)(void *context, uint64_t ticket, bool genuine),
                                void *context);
/* Any thread, under the core lock or not; bytes are copied. False: no memory, no thread or full. */
bool zt_worker_prove(struct zt_worker *worker, uint64_t ticket, const uint8_t *identity,
                     size_t length);
bool zt_worker_save(struct zt_worker *worker, enum zt_object object, uint64_t id,
                    const uint8_t *bytes, size_t length);
bool zt_worker_save_join(struct zt_worker *worker, zt_nwid nwid);
/* Proofs are forgotten, files written for at most patience_ms; then ends the thread and frees. */
void zt_worker_free(struct zt_worker *worker, int64_t patience_ms);

#endif
