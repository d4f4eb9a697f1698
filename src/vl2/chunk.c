/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of a configuration on its way, signed by itself. docs/wire.md 12.3. */
#include "vl2/config.h"

#include <assert.h>

#define SIGNATURE_ED25519 1

/* nwid(8) length(2) data(length) flags(1) update_id(8) total(4) offset(4), signature type(1)=1
   length(2)=96 signature(96). The old form ends after the data: it is a whole configuration. */
bool zt_chunk_read(struct zt_chunk *chunk, const uint8_t *body, size_t length)
{
    struct zt_reader in = zt_reader_of(body, length);

    *chunk = (struct zt_chunk){ 0 };
    chunk->nwid = zt_read_u64(&in);
    chunk->length = zt_read_u16(&in);
    chunk->data = zt_read_take(&in, chunk->length);
    if (in.failed || chunk->length == 0)
        return false;
    if (zt_reader_left(&in) == 0) {
        chunk->total = (uint32_t)chunk->length;
        return true;
    }
    chunk->is_signed = true;
    chunk->flags = zt_read_u8(&in);
    chunk->update_id = zt_read_u64(&in);
    chunk->total = zt_read_u32(&in);
    chunk->offset = zt_read_u32(&in);
    chunk->signed_bytes = body;
    chunk->signed_length = length - zt_reader_left(&in);
    if (zt_read_u8(&in) != SIGNATURE_ED25519 || zt_read_u16(&in) != ZT_SIGNATURE_SIZE)
        return false;
    chunk->signature = zt_read_take(&in, ZT_SIGNATURE_SIZE);
    return !in.failed && chunk->update_id != 0 && chunk->total < ZT_MAX_CONFIG &&
           chunk->length <= chunk->total && chunk->offset <= chunk->total - chunk->length;
}

void zt_chunk_write(struct zt_writer *out, zt_nwid nwid, const uint8_t *data, size_t length,
                    uint64_t update_id, uint32_t total, uint32_t offset,
                    const struct zt_identity *controller)
{
    const uint8_t *start = out->at;
    uint8_t signature[ZT_SIGNATURE_SIZE];

    assert(controller->has_secret && update_id != 0);
    assert(length > 0 && length <= ZT_MAX_CHUNK_DATA && length <= total &&
           offset <= total - length);

    zt_write_u64(out, nwid);
    zt_write_u16(out, (uint16_t)length);
    zt_write_copy(out, data, length);
    zt_write_u8(out, 0);
    zt_write_u64(out, update_id);
    zt_write_u32(out, total);
    zt_write_u32(out, offset);
    if (out->failed)
        return;
    zt_identity_sign(signature, controller, start, (size_t)(out->at - start));
    zt_write_u8(out, SIGNATURE_ED25519);
    zt_write_u16(out, ZT_SIGNATURE_SIZE);
    zt_write_copy(out, signature, sizeof signature);
}
