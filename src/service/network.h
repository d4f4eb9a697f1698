/* SPDX-License-Identifier: Apache-2.0 */
/* Joined networks as the stack and the user see them: differences become notices. With the core lock. */
#ifndef ZT_SERVICE_NETWORK_H
#define ZT_SERVICE_NETWORK_H

#include "service/state.h"

/* Joins or leaves, and sees to it that the next start does the same. False: no room for more. */
bool zt_network_wish(struct zt_service *service, const struct zt_wish *wish);
/* The network's status or configuration changed. */
void zt_network_apply(struct zt_service *service, zt_nwid nwid);
/* It was left. */
void zt_network_gone(struct zt_service *service, zt_nwid nwid);
/* The node ends, and with it every membership; nothing is forgotten on disk. */
void zt_network_all_gone(struct zt_service *service);
/* The stack's subscribe callback; context is the service. */
void zt_network_subscribe(void *context, uint64_t nwid, const uint8_t mac[6], bool on);
void zt_network_clear(struct zt_service *service);

#endif
