/* SPDX-License-Identifier: Apache-2.0 */
/* What the user of this machine lets a network set: a value and its text.
   docs/wire.md 17.1 */
#ifndef ZT_CMD_NETWORK_POLICY_H
#define ZT_CMD_NETWORK_POLICY_H

#include "base/endpoint.h"

#define ZT_MAX_POLICY_RANGES 64 /* of allowManaged; more are refused */
#define ZT_POLICY_TEXT (ZT_MAX_POLICY_RANGES * ZT_ENDPOINT_TEXT + 128)
#define ZT_POLICY_ERROR 128 /* longest text of a failure with its 0 */

struct zt_network_policy {
    bool managed, global, default_route, dns;
    size_t range_count;                              /* 0: any; more only if managed */
    struct zt_endpoint ranges[ZT_MAX_POLICY_RANGES]; /* port = prefix length */
};

struct zt_network_policy zt_network_policy_default(void);
/* Lines of key=value, where what is not named keeps its default. The text is taken apart. False: error says
   what is wrong, and policy is as it was. */
ZT_MUST_USE bool zt_network_policy_read(struct zt_network_policy *policy, char *text,
                                        char error[ZT_POLICY_ERROR]);
/* Returns the length. */
size_t zt_network_policy_write(const struct zt_network_policy *policy, char text[ZT_POLICY_TEXT]);
/* allowManaged, allowGlobal, allowDefault, allowDNS: the names and the place of each. */
#define ZT_POLICY_SWITCHES 4
const char *zt_network_policy_name(size_t at);
bool zt_network_policy_is_set(const struct zt_network_policy *policy, size_t at);
/* allowManaged loses its ranges by it. */
void zt_network_policy_set(struct zt_network_policy *policy, size_t at, bool is_set);

#endif
