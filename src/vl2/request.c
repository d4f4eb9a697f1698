/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a configuration, and its answers. Timer: a network's request_due_ms, 5 s after the
   last request while no configuration came since joining, else 60 s; twice after joining it is 1.2 s, as long
   as there is no answer at all. */
#include "vl2/request.h"

#include "base/rate.h"
#include "vl2/dict.h"

#define ASK_SPACING_MS 1000
#define HURRY_MS 1200 /* controllers say nothing to who asks twice in a second */
#define MOST_HURRIED 2
#define REFRESH_MS 60000
#define LOW_BANDWIDTH_REFRESH 64
#define LOW_BANDWIDTH_CHECK 5
#define VENDOR 1
#define RULES_REVISION 1

/* The first request after a restart may be one too many for the controller, or get lost. */
static bool is_hurrying(const struct zt_vl2 *vl2, const struct zt_network *network)
{
    return !network->confirmed && network->hurried < MOST_HURRIED && !vl2->low_bandwidth &&
           zt_nwid_controller(network->nwid) != vl2->self;
}

static int64_t interval_ms(const struct zt_vl2 *vl2, const struct zt_network *network)
{
    if (network->confirmed)
        return vl2->low_bandwidth ? (int64_t)REFRESH_MS * LOW_BANDWIDTH_REFRESH : REFRESH_MS;
    if (is_hurrying(vl2, network))
        return HURRY_MS;
    return vl2->low_bandwidth ? ZT_PING_CHECK_MS * LOW_BANDWIDTH_CHECK : ZT_PING_CHECK_MS;
}

static void set_due(struct zt_vl2 *vl2, struct zt_network *network)
{
    network->request_due_ms = network->requested_ms + interval_ms(vl2, network);
    zt_vl2_wake(vl2, network->request_due_ms);
}

/* docs/wire.md 12.2 */
static void write_metadata(const struct zt_vl2 *vl2, struct zt_writer *out)
{
    zt_dict_put_u64(out, "v", ZT_CONFIG_VERSION);
    zt_dict_put_u64(out, "vend", VENDOR);
    zt_dict_put_u64(out, "pv", ZT_PROTOCOL_VERSION);
    zt_dict_put_u64(out, "majv", ZT_VERSION_MAJOR);
    zt_dict_put_u64(out, "minv", ZT_VERSION_MINOR);
    zt_dict_put_u64(out, "revv", ZT_VERSION_REVISION);
    zt_dict_put_u64(out, "mr", ZT_MAX_RULES);
    zt_dict_put_u64(out, "mc", ZT_MAX_CAPABILITIES);
    zt_dict_put_u64(out, "mcr", ZT_MAX_CAPABILITY_RULES);
    zt_dict_put_u64(out, "mt", ZT_MAX_TAGS);
    zt_dict_put_u64(out, "f", 0);
    zt_dict_put_u64(out, "revr", RULES_REVISION);
    zt_dict_put_text(out, "o", vl2->platform);
}

static void synthesise(struct zt_vl2 *vl2, struct zt_network *network)
{
    bool not_found = false;
    struct zt_config *config;

    /* Its text is the network id: once made, it stays the same. */
    network->request_due_ms = INT64_MAX;
    if (network->config != NULL)
        return;
    config = zt_config_adhoc(network->nwid, vl2->self, zt_vl1_now(vl2->vl1).wall_ms, &not_found);
    if (config != NULL)
        (void)zt_network_install(vl2, network, config, NULL, 0);
    else if (not_found)
        zt_network_refused(vl2, network, ZT_NETWORK_NOT_FOUND, NULL);
}

static void ask_ourselves(struct zt_vl2 *vl2, struct zt_network *network)
{
    struct zt_config_request request = { .nwid = network->nwid, .packet_id = UINT64_MAX };
    struct zt_effect effect = { .kind = ZT_EFFECT_REQUEST, .id = UINT64_MAX };
    uint8_t bytes[ZT_MAX_REQUEST_METADATA + 256];
    struct zt_writer metadata = zt_writer_of(request.metadata, sizeof request.metadata);
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (!vl2->is_controller) {
        zt_network_refused(vl2, network, ZT_NETWORK_NOT_FOUND, NULL);
        return;
    }
    request.member = zt_identity_public(zt_vl1_self(vl2->vl1));
    write_metadata(vl2, &metadata);
    request.metadata_length = zt_writer_length(&metadata);
    zt_config_request_write(&request, &out);
    effect.bytes = bytes;
    effect.length = zt_writer_length(&out);
    (void)zt_outbox_put(vl2->effects, &effect);
}

/* network 8, length 2, metadata, revision 8, time 8. docs/wire.md 12.2. */
static void ask_controller(struct zt_vl2 *vl2, const struct zt_network *network)
{
    struct zt_writer *out =
        zt_vl1_compose(vl2->vl1, zt_nwid_controller(network->nwid), ZT_VERB_NETWORK_CONFIG_REQUEST);
    const struct zt_config *config = network->config;
    uint8_t *length_at;
    size_t before;

    zt_write_u64(out, network->nwid);
    length_at = zt_write_reserve(out, 2);
    before = zt_writer_length(out);
    write_metadata(vl2, out);
    if (length_at != NULL)
        zt_store_u16(length_at, (uint16_t)(zt_writer_length(out) - before));
    zt_write_u64(out, config == NULL ? 0 : config->revision);
    zt_write_u64(out, config == NULL ? 0 : (uint64_t)config->issued_ms);
    (void)zt_vl1_send(vl2->vl1, ZT_SEND_COMPRESS | ZT_SEND_EXPECT);
}

void zt_request_send(struct zt_vl2 *vl2, struct zt_network *network)
{
    bool is_again = network->requested_ms != ZT_NEVER_MS;

    if (zt_network_is_adhoc(network->nwid)) {
        synthesise(vl2, network);
        return;
    }
    if (!zt_interval_passed(&network->requested_ms, ASK_SPACING_MS, zt_vl2_now_ms(vl2))) {
        network->request_due_ms = network->requested_ms + ASK_SPACING_MS;
        zt_vl2_wake(vl2, network->request_due_ms);
        return;
    }
    network->hurried += is_again && is_hurrying(vl2, network);
    set_due(vl2, network);
    if (zt_nwid_controller(network->nwid) == vl2->self)
        ask_ourselves(vl2, network);
    else
        ask_controller(vl2, network);
}

/* Nobody asked for a push, so whoever recorded one could send it again to bring back rules or a
   certificate of the past. An answer to our own question is new, even if the controller's clock went
   back. */
static bool is_replay(const struct zt_network *network, const struct zt_config *config, bool push)
{
    return push && network->confirmed && network->config != NULL &&
           config->issued_ms < network->config->issued_ms;
}

static enum zt_drop take_text(struct zt_vl2 *vl2, struct zt_network *network, const uint8_t *text,
                              size_t length, bool push, bool *parsed)
{
    struct zt_dict dict = zt_dict_of(text, length);
    struct zt_config *config = zt_config_read(&dict);
    enum zt_drop reason;

    *parsed = config != NULL;
    if (config == NULL)
        return ZT_DROP_MALFORMED;
    if (is_replay(network, config, push)) {
        zt_config_free(config);
        return ZT_DROP_STALE;
    }
    reason = zt_network_install(vl2, network, config, text, length);
    if (reason != ZT_DROP_NONE)
        return reason;
    network->confirmed = true;
    if (network->requested_ms == ZT_NEVER_MS)
        network->requested_ms = zt_vl2_now_ms(vl2);
    set_due(vl2, network);
    return ZT_DROP_NONE;
}

enum zt_drop zt_request_answered(struct zt_vl2 *vl2, struct zt_network *network,
                                 const uint8_t *text, size_t length, bool *parsed)
{
    return take_text(vl2, network, text, length, false, parsed);
}

/* The controller wants the chunk passed on; its signature travels with it. */
static void pass_on(struct zt_vl2 *vl2, const struct zt_network *network, zt_address source,
                    const uint8_t *body, size_t length)
{
    struct zt_member *member, *next;

    HASH_ITER(hh, network->members.table, member, next)
    {
        struct zt_writer *out;

        if (member->address == source || member->address == vl2->self ||
            member->address == zt_nwid_controller(network->nwid))
            continue;
        out = zt_vl1_compose(vl2->vl1, member->address, ZT_VERB_NETWORK_CONFIG);
        zt_write_copy(out, body, length);
        (void)zt_vl1_send(vl2->vl1, 0);
    }
}

/* The reply to a completed push quotes ECHO, not NETWORK_CONFIG. docs/wire.md 12.3. */
static void acknowledge(struct zt_vl2 *vl2, const struct zt_inbound *in, zt_nwid nwid,
                        uint64_t update_id)
{
    struct zt_writer *out =
        zt_vl1_compose_late(vl2->vl1, in->source, &in->link, ZT_VERB_OK, ZT_VERB_ECHO, in->id);

    zt_write_u64(out, nwid);
    zt_write_u64(out, update_id);
    (void)zt_vl1_send(vl2->vl1, 0);
}

static enum zt_drop add_chunk(struct zt_vl2 *vl2, struct zt_network *network,
                              const struct zt_inbound *in, const struct zt_chunk *chunk,
                              bool *parsed)
{
    size_t whole = (size_t)(chunk->signature - chunk->signed_bytes) + (size_t)ZT_SIGNATURE_SIZE;
    enum zt_drop reason = zt_updates_judge(&network->updates, chunk);
    const struct zt_identity *controller;
    struct zt_update *complete;

    if (reason != ZT_DROP_NONE)
        return reason;
    if (in->source != zt_nwid_controller(network->nwid) &&
        !zt_senders_may_claim(&vl2->senders, in->source, zt_vl2_now_ms(vl2)))
        return ZT_DROP_RATE_LIMITED;
    controller = zt_vl2_controller(vl2, network->nwid);
    if (controller == NULL)
        return ZT_DROP_UNKNOWN_SENDER;
    if (!zt_identity_verify(controller, chunk->signed_bytes, chunk->signed_length,
                            chunk->signature))
        return ZT_DROP_FORGED;
    if ((chunk->flags & ZT_CHUNK_PROPAGATE) != 0)
        pass_on(vl2, network, in->source, chunk->signed_bytes, whole);
    reason = zt_updates_add(&network->updates, chunk, &complete);
    if (reason != ZT_DROP_NONE || complete == NULL)
        return reason;
    reason = take_text(vl2, network, complete->text, complete->total,
                       in->verb == ZT_VERB_NETWORK_CONFIG, parsed);
    zt_updates_finish(complete);
    return reason;
}

static enum zt_drop take_chunk(struct zt_vl2 *vl2, const struct zt_inbound *in, const uint8_t *body,
                               size_t length, bool push)
{
    struct zt_network *network;
    struct zt_chunk chunk;
    enum zt_drop reason;
    bool parsed = false;

    if (!zt_chunk_read(&chunk, body, length))
        return ZT_DROP_TRUNCATED;
    network = zt_network_find(vl2, chunk.nwid);
    if (network == NULL || zt_network_is_adhoc(chunk.nwid))
        return ZT_DROP_NOT_JOINED;
    if (chunk.is_signed) {
        reason = add_chunk(vl2, network, in, &chunk, &parsed);
    } else {
        /* Very old controllers sign nothing: then only their own word counts. */
        if (in->source != zt_nwid_controller(chunk.nwid))
            return ZT_DROP_NOT_CONTROLLER;
        chunk.update_id = in->id;
        reason = take_text(vl2, network, chunk.data, chunk.length, push, &parsed);
    }
    if (push && parsed)
        acknowledge(vl2, in, chunk.nwid, chunk.update_id);
    return reason;
}

enum zt_drop zt_request_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    return take_chunk(vl2, in, in->payload + ZT_REPLY_HEADER, in->length - ZT_REPLY_HEADER, false);
}

enum zt_drop zt_request_push_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    return take_chunk(vl2, in, in->payload, in->length, true);
}

/* docs/wire.md 12.8 */
static void require_authentication(struct zt_vl2 *vl2, struct zt_network *network,
                                   const uint8_t *info, size_t length)
{
    const char *key = "aU";
    char url[2048] = "";

    if (length > 0) {
        struct zt_dict dict = zt_dict_of(info, length);

        if (zt_dict_get_u64(&dict, "aV", 0) > 0)
            key = "iU";
        if (zt_dict_get(&dict, key, url, sizeof url) <= 0)
            return;
    }
    zt_network_refused(vl2, network, ZT_NETWORK_AUTHENTICATION_REQUIRED, url);
}

void zt_request_refused(struct zt_vl2 *vl2, struct zt_network *network, uint8_t code,
                        const uint8_t *info, size_t length)
{
    if (is_hurrying(vl2, network)) {
        network->hurried = MOST_HURRIED;
        set_due(vl2, network);
    }
    if (code == ZT_ERROR_OBJ_NOT_FOUND || code == ZT_ERROR_UNSUPPORTED_OPERATION)
        zt_network_refused(vl2, network, ZT_NETWORK_NOT_FOUND, NULL);
    else if (code == ZT_ERROR_NETWORK_ACCESS_DENIED)
        zt_network_refused(vl2, network, ZT_NETWORK_ACCESS_DENIED, NULL);
    else if (code == ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED)
        require_authentication(vl2, network, info, length);
}

enum zt_drop zt_request_error_receive(struct zt_vl2 *vl2, struct zt_inbound *in, uint8_t code,
                                      struct zt_reader *body)
{
    zt_nwid nwid = zt_read_u64(body);
    struct zt_network *network = zt_network_find(vl2, nwid);
    const uint8_t *info = NULL;
    size_t length = 0;

    if (body->failed)
        return ZT_DROP_TRUNCATED;
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (in->source != zt_nwid_controller(nwid))
        return ZT_DROP_NOT_CONTROLLER;
    if (code == ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED && zt_reader_left(body) > 0) {
        length = zt_read_u16(body);
        info = zt_read_take(body, length);
    }
    if (body->failed)
        return ZT_DROP_TRUNCATED;
    zt_request_refused(vl2, network, code, info, length);
    return ZT_DROP_NONE;
}
