/* SPDX-License-Identifier: Apache-2.0 */
/* What must always hold, whatever the seed; and the hash of all that happened. */
#include "sim.h"

#include <stdarg.h>
#include <string.h>

/* Eight bytes at a time, multiply and rotate: only has to tell two runs apart. */
void check_hash(struct sim *sim, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint64_t hash = sim->hash ^ length;

    while (length > 0) {
        uint64_t word = 0;
        size_t take = length < 8 ? length : 8;

        memcpy(&word, at, take);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash = hash << 29 | hash >> 35;
        at += take;
        length -= take;
    }
    sim->hash = hash;
}

void check_that(struct sim *sim, bool claim, const char *format, ...)
{
    va_list arguments;

    if (claim)
        return;
    sim->violations++;
    fprintf(stderr, "sim: seed %llu at %lld ms: ", (unsigned long long)sim->options.seed,
            (long long)sim->now_ms);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void check_no_secret(struct sim *sim, const struct sim_node *from, const uint8_t *bytes,
                     size_t length)
{
    const uint8_t *secret = from->identity.secret.bytes;

    for (size_t half = 0; half < 64; half += 32) {
        const uint8_t *at = bytes;
        size_t left = length;

        while (left >= 32 && (at = memchr(at, secret[half], left - 31)) != NULL) {
            check_that(sim, memcmp(at, secret + half, 32) != 0, "node %u sends its secret key",
                       from->index);
            at++;
            left = length - (size_t)(at - bytes);
        }
    }
}

/* Every datagram fed counts as one. */
void check_counters(struct sim *sim, const struct sim_node *node)
{
    const struct zt_counters *counters = zt_vl1_counters(zt_node_vl1(node->node));

    check_that(sim, counters->datagrams_in == node->fed, "node %u counted %llu of %llu datagrams",
               node->index, (unsigned long long)counters->datagrams_in,
               (unsigned long long)node->fed);
}
