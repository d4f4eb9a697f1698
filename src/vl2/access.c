/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: membership is checked here for every packet, and asked for where it is missing. */
#include "vl2/access.h"

#include "base/rate.h"
#include "vl2/announce.h"

/* The answer may get lost, and the member that we ask may not answer each time. */
#define REFUSE_INTERVAL_MS 250

bool zt_access_admits(struct zt_vl2 *vl2, struct zt_network *network,
                      const struct zt_identity *sender)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_member *member;

    if (network->config == NULL)
        return false;
    member = zt_members_get(&network->members, sender->address, true, now_ms);
    if (member == NULL || !zt_member_is_allowed(member, network->config, sender))
        return false;
    if (zt_interval_passed(&member->announced_ms, ZT_ANNOUNCE_INTERVAL_MS, now_ms))
        zt_announce_to(vl2, network, sender->address);
    return true;
}

enum zt_drop zt_access_refuse(struct zt_vl2 *vl2, struct zt_network *network, struct zt_inbound *in)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_member *member = zt_members_get(&network->members, in->source, true, now_ms);

    network->tally.in[false]++;
    if (member == NULL)
        return ZT_DROP_NOT_MEMBER;
    if (zt_interval_passed(&member->refused_ms, REFUSE_INTERVAL_MS, now_ms)) {
        struct zt_writer *out =
            zt_vl1_compose_error(vl2->vl1, in, ZT_ERROR_NEED_MEMBERSHIP_CERTIFICATE);

        zt_write_u64(out, network->nwid);
        (void)zt_vl1_send(vl2->vl1, 0);
    }
    return ZT_DROP_DEFERRED;
}

bool zt_access_serves(struct zt_vl2 *vl2, struct zt_network *network, zt_nwid nwid,
                      const struct zt_identity *sender)
{
    if (network != NULL && zt_access_admits(vl2, network, sender))
        return true;
    if (zt_vl1_am_upstream(vl2->vl1))
        return true;
    return zt_clients_is_granted(&vl2->clients, nwid, sender->address, zt_vl2_now_ms(vl2));
}
