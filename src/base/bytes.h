/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds-checked reading and writing of bytes: both are sticky, they fail once and stay failed. */
#ifndef ZT_BASE_BYTES_H
#define ZT_BASE_BYTES_H

#include "base/endian.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZT_MUST_USE __attribute__((warn_unused_result))

/* Reads from borrowed bytes. A read past the end yields zeros and sets failed; so do all after it. */
struct zt_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

struct zt_reader zt_reader_of(const void *bytes, size_t length);
size_t zt_reader_left(const struct zt_reader *in);
uint8_t zt_read_u8(struct zt_reader *in);
uint16_t zt_read_u16(struct zt_reader *in);
uint32_t zt_read_u32(struct zt_reader *in);
uint64_t zt_read_u40(struct zt_reader *in);
uint64_t zt_read_u64(struct zt_reader *in);
/* Copies count bytes; on failure the destination is zeroed. */
void zt_read_copy(struct zt_reader *in, void *to, size_t count);
/* Borrows count bytes in place; NULL on failure. */
const uint8_t *zt_read_take(struct zt_reader *in, size_t count);

/* Writes into a borrowed buffer. A write past the end writes nothing and sets failed. */
struct zt_writer {
    uint8_t *start;
    uint8_t *at;
    uint8_t *end;
    bool failed;
};

struct zt_writer zt_writer_of(void *bytes, size_t capacity);
size_t zt_writer_length(const struct zt_writer *out);
size_t zt_writer_left(const struct zt_writer *out);
void zt_write_u8(struct zt_writer *out, uint8_t value);
void zt_write_u16(struct zt_writer *out, uint16_t value);
void zt_write_u32(struct zt_writer *out, uint32_t value);
void zt_write_u40(struct zt_writer *out, uint64_t value);
void zt_write_u64(struct zt_writer *out, uint64_t value);
void zt_write_copy(struct zt_writer *out, const void *from, size_t count);
/* Reserves count bytes to be filled by the caller; NULL on failure. */
uint8_t *zt_write_reserve(struct zt_writer *out, size_t count);

#endif
