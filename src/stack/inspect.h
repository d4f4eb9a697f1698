/* SPDX-License-Identifier: Apache-2.0 */
/* A look into packets that lwIP is about to take in, for what it does not do itself. */
#ifndef ZT_STACK_INSPECT_H
#define ZT_STACK_INSPECT_H

#include "lwip/pbuf.h"

void zt_inspect4(const struct pbuf *packet);
void zt_inspect6(const struct pbuf *packet);

#endif
