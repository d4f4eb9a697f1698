/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the messages that carry frames, and of those about multicast groups. */
#include "vectors_session.h"

#include "base/text.h"
#include "vl2/multicast.h"

#define EXT_CERTIFICATE 0x01

const char *session_decode_frame(struct session_message *message)
{
    session_copy_hex(message, "network_id", 64);
    session_copy_integer(message, "ethertype", 16);
    session_put_integer(message->fields, "frame_length", session_copy_rest(message));
    return NULL;
}

static bool copy_certificate(struct session_message *message)
{
    json_t *com = session_copy_com(message);

    if (com == NULL)
        return false;
    json_object_set_new(message->fields, "com", com);
    return true;
}

const char *session_decode_ext_frame(struct session_message *message)
{
    session_copy_hex(message, "network_id", 64);
    if ((session_copy_integer(message, "flags", 8) & EXT_CERTIFICATE) != 0 &&
        !copy_certificate(message))
        return "certificate is forged";
    session_put_mac(message->fields, "to", session_copy_mac(message));
    session_put_mac(message->fields, "from", session_copy_mac(message));
    session_copy_integer(message, "ethertype", 16);
    session_put_integer(message->fields, "frame_length", session_copy_rest(message));
    return NULL;
}

/* MAC(6) ADI(4) */
static void copy_group(struct session_message *message, json_t *fields)
{
    session_put_mac(fields, "mac", session_copy_mac(message));
    session_put_hex(fields, "adi", session_copy(message, 32), 8);
}

const char *session_decode_like(struct session_message *message)
{
    json_t *groups = json_array();

    while (zt_reader_left(&message->in) > 0) {
        json_t *group = json_object();

        session_put_hex(group, "network_id", session_copy(message, 64), 16);
        copy_group(message, group);
        json_array_append_new(groups, group);
    }
    json_object_set_new(message->fields, "groups", groups);
    return NULL;
}

const char *session_decode_multicast(struct session_message *message)
{
    uint64_t flags;

    session_copy_hex(message, "network_id", 64);
    flags = session_copy_integer(message, "flags", 8);
    if ((flags & ZT_MULTICAST_CERTIFICATE) != 0 && !copy_certificate(message))
        return "certificate is forged";
    if ((flags & ZT_MULTICAST_GATHER) != 0)
        session_copy_integer(message, "gather_limit", 32);
    if ((flags & ZT_MULTICAST_SOURCE) != 0)
        session_put_mac(message->fields, "from", session_copy_mac(message));
    copy_group(message, message->fields);
    session_copy_integer(message, "ethertype", 16);
    session_put_integer(message->fields, "frame_length", session_copy_rest(message));
    return NULL;
}

/* total(4) count(2) { address(5) }. docs/wire.md 16.3. */
static void copy_members(struct session_message *message)
{
    json_t *result = json_object();
    json_t *members = json_array();
    char text[ZT_ADDRESS_TEXT];
    uint64_t count;

    session_put_integer(result, "total_known", session_copy(message, 32));
    count = session_copy(message, 16);
    session_put_integer(result, "count", count);
    for (; count > 0 && !message->in.failed; count--) {
        zt_hex_number_write(text, session_copy(message, 40), 10);
        json_array_append_new(members, json_string(text));
    }
    json_object_set_new(result, "members", members);
    json_object_set_new(message->fields, "result", result);
}

const char *session_decode_gather_ok(struct session_message *message)
{
    session_copy_hex(message, "network_id", 64);
    copy_group(message, message->fields);
    copy_members(message);
    return NULL;
}

const char *session_decode_multicast_ok(struct session_message *message)
{
    uint64_t flags;

    session_copy_hex(message, "network_id", 64);
    copy_group(message, message->fields);
    flags = session_copy_integer(message, "flags", 8);
    if ((flags & ZT_MULTICAST_CERTIFICATE) != 0 && !copy_certificate(message))
        return "certificate is forged";
    if ((flags & ZT_MULTICAST_GATHER) != 0)
        copy_members(message);
    return NULL;
}
