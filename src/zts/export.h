/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of the sockets that were handed over. */
#ifndef ZT_ZTS_EXPORT_H
#define ZT_ZTS_EXPORT_H

/* When no node runs, and none will: waits for the thread's end. */
void zts_export_end(void);

#endif
