/* SPDX-License-Identifier: Apache-2.0 */
/* From options and files to a node with its ports bound. */
#ifndef ZT_SERVICE_STARTUP_H
#define ZT_SERVICE_STARTUP_H

#include "service/state.h"

/* On the wire thread, without the core lock. False: the service has failed and says why, or
   it is being stopped. */
bool zt_startup(struct zt_service *service);

#endif
