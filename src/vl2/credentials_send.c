/* SPDX-License-Identifier: Apache-2.0 */
/* Showing our credentials to other members, and passing on revocations. */
#include "base/rate.h"
#include "vl2/credentials.h"

#define PUSH_INTERVAL_MS 500000
#define PACKET_ROOM (ZT_MAX_DELIVERABLE - ZT_HEADER_SIZE)

/* How far a push got in each list. */
struct cursor {
    bool com;
    size_t capabilities, tags, ownerships;
};

static void write_item(const struct zt_config *config, enum zt_credential_type type, size_t index,
                       struct zt_writer *out)
{
    if (type == ZT_CREDENTIAL_CAPABILITY)
        zt_capability_write(&config->capabilities[index], out);
    else if (type == ZT_CREDENTIAL_TAG)
        zt_tag_write(&config->tags[index], out);
    else
        zt_ownership_write(&config->ownerships[index], out);
}

/* Count and as many items from *next on as leave room for the counts that follow. */
static void write_list(const struct zt_config *config, enum zt_credential_type type, size_t *next,
                       size_t count, struct zt_writer *out)
{
    uint8_t *count_at = zt_write_reserve(out, 2);
    uint16_t written = 0;

    if (count_at == NULL)
        return;
    while (*next < count) {
        uint8_t *before = out->at;

        write_item(config, type, *next, out);
        if (out->failed || zt_writer_length(out) > PACKET_ROOM - 6) {
            out->at = before;
            out->failed = false;
            break;
        }
        written++;
        (*next)++;
    }
    zt_store_u16(count_at, written);
}

/* COMs, 0, then four counted lists: capabilities, tags, revocations, ownerships. docs/wire.md 13.9.
   */
static void push_packet(struct zt_vl2 *vl2, const struct zt_config *config, zt_address to,
                        struct cursor *cursor)
{
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_NETWORK_CREDENTIALS);

    if (!cursor->com && config->com.count > 0)
        zt_com_write(&config->com, out);
    cursor->com = true;
    zt_write_u8(out, 0);
    write_list(config, ZT_CREDENTIAL_CAPABILITY, &cursor->capabilities, config->capability_count,
               out);
    write_list(config, ZT_CREDENTIAL_TAG, &cursor->tags, config->tag_count, out);
    zt_write_u16(out, 0);
    write_list(config, ZT_CREDENTIAL_OWNERSHIP, &cursor->ownerships, config->ownership_count, out);
    (void)zt_vl1_send(vl2->vl1, ZT_SEND_COMPRESS);
}

static void push(struct zt_vl2 *vl2, struct zt_network *network, struct zt_member *member)
{
    const struct zt_config *config = network->config;
    struct cursor cursor = { 0 };

    /* The largest credential fits an empty packet, so each packet gets further. */
    do
        push_packet(vl2, config, member->address, &cursor);
    while (cursor.capabilities < config->capability_count || cursor.tags < config->tag_count ||
           cursor.ownerships < config->ownership_count);
    member->pushed_ms = zt_vl2_now_ms(vl2);
    member->pushed_install = network->installs;
}

static bool is_due(const struct zt_network *network, const struct zt_member *member, int64_t now_ms)
{
    return member->pushed_install != network->installs ||
           now_ms - member->pushed_ms >= PUSH_INTERVAL_MS;
}

void zt_credentials_push_if_due(struct zt_vl2 *vl2, struct zt_network *network,
                                struct zt_member *member)
{
    if (network->config->com.count > 0 && is_due(network, member, zt_vl2_now_ms(vl2)))
        push(vl2, network, member);
}

enum zt_drop zt_credentials_demanded(struct zt_vl2 *vl2, struct zt_inbound *in,
                                     struct zt_reader *body)
{
    struct zt_network *network = zt_network_find(vl2, zt_read_u64(body));
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_member *member;

    if (body->failed)
        return ZT_DROP_TRUNCATED;
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (network->config == NULL || network->config->com.count == 0)
        return ZT_DROP_NOT_CONFIGURED;
    member = zt_members_get(&network->members, in->source, true, now_ms);
    if (member == NULL)
        return ZT_DROP_NO_ROOM;
    if (!is_due(network, member, now_ms) && !zt_rate_take(&member->demands, now_ms))
        return ZT_DROP_RATE_LIMITED;
    push(vl2, network, member);
    return ZT_DROP_NONE;
}

void zt_credentials_send_revocation(struct zt_vl2 *vl2, zt_address to,
                                    const struct zt_revocation *revocation)
{
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_NETWORK_CREDENTIALS);

    zt_write_u8(out, 0);
    zt_write_u16(out, 0);
    zt_write_u16(out, 0);
    zt_write_u16(out, 1);
    zt_revocation_write(revocation, out);
    zt_write_u16(out, 0);
    (void)zt_vl1_send(vl2->vl1, 0);
}
