/* SPDX-License-Identifier: Apache-2.0 */
/* The door of VL2, virtual Ethernet: join, leave, frames from the host, packets from VL1, and the wire
   side of a controller. No call blocks or calls back. */
#ifndef ZT_VL2_VL2_H
#define ZT_VL2_VL2_H

#include "vl1/vl1.h"
#include "vl2/config.h"
#include "vl2/revocation.h"

struct zt_vl2;

struct zt_vl2_options {
    struct zt_vl1
        *vl1; /* borrowed, as are all; VL1's upper must point to zt_vl2_packet and this VL2 */
    struct zt_rng *rng;
    struct zt_outbox *effects;
    const struct zt_log *log;
    bool is_controller; /* config requests for our networks become REQUEST effects */
    bool low_bandwidth;
    const char *platform; /* "linux/x86_64", sent with requests; copied */
};

struct zt_vl2 *zt_vl2_new(const struct zt_vl2_options *options);
void zt_vl2_free(struct zt_vl2 *vl2);

/* VL1's upper.packet; context is the zt_vl2. */
enum zt_drop zt_vl2_packet(void *context, struct zt_inbound *in);
/* VL1 stored the time of the input before each of these. */
void zt_vl2_tick(struct zt_vl2 *vl2);
int64_t zt_vl2_deadline_ms(const struct zt_vl2 *vl2);

/* Joining twice is fine. saved: the cached config dictionary, used for traffic at once; NULL if none.
   False: id 0, too many networks or out of memory. */
bool zt_vl2_join(struct zt_vl2 *vl2, zt_nwid nwid, const uint8_t *saved, size_t saved_length);
bool zt_vl2_leave(struct zt_vl2 *vl2, zt_nwid nwid); /* false: not joined */
/* Members' frames that are dropped become FRAME effects too, whose code is the reason. */
void zt_vl2_report_drops(struct zt_vl2 *vl2, bool on);
/* A frame from the host, with its 14-byte header. The reason is counted here. NO_ROOM: try again later. */
enum zt_drop zt_vl2_frame(struct zt_vl2 *vl2, zt_nwid nwid, const uint8_t *frame, size_t length);
/* What the host interface listens to. */
bool zt_vl2_subscribe(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group);
bool zt_vl2_unsubscribe(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group);

/* The controller's side. An answer of ZT_MAX_CONFIG bytes or more is not sent. */
void zt_vl2_answer(struct zt_vl2 *vl2, const struct zt_config_answer *answer);
void zt_vl2_send_revocation(struct zt_vl2 *vl2, zt_address to,
                            const struct zt_revocation *revocation);

enum zt_network_state {
    ZT_NETWORK_REQUESTING = 0,
    ZT_NETWORK_OK = 1,
    ZT_NETWORK_ACCESS_DENIED = 2,
    ZT_NETWORK_NOT_FOUND = 3,
    ZT_NETWORK_PORT_ERROR = 4,
    ZT_NETWORK_CLIENT_TOO_OLD = 5,
    ZT_NETWORK_AUTHENTICATION_REQUIRED = 6
};

/* Frames of a network, by whether they were accepted: [0] no, [1] yes. A frame of somebody who has yet to
   show a certificate counts as not accepted, and again when it is tried with one. */
struct zt_frame_tally {
    uint64_t in[2], out[2];
};

/* Borrowed until the next input. */
struct zt_network_status {
    zt_nwid nwid;
    struct zt_mac mac;
    enum zt_network_state state;
    const struct zt_config *config; /* NULL: none yet */
    const char *authentication_url; /* "" if none */
    const struct zt_group *groups;  /* subscriptions */
    size_t group_count;
    struct zt_frame_tally tally;
};

size_t zt_vl2_network_count(const struct zt_vl2 *vl2);
bool zt_vl2_network_at(const struct zt_vl2 *vl2, size_t index, struct zt_network_status *status);
bool zt_vl2_network_status(const struct zt_vl2 *vl2, zt_nwid nwid,
                           struct zt_network_status *status);

#endif
