/* SPDX-License-Identifier: Apache-2.0 */
/* zts_util_sign_root_set: a planet of one's own. */
#include "zts/zts.h"

#include "crypto/wipe.h"
#include "os/host.h"

#include <stdio.h>
#include <string.h>

enum { KEY_PAIR = 128 };

struct pair {
    struct zt_public_key key;
    struct zt_secret_key secret;
};

_Static_assert(sizeof(struct pair) == KEY_PAIR, "a key file is the pair as it lies in memory");

static bool read_pair(struct pair *pair, FILE *file)
{
    return fread(pair, 1, sizeof *pair, file) == sizeof *pair && fgetc(file) == EOF;
}

static void make_pair(struct pair *pair)
{
    zt_host_random(&pair->secret, sizeof pair->secret);
    zt_public_key_of(&pair->key, &pair->secret);
}

/* Both from files in the current directory, or one new pair for both. */
static bool obtain_pairs(struct pair *previous, struct pair *current)
{
    FILE *previous_file = fopen("previous.c25519", "rb");
    FILE *current_file = fopen("current.c25519", "rb");
    bool sound = true;

    if (previous_file != NULL && current_file != NULL) {
        sound = read_pair(previous, previous_file) && read_pair(current, current_file);
    } else {
        make_pair(previous);
        *current = *previous;
    }
    if (previous_file != NULL)
        fclose(previous_file);
    if (current_file != NULL)
        fclose(current_file);
    return sound;
}

static bool add_root(struct zt_world *world, const char *identity,
                     char *const endpoints[ZTS_MAX_ENDPOINTS_PER_ROOT])
{
    struct zt_root *root = &world->roots[world->root_count];
    struct zt_identity parsed;

    if (world->root_count == ZT_MAX_ROOTS ||
        !zt_identity_parse(&parsed, identity, strlen(identity)))
        return false;
    root->identity = zt_identity_public(&parsed);
    zt_identity_wipe(&parsed);
    for (size_t i = 0; i < ZTS_MAX_ENDPOINTS_PER_ROOT && endpoints[i] != NULL; i++) {
        struct zt_endpoint *endpoint = &root->endpoints[root->endpoint_count++];
        if (!zt_endpoint_parse(endpoint, endpoints[i], 0) || endpoint->port == 0)
            return false;
    }
    world->root_count++;
    return true;
}

static bool fill_world(struct zt_world *world, const zts_root_set_t *spec)
{
    for (size_t i = 0; i < ZTS_MAX_NUM_ROOTS && spec->public_id_str[i] != NULL; i++) {
        if (!add_root(world, spec->public_id_str[i], spec->endpoint_ip_str[i]))
            return false;
    }
    return world->root_count > 0;
}

static void hand_out(char *to, unsigned int *length, const struct pair *pair)
{
    memcpy(to, pair, sizeof *pair);
    *length = sizeof *pair;
}

int zts_util_sign_root_set(char *roots_out, unsigned int *roots_len, char *prev_key,
                           unsigned int *prev_key_len, char *curr_key, unsigned int *curr_key_len,
                           uint64_t id, uint64_t ts, zts_root_set_t *roots_spec)
{
    struct zt_world world = { .type = ZT_WORLD_PLANET, .id = id, .updated_ms = (int64_t)ts };
    struct pair previous, current;
    int result = ZTS_ERR_ARG;

    if (roots_out == NULL || roots_len == NULL || prev_key == NULL || prev_key_len == NULL ||
        curr_key == NULL || curr_key_len == NULL || roots_spec == NULL)
        return ZTS_ERR_ARG;
    if (obtain_pairs(&previous, &current) && fill_world(&world, roots_spec)) {
        struct zt_writer out = zt_writer_of(roots_out, ZTS_STORE_DATA_LEN);
        world.next_key = current.key;
        zt_world_sign(&world, &previous.secret, &previous.key);
        zt_world_write(&world, &out);
        *roots_len = (unsigned int)zt_writer_length(&out);
        hand_out(prev_key, prev_key_len, &previous);
        hand_out(curr_key, curr_key_len, &current);
        result = out.failed ? ZTS_ERR_GENERAL : ZTS_ERR_OK;
    }
    zt_wipe(&previous, sizeof previous);
    zt_wipe(&current, sizeof current);
    return result;
}
