/* SPDX-License-Identifier: Apache-2.0 */
/* VL2's verb table: shortest payload and handler of each verb, and of the OK that answers it. */
#include "vl2/verbs.h"

#include "vl2/announce.h"
#include "vl2/credentials.h"
#include "vl2/frame.h"
#include "vl2/multicast.h"
#include "vl2/request.h"
#include "vl2/serve.h"

typedef enum zt_drop zt_handler(struct zt_vl2 *vl2, struct zt_inbound *in);

struct verb {
    size_t shortest; /* payload */
    zt_handler *receive;
    size_t ok_shortest; /* payload of the OK, with the verb and id asked */
    zt_handler *ok_receive;
};

static const struct verb verbs[ZT_VERB_COUNT] = {
    [ZT_VERB_FRAME] = { 10, zt_frame_receive, 0, NULL },
    [ZT_VERB_EXT_FRAME] = { 23, zt_ext_frame_receive, 0, NULL },
    [ZT_VERB_MULTICAST_LIKE] = { 18, zt_like_receive, 0, NULL },
    [ZT_VERB_NETWORK_CREDENTIALS] = { 1, zt_credentials_receive, 0, NULL },
    [ZT_VERB_NETWORK_CONFIG_REQUEST] = { 10, zt_serve_request, ZT_REPLY_HEADER + 10,
                                         zt_request_ok_receive },
    [ZT_VERB_NETWORK_CONFIG] = { 10, zt_request_push_receive, 0, NULL },
    [ZT_VERB_MULTICAST_GATHER] = { 23, zt_gather_receive, ZT_REPLY_HEADER + 24,
                                   zt_gather_ok_receive },
    [ZT_VERB_MULTICAST_FRAME] = { 21, zt_multicast_receive, ZT_REPLY_HEADER + 19,
                                  zt_multicast_ok_receive },
};

/* Verb and id asked, then what that verb's OK says. VL1 has seen to it that we asked. */
static enum zt_drop receive_ok(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    const struct verb *verb;

    if (in->length < ZT_REPLY_HEADER)
        return ZT_DROP_TRUNCATED;
    verb = &verbs[in->payload[0] & ZT_VERB_MASK];
    if (verb->ok_receive == NULL)
        return ZT_DROP_NONE; /* a sign of life, no more */
    if (in->length < verb->ok_shortest)
        return ZT_DROP_TRUNCATED;
    return verb->ok_receive(vl2, in);
}

/* Verb and id asked, code 1, then network and more by code. Each code has its own rule whom to
   believe. docs/wire.md 4.4. */
static enum zt_drop receive_error(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    uint8_t verb = zt_read_u8(&reader);
    uint8_t code;

    (void)zt_read_u64(&reader);
    code = zt_read_u8(&reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    switch (code) {
    case ZT_ERROR_OBJ_NOT_FOUND:
    case ZT_ERROR_UNSUPPORTED_OPERATION:
        if (verb != ZT_VERB_NETWORK_CONFIG_REQUEST)
            return ZT_DROP_NONE;
        return zt_request_error_receive(vl2, in, code, &reader);
    case ZT_ERROR_NETWORK_ACCESS_DENIED:
    case ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED:
        return zt_request_error_receive(vl2, in, code, &reader);
    case ZT_ERROR_NEED_MEMBERSHIP_CERTIFICATE:
        return zt_credentials_demanded(vl2, in, &reader);
    case ZT_ERROR_UNWANTED_MULTICAST:
        return zt_multicast_unwanted(vl2, in, &reader);
    default:
        return ZT_DROP_NONE;
    }
}

enum zt_drop zt_vl2_dispatch(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    const struct verb *verb = &verbs[in->verb & ZT_VERB_MASK];

    if (in->verb == ZT_VERB_OK)
        return receive_ok(vl2, in);
    if (in->verb == ZT_VERB_ERROR)
        return receive_error(vl2, in);
    if (verb->receive == NULL)
        return ZT_DROP_UNKNOWN_VERB;
    if (in->length < verb->shortest)
        return ZT_DROP_TRUNCATED;
    return verb->receive(vl2, in);
}
