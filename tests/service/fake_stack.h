/* SPDX-License-Identifier: Apache-2.0 */
/* A stack that takes notes, and through which a test can send frames. Fields: with the core lock. */
#ifndef ZT_TESTS_FAKE_STACK_H
#define ZT_TESTS_FAKE_STACK_H

#include "stack/stack.h"

struct fake_stack {
    struct zt_stack_host host;
    unsigned starts, stops, resumes;
    unsigned set_count, removed_count;
    struct zt_stack_network last; /* its pointers are of no use */
    size_t frame_count;
};

extern struct fake_stack fake_stack;

#endif
