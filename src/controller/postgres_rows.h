/* SPDX-License-Identifier: Apache-2.0 */
/* Members' records as the rows of one parameter, so that many are written by one statement. */
#ifndef ZT_CONTROLLER_POSTGRES_ROWS_H
#define ZT_CONTROLLER_POSTGRES_ROWS_H

#include "controller/store.h"

/* Those that are to be new, or those that are to change, as the text of a JSON array; the caller frees it.
   *count is how many these are. NULL: out of memory. */
char *zt_postgres_rows(const struct zt_put *puts, size_t put_count, bool are_new, size_t *count);

#endif
