/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that changed while the node was not online: told of when it is. Of the event thread. */
#ifndef ZT_ZTS_LATE_H
#define ZT_ZTS_LATE_H

#include <stdbool.h>
#include <stdint.h>

void zts_late_note(uint64_t address);
/* The one noted first; false: none is left. */
bool zts_late_take(uint64_t *address);

#endif
