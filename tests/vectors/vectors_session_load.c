/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded session into memory: its capture, its nodes with the keys they share, its worlds. */
#include "vectors_session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *load_node(struct session_node *node, const json_t *entry)
{
    char text[ZT_IDENTITY_TEXT];

    node->name = vectors_text(entry, "name");
    if (!vectors_identity(json_object_get(entry, "secret_string"), &node->identity) ||
        !node->identity.has_secret || !zt_identity_prove(&node->identity))
        return "identity refused";
    zt_identity_text(&node->identity, true, text);
    return vectors_expect(node->identity.address == vectors_number(entry, "address", 10) &&
                              strcmp(text, vectors_text(entry, "secret_string")) == 0,
                          "identity differs");
}

static const char *agree_keys(struct session *session)
{
    for (size_t i = 0; i < session->node_count; i++) {
        for (size_t j = 0; j < session->node_count; j++) {
            struct session_node *mine = &session->nodes[i];

            if (!zt_identity_agree(&mine->keys[j], &mine->identity, &session->nodes[j].identity))
                return "identities do not agree";
            mine->sivs[j] = zt_gmac_siv_new(&mine->keys[j]);
            if (mine->sivs[j] == NULL)
                return "out of memory";
        }
    }
    return NULL;
}

static const char *load_nodes(struct session *session, const json_t *root)
{
    const json_t *list = json_object_get(root, "identities");
    const char *wrong = NULL;

    if (json_array_size(list) > SESSION_MAX_NODES)
        return "too many identities";
    while (wrong == NULL && session->node_count < json_array_size(list)) {
        wrong = load_node(&session->nodes[session->node_count],
                          json_array_get(list, session->node_count));
        session->node_count++;
    }
    return wrong == NULL ? agree_keys(session) : wrong;
}

/* Of the first revision of a world nobody knows who signed it but itself. */
static bool load_world(struct zt_world *world, const json_t *text)
{
    uint8_t written[ZT_MAX_WORLD];
    size_t length;
    uint8_t *bytes = vectors_hex(text, &length);
    struct zt_reader in = zt_reader_of(bytes, length);
    struct zt_writer out = zt_writer_of(written, sizeof written);
    bool good = zt_world_read(world, &in) && zt_reader_left(&in) == 0 &&
                zt_world_verify(world, &world->next_key);

    if (good)
        zt_world_write(world, &out);
    good = good && zt_writer_length(&out) == length && memcmp(written, bytes, length) == 0;
    free(bytes);
    return good;
}

static const char *load_worlds(struct session *session, const json_t *root)
{
    const json_t *moon = json_object_get(root, "moon_file");
    char name[32];

    if (!load_world(&session->planet, json_object_get(root, "planet_file")))
        return "planet refused";
    if (moon == NULL)
        return NULL;
    if (!load_world(&session->moon, moon) || session->moon.type != ZT_WORLD_MOON)
        return "moon refused";
    snprintf(name, sizeof name, "%016" PRIx64 ".moon", session->moon.id);
    return vectors_expect(strcmp(name, vectors_text(root, "moon_file_name")) == 0,
                          "name of the moon file");
}

const char *session_load(struct session *session, const char *dir, const json_t *root)
{
    char path[4096];
    const char *wrong;

    session->statistics = json_object();
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, vectors_text(root, "capture")) >=
        sizeof path)
        return "path too long";
    wrong = session_read_capture(session, path);
    if (wrong == NULL)
        wrong = load_nodes(session, root);
    if (wrong == NULL)
        wrong = load_worlds(session, root);
    return wrong;
}

void session_clear(struct session *session)
{
    for (size_t i = 0; i < session->node_count; i++) {
        for (size_t j = 0; j < session->node_count; j++)
            zt_gmac_siv_free(session->nodes[i].sivs[j]);
    }
    json_decref(session->statistics);
    zt_updates_clear(&session->updates);
    free(session->datagrams);
    free(session->file);
    memset(session, 0, sizeof *session);
}
