/* SPDX-License-Identifier: Apache-2.0 */
/* What VL1 wants done, put into its two rings. */
#ifndef ZT_VL1_EFFECTS_H
#define ZT_VL1_EFFECTS_H

#include "vl1/vl1.h"

void zt_event(struct zt_vl1 *vl1, enum zt_event event, uint64_t id);
/* Length 0 deletes. */
void zt_save(struct zt_vl1 *vl1, enum zt_object object, uint64_t id, const uint8_t *bytes,
             size_t length);
/* One datagram as it is. ttl 0: the default. False when there is no room. */
bool zt_emit(struct zt_vl1 *vl1, const struct zt_link *link, const uint8_t *bytes, size_t length,
             uint32_t ttl);

#endif
