/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of addresses: MAC and automatic IPv6 of a member, groups, endpoints as bytes, scopes. */
#include "vectors.h"

#include "base/endpoint.h"
#include "vl2/ether.h"

#include <string.h>

static bool is_written_as(const struct zt_endpoint *endpoint, struct vectors_bytes expected)
{
    uint8_t bytes[32];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_endpoint_write(endpoint, &out);
    return !out.failed && vectors_same(expected, bytes, zt_writer_length(&out));
}

/* An automatic address agrees with its text and bytes, and leads back to its member. */
static bool is_automatic(const struct zt_endpoint *endpoint, const char *text,
                         struct vectors_bytes bytes)
{
    char written[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(endpoint, true, written);
    return strcmp(written, text) == 0 && is_written_as(endpoint, bytes);
}

static const char *check_mac(const json_t *root, const json_t *entry)
{
    zt_nwid nwid = vectors_number(entry, "network_id", 16);
    zt_address address = vectors_number(entry, "address", 10);
    struct zt_mac mac = zt_mac_of(nwid, address);
    struct zt_endpoint rfc4193 = zt_ip_rfc4193(nwid, address);
    struct zt_endpoint sixplane = zt_ip_6plane(nwid, address);
    char text[ZT_MAC_TEXT];

    (void)root;
    zt_mac_text(mac, text);
    if (strcmp(text, vectors_text(entry, "mac")) != 0)
        return "MAC differs";
    if (zt_mac_first_octet(nwid) != vectors_integer(entry, "first_octet"))
        return "first octet differs";
    if (zt_mac_address(nwid, mac) != vectors_number(entry, "address_from_mac", 10))
        return "address from MAC differs";
    if (zt_nwid_controller(nwid) != vectors_number(entry, "controller_address", 10))
        return "controller differs";
    if (!is_automatic(&rfc4193, vectors_text(entry, "rfc4193"),
                      vectors_bytes(entry, "rfc4193_serialized")) ||
        zt_ip_rfc4193_member(nwid, rfc4193.ip) != address)
        return "RFC 4193 address differs";
    if (!is_automatic(&sixplane, vectors_text(entry, "sixplane"),
                      vectors_bytes(entry, "sixplane_serialized")) ||
        zt_ip_6plane_member(nwid, sixplane.ip) != address)
        return "6PLANE address differs";
    return NULL;
}

static const char *check_group(const json_t *root, const json_t *entry)
{
    struct zt_endpoint ip;
    struct zt_group group;
    uint8_t bytes[10];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    char text[ZT_MAC_TEXT];

    (void)root;
    if (!zt_endpoint_parse(&ip, vectors_text(entry, "ip"), 0))
        return "IP refused";
    group = zt_group_for_ip(&ip);
    zt_mac_text(group.mac, text);
    if (strcmp(text, vectors_text(entry, "group_mac")) != 0)
        return "MAC differs";
    if (group.adi != vectors_number(entry, "adi", 8))
        return "ADI differs";
    zt_mac_write(group.mac, &out);
    zt_write_u32(&out, group.adi);
    return vectors_expect(
        vectors_same(vectors_bytes(entry, "mac_and_adi_bytes"), bytes, zt_writer_length(&out)),
        "bytes differ");
}

/* The endpoint a JSON value stands for; null stands for none. */
static bool read_endpoint(const json_t *value, struct zt_endpoint *endpoint)
{
    *endpoint = (struct zt_endpoint){ 0 };
    if (json_is_null(value))
        return true;
    return json_is_string(value) && zt_endpoint_parse(endpoint, json_string_value(value), 0);
}

static const char *check_endpoint(const json_t *root, const json_t *entry)
{
    const json_t *address = json_object_get(entry, "address");
    char text[ZT_ENDPOINT_TEXT];
    struct zt_endpoint endpoint;

    (void)root;
    if (!read_endpoint(address, &endpoint))
        return "text refused";
    if (!is_written_as(&endpoint, vectors_bytes(entry, "bytes")))
        return "bytes differ";
    if ((int64_t)zt_endpoint_scope(&endpoint) != vectors_integer(entry, "scope"))
        return "scope differs";
    zt_endpoint_text(&endpoint, true, text);
    return vectors_expect(json_is_null(address) || strcmp(text, json_string_value(address)) == 0,
                          "text differs");
}

static const char *check_endpoint_parse(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_endpoint endpoint, expected;

    (void)root;
    zt_endpoint_read(&endpoint, &in);
    if (in.failed == vectors_true(entry, "ok"))
        return "verdict differs";
    if (in.failed)
        return NULL;
    if (bytes.length - zt_reader_left(&in) != (size_t)vectors_integer(entry, "consumed"))
        return "length differs";
    return vectors_expect(read_endpoint(json_object_get(entry, "address"), &expected) &&
                              zt_endpoint_equal(&endpoint, &expected),
                          "endpoint differs");
}

static const char *check_scope(const json_t *root, const json_t *entry)
{
    struct zt_endpoint endpoint;

    (void)root;
    if (!zt_endpoint_parse(&endpoint, vectors_text(entry, "ip"), 0))
        return "IP refused";
    return vectors_expect((int64_t)zt_endpoint_scope(&endpoint) == vectors_integer(entry, "scope"),
                          "scope differs");
}

void vectors_mac(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "mac", check_mac);
    vectors_each(run, root, "address_resolution_groups", check_group);
    vectors_each(run, root, "inetaddress", check_endpoint);
    vectors_each(run, root, "inetaddress_parse", check_endpoint_parse);
    vectors_each(run, root, "scopes", check_scope);
}
