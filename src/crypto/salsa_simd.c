/* SPDX-License-Identifier: Apache-2.0 */
/* Salsa20 on vector units: a lane is a block. Eight at once with AVX2, four with SSE2 or NEON. */
#include "crypto/salsa.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include "crypto/wipe.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <arm_neon.h>
#endif

enum { BLOCK = 64, COUNTER_LOW = 8, COUNTER_HIGH = 9 };

typedef uint32_t lanes4 __attribute__((vector_size(16)));

/* So many blocks done at once; apply leaves the counter where it is. */
struct group {
    size_t blocks;
    void (*apply)(const struct zt_salsa *salsa, uint8_t *out, const uint8_t *in);
};

/* Macros, because they serve vectors of either width. */
#define ROTATE(word, count) ((word) << (count) | (word) >> (32 - (count)))
#define MIX(x, a, b, c, d)                                                                         \
    do {                                                                                           \
        x[b] ^= ROTATE(x[a] + x[d], 7);                                                            \
        x[c] ^= ROTATE(x[b] + x[a], 9);                                                            \
        x[d] ^= ROTATE(x[c] + x[b], 13);                                                           \
        x[a] ^= ROTATE(x[d] + x[c], 18);                                                           \
    } while (0)
#define DOUBLE_ROUND(x)                                                                            \
    do {                                                                                           \
        MIX(x, 0, 4, 8, 12);                                                                       \
        MIX(x, 5, 9, 13, 1);                                                                       \
        MIX(x, 10, 14, 2, 6);                                                                      \
        MIX(x, 15, 3, 7, 11);                                                                      \
        MIX(x, 0, 1, 2, 3);                                                                        \
        MIX(x, 5, 6, 7, 4);                                                                        \
        MIX(x, 10, 11, 8, 9);                                                                      \
        MIX(x, 15, 12, 13, 14);                                                                    \
    } while (0)

/* Only constant indices reach x, so that compilers keep it in registers: a fifth faster. */
#define FOR_4(DO, i) DO(i) DO(i + 1) DO(i + 2) DO(i + 3)
#define FOR_16(DO) FOR_4(DO, 0) FOR_4(DO, 4) FOR_4(DO, 8) FOR_4(DO, 12)
#define COPY(i) x[i] = start[i];
#define ADD(i) x[i] += start[i];

static uint64_t counter_of(const struct zt_salsa *salsa)
{
    return (uint64_t)salsa->state[COUNTER_HIGH] << 32 | salsa->state[COUNTER_LOW];
}

/* Fills two vectors of a lane a block with the counter words of consecutive blocks. */
static void spread_counter(const struct zt_salsa *salsa, void *low_lanes, void *high_lanes,
                           unsigned blocks)
{
    uint64_t counter = counter_of(salsa);
    uint32_t low[8];
    uint32_t high[8];

    for (unsigned i = 0; i < blocks; i++) {
        low[i] = (uint32_t)(counter + i);
        high[i] = (uint32_t)((counter + i) >> 32);
    }
    memcpy(low_lanes, low, blocks * sizeof low[0]);
    memcpy(high_lanes, high, blocks * sizeof high[0]);
}

/* out = words, XOR in if there is one */
static void put(uint8_t *out, const uint8_t *in, lanes4 words)
{
    lanes4 bytes;

    if (in != NULL) {
        memcpy(&bytes, in, sizeof bytes);
        words ^= bytes;
    }
    memcpy(out, &words, sizeof words);
}

/* Turns four words of four blocks each into four blocks' words. */
static void transpose(lanes4 row[4])
{
#if defined(__x86_64__)
    __m128i ab_low = _mm_unpacklo_epi32((__m128i)row[0], (__m128i)row[1]);
    __m128i ab_high = _mm_unpackhi_epi32((__m128i)row[0], (__m128i)row[1]);
    __m128i cd_low = _mm_unpacklo_epi32((__m128i)row[2], (__m128i)row[3]);
    __m128i cd_high = _mm_unpackhi_epi32((__m128i)row[2], (__m128i)row[3]);

    row[0] = (lanes4)_mm_unpacklo_epi64(ab_low, cd_low);
    row[1] = (lanes4)_mm_unpackhi_epi64(ab_low, cd_low);
    row[2] = (lanes4)_mm_unpacklo_epi64(ab_high, cd_high);
    row[3] = (lanes4)_mm_unpackhi_epi64(ab_high, cd_high);
#else
    uint64x2_t ab_low = (uint64x2_t)vzip1q_u32((uint32x4_t)row[0], (uint32x4_t)row[1]);
    uint64x2_t ab_high = (uint64x2_t)vzip2q_u32((uint32x4_t)row[0], (uint32x4_t)row[1]);
    uint64x2_t cd_low = (uint64x2_t)vzip1q_u32((uint32x4_t)row[2], (uint32x4_t)row[3]);
    uint64x2_t cd_high = (uint64x2_t)vzip2q_u32((uint32x4_t)row[2], (uint32x4_t)row[3]);

    row[0] = (lanes4)vzip1q_u64(ab_low, cd_low);
    row[1] = (lanes4)vzip2q_u64(ab_low, cd_low);
    row[2] = (lanes4)vzip1q_u64(ab_high, cd_high);
    row[3] = (lanes4)vzip2q_u64(ab_high, cd_high);
#endif
}

static void xor_four(const struct zt_salsa *salsa, uint8_t *out, const uint8_t *in)
{
    lanes4 start[16];
    lanes4 x[16];

    for (unsigned i = 0; i < 16; i++)
        start[i] = (lanes4){ 0 } + salsa->state[i];
    spread_counter(salsa, &start[COUNTER_LOW], &start[COUNTER_HIGH], 4);
    FOR_16(COPY)
    for (int i = 0; i < salsa->rounds; i += 2)
        DOUBLE_ROUND(x);
    FOR_16(ADD)
    for (unsigned i = 0; i < 16; i += 4) {
        transpose(x + i);
        for (unsigned block = 0; block < 4; block++) {
            size_t at = block * BLOCK + i * 4;

            put(out + at, in != NULL ? in + at : NULL, x[i + block]);
        }
    }
}

#if defined(__x86_64__)

typedef uint32_t lanes8 __attribute__((vector_size(32)));

/* As transpose, in each half. */
__attribute__((target("avx2"))) static void transpose_halves(lanes8 row[4])
{
    __m256i ab_low = _mm256_unpacklo_epi32((__m256i)row[0], (__m256i)row[1]);
    __m256i ab_high = _mm256_unpackhi_epi32((__m256i)row[0], (__m256i)row[1]);
    __m256i cd_low = _mm256_unpacklo_epi32((__m256i)row[2], (__m256i)row[3]);
    __m256i cd_high = _mm256_unpackhi_epi32((__m256i)row[2], (__m256i)row[3]);

    row[0] = (lanes8)_mm256_unpacklo_epi64(ab_low, cd_low);
    row[1] = (lanes8)_mm256_unpackhi_epi64(ab_low, cd_low);
    row[2] = (lanes8)_mm256_unpacklo_epi64(ab_high, cd_high);
    row[3] = (lanes8)_mm256_unpackhi_epi64(ab_high, cd_high);
}

__attribute__((target("avx2"))) static void xor_eight(const struct zt_salsa *salsa, uint8_t *out,
                                                      const uint8_t *in)
{
    lanes8 start[16];
    lanes8 x[16];

    for (unsigned i = 0; i < 16; i++)
        start[i] = (lanes8){ 0 } + salsa->state[i];
    spread_counter(salsa, &start[COUNTER_LOW], &start[COUNTER_HIGH], 8);
    FOR_16(COPY)
    for (int i = 0; i < salsa->rounds; i += 2)
        DOUBLE_ROUND(x);
    FOR_16(ADD)
    for (unsigned i = 0; i < 16; i += 4) {
        transpose_halves(x + i);
        for (unsigned block = 0; block < 4; block++) {
            size_t low = block * BLOCK + i * 4;
            size_t high = low + 4 * BLOCK;
            __m256i words = (__m256i)x[i + block];

            put(out + low, in != NULL ? in + low : NULL, (lanes4)_mm256_castsi256_si128(words));
            put(out + high, in != NULL ? in + high : NULL,
                (lanes4)_mm256_extracti128_si256(words, 1));
        }
    }
}

static struct group best_group(void)
{
    if (__builtin_cpu_supports("avx2"))
        return (struct group){ .blocks = 8, .apply = xor_eight };
    return (struct group){ .blocks = 4, .apply = xor_four };
}

#else

static struct group best_group(void)
{
    return (struct group){ .blocks = 4, .apply = xor_four };
}

#endif

static void advance(struct zt_salsa *salsa, size_t blocks)
{
    uint64_t counter = counter_of(salsa) + blocks;

    salsa->state[COUNTER_LOW] = (uint32_t)counter;
    salsa->state[COUNTER_HIGH] = (uint32_t)(counter >> 32);
}

/* A last group of which only length bytes are wanted. */
static void xor_part(const struct zt_salsa *salsa, const struct group *group, uint8_t *out,
                     const uint8_t *in, size_t length)
{
    uint8_t stream[8 * BLOCK];
    size_t done = 0;

    group->apply(salsa, stream, NULL);
    for (; done + sizeof(lanes4) <= length; done += sizeof(lanes4)) {
        lanes4 words;

        memcpy(&words, stream + done, sizeof words);
        put(out + done, in != NULL ? in + done : NULL, words);
    }
    for (; done < length; done++)
        out[done] = in != NULL ? in[done] ^ stream[done] : stream[done];
    zt_wipe(stream, sizeof stream);
}

size_t zt_salsa_xor_simd(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length)
{
    struct group group = best_group();
    size_t group_length = group.blocks * BLOCK;
    size_t done = 0;

    for (; length - done >= group_length; done += group_length) {
        group.apply(salsa, out + done, in != NULL ? in + done : NULL);
        advance(salsa, group.blocks);
    }
    if (length - done <= 2 * BLOCK)
        return done; /* two blocks are faster one by one */
    xor_part(salsa, &group, out + done, in != NULL ? in + done : NULL, length - done);
    advance(salsa, (length - done + BLOCK - 1) / BLOCK);
    return length;
}

#else

size_t zt_salsa_xor_simd(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length)
{
    (void)salsa;
    (void)out;
    (void)in;
    (void)length;
    return 0;
}

#endif
