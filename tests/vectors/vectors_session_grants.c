/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the messages about membership: requests, configurations, credentials. What is signed is
   verified, then signed again by us, which must give the same bytes. */
#include "vectors_session.h"

#include "vl2/config.h"
#include "vl2/multicast.h"
#include "vl2/revocation.h"

#include <string.h>

const struct zt_identity *session_controller(const struct session *session, zt_nwid nwid)
{
    const struct session_node *node = session_node(session, zt_nwid_controller(nwid));

    return node == NULL ? NULL : &node->identity;
}

const char *session_decode_request(struct session_message *message)
{
    session_copy_hex(message, "network_id", 64);

    size_t length = session_copy_integer(message, "metadata_length", 16);
    const uint8_t *text = zt_read_take(&message->in, length);
    const char *wrong = text == NULL ? "metadata too long" : vectors_metadata(text, length);

    if (wrong != NULL)
        return wrong;
    zt_write_copy(&message->out, text, length);
    json_object_set_new(message->fields, "metadata", json_stringn((const char *)text, length));
    session_copy_hex(message, "have_revision", 64);
    session_copy_integer(message, "have_timestamp", 64);
    return NULL;
}

/* Is everything in the configuration signed by its controller, and for its member? */
static bool grants_are_genuine(const struct zt_config *config, const struct zt_identity *controller)
{
    bool good =
        config->com.count == 0 || (zt_com_verify(&config->com, controller) == ZT_SIGNATURE_GOOD &&
                                   zt_com_nwid(&config->com) == config->nwid &&
                                   zt_com_member(&config->com) == config->member);

    for (size_t i = 0; i < config->tag_count; i++)
        good = good && zt_tag_verify(&config->tags[i], controller) == ZT_SIGNATURE_GOOD &&
               config->tags[i].member == config->member;
    for (size_t i = 0; i < config->ownership_count; i++)
        good = good &&
               zt_ownership_verify(&config->ownerships[i], controller) == ZT_SIGNATURE_GOOD &&
               config->ownerships[i].member == config->member;
    for (size_t i = 0; i < config->capability_count; i++)
        good = good && config->capabilities[i].custody_count == 1 &&
               zt_capability_verify(&config->capabilities[i], &controller) == ZT_SIGNATURE_GOOD &&
               zt_capability_member(&config->capabilities[i]) == config->member;
    return good;
}

/* A whole dictionary. */
static const char *check_config(const struct session_message *message, zt_nwid nwid,
                                const uint8_t *bytes, size_t length,
                                const struct zt_identity *controller)
{
    struct zt_dict dict = zt_dict_of(bytes, length);
    uint8_t *text = vectors_scratch(length);
    struct zt_writer out = zt_writer_of(text, length);
    struct zt_config *config = zt_config_read(&dict);
    const char *wrong = NULL;

    if (config == NULL)
        return "configuration refused";
    zt_config_write(config, &out);
    if (config->nwid != nwid || config->member != message->destination->identity.address ||
        !grants_are_genuine(config, controller))
        wrong = "configuration for somebody else, or forged";
    else if (out.failed || zt_writer_length(&out) != length || memcmp(text, bytes, length) != 0)
        wrong = "configuration written differently";
    zt_config_free(config);
    return wrong;
}

/* A piece that is one of several waits for the others. A second copy on its way is no news. */
static const char *check_piece(struct session_message *message, const struct zt_chunk *chunk,
                               const struct zt_identity *controller)
{
    struct zt_updates *updates = &message->session->updates;
    struct zt_update *complete = NULL;
    enum zt_drop judged = zt_updates_judge(updates, chunk);
    const char *wrong = NULL;

    if (judged == ZT_DROP_STALE)
        return NULL;
    if (judged != ZT_DROP_NONE || zt_updates_add(updates, chunk, &complete) != ZT_DROP_NONE)
        return "piece of a configuration refused";
    if (complete == NULL)
        return NULL;
    wrong = check_config(message, chunk->nwid, complete->text, complete->total, controller);
    zt_updates_finish(complete);
    return wrong;
}

const char *session_decode_chunk(struct session_message *message)
{
    size_t length = zt_reader_left(&message->in);
    const uint8_t *body = zt_read_take(&message->in, length);
    json_t *fields = message->fields;
    struct zt_chunk chunk;

    if (!zt_chunk_read(&chunk, body, length) || !chunk.is_signed)
        return "chunk refused";

    const struct zt_identity *controller = session_controller(message->session, chunk.nwid);

    if (controller == NULL)
        return "unknown controller";
    session_put_hex(fields, "network_id", chunk.nwid, 16);
    session_put_integer(fields, "chunk_length", chunk.length);
    session_put_integer(fields, "flags", chunk.flags);
    session_put_hex(fields, "config_update_id", chunk.update_id, 16);
    session_put_integer(fields, "total_length", chunk.total);
    session_put_integer(fields, "chunk_index", chunk.offset);
    session_put_integer(fields, "signature_type", 1);
    session_put_integer(fields, "signature_length", ZT_SIGNATURE_SIZE);
    session_put_bytes(fields, "signature", chunk.signature, ZT_SIGNATURE_SIZE);
    json_object_set_new(fields, "signature_ok",
                        json_boolean(zt_identity_verify(controller, chunk.signed_bytes,
                                                        chunk.signed_length, chunk.signature)));
    /* Others send longer pieces than we do. */
    if (chunk.length <= ZT_MAX_CHUNK_DATA && chunk.flags == 0)
        zt_chunk_write(&message->out, chunk.nwid, chunk.data, chunk.length, chunk.update_id,
                       chunk.total, chunk.offset, controller);
    else
        zt_write_copy(&message->out, body, length);
    return check_piece(message, &chunk, controller);
}

static json_t *describe_com(const struct zt_com *com)
{
    json_t *entry = json_object();
    json_t *qualifiers = json_array();

    for (size_t i = 0; i < com->count; i++) {
        json_t *qualifier = json_object();

        session_put_integer(qualifier, "id", com->qualifiers[i].id);
        session_put_hex(qualifier, "value", com->qualifiers[i].value, 16);
        session_put_hex(qualifier, "max_delta", com->qualifiers[i].max_delta, 16);
        json_array_append_new(qualifiers, qualifier);
    }
    json_object_set_new(entry, "qualifiers", qualifiers);
    session_put_hex(entry, "signed_by", com->signer, 10);
    return entry;
}

json_t *session_copy_com(struct session_message *message)
{
    struct zt_com com;

    zt_com_read(&com, &message->in);

    const struct zt_identity *controller = session_controller(message->session, zt_com_nwid(&com));
    json_t *entry = describe_com(&com);

    if (zt_com_verify(&com, controller) != ZT_SIGNATURE_GOOD) {
        json_decref(entry);
        return NULL;
    }
    zt_com_sign(&com, controller);
    zt_com_write(&com, &message->out);
    return entry;
}

const char *session_decode_gather(struct session_message *message)
{
    json_t *com = NULL;

    bool certified;

    session_copy_hex(message, "network_id", 64);
    certified = (session_copy_integer(message, "flags", 8) & ZT_MULTICAST_CERTIFICATE) != 0;
    session_put_mac(message->fields, "mac", session_copy_mac(message));
    session_copy_hex(message, "adi", 32);
    session_copy_integer(message, "limit", 32);
    if (!certified)
        return NULL;
    com = session_copy_com(message);
    json_object_set_new(message->fields, "com", com);
    return vectors_expect(com != NULL, "certificate is forged");
}

static json_t *copy_tag(struct session_message *message)
{
    json_t *entry = json_object();
    struct zt_tag tag;

    zt_tag_read(&tag, &message->in);

    const struct zt_identity *controller = session_controller(message->session, tag.nwid);

    if (zt_tag_verify(&tag, controller) == ZT_SIGNATURE_GOOD) {
        zt_tag_sign(&tag, controller);
        zt_tag_write(&tag, &message->out);
    }
    session_put_integer(entry, "id", tag.id);
    session_put_integer(entry, "value", tag.value);
    session_put_hex(entry, "issued_to", tag.member, 10);
    return entry;
}

static json_t *copy_capability(struct session_message *message)
{
    json_t *entry = json_object();
    struct zt_capability capability;

    zt_capability_read(&capability, &message->in);

    const struct zt_identity *controller = session_controller(message->session, capability.nwid);
    zt_address member = zt_capability_member(&capability);

    if (controller != NULL && capability.custody_count == 1 &&
        zt_capability_verify(&capability, &controller) == ZT_SIGNATURE_GOOD) {
        zt_capability_sign(&capability, controller, member);
        zt_capability_write(&capability, &message->out);
    }
    session_put_integer(entry, "id", capability.id);
    session_put_hex(entry, "issued_to", member, 10);
    return entry;
}

static json_t *copy_revocation(struct session_message *message)
{
    json_t *entry = json_object();
    struct zt_revocation revocation;

    zt_revocation_read(&revocation, &message->in);

    const struct zt_identity *controller = session_controller(message->session, revocation.nwid);

    if (zt_revocation_verify(&revocation, controller) == ZT_SIGNATURE_GOOD) {
        zt_revocation_sign(&revocation, controller);
        zt_revocation_write(&revocation, &message->out);
    }
    session_put_hex(entry, "target", revocation.target, 10);
    session_put_integer(entry, "type", revocation.type);
    session_put_integer(entry, "threshold", (uint64_t)revocation.threshold_ms);
    session_put_hex(entry, "flags", revocation.flags, 16);
    return entry;
}

static json_t *copy_ownership(struct session_message *message)
{
    json_t *entry = json_object();
    struct zt_ownership ownership;

    zt_ownership_read(&ownership, &message->in);

    const struct zt_identity *controller = session_controller(message->session, ownership.nwid);

    if (zt_ownership_verify(&ownership, controller) == ZT_SIGNATURE_GOOD) {
        zt_ownership_sign(&ownership, controller);
        zt_ownership_write(&ownership, &message->out);
    }
    session_put_integer(entry, "id", ownership.id);
    session_put_integer(entry, "things", ownership.thing_count);
    session_put_hex(entry, "issued_to", ownership.member, 10);
    return entry;
}

/* A counted list. A forged item is not written, so that the message comes out differently. */
static void copy_list(struct session_message *message, const char *key,
                      json_t *(*copy)(struct session_message *message))
{
    json_t *list = json_array();

    for (uint64_t left = session_copy(message, 16); left > 0 && !message->in.failed; left--)
        json_array_append_new(list, copy(message));
    json_object_set_new(message->fields, key, list);
}

const char *session_decode_credentials(struct session_message *message)
{
    json_t *coms = json_array();

    json_object_set_new(message->fields, "coms", coms);
    while (zt_reader_left(&message->in) > 0 && message->in.at[0] != 0) {
        json_t *com = session_copy_com(message);

        if (com == NULL)
            return "certificate is forged";
        json_array_append_new(coms, com);
    }
    session_copy(message, 8);
    copy_list(message, "capabilities", copy_capability);
    copy_list(message, "tags", copy_tag);
    copy_list(message, "revocations", copy_revocation);
    copy_list(message, "ownership", copy_ownership);
    return NULL;
}
