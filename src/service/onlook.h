/* SPDX-License-Identifier: Apache-2.0 */
/* Shows notices and frames to those who look on. */
#ifndef ZT_SERVICE_ONLOOK_H
#define ZT_SERVICE_ONLOOK_H

#include "service/service.h"

void zt_onlook_notice(const struct zt_notice *notice);
/* With the core lock held. */
bool zt_onlook_is_tapped(void);
void zt_onlook_frame(const struct zt_tapped *frame);

#endif
