/* SPDX-License-Identifier: Apache-2.0 */
/* What all credentials but the certificate of membership share: framing, signature block,
   judgement. docs/wire.md 13.1. */
#ifndef ZT_VL2_SIGNING_H
#define ZT_VL2_SIGNING_H

#include "vl2/com.h"

/* A signature of another type than 1 is skipped and left zero; it can't verify then. */
void zt_signature_read(uint8_t signature[ZT_SIGNATURE_SIZE], struct zt_reader *in);
void zt_signature_write(const uint8_t signature[ZT_SIGNATURE_SIZE], struct zt_writer *out);

/* The counted bytes that end a credential: room for fields of the future, skipped and written
   empty. */
void zt_extension_read(struct zt_reader *in);
void zt_extension_write(struct zt_writer *out);

/* Eight bytes 7f before and after what is signed, so that it can't be mistaken for anything
   else. */
void zt_signing_mark(struct zt_writer *out);

/* Only the network's controller may sign. controller: its identity, NULL if unknown. message: what
   was signed, as a writer that did not fail. */
enum zt_verdict_of_signature zt_signing_judge(zt_nwid nwid, zt_address signer,
                                              const struct zt_identity *controller,
                                              const struct zt_writer *message,
                                              const uint8_t signature[ZT_SIGNATURE_SIZE]);

#endif
