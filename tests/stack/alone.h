/* SPDX-License-Identifier: Apache-2.0 */
/* A stack with one network and nobody else on it: what is sent goes nowhere, unless the test looks. */
#ifndef ZT_TESTS_STACK_ALONE_H
#define ZT_TESTS_STACK_ALONE_H

#include "stack/stack.h"

#include "os/corelock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NETWORK = 1 };

static inline bool ignore_frame(void *unused, uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)unused, (void)nwid, (void)frame, (void)length;
    return true;
}

/* Gives the network these addresses. The core lock is held. */
static inline void hold(const char *const *addresses, size_t count)
{
    struct zt_endpoint assigned[4];
    struct zt_stack_network network = {
        .nwid = NETWORK, .mtu = 2800, .addresses = assigned, .address_count = count
    };

    assert_true(count <= sizeof assigned / sizeof assigned[0]);
    for (size_t i = 0; i < count; i++)
        assert_true(zt_endpoint_parse(&assigned[i], addresses[i], 0));
    memcpy(network.mac, "\x02\x0a\0\0\0\x10", 6);
    assert_true(zt_stack_set_network(&network));
}

static inline int begin_alone(void **unused)
{
    const struct zt_stack_host host = { .frame = ignore_frame };

    (void)unused;
    return zt_stack_start(&host);
}

static inline int end_alone(void **unused)
{
    (void)unused;
    zt_stack_stop();
    return 0;
}

#endif
