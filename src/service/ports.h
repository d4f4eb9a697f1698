/* SPDX-License-Identifier: Apache-2.0 */
/* Which UDP sockets are open: every local address at the primary and the secondary port. docs/wire.md 6.8 */
#ifndef ZT_SERVICE_PORTS_H
#define ZT_SERVICE_PORTS_H

#include "service/state.h"

#define ZT_REFRESH_INTERVAL_MS 30000
#define ZT_REDRAW_INTERVAL_MS 14000 /* offline for longer: another secondary port may fare better */

/* Binds the primary port, and a secondary one if allowed. False: text says why not. On the wire thread,
   without the core lock, as are all here. */
bool zt_ports_open(struct zt_service *service, char text[ZT_PERSIST_TEXT]);
/* Closes all. */
void zt_ports_close(struct zt_service *service);
/* Tells a new node about the open sockets. */
void zt_ports_announce(struct zt_service *service);
/* Follows the machine's addresses: closes sockets of those that went, binds those that came. */
void zt_ports_refresh(struct zt_service *service);
/* Like refresh, with another secondary port. */
void zt_ports_redraw(struct zt_service *service);

#endif
