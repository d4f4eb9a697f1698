/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of capture files that takes nothing on trust: classic pcap of either byte order, Ethernet, UDP
   in IPv4 or IPv6. The checksum of UDP is not looked at: hosts leave it to their network card. */
#include "vectors_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    ETHERNET = 14,
    IPV4 = 20,
    IPV6 = 40,
    UDP = 8,
    MAC = 6
};
enum { LINK_ETHERNET = 1, PROTOCOL_UDP = 17, IPV4_DONT_FRAGMENT = 0x4000 };

/* How the numbers of this file are written. */
struct form {
    bool is_little;
    uint32_t per_microsecond; /* parts of a second's fraction */
};

static uint32_t read_number(struct zt_reader *in, const struct form *form)
{
    const uint8_t *at = zt_read_take(in, 4);

    if (at == NULL)
        return 0;
    if (!form->is_little)
        return zt_load_u32(at);
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* magic(4) version(4) zone(4) accuracy(4) longest(4) link(4): version 2.4. */
static bool read_file_header(struct zt_reader *in, struct form *form)
{
    static const struct {
        uint8_t magic[4];
        struct form form;
    } kinds[] = {
        { { 0xd4, 0xc3, 0xb2, 0xa1 }, { true, 1 } },
        { { 0xa1, 0xb2, 0xc3, 0xd4 }, { false, 1 } },
        { { 0x4d, 0x3c, 0xb2, 0xa1 }, { true, 1000 } },
        { { 0xa1, 0xb2, 0x3c, 0x4d }, { false, 1000 } },
    };
    const uint8_t *magic = zt_read_take(in, 4);
    size_t i = 0;

    while (magic != NULL && i < 4 && memcmp(magic, kinds[i].magic, 4) != 0)
        i++;
    if (magic == NULL || i == 4)
        return false;
    *form = kinds[i].form;
    (void)zt_read_take(in, FILE_HEADER - 8);
    return read_number(in, form) == LINK_ETHERNET && !in->failed;
}

static bool checksum_is_good(const uint8_t *header, size_t length)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < length; i += 2)
        sum += zt_load_u16(header + i);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static bool parse_udp(struct session_datagram *datagram, const uint8_t *udp, size_t length)
{
    if (length < UDP || zt_load_u16(udp + 4) != length)
        return false;
    datagram->from.port = zt_load_u16(udp);
    datagram->to.port = zt_load_u16(udp + 2);
    datagram->at = udp + UDP;
    datagram->length = length - UDP;
    return true;
}

/* Options are skipped, fragments of IP refused. What is behind the packet's length is padding. */
static bool parse_ipv4(struct session_datagram *datagram, const uint8_t *ip, size_t length)
{
    size_t header = length < IPV4 ? 0 : (size_t)(ip[0] & 15) * 4;
    size_t whole = length < IPV4 ? 0 : zt_load_u16(ip + 2);

    if (header < IPV4 || whole < header || whole > length || ip[0] >> 4 != 4 ||
        ip[9] != PROTOCOL_UDP || (zt_load_u16(ip + 6) & ~(unsigned)IPV4_DONT_FRAGMENT) != 0 ||
        !checksum_is_good(ip, header))
        return false;
    datagram->from = zt_endpoint_v4(ip + 12, 0);
    datagram->to = zt_endpoint_v4(ip + 16, 0);
    return parse_udp(datagram, ip + header, whole - header);
}

static bool parse_ipv6(struct session_datagram *datagram, const uint8_t *ip, size_t length)
{
    size_t body = length < IPV6 ? 0 : zt_load_u16(ip + 4);

    if (length < IPV6 || body > length - IPV6 || ip[0] >> 4 != 6 || ip[6] != PROTOCOL_UDP)
        return false;
    datagram->from = zt_endpoint_v6(ip + 8, 0);
    datagram->to = zt_endpoint_v6(ip + 24, 0);
    return parse_udp(datagram, ip + IPV6, body);
}

static bool parse_frame(struct session_datagram *datagram, const uint8_t *frame, size_t length)
{
    uint16_t type = length < ETHERNET ? 0 : zt_load_u16(frame + 2 * MAC);

    datagram->frame = frame;
    if (type == ZT_ETHER_IPV4)
        return parse_ipv4(datagram, frame + ETHERNET, length - ETHERNET);
    return type == ZT_ETHER_IPV6 && parse_ipv6(datagram, frame + ETHERNET, length - ETHERNET);
}

static bool read_record(struct session_datagram *datagram, struct zt_reader *in,
                        const struct form *form)
{
    int64_t seconds = read_number(in, form);
    uint32_t fraction = read_number(in, form);
    uint32_t length = read_number(in, form);
    uint32_t whole_length = read_number(in, form);
    const uint8_t *frame = zt_read_take(in, length);

    datagram->time_us = seconds * 1000000 + fraction / form->per_microsecond;
    return frame != NULL && fraction < 1000000 * form->per_microsecond && length == whole_length &&
           parse_frame(datagram, frame, length);
}

/* Each IP sends from one MAC. */
static bool stations_are_consistent(const struct session *session)
{
    for (size_t i = 0; i < session->count; i++) {
        const struct session_datagram *datagram = &session->datagrams[i];
        size_t first = 0;

        while (!zt_endpoint_same_ip(&session->datagrams[first].from, &datagram->from))
            first++;
        if (memcmp(session->datagrams[first].frame + MAC, datagram->frame + MAC, MAC) != 0)
            return false;
    }
    return true;
}

static bool load_file(struct session *session, const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;

    if (file == NULL)
        return false;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    rewind(file);
    if (size > 0)
        session->file = malloc((size_t)size);
    if (session->file != NULL)
        session->file_length = fread(session->file, 1, (size_t)size, file);
    fclose(file);
    return size > 0 && session->file_length == (size_t)size;
}

const char *session_read_capture(struct session *session, const char *path)
{
    if (!load_file(session, path))
        return "capture can't be read";

    struct zt_reader in = zt_reader_of(session->file, session->file_length);
    struct form form;

    if (!read_file_header(&in, &form))
        return "capture is of another kind";
    session->datagrams =
        calloc(session->file_length / RECORD_HEADER + 1, sizeof *session->datagrams);
    if (session->datagrams == NULL)
        return "out of memory";
    while (zt_reader_left(&in) > 0) {
        if (!read_record(&session->datagrams[session->count], &in, &form))
            return "broken frame in the capture";
        session->count++;
    }
    return vectors_expect(stations_are_consistent(session), "MAC addresses of the capture");
}
