/* SPDX-License-Identifier: Apache-2.0 */
/* The Internet checksum, four words of 64 bits at a time. */
#include "lwip/opt.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t load(const uint8_t *from, size_t count)
{
    uint64_t word = 0;

    memcpy(&word, from, count);
    return word;
}

/* One's complement addition: what overflows comes back at the bottom. */
static uint64_t add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

static uint64_t sum_blocks(const uint8_t *at, size_t blocks)
{
    uint64_t sums[4] = { 0, 0, 0, 0 };

    for (; blocks > 0; blocks--, at += 32) {
        for (unsigned i = 0; i < 4; i++)
            sums[i] = add(sums[i], load(at + 8 * i, 8));
    }
    return add(add(sums[0], sums[1]), add(sums[2], sums[3]));
}

/* Not inverted, in the byte order of memory. */
unsigned short zt_stack_checksum(const void *data, int length)
{
    const uint8_t *at = data;
    size_t left = length > 0 ? (size_t)length : 0;
    uint64_t sum = sum_blocks(at, left / 32);

    at += left / 32 * 32;
    left %= 32;
    for (; left >= 8; left -= 8, at += 8)
        sum = add(sum, load(at, 8));
    if (left > 0)
        sum = add(sum, load(at, left));
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return (unsigned short)sum;
}
