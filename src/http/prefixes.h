/* SPDX-License-Identifier: Apache-2.0 */
/* From where administration is allowed: loopback, and the networks on a list. docs/wire.md 20.1 */
#ifndef ZT_HTTP_PREFIXES_H
#define ZT_HTTP_PREFIXES_H

#include "http/http.h"

struct zt_prefixes {
    size_t count;
    struct zt_endpoint list[ZT_MAX_HTTP_PREFIXES]; /* port = prefix length */
};

/* "IP/bits", or "IP" for that one address. False: malformed, or the list is full. */
ZT_MUST_USE bool zt_prefixes_add(struct zt_prefixes *prefixes, const char *text);
bool zt_prefixes_admit(const struct zt_prefixes *prefixes, const struct zt_endpoint *remote);

#endif
