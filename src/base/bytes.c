/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds-checked reading and writing of bytes: both are sticky, they fail once and stay failed. */
#include "base/bytes.h"

#include <assert.h>
#include <string.h>

struct zt_reader zt_reader_of(const void *bytes, size_t length)
{
    /* An empty reader over NULL is fine; arithmetic on NULL is not. */
    static const uint8_t nothing[1];
    const uint8_t *at = length > 0 ? bytes : nothing;

    assert(at != NULL);
    return (struct zt_reader){ .at = at, .end = at + length, .failed = false };
}

size_t zt_reader_left(const struct zt_reader *in)
{
    return in->failed ? 0 : (size_t)(in->end - in->at);
}

const uint8_t *zt_read_take(struct zt_reader *in, size_t count)
{
    const uint8_t *taken = in->at;

    if (in->failed || count > (size_t)(in->end - in->at)) {
        in->failed = true;
        return NULL;
    }
    in->at += count;
    return taken;
}

uint8_t zt_read_u8(struct zt_reader *in)
{
    const uint8_t *from = zt_read_take(in, 1);

    return from != NULL ? *from : 0;
}

uint16_t zt_read_u16(struct zt_reader *in)
{
    const uint8_t *from = zt_read_take(in, 2);

    return from != NULL ? zt_load_u16(from) : 0;
}

uint32_t zt_read_u32(struct zt_reader *in)
{
    const uint8_t *from = zt_read_take(in, 4);

    return from != NULL ? zt_load_u32(from) : 0;
}

uint64_t zt_read_u40(struct zt_reader *in)
{
    const uint8_t *from = zt_read_take(in, 5);

    return from != NULL ? zt_load_u40(from) : 0;
}

uint64_t zt_read_u64(struct zt_reader *in)
{
    const uint8_t *from = zt_read_take(in, 8);

    return from != NULL ? zt_load_u64(from) : 0;
}

void zt_read_copy(struct zt_reader *in, void *to, size_t count)
{
    const uint8_t *from = zt_read_take(in, count);

    if (count == 0)
        return;
    if (from != NULL)
        memcpy(to, from, count);
    else
        memset(to, 0, count);
}

struct zt_writer zt_writer_of(void *bytes, size_t capacity)
{
    static uint8_t nothing[1];
    uint8_t *start = capacity > 0 ? bytes : nothing;

    assert(start != NULL);
    return (struct zt_writer){ .start = start, .at = start, .end = start + capacity };
}

size_t zt_writer_length(const struct zt_writer *out)
{
    return (size_t)(out->at - out->start);
}

size_t zt_writer_left(const struct zt_writer *out)
{
    return out->failed ? 0 : (size_t)(out->end - out->at);
}

uint8_t *zt_write_reserve(struct zt_writer *out, size_t count)
{
    uint8_t *reserved = out->at;

    if (out->failed || count > (size_t)(out->end - out->at)) {
        out->failed = true;
        return NULL;
    }
    out->at += count;
    return reserved;
}

void zt_write_u8(struct zt_writer *out, uint8_t value)
{
    uint8_t *to = zt_write_reserve(out, 1);

    if (to != NULL)
        *to = value;
}

void zt_write_u16(struct zt_writer *out, uint16_t value)
{
    uint8_t *to = zt_write_reserve(out, 2);

    if (to != NULL)
        zt_store_u16(to, value);
}

void zt_write_u32(struct zt_writer *out, uint32_t value)
{
    uint8_t *to = zt_write_reserve(out, 4);

    if (to != NULL)
        zt_store_u32(to, value);
}

void zt_write_u40(struct zt_writer *out, uint64_t value)
{
    uint8_t *to = zt_write_reserve(out, 5);

    if (to != NULL)
        zt_store_u40(to, value);
}

void zt_write_u64(struct zt_writer *out, uint64_t value)
{
    uint8_t *to = zt_write_reserve(out, 8);

    if (to != NULL)
        zt_store_u64(to, value);
}

void zt_write_copy(struct zt_writer *out, const void *from, size_t count)
{
    uint8_t *to = zt_write_reserve(out, count);

    if (to != NULL && count > 0)
        memcpy(to, from, count);
}
