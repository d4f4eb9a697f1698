/* SPDX-License-Identifier: Apache-2.0 */
/* One call of the interface, chosen and furnished at random. */
#ifndef ZT_TESTS_ZTS_RANDOM_CALLS_H
#define ZT_TESTS_ZTS_RANDOM_CALLS_H

#include <stdbool.h>
#include <stdint.h>

/* One thread's choices: the same state makes the same ones. */
enum { CALLER_SOCKETS = 12 };

struct caller {
    /* Its descriptors; -1: none. Descriptors of earlier runs of the node are other threads' now. */
    int fds[CALLER_SOCKETS];
    unsigned run;
    bool shares; /* uses all low descriptors instead, as others do */
    uint64_t state, nwid;
    unsigned long long count;
    const char *_Atomic call;
    _Atomic int64_t since_s; /* the call under way began; 0: none is */
};

/* How often the node was started. */
extern _Atomic unsigned random_run;

void random_call(struct caller *caller);
unsigned random_below(struct caller *caller, unsigned limit);

#endif
