/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of capture files that insists on every byte, since in a test file none may be wrong:
   classic pcap, Ethernet, IPv4 without options, UDP without checksum. */
#include "vectors_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_HEADER = 24, RECORD_HEADER = 16, ETHERNET = 14, IPV4 = 20, UDP = 8, MAC = 6 };

/* Little-endian, microseconds, version 2.4, up to 262144 bytes of each frame, Ethernet. */
static const uint8_t file_header[FILE_HEADER] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0,
                                                  0,    0,    0,    0,    0, 0, 4, 0, 1, 0, 0, 0 };
/* Where the recording sent what was to get lost. */
static const uint8_t nowhere[MAC] = { 2, 0, 0, 0, 0, 0x99 };

static uint32_t read_little_u32(struct zt_reader *in)
{
    const uint8_t *at = zt_read_take(in, 4);

    if (at == NULL)
        return 0;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool checksum_is_good(const uint8_t *header)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < IPV4; i += 2)
        sum += zt_load_u16(header + i);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static bool parse_frame(struct session_datagram *datagram, const uint8_t *frame, size_t length)
{
    const uint8_t *ip = frame + ETHERNET;
    const uint8_t *udp = ip + IPV4;

    if (length < ETHERNET + IPV4 + UDP || zt_load_u16(frame + 2 * MAC) != ZT_ETHER_IPV4)
        return false;
    if (ip[0] != 0x45 || ip[9] != 17 || zt_load_u16(ip + 6) != 0 || !checksum_is_good(ip))
        return false;
    if (zt_load_u16(ip + 2) != length - ETHERNET || zt_load_u16(udp + 6) != 0 ||
        zt_load_u16(udp + 4) != length - ETHERNET - IPV4)
        return false;
    datagram->frame = frame;
    datagram->from = zt_endpoint_v4(ip + 12, zt_load_u16(udp));
    datagram->to = zt_endpoint_v4(ip + 16, zt_load_u16(udp + 2));
    datagram->at = udp + UDP;
    datagram->length = length - ETHERNET - IPV4 - UDP;
    return true;
}

static bool read_record(struct session_datagram *datagram, struct zt_reader *in)
{
    int64_t seconds = read_little_u32(in);
    uint32_t microseconds = read_little_u32(in);
    uint32_t length = read_little_u32(in);
    uint32_t whole_length = read_little_u32(in);
    const uint8_t *frame = zt_read_take(in, length);

    datagram->time_us = seconds * 1000000 + microseconds;
    return frame != NULL && microseconds < 1000000 && length == whole_length &&
           parse_frame(datagram, frame, length);
}

/* Where the sender of the IP is; NULL: it never sent. */
static const uint8_t *station_of(const struct session *session, const struct zt_endpoint *ip)
{
    for (size_t i = 0; i < session->count; i++) {
        if (zt_endpoint_same_ip(&session->datagrams[i].from, ip))
            return session->datagrams[i].frame + MAC;
    }
    return NULL;
}

/* Each IP lives at one MAC. */
static bool stations_are_consistent(const struct session *session)
{
    for (size_t i = 0; i < session->count; i++) {
        const struct session_datagram *datagram = &session->datagrams[i];
        const uint8_t *to = station_of(session, &datagram->to);

        if (memcmp(station_of(session, &datagram->from), datagram->frame + MAC, MAC) != 0 ||
            to == NULL)
            return false;
        if (memcmp(to, datagram->frame, MAC) != 0 && memcmp(nowhere, datagram->frame, MAC) != 0)
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
    const uint8_t *header = zt_read_take(&in, FILE_HEADER);

    if (header == NULL || memcmp(header, file_header, FILE_HEADER) != 0)
        return "capture is of another kind";
    session->datagrams =
        calloc(session->file_length / RECORD_HEADER + 1, sizeof *session->datagrams);
    if (session->datagrams == NULL)
        return "out of memory";
    while (zt_reader_left(&in) > 0) {
        if (!read_record(&session->datagrams[session->count], &in))
            return "broken frame in the capture";
        session->count++;
    }
    return vectors_expect(stations_are_consistent(session), "MAC addresses of the capture");
}
