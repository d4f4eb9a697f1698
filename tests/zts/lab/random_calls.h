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
int random_fd(struct caller *caller);
/* It is the library's now. */
void random_forget(struct caller *caller, int fd);

/* random_extras.c: the second table, chosen from by a number below its count. */
extern const unsigned random_extra_count;
void random_extra(struct caller *caller, unsigned choice);
void random_extras_begin(void);
void random_extras_end(void);
/* Closes the descriptors of the system that a stopped node left to the program. How many others are open? */
unsigned random_close_left_over(void);

#endif
