/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of the sockets that were handed over. */
#ifndef ZT_ZTS_EXPORT_H
#define ZT_ZTS_EXPORT_H

#include <stdint.h>

/* While the node runs: waits until the stack has all that was written to descriptors that the program has
   closed, or patience ends. */
void zts_export_flush(int64_t patience_ms);
/* When no node runs, and none will: waits for the thread's end. */
void zts_export_end(void);

#endif
