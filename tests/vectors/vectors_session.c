/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded sessions: every datagram between a few nodes is opened, read, written and armed again.
   What we make of it is compared with the whole of what was recorded about it. */
#include "vectors_session.h"

#include "vl1/fragment.h"

#include <inttypes.h>
#include <stdio.h>

/* Both are too large for the stack of every system. */
static struct session session;
static struct zt_reassembly reassembly;

/* Adds one listed part: NULL, or the packet if that completes it. */
static const uint8_t *add_part(int64_t number, const struct session_datagram *last, size_t *length)
{
    struct zt_link link = { 0 };
    struct zt_link head_link;
    uint8_t *packet = NULL;

    if (number < 1 || (size_t)number > session.count)
        return NULL;

    struct session_datagram *part = &session.datagrams[number - 1];

    if (!zt_endpoint_equal(&part->from, &last->from) || !zt_endpoint_equal(&part->to, &last->to) ||
        part->opened)
        return NULL;
    part->opened = true;
    if (zt_reassembly_add(&reassembly, 0, &link, part->at, part->length, &packet, length,
                          &head_link) != ZT_DROP_NONE)
        return NULL;
    return packet;
}

/* The packet that the listed datagrams make, of which the last is this one. */
static json_t *open_parts(const json_t *list, const struct session_datagram *last,
                          const char **wrong)
{
    const uint8_t *packet = NULL;
    size_t length = 0;
    json_t *decoded = NULL;

    *wrong = "parts do not make a packet";
    zt_reassembly_init(&reassembly);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (packet != NULL)
            break;
        packet = add_part(json_integer_value(json_array_get(list, i)), last, &length);
        if ((packet != NULL) != (i + 1 == json_array_size(list)))
            break;
    }
    if (packet != NULL && last->opened)
        decoded = session_open(&session, packet, length, wrong);
    if (decoded != NULL) {
        json_object_set_new(decoded, "datagrams", json_deep_copy(list));
        session_put_hex(decoded, "source", zt_packet_source(packet), 10);
        session_put_hex(decoded, "destination", zt_packet_destination(packet), 10);
    }
    zt_reassembly_clear(&reassembly);
    return decoded;
}

/* `decoded` of this datagram: a new object, or NULL if it completes nothing or with *wrong set. */
static json_t *decode_datagram(struct session_datagram *datagram, const json_t *entry,
                               const char **wrong)
{
    const json_t *recorded = json_object_get(entry, "decoded");

    if (session_is_short(datagram))
        return NULL;
    if (session_is_fragment(datagram) || zt_packet_is_fragmented(datagram->at)) {
        const json_t *parts = json_object_get(recorded, "datagrams");

        return parts == NULL ? NULL : open_parts(parts, datagram, wrong);
    }
    datagram->opened = true;
    return session_open(&session, datagram->at, datagram->length, wrong);
}

static void describe_head(json_t *entry, const uint8_t *packet)
{
    const struct session_node *source = session_node(&session, zt_packet_source(packet));
    const struct session_node *destination = session_node(&session, zt_packet_destination(packet));
    char cipher[16];

    json_object_set_new(entry, "kind", json_string("packet"));
    session_put_hex(entry, "packet_id", zt_packet_id(packet), 16);
    session_put_hex(entry, "source", zt_packet_source(packet), 10);
    session_put_hex(entry, "destination", zt_packet_destination(packet), 10);
    if (source != NULL)
        json_object_set_new(entry, "source_name", json_string(source->name));
    if (destination != NULL)
        json_object_set_new(entry, "destination_name", json_string(destination->name));
    session_put_integer(entry, "flags_byte", packet[ZT_AT_FLAGS]);
    session_put_integer(entry, "cipher", zt_packet_cipher(packet));
    session_put_integer(entry, "hops", zt_packet_hops(packet));
    json_object_set_new(entry, "fragmented", json_boolean(zt_packet_is_fragmented(packet)));
    snprintf(cipher, sizeof cipher, "cipher %u", zt_packet_cipher(packet));
    session_count(&session, cipher);
    if (zt_packet_hops(packet) > 0)
        session_count(&session, "hops>0");
}

static void describe_fragment(json_t *entry, const uint8_t *fragment)
{
    json_object_set_new(entry, "kind", json_string("fragment"));
    session_put_hex(entry, "packet_id", zt_packet_id(fragment), 16);
    session_put_hex(entry, "destination", zt_packet_destination(fragment), 10);
    session_put_integer(entry, "fragment_number", fragment[ZT_FRAGMENT_AT_NUMBER] & 15);
    session_put_integer(entry, "fragment_total", fragment[ZT_FRAGMENT_AT_NUMBER] >> 4);
    session_put_integer(entry, "hops", fragment[ZT_FRAGMENT_AT_HOPS]);
    session_count(&session, "fragment");
}

/* What is recorded about a datagram without opening it: a new object. */
static json_t *describe(const struct session_datagram *datagram, size_t number)
{
    int64_t time_us = datagram->time_us - session.datagrams[0].time_us;
    json_t *entry = json_object();
    char text[ZT_ENDPOINT_TEXT];

    session_put_integer(entry, "number", number);
    snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, time_us / 1000000, time_us % 1000000);
    json_object_set_new(entry, "time", json_string(text));
    zt_endpoint_text(&datagram->from, true, text);
    json_object_set_new(entry, "from", json_string(text));
    zt_endpoint_text(&datagram->to, true, text);
    json_object_set_new(entry, "to", json_string(text));
    session_put_integer(entry, "udp_length", datagram->length);
    if (session_is_short(datagram)) {
        json_object_set_new(entry, "kind", json_string("short"));
        session_put_bytes(entry, "data", datagram->at, datagram->length);
        session_count(&session, "short");
    } else if (session_is_fragment(datagram)) {
        describe_fragment(entry, datagram->at);
    } else {
        describe_head(entry, datagram->at);
    }
    return entry;
}

/* Entries need not stand in the order of the capture: they have numbers. */
static struct session_datagram *find_datagram(const json_t *entry, size_t *number)
{
    *number = vectors_size(entry, "number", SIZE_MAX);
    if (*number < 1 || *number > session.count || session.datagrams[*number - 1].seen)
        return NULL;
    session.datagrams[*number - 1].seen = true;
    session.seen++;
    return &session.datagrams[*number - 1];
}

static const char *check_datagram(const json_t *root, const json_t *entry)
{
    size_t number;
    struct session_datagram *datagram = find_datagram(entry, &number);
    const char *wrong = NULL;

    (void)root;
    if (datagram == NULL)
        return "not in the capture, or twice in the list";

    json_t *ours = describe(datagram, number);
    json_t *decoded = decode_datagram(datagram, entry, &wrong);

    if (decoded != NULL)
        json_object_set_new(ours, "decoded", decoded);
    if (wrong == NULL && (decoded == NULL) != (json_object_get(entry, "decoded") == NULL))
        wrong = "completes a packet or not, differs";
    if (wrong == NULL)
        wrong = session_compare(ours, entry);
    json_decref(ours);
    return wrong;
}

/* Is b a piece of the same packet on the same way? */
static bool is_together(const struct session_datagram *a, const struct session_datagram *b)
{
    return !session_is_short(b) && zt_packet_id(a->at) == zt_packet_id(b->at) &&
           zt_endpoint_equal(&a->from, &b->from) && zt_endpoint_equal(&a->to, &b->to);
}

/* Did all pieces come of the packet that this one belongs to? Some get lost on their way. */
static bool is_complete(const struct session_datagram *piece)
{
    unsigned have = 0, total = 0;

    for (size_t i = 0; i < session.count; i++) {
        const struct session_datagram *other = &session.datagrams[i];

        if (!is_together(piece, other))
            continue;
        if (!session_is_fragment(other)) {
            have |= 1;
            continue;
        }
        total = other->at[ZT_FRAGMENT_AT_NUMBER] >> 4;
        have |= 1U << (other->at[ZT_FRAGMENT_AT_NUMBER] & 15);
    }
    return total > 0 && have == (1U << total) - 1;
}

static bool is_missed(const struct session_datagram *datagram)
{
    if (datagram->opened || session_is_short(datagram))
        return false;
    if (session_is_fragment(datagram) || zt_packet_is_fragmented(datagram->at))
        return is_complete(datagram);
    return true;
}

/* After all datagrams: was anything left out? */
static const char *check_whole(const json_t *root)
{
    if (session.seen != session.count)
        return "capture has more datagrams";
    for (size_t i = 0; i < session.count; i++) {
        if (is_missed(&session.datagrams[i]))
            return "a datagram was not opened";
    }
    return vectors_expect(json_equal(session.statistics, json_object_get(root, "statistics")),
                          "statistics differ");
}

void vectors_session(struct vectors_run *run, const json_t *root)
{
    const char *wrong;

    session_clear(&session); /* an earlier file may have been given up half way */
    json_object_set_new(run->captures, vectors_text(root, "capture"), json_true());
    wrong = session_load(&session, run->dir, root);
    vectors_check(run, wrong == NULL, "%s", wrong == NULL ? "" : wrong);
    if (wrong == NULL) {
        json_object_set_new(run->read, "identities", json_true());
        vectors_each(run, root, "packets", check_datagram);
        wrong = check_whole(root);
        vectors_check(run, wrong == NULL, "%s", wrong == NULL ? "" : wrong);
    }
    session_clear(&session);
}
