/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of the pcapng capture file format, in the machine's byte order, which their header tells. */
#ifndef ZT_ZTS_PCAPNG_H
#define ZT_ZTS_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each writes one block at out, which has room for as much as its size function or constant says, and
   returns its length, a multiple of 4. */
#define ZTS_PCAPNG_HEADER 64
size_t zts_pcapng_header(uint8_t *out);

/* An Ethernet interface; frames name it by the number of interfaces before it. name: at most 16
   characters. */
#define ZTS_PCAPNG_INTERFACE 64
size_t zts_pcapng_interface(uint8_t *out, const char *name);

struct zts_pcapng_frame {
    uint32_t interface;
    uint64_t time_us; /* since 1970 */
    bool is_outbound;
    const char *comment; /* NULL: none */
    const uint8_t *bytes;
    size_t length;
};
size_t zts_pcapng_frame_size(const struct zts_pcapng_frame *frame);
size_t zts_pcapng_frame(uint8_t *out, const struct zts_pcapng_frame *frame);

#endif
