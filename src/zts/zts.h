/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the public functions: the one node of the process, its states, errors and conversions. */
#ifndef ZT_ZTS_ZTS_H
#define ZT_ZTS_ZTS_H

#include "ZeroTierSockets.h"
#include "service/service.h"

enum {
    ZTS_MAX_BLACKLIST = 16, /* further prefixes are refused */
    ZTS_LINGER_MS = 500     /* for open connections when the node stops */
};

/* What zts_init_* collected; forgotten when the node stops. */
struct zts_settings {
    char *storage; /* owned; NULL: memory only */
    bool has_identity;
    struct zt_identity identity; /* with secret */
    size_t planet_length;
    uint8_t planet[ZTS_STORE_DATA_LEN];
    uint16_t port, port_range_first, port_range_last;
    bool allow_secondary_port, allow_port_mapping;
    bool allow_tcp_relay, force_tcp_relay;
    struct zt_endpoint tcp_relay;
    bool cache_networks, cache_peers, cache_planet, cache_identity;
    bool low_bandwidth, allow_loopback;
    bool wants_events;
    char blacklist[ZTS_MAX_BLACKLIST][16];
    size_t blacklist_count;
};

void zts_settings_reset(struct zts_settings *settings);

/* The settings, to be changed until zts_settings_close; NULL unless the node may be started. Waits for
   an earlier stop to finish. */
struct zts_settings *zts_settings_open(void);
void zts_settings_close(void);

/* The running service, held until zts_leave; NULL: not running. Not across anything that blocks. Counted
   per thread; with the core lock held only by who has entered before taking it. */
struct zt_service *zts_enter(void);
void zts_leave(void);
bool zts_is_running(void);

/* The user's handler; kept when the settings are forgotten. */
typedef void (*zts_handler)(void *);
void zts_events_set_handler(zts_handler handler);
/* Turns what the service reports into events. context: none. */
void zts_events_notice(void *context, const struct zt_notice *notice);
/* Is this the thread that calls the user's handler? */
bool zts_events_is_self(void);
/* The service, for the event thread only, also while it stops. */
struct zt_service *zts_events_service(void);

/* Sets zts_errno for the process and the thread. */
void zts_set_errno(int code);
/* -1, with zts_errno set. */
int zts_fail(int code);

/* Conversions between our value and public socket addresses. Port of the result: endpoint->port. */
void zts_sockaddr_of(struct zts_sockaddr_storage *out, const struct zt_endpoint *endpoint);
bool zts_endpoint_of(struct zt_endpoint *out, const struct zts_sockaddr *addr,
                     zts_socklen_t length);
/* Text without port; upper case as the original prints it. */
void zts_upper_text(const struct zt_endpoint *endpoint, char out[ZT_ENDPOINT_TEXT]);
/* Fills what is known of a network and of a peer. False: unknown. Service held. */
bool zts_fill_network(zts_net_info_t *out, struct zt_service *service, uint64_t nwid);
bool zts_fill_peer(zts_peer_info_t *out, struct zt_service *service, uint64_t address);

#endif
