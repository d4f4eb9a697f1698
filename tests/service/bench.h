/* SPDX-License-Identifier: Apache-2.0 */
/* What the service's tests share: identities, a planet of one root, a record of notices, a folder. */
#ifndef ZT_TESTS_BENCH_H
#define ZT_TESTS_BENCH_H

#include "service/service.h"

#define BENCH_NOTICES 256

/* A second, or what it is under sanitizers that slow proofs of identity down. */
#if defined(__SANITIZE_THREAD__)
#define BENCH_SECOND_MS 10000
#define BENCH_CYCLES 20
#elif defined(__SANITIZE_ADDRESS__)
#define BENCH_SECOND_MS 5000
#define BENCH_CYCLES 200
#else
#define BENCH_SECOND_MS 1000
#define BENCH_CYCLES 200
#endif

/* What arrived, in order. */
struct record {
    struct zt_monitor *monitor; /* guards what follows */
    size_t count;
    struct zt_notice notices[BENCH_NOTICES]; /* without text and bytes */
    char text[512];                          /* of the last FATAL */
};

void bench_record_init(struct record *record);
void bench_record_clear(struct record *record);
void bench_note(void *record, const struct zt_notice *notice);
/* Waits for the first notice of the kind; its place in the order, or -1 after timeout_ms. */
int bench_wait(struct record *record, enum zt_notice_kind kind, int timeout_ms);
int bench_count(struct record *record, enum zt_notice_kind kind);

/* The index-th of a few identities that were made once. */
struct zt_identity bench_identity(unsigned index);
/* A planet whose only root is this identity at 127.0.0.1 and port. Its length. */
size_t bench_planet(const struct zt_identity *root, uint16_t port, uint8_t out[ZT_MAX_WORLD]);
/* A UDP port that was free a moment ago. */
uint16_t bench_free_port(void);
/* Options for a service on loopback without files or stack. */
struct zt_service_options bench_options(const struct zt_identity *identity, struct record *record);

int bench_open_folder(void **state); /* char *, its path */
int bench_close_folder(void **state);

#endif
