/* SPDX-License-Identifier: Apache-2.0 */
/* An identity made once, as making one takes long under the sanitizers. */
#ifndef ZT_TESTS_ZTS_KNOWN_H
#define ZT_TESTS_ZTS_KNOWN_H

#include "ZeroTierSockets.h"

#include <string.h>

/* The next node has it. 0, or what zts_init_from_memory answers. */
static inline int use_known_identity(void)
{
    static const char text[] =
        "986f27e0c6:0:f7620fe0620ae06ccc7ed0318e9dbdc4baf9fe48973ead5d032798620d082868447"
        "78dbd278db10c0dab9e3e8e8d55567a6f85aa41b80993c8c363a9e72169df:50fd25161e98e1ddb0"
        "adc2c36bef08ec45a3892494f343379a6c5fdc35c807eeaae4ef5e06b6685877920e152a14c79b34"
        "bf1416222e9997f90c4327e5eff3dd";

    return zts_init_from_memory(text, (unsigned)strlen(text));
}

#endif
