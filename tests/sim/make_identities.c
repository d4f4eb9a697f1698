/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the simulator's identities: prints COUNT lines of address and secret key in hex. */
#include "base/text.h"
#include "vl1/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    uint8_t seed[32] = { 0 };
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long salt = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    struct zt_rng rng;

    if (count == 0) {
        fprintf(stderr, "usage: make_identities COUNT [SALT]\n");
        return 2;
    }
    memcpy(seed, &salt, sizeof salt);
    zt_rng_init(&rng, seed);
    for (unsigned long i = 0; i < count; i++) {
        struct zt_identity identity;
        char secret[129];

        if (!zt_identity_generate(&identity, &rng))
            return 1;
        zt_hex_write(secret, identity.secret.bytes, 64);
        printf("%010llx %s\n", (unsigned long long)identity.address, secret);
        fflush(stdout);
    }
    return 0;
}
