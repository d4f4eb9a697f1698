/* SPDX-License-Identifier: Apache-2.0 */
/* The stack's door, behind which there are only counters. */
#include "fake_stack.h"

#include "os/corelock.h"

#include <assert.h>

struct fake_stack fake_stack;

int zt_stack_start(const struct zt_stack_host *host)
{
    zt_core_lock();
    fake_stack.host = *host;
    fake_stack.starts++;
    zt_core_unlock();
    return 0;
}

void zt_stack_stop(void)
{
    zt_core_lock();
    fake_stack.stops++;
    zt_core_unlock();
}

bool zt_stack_set_network(const struct zt_stack_network *network)
{
    assert(zt_core_lock_is_mine());
    fake_stack.last = *network;
    fake_stack.set_count++;
    return true;
}

void zt_stack_remove_network(uint64_t nwid)
{
    (void)nwid;
    assert(zt_core_lock_is_mine());
    fake_stack.removed_count++;
}

void zt_stack_input(uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)nwid;
    (void)frame;
    assert(zt_core_lock_is_mine() && length >= 14);
    fake_stack.frame_count++;
}

void zt_stack_input_done(void)
{
    assert(zt_core_lock_is_mine());
}

void zt_stack_resume(void)
{
    fake_stack.resumes++;
}

bool zt_stack_is_flushed(void)
{
    return true;
}
