/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of the pcapng capture file format. A block: type, length, body padded to 4 bytes, length. */
#include "zts/pcapng.h"

#include <assert.h>
#include <string.h>

enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE_DESCRIPTION = 1,
    ENHANCED_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINK_ETHERNET = 1,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_NAME = 2,        /* of an interface */
    OPTION_FLAGS = 2,       /* of a packet */
    OPTION_APPLICATION = 4, /* of a section */
    FLAG_INBOUND = 1,
    FLAG_OUTBOUND = 2,
    FRAME_FIXED = 32, /* an enhanced packet without frame and options */
    OPTION_FIXED = 4
};

struct block {
    uint8_t *start, *at;
};

static size_t padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

static void put_u16(struct block *block, unsigned value)
{
    uint16_t number = (uint16_t)value;

    memcpy(block->at, &number, sizeof number);
    block->at += sizeof number;
}

static void put_u32(struct block *block, uint32_t value)
{
    memcpy(block->at, &value, sizeof value);
    block->at += sizeof value;
}

static void put_bytes(struct block *block, const void *bytes, size_t length)
{
    memset(block->at, 0, padded(length));
    memcpy(block->at, bytes, length);
    block->at += padded(length);
}

static void put_option(struct block *block, unsigned code, const void *bytes, size_t length)
{
    put_u16(block, code);
    put_u16(block, (unsigned)length);
    put_bytes(block, bytes, length);
}

static struct block begin(uint8_t *out, uint32_t type)
{
    struct block block = { .start = out, .at = out };

    put_u32(&block, type);
    put_u32(&block, 0); /* the length, once known */
    return block;
}

static size_t finish(struct block *block)
{
    uint32_t length = (uint32_t)(block->at - block->start) + 4;

    put_u32(block, length);
    memcpy(block->start + 4, &length, sizeof length);
    return length;
}

size_t zts_pcapng_header(uint8_t *out)
{
    static const char application[] = "libzt";
    struct block block = begin(out, SECTION_HEADER);

    put_u32(&block, BYTE_ORDER_MAGIC);
    put_u16(&block, 1); /* version 1.0 */
    put_u16(&block, 0);
    put_u32(&block, UINT32_MAX); /* the section's length, 64 bits: not said */
    put_u32(&block, UINT32_MAX);
    put_option(&block, OPTION_APPLICATION, application, sizeof application - 1);
    put_u32(&block, OPTION_END);
    return finish(&block);
}

size_t zts_pcapng_interface(uint8_t *out, const char *name)
{
    struct block block = begin(out, INTERFACE_DESCRIPTION);

    assert(strlen(name) <= 16);
    put_u16(&block, LINK_ETHERNET);
    put_u16(&block, 0);
    put_u32(&block, 0); /* frames are whole */
    put_option(&block, OPTION_NAME, name, strlen(name));
    put_u32(&block, OPTION_END);
    return finish(&block);
}

size_t zts_pcapng_frame_size(const struct zts_pcapng_frame *frame)
{
    size_t size = FRAME_FIXED + padded(frame->length) + OPTION_FIXED + 4 + OPTION_FIXED;

    if (frame->comment != NULL)
        size += OPTION_FIXED + padded(strlen(frame->comment));
    return size;
}

size_t zts_pcapng_frame(uint8_t *out, const struct zts_pcapng_frame *frame)
{
    const uint32_t flags = frame->is_outbound ? FLAG_OUTBOUND : FLAG_INBOUND;
    struct block block = begin(out, ENHANCED_PACKET);

    put_u32(&block, frame->interface);
    put_u32(&block, (uint32_t)(frame->time_us >> 32));
    put_u32(&block, (uint32_t)frame->time_us);
    put_u32(&block, (uint32_t)frame->length);
    put_u32(&block, (uint32_t)frame->length);
    put_bytes(&block, frame->bytes, frame->length);
    put_option(&block, OPTION_FLAGS, &flags, sizeof flags);
    if (frame->comment != NULL)
        put_option(&block, OPTION_COMMENT, frame->comment, strlen(frame->comment));
    put_u32(&block, OPTION_END);
    return finish(&block);
}
