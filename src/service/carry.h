/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out what the node wants done. All with the core lock held and a node at hand. */
#ifndef ZT_SERVICE_CARRY_H
#define ZT_SERVICE_CARRY_H

#include "service/state.h"

/* Any thread. What a full socket does not take waits in the backlog, and then behind it in the node. */
void zt_carry_sends(struct zt_service *service);
/* Everything but SENDs, until nothing is left. The wire thread, never from inside lwIP. */
void zt_carry_effects(struct zt_service *service);
/* Keeps the planet in use and tells the user about it, if that was not done already. */
void zt_carry_planet(struct zt_service *service);
/* A socket has stayed full for too long: what waits is lost, so that others are not held up. */
void zt_carry_give_up(struct zt_service *service);
/* True once for each time that zt_carry_frame refused, when there is room again. */
bool zt_carry_may_resume(struct zt_service *service);
/* The stack's frame callback; context is the service. */
bool zt_carry_frame(void *context, uint64_t nwid, const uint8_t *frame, size_t length);
void zt_carry_clear(struct zt_service *service);

#endif
