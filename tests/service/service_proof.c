/* SPDX-License-Identifier: Apache-2.0 */
/* A proof of identity is right, and leaves nothing behind. */
#define _GNU_SOURCE
#include "bench.h"

#include "os/host.h"
#include "service/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { PROOFS = 3 };

static long resident_bytes(void)
{
    long pages, resident;
    FILE *file = fopen("/proc/self/statm", "r");

    if (!file)
        return 0; /* a system that does not tell */
    assert_int_equal(fscanf(file, "%ld %ld", &pages, &resident), 2);
    (void)fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

static void a_proof_tells_the_earned_address_from_others(void **unused)
{
    struct zt_identity identity = bench_identity(0);

    (void)unused;
    assert_true(zt_proof_holds(&identity));
    identity.address ^= 1;
    assert_false(zt_proof_holds(&identity));
    identity.address = 0;
    assert_false(zt_proof_holds(&identity));
}

struct proving {
    struct zt_identity identity;
    long grown_bytes;
};

static void prove_again_and_again(void *context)
{
    struct proving *proving = context;
    long before = resident_bytes();

    for (int i = 0; i < PROOFS; i++) {
        if (!zt_proof_holds(&proving->identity))
            return;
    }
    proving->grown_bytes = resident_bytes() - before;
}

/* On a thread of its own, as the worker is: malloc would keep for it what it freed. */
static void proofs_leave_no_memory_behind(void **unused)
{
    struct proving proving = { .identity = bench_identity(0), .grown_bytes = ZT_PROOF_MEMORY };

    (void)unused;
    assert_true(zt_proof_holds(&proving.identity)); /* sets libcrypto up */
    zt_thread_join(zt_thread_start("proving", prove_again_and_again, &proving));
    assert_true(proving.grown_bytes < ZT_PROOF_MEMORY / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_tells_the_earned_address_from_others),
        cmocka_unit_test(proofs_leave_no_memory_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
