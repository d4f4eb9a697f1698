/* SPDX-License-Identifier: Apache-2.0 */
/* One acknowledgement for the segments that a connection received in one batch. */
#ifndef ZT_STACK_ACKS_H
#define ZT_STACK_ACKS_H

#include <stdbool.h>

/* Does what lwIP takes in now belong to a batch, whose end is told by the function below? */
void zt_acks_set_batch(bool on);
/* Sends what was held. With the core lock held since the first segment of the batch. */
void zt_acks_release(void);

#endif
