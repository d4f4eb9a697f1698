/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of HELLO and of the OK that answers it. docs/wire.md 4.3. */
#include "vectors_session.h"

#include "base/text.h"

#include <string.h>

/* major(1) minor(1) revision(2) */
static void copy_version(struct session_message *message)
{
    unsigned major = (unsigned)session_copy(message, 8);
    unsigned minor = (unsigned)session_copy(message, 8);
    unsigned revision = (unsigned)session_copy(message, 16);
    char text[32];

    zt_format(text, sizeof text, "%u.%u.%u", major, minor, revision);
    json_object_set_new(message->fields, "version", json_string(text));
}

/* count(2) { type(1) id(8) updated(8) }, masked. docs/wire.md 4.3. */
static void copy_moons(struct session_message *message)
{
    size_t tail = message->length - zt_reader_left(&message->in);
    uint8_t *clear = vectors_scratch(message->length);
    json_t *moons = json_array();

    memcpy(clear, message->packet, message->length);
    zt_packet_mask_tail(clear, message->length, tail, message->key);
    session_put_integer(message->fields, "crypt_field_start", tail);
    session_put_bytes(message->fields, "crypt_field_clear", clear + tail, message->length - tail);
    message->in = zt_reader_of(clear + tail, message->length - tail);
    for (uint64_t left = session_copy(message, 16); left > 0 && !message->in.failed; left--) {
        json_t *moon = json_object();

        session_put_integer(moon, "type", session_copy(message, 8));
        session_put_hex(moon, "id", session_copy(message, 64), 16);
        session_put_integer(moon, "timestamp", session_copy(message, 64));
        json_array_append_new(moons, moon);
    }
    json_object_set_new(message->fields, "moons", moons);
    zt_packet_mask_tail(message->again, ZT_HEADER_SIZE + zt_writer_length(&message->out), tail,
                        message->key);
}

const char *session_decode_hello(struct session_message *message)
{
    uint64_t planet, updated_ms;

    session_copy_integer(message, "protocol_version", 8);
    copy_version(message);
    session_copy_integer(message, "timestamp", 64);
    json_object_set_new(message->fields, "identity", session_copy_identity(message));
    session_copy_endpoint(message, "sent_to");
    planet = session_copy_hex(message, "planet_world_id", 64);
    updated_ms = session_copy_integer(message, "planet_timestamp", 64);
    if (message->in.failed)
        return "HELLO is too short";
    copy_moons(message);
    return vectors_expect(planet == message->session->planet.id &&
                              (int64_t)updated_ms == message->session->planet.updated_ms,
                          "not the planet of the session");
}

/* The worlds in use here sign their own next revision. */
static bool is_genuine(const struct session *session, const struct zt_world *world)
{
    const struct zt_world *known = world->type == ZT_WORLD_MOON ? &session->moon : &session->planet;

    return zt_world_verify(world, known->id == world->id ? &known->next_key : &world->next_key);
}

/* Worlds follow each other. */
static const char *copy_worlds(struct session_message *message)
{
    json_t *worlds = json_array();

    json_object_set_new(message->fields, "worlds", worlds);
    while (zt_reader_left(&message->in) > 0) {
        struct zt_world world;
        json_t *entry = json_object();

        json_array_append_new(worlds, entry);
        if (!zt_world_read(&world, &message->in))
            return "world refused";
        if (!is_genuine(message->session, &world))
            return "world is forged";
        zt_world_write(&world, &message->out);
        session_put_integer(entry, "type", world.type);
        session_put_hex(entry, "id", world.id, 16);
        session_put_integer(entry, "timestamp", (uint64_t)world.updated_ms);
        session_put_integer(entry, "roots", world.root_count);
    }
    return NULL;
}

const char *session_decode_hello_ok(struct session_message *message)
{
    uint64_t length;

    session_copy_integer(message, "echoed_timestamp", 64);
    session_copy_integer(message, "protocol_version", 8);
    copy_version(message);
    session_copy_endpoint(message, "seen_address");
    length = session_copy_integer(message, "world_updates_length", 16);
    if (length != zt_reader_left(&message->in))
        return "worlds are not as long as said";
    return length == 0 ? NULL : copy_worlds(message);
}
