/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the interface, chosen and furnished at random. */
#ifndef ZT_TESTS_ZTS_RANDOM_CALLS_H
#define ZT_TESTS_ZTS_RANDOM_CALLS_H

#include <stdint.h>

/* One thread's choices: the same state makes the same ones. */
struct caller {
    uint64_t state, nwid;
    unsigned long long count;
    const char *_Atomic call;
    _Atomic int64_t since_s; /* the call under way began; 0: none is */
};

void random_call(struct caller *caller);
unsigned random_below(struct caller *caller, unsigned limit);

#endif
