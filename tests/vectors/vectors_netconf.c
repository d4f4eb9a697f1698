/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations as a real controller sent them: chunks, dictionaries and what they mean. */
#include "vectors_config.h"

#include "vl1/wire.h"
#include "vl2/rules_codec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define OK_BODY_AT 9 /* after the verb asked and the id asked */

/* The controller's key is among the identities of the file. */
static bool find_controller(const json_t *root, zt_nwid nwid, struct zt_identity *controller)
{
    const json_t *entry;
    size_t index;

    json_array_foreach(json_object_get(root, "identities"), index, entry)
    {
        if (!vectors_identity(json_object_get(entry, "secret_string"), controller))
            return false;
        if (controller->address == zt_nwid_controller(nwid))
            return true;
    }
    return false;
}

/* Is this how the file calls the node? */
static bool is_named(const json_t *root, zt_address address, const json_t *name)
{
    const json_t *entry;
    size_t index;

    json_array_foreach(json_object_get(root, "identities"), index, entry)
    {
        if (vectors_number(entry, "address", 10) == address)
            return name == NULL || json_equal(name, json_object_get(entry, "name"));
    }
    return false;
}

static const char *judge_chunk(const struct zt_chunk *chunk, const json_t *config,
                               const struct zt_identity *controller, uint8_t *text, size_t size)
{
    if (!chunk->is_signed || chunk->nwid != vectors_number(config, "network_id", 16) ||
        chunk->update_id != vectors_number(config, "config_update_id", 16) || chunk->total != size)
        return "chunk differs";
    if (!zt_identity_verify(controller, chunk->signed_bytes, chunk->signed_length,
                            chunk->signature))
        return "chunk is forged";
    memcpy(text + chunk->offset, chunk->data, chunk->length);
    return NULL;
}

/* Are all of these numbers of the list in it? Left out, there is nothing to agree with. */
static bool is_listed(const json_t *config, size_t index, const struct zt_chunk *chunk)
{
    const json_t *listed = json_array_get(json_object_get(config, "chunks"), index);

    return json_object_get(config, "chunks") == NULL ||
           (vectors_size(listed, "chunk_index", UINT32_MAX) == chunk->offset &&
            vectors_size(listed, "chunk_length", UINT32_MAX) == chunk->length);
}

/* The same chunk written by us is the same bytes: signatures are deterministic. */
static bool written_again(const struct zt_chunk *chunk, const uint8_t *body, size_t length,
                          const struct zt_identity *controller)
{
    uint8_t *bytes = vectors_scratch(length);
    struct zt_writer out = zt_writer_of(bytes, length);

    if (chunk->length > ZT_MAX_CHUNK_DATA)
        return true; /* the reference sends longer ones than we do */
    zt_chunk_write(&out, chunk->nwid, chunk->data, chunk->length, chunk->update_id, chunk->total,
                   chunk->offset, controller);
    return !out.failed && zt_writer_length(&out) == length && memcmp(bytes, body, length) == 0;
}

static const char *check_chunks(const json_t *root, const json_t *entry)
{
    const char *sent_as = vectors_text(entry, "sent_as");
    bool is_reply = strcmp(sent_as, "OK(NETWORK_CONFIG_REQUEST)") == 0;
    struct vectors_bytes dictionary = vectors_bytes(entry, "dictionary");
    uint8_t *text = vectors_scratch(dictionary.length);
    struct zt_identity controller;
    const json_t *payload;
    size_t index;

    if (!is_reply && strcmp(sent_as, "NETWORK_CONFIG") != 0)
        return "sent as something else";
    if (vectors_size(entry, "total_length", ZT_MAX_CONFIG) != dictionary.length ||
        !vectors_true(entry, "complete"))
        return "not the whole dictionary";
    if (!find_controller(root, vectors_number(entry, "network_id", 16), &controller))
        return "no controller";
    json_array_foreach(json_object_get(entry, "packet_payloads"), index, payload)
    {
        struct vectors_bytes bytes = vectors_bytes_of(payload);
        size_t at = is_reply ? OK_BODY_AT : 0;
        struct zt_chunk chunk;
        const char *wrong;

        if (bytes.length < at || (is_reply && bytes.at[0] != ZT_VERB_NETWORK_CONFIG_REQUEST))
            return "answer to something else";
        if (!zt_chunk_read(&chunk, bytes.at + at, bytes.length - at))
            return "chunk refused";
        wrong = judge_chunk(&chunk, entry, &controller, text, dictionary.length);
        if (wrong != NULL)
            return wrong;
        if (!is_listed(entry, index, &chunk))
            return "list of chunks differs";
        if (!written_again(&chunk, bytes.at + at, bytes.length - at, &controller))
            return "chunk written differently";
    }
    return vectors_same(dictionary, text, dictionary.length) ? NULL : "dictionary differs";
}

/* All that was certified in this configuration, the controller signed. */
static bool all_is_signed(const struct zt_config *config, const struct zt_identity *controller)
{
    const struct zt_identity *chain[ZT_MAX_CUSTODY] = { controller };

    if (config->com.count > 0 && zt_com_verify(&config->com, controller) != ZT_SIGNATURE_GOOD)
        return false;
    for (size_t i = 0; i < config->tag_count; i++)
        if (zt_tag_verify(&config->tags[i], controller) != ZT_SIGNATURE_GOOD)
            return false;
    for (size_t i = 0; i < config->ownership_count; i++)
        if (zt_ownership_verify(&config->ownerships[i], controller) != ZT_SIGNATURE_GOOD)
            return false;
    for (size_t i = 0; i < config->capability_count; i++)
        if (zt_capability_verify(&config->capabilities[i], chain) != ZT_SIGNATURE_GOOD)
            return false;
    return true;
}

static const char *judge_config(const json_t *root, const json_t *entry,
                                const struct zt_config *config)
{
    const json_t *decoded = json_object_get(entry, "decoded");
    struct vectors_bytes dictionary = vectors_bytes(entry, "dictionary");
    uint8_t *bytes = vectors_scratch(dictionary.length);
    struct zt_writer out = zt_writer_of(bytes, dictionary.length);
    struct zt_identity controller;

    if (config->member != vectors_number(entry, "to", 10) ||
        !is_named(root, config->member, json_object_get(entry, "to_name")))
        return "for another member";
    if (!find_controller(root, config->nwid, &controller) || !all_is_signed(config, &controller))
        return "forged";
    zt_config_write(config, &out);
    if (vectors_true(entry, "reencodes_identically") &&
        (out.failed || !vectors_same(dictionary, bytes, zt_writer_length(&out))))
        return "written differently";
    if (json_object_get(decoded, "note") != NULL)
        return NULL; /* the file leaves the meaning of this one out */
    return vectors_config_means(config, decoded);
}

static const char *check_meaning(const json_t *root, const json_t *entry)
{
    struct vectors_bytes dictionary = vectors_bytes(entry, "dictionary");
    struct zt_dict dict = zt_dict_of(dictionary.at, dictionary.length);
    struct zt_config *config = zt_config_read(&dict);
    const char *wrong = config == NULL ? "refused" : judge_config(root, entry, config);

    zt_config_free(config);
    return wrong;
}

/* nwid(8) length(2) metadata revision(8) timestamp(8) */
static const char *check_request(const json_t *root, const json_t *entry)
{
    struct vectors_bytes payload = vectors_bytes(entry, "payload");
    struct zt_reader in = zt_reader_of(payload.at, payload.length);
    zt_nwid nwid = zt_read_u64(&in);
    size_t length = zt_read_u16(&in);
    const uint8_t *metadata = zt_read_take(&in, length);
    uint64_t revision = zt_read_u64(&in);
    uint64_t timestamp = zt_read_u64(&in);

    if (in.failed || nwid != vectors_number(entry, "network_id", 16) ||
        revision != vectors_number(entry, "have_revision", 16) ||
        (int64_t)timestamp != vectors_integer(entry, "have_timestamp") ||
        !vectors_same(vectors_bytes(entry, "metadata"), metadata, length))
        return "layout differs";
    if (!is_named(root, vectors_number(entry, "from", 10), json_object_get(entry, "from_name")))
        return "of another member";
    return vectors_metadata(metadata, length);
}

/* The secret is that of the address; it agrees with the public half or it would not be read. */
static const char *check_identity(const json_t *root, const json_t *entry)
{
    struct zt_identity identity;

    (void)root;
    if (!vectors_identity(json_object_get(entry, "secret_string"), &identity) ||
        !identity.has_secret || !zt_identity_prove(&identity))
        return "identity refused";
    return vectors_expect(identity.address == vectors_number(entry, "address", 10),
                          "address differs");
}

void vectors_netconf(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "identities", check_identity);
    vectors_each(run, root, "networks", vectors_posted);
    vectors_each(run, root, "configs", check_chunks);
    vectors_each(run, root, "configs", check_meaning);
    vectors_each(run, root, "requests", check_request);
}
