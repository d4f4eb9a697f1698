/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a network's local settings: what is read must write and read the same again. */
#include "fuzz.h"

#include "cmd/network_policy.h"

#include <string.h>

#define MOST 4096

static bool read_text(struct zt_network_policy *policy, const void *bytes, size_t length)
{
    char text[MOST + 1], error[ZT_POLICY_ERROR] = "";
    bool is_good;

    memcpy(text, bytes, length);
    text[length] = 0;
    is_good = zt_network_policy_read(policy, text, error);
    FUZZ_CLAIM(is_good == (*error == 0));
    return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zt_network_policy policy, again;
    char text[ZT_POLICY_TEXT], second[ZT_POLICY_TEXT];
    size_t length;

    if (size == 0 || size > MOST || !read_text(&policy, data, size))
        return 0;
    length = zt_network_policy_write(&policy, text);
    FUZZ_CLAIM(length < MOST && read_text(&again, text, length));
    for (size_t at = 0; at < ZT_POLICY_SWITCHES; at++)
        FUZZ_CLAIM(zt_network_policy_is_set(&policy, at) == zt_network_policy_is_set(&again, at));
    (void)zt_network_policy_write(&again, second);
    FUZZ_CLAIM(strcmp(text, second) == 0);
    return 0;
}
