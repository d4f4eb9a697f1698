/* SPDX-License-Identifier: Apache-2.0 */
/* What is written in a HELLO and in its OK, field by field. docs/wire.md 4.3. */
#include "vectors.h"

#include "base/endpoint.h"
#include "vl1/packet.h"
#include "vl1/wire.h"

#include <string.h>

static bool is_integer(const json_t *fields, const char *key, uint64_t value)
{
    return vectors_integer(fields, key) == (int64_t)value;
}

static bool is_endpoint(const json_t *fields, const char *key, struct zt_reader *in)
{
    const json_t *recorded = json_object_get(fields, key);
    struct zt_endpoint endpoint;
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_read(&endpoint, in);
    if (json_is_null(recorded))
        return endpoint.family == ZT_FAMILY_NONE;
    zt_endpoint_text(&endpoint, true, text);
    return strcmp(text, vectors_text(fields, key)) == 0;
}

static bool are_moons(const json_t *fields, struct zt_reader *in)
{
    const json_t *moons = json_object_get(fields, "moons");
    size_t count = zt_read_u16(in);

    if (json_array_size(moons) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *moon = json_array_get(moons, i);

        if (!is_integer(moon, "type", zt_read_u8(in)) ||
            vectors_number(moon, "id", 16) != zt_read_u64(in) ||
            !is_integer(moon, "timestamp", zt_read_u64(in)))
            return false;
    }
    return true;
}

/* protocol(1) major(1) minor(1) revision(2) time(8) identity endpoint planet(8) updated(8) moons */
static const char *check_hello(const json_t *fields, struct zt_reader *in, size_t *tail_length)
{
    struct zt_identity identity, expected;

    if (!is_integer(fields, "protocol_version", zt_read_u8(in)) ||
        !is_integer(fields, "major", zt_read_u8(in)) ||
        !is_integer(fields, "minor", zt_read_u8(in)) ||
        !is_integer(fields, "revision", zt_read_u16(in)))
        return "version differs";
    if (!is_integer(fields, "timestamp", zt_read_u64(in)))
        return "time differs";
    zt_identity_read(&identity, in);
    if (!vectors_identity(json_object_get(fields, "identity"), &expected) ||
        !zt_identity_equal(&identity, &expected))
        return "identity differs";
    if (!is_endpoint(fields, "sent_to", in))
        return "endpoint differs";
    if (vectors_number(fields, "planet_world_id", 16) != zt_read_u64(in) ||
        !is_integer(fields, "planet_timestamp", zt_read_u64(in)))
        return "planet differs";
    *tail_length = zt_reader_left(in);
    if (!are_moons(fields, in))
        return "moons differ";
    return vectors_expect(!in->failed && zt_reader_left(in) == 0, "not as long as its content");
}

/* verb(1) id(8) time(8) version(5) endpoint ... */
static const char *check_ok(const json_t *ok, struct vectors_bytes hello)
{
    struct vectors_bytes packet = vectors_bytes(ok, "plain_packet");
    struct zt_reader in;

    if (packet.length < ZT_HEADER_SIZE)
        return "OK is too short";
    in = zt_reader_of(packet.at + ZT_HEADER_SIZE, packet.length - ZT_HEADER_SIZE);
    if (zt_read_u8(&in) != ZT_VERB_HELLO || zt_packet_id(hello.at) != zt_load_u64(in.at) ||
        vectors_number(ok, "in_re_packet_id", 16) != zt_read_u64(&in))
        return "OK answers something else";
    if (!is_integer(ok, "echoed_timestamp", zt_read_u64(&in)))
        return "time in the OK differs";
    (void)zt_read_take(&in, 5);
    if (!is_endpoint(ok, "seen_address", &in) || in.failed)
        return "endpoint in the OK differs";
    return NULL;
}

const char *vectors_hello_fields(const json_t *entry, struct vectors_bytes clear)
{
    size_t tail = vectors_size(entry, "crypt_field_start", clear.length);
    size_t tail_length = 0;
    struct zt_reader in;
    const char *wrong;

    if (clear.length < ZT_HEADER_SIZE)
        return "HELLO is too short";
    in = zt_reader_of(clear.at + ZT_HEADER_SIZE, clear.length - ZT_HEADER_SIZE);
    wrong = check_hello(json_object_get(entry, "fields"), &in, &tail_length);
    if (wrong != NULL)
        return wrong;
    if (tail + tail_length != clear.length ||
        vectors_size(entry, "crypt_field_length", clear.length) != tail_length)
        return "masked part is elsewhere";
    return check_ok(json_object_get(entry, "ok"), clear);
}
