/* SPDX-License-Identifier: Apache-2.0 */
/* The Internet checksum in words of 64 bits, alone or while copying. */
#include "lwip/opt.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 32 };

/* Two sums, as each addition waits for the one before it. */
struct sums {
    uint64_t even, odd;
};

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

static void add_block(struct sums *sums, const uint64_t words[BLOCK / 8])
{
    sums->even = add(sums->even, words[0]);
    sums->odd = add(sums->odd, words[1]);
    sums->even = add(sums->even, words[2]);
    sums->odd = add(sums->odd, words[3]);
}

/* Adds what is shorter than a block, and folds. Not inverted, in the byte order of memory. */
static unsigned short finish(const struct sums *sums, const uint8_t *rest, size_t length)
{
    uint64_t sum = add(sums->even, sums->odd);

    for (; length >= 8; length -= 8, rest += 8)
        sum = add(sum, load(rest, 8));
    if (length > 0)
        sum = add(sum, load(rest, length));
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return (unsigned short)sum;
}

unsigned short zt_stack_checksum(const void *data, int length)
{
    const uint8_t *at = data;
    size_t left = length > 0 ? (size_t)length : 0;
    struct sums sums = { 0, 0 };
    uint64_t words[BLOCK / 8];

    for (; left >= BLOCK; left -= BLOCK, at += BLOCK) {
        memcpy(words, at, BLOCK);
        add_block(&sums, words);
    }
    return finish(&sums, at, left);
}

unsigned short zt_stack_checksum_copy(void *to, const void *from, unsigned short length)
{
    const uint8_t *at = from;
    uint8_t *out = to;
    size_t left = length;
    struct sums sums = { 0, 0 };
    uint64_t words[BLOCK / 8];

    for (; left >= BLOCK; left -= BLOCK, at += BLOCK, out += BLOCK) {
        memcpy(words, at, BLOCK);
        memcpy(out, words, BLOCK);
        add_block(&sums, words);
    }
    memcpy(out, at, left);
    return finish(&sums, at, left);
}
