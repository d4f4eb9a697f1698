/* SPDX-License-Identifier: Apache-2.0 */
/* A packet as bytes: header fields, arming and opening with each cipher suite, compression.
   docs/wire.md 2.4 to 2.7, 3.1, 3.9. */
#ifndef ZT_VL1_PACKET_H
#define ZT_VL1_PACKET_H

#include "base/limits.h"
#include "crypto/gmac_siv.h"
#include "vl1/address.h"
#include "vl1/wire.h"

static inline uint64_t zt_packet_id(const uint8_t *packet)
{
    return zt_load_u64(packet + ZT_AT_ID);
}
static inline zt_address zt_packet_destination(const uint8_t *p)
{
    return zt_load_u40(p + ZT_AT_DESTINATION);
}
static inline zt_address zt_packet_source(const uint8_t *p)
{
    return zt_load_u40(p + ZT_AT_SOURCE);
}
static inline unsigned zt_packet_cipher(const uint8_t *p)
{
    return (unsigned)(p[ZT_AT_FLAGS] & ZT_CIPHER_MASK) >> ZT_CIPHER_SHIFT;
}
static inline unsigned zt_packet_hops(const uint8_t *p)
{
    return p[ZT_AT_FLAGS] & ZT_HOPS_MASK;
}
static inline bool zt_packet_is_fragmented(const uint8_t *p)
{
    return (p[ZT_AT_FLAGS] & ZT_FLAG_FRAGMENTED) != 0;
}

/* Writes the 28-byte header: flags and MAC zero. */
void zt_packet_header(uint8_t *packet, uint64_t id, zt_address destination, zt_address source,
                      uint8_t verb);

/* Sets the cipher bits and the legacy bit, then authenticates (and encrypts) in place. The fragmented
   bit must be final. siv is needed for cipher 3 only. With cipher 3 the packet id changes. */
void zt_packet_arm(uint8_t *packet, size_t length, enum zt_cipher cipher,
                   const struct zt_session_key *key, struct zt_gmac_siv *siv);
/* Checks and decrypts in place, by the cipher bits it carries (0, 1 or 3). On false drop it. */
ZT_MUST_USE bool zt_packet_open(uint8_t *packet, size_t length, const struct zt_session_key *key,
                                struct zt_gmac_siv *siv);
/* Trusted path: cipher 2, the MAC field carries the id. */
void zt_packet_arm_trusted(uint8_t *packet, uint64_t trusted_path_id);

/* Masks or unmasks the tail of a HELLO, from offset to the end. docs/wire.md 2.7. */
void zt_packet_mask_tail(uint8_t *packet, size_t length, size_t offset,
                         const struct zt_session_key *key);

/* Compresses the payload in place if it is over 64 bytes and gets smaller; returns the new length. */
size_t zt_packet_compress(uint8_t *packet, size_t length);
/* If the compressed flag is set expands into out (capacity ZT_MAX_PACKET) with the flag cleared and
   returns the new length, 0 if it can't be; if not set returns length and leaves out alone. */
size_t zt_packet_expand(uint8_t *out, const uint8_t *packet, size_t length);

#endif
