/* SPDX-License-Identifier: Apache-2.0 */
/* The claim of a state directory: two processes never serve the same one. */
#ifndef ZT_CMD_CLAIM_H
#define ZT_CMD_CLAIM_H

#include <stddef.h>

/* A descriptor that holds the claim until it is closed, or the process ends in any other way. -1: error says
   why, for instance that another process has it. */
int zt_claim(const char *home, char *error, size_t error_size);

#endif
