/* SPDX-License-Identifier: Apache-2.0 */
/* A member's request on its way from our node to our controller. It never leaves the process. */
#include "vl2/config.h"

#include <assert.h>
#include <string.h>

/* nwid(8) packet_id(8) identity(71) socket(4) endpoint direct(1) length(2) metadata(length) */
void zt_config_request_write(const struct zt_config_request *request, struct zt_writer *out)
{
    assert(request->metadata_length <= ZT_MAX_REQUEST_METADATA);

    zt_write_u64(out, request->nwid);
    zt_write_u64(out, request->packet_id);
    zt_identity_write(&request->member, out);
    zt_write_u32(out, request->link.socket);
    zt_endpoint_write(&request->link.remote, out);
    zt_write_u8(out, request->direct);
    zt_write_u16(out, (uint16_t)request->metadata_length);
    zt_write_copy(out, request->metadata, request->metadata_length);
}

void zt_config_request_read(struct zt_config_request *request, struct zt_reader *in)
{
    size_t length;

    memset(request, 0, sizeof *request);
    request->nwid = zt_read_u64(in);
    request->packet_id = zt_read_u64(in);
    zt_identity_read(&request->member, in);
    request->link.socket = zt_read_u32(in);
    zt_endpoint_read(&request->link.remote, in);
    request->direct = zt_read_u8(in) != 0;
    length = zt_read_u16(in);
    if (length > sizeof request->metadata) {
        in->failed = true;
        return;
    }
    zt_read_copy(in, request->metadata, length);
    request->metadata_length = in->failed ? 0 : length;
}
