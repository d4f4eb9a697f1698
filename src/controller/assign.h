/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a member gets: fixed ones, automatic ones and those from pools. docs/wire.md 18.5. */
#ifndef ZT_CONTROLLER_ASSIGN_H
#define ZT_CONTROLLER_ASSIGN_H

#include "controller/model.h"
#include "crypto/rng.h"

struct zt_hosted_network;

/* Adds addresses from the network's pools to the record where it may and needs to have some. */
void zt_assign_from_pools(struct zt_member_record *member, const struct zt_hosted_network *network,
                          struct zt_rng *rng);

/* What the configuration says, with prefix lengths as ports: at most capacity entries of out. Sets
   *is_automatic if an rfc4193 or 6plane address is among them. */
size_t zt_assign_list(struct zt_endpoint *out, size_t capacity, bool *is_automatic,
                      const struct zt_network_record *network,
                      const struct zt_member_record *member);

#endif
