/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the commands: read whole and judged, written whole. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/home.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_TEXT 400
#define KEY_FILE_LENGTH (128 + 1 + 128 + 1) /* public and secret key in hexadecimal, a line each */

static int fail(char error[ZT_HOME_TEXT], const char *path, int code)
{
    char text[ZT_ERROR_TEXT];

    zt_error_text(code, text);
    zt_format(error, ZT_HOME_TEXT, "%.300s%s: %s", path, strlen(path) > 300 ? "..." : "", text);
    return -1;
}

bool zt_home_is_plain(const char *path, char error[ZT_HOME_TEXT])
{
    struct stat status;

    if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
        return true;
    zt_format(error, ZT_HOME_TEXT, "%.400s: is %s", path,
              S_ISDIR(status.st_mode) ? "a folder" : "no plain file, and is not replaced");
    return false;
}

int zt_home_split(struct zt_folder **folder, char name[ZT_FILE_NAME], const char *path,
                  char error[ZT_HOME_TEXT])
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    char parent[FOLDER_TEXT];
    size_t length = slash ? (size_t)(slash - path) : 0;
    int code;

    if (!*path) {
        zt_format(error, ZT_HOME_TEXT, "the name of a file is empty");
        return -1;
    }
    if (length >= sizeof parent || strlen(base) >= ZT_FILE_NAME - 8 || !*base) {
        zt_format(error, ZT_HOME_TEXT, "%.100s%s: not a usable file name", path,
                  strlen(path) > 100 ? "..." : "");
        return -1;
    }
    if (!zt_home_is_plain(path, error))
        return -1;
    zt_format(parent, sizeof parent, "%.*s", (int)length, path);
    zt_format(name, ZT_FILE_NAME, "%s", base);
    code = zt_folder_open(folder, !slash ? "." : length ? parent : "/");
    return code == 0 ? 0 : fail(error, path, code);
}

int zt_home_write(const char *path, const void *bytes, size_t length, unsigned flags,
                  char error[ZT_HOME_TEXT])
{
    char name[ZT_FILE_NAME];
    struct zt_folder *folder;
    int code;

    if (zt_home_split(&folder, name, path, error) != 0)
        return -1;
    code = zt_file_write(folder, name, bytes, length, flags);
    zt_folder_close(folder);
    return code == 0 ? 0 : fail(error, path, code);
}

int zt_home_read(const char *path, size_t limit, uint8_t **bytes, size_t *length,
                 char error[ZT_HOME_TEXT])
{
    size_t capacity = limit + 1;
    FILE *file;

    if (!*path) {
        zt_format(error, ZT_HOME_TEXT, "the name of a file is empty");
        return -1;
    }
    file = fopen(path, "rb");
    if (!file)
        return fail(error, path, -errno);
    errno = 0;
    *bytes = malloc(capacity + 1);
    *length = *bytes ? fread(*bytes, 1, capacity, file) : 0;
    if (*bytes && !ferror(file) && *length <= limit) {
        (*bytes)[*length] = 0;
        (void)fclose(file);
        return 0;
    }
    if (errno != 0)
        (void)fail(error, path, -errno);
    else
        zt_format(error, ZT_HOME_TEXT, "%.300s: %s", path,
                  *bytes ? "too long for what it is to be" : "out of memory");
    free(*bytes);
    (void)fclose(file);
    return -1;
}

int zt_home_identity(struct zt_identity *identity, const char *argument, bool with_secret,
                     char error[ZT_HOME_TEXT])
{
    bool is_literal = strlen(argument) > 32 && argument[10] == ':';
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool is_good;

    if (!is_literal && zt_home_read(argument, 4096, &bytes, &length, error) != 0)
        return -1;
    is_good = is_literal ? zt_identity_parse(identity, argument, strlen(argument))
                         : zt_identity_parse(identity, (const char *)bytes, length);
    if (bytes)
        zt_wipe(bytes, length);
    free(bytes);
    if (!is_good) {
        zt_format(error, ZT_HOME_TEXT, "%.200s: not an identity", argument);
        return -1;
    }
    if (with_secret && !identity->has_secret) {
        zt_format(error, ZT_HOME_TEXT, "%.200s: identity has no secret key", argument);
        return -1;
    }
    return 0;
}

bool zt_home_signature(uint8_t signature[ZT_SIGNATURE_SIZE], const char *argument,
                       char error[ZT_HOME_TEXT])
{
    uint8_t *bytes;
    size_t length;
    bool is_good;

    if (strlen(argument) == 2 * ZT_SIGNATURE_SIZE &&
        zt_hex_read(signature, argument, ZT_SIGNATURE_SIZE))
        return true;
    if (zt_home_read(argument, 4096, &bytes, &length, error) != 0)
        return false;
    is_good = length >= 2 * ZT_SIGNATURE_SIZE &&
              zt_hex_read(signature, (const char *)bytes, ZT_SIGNATURE_SIZE);
    free(bytes);
    zt_format(error, ZT_HOME_TEXT, "%s: not a signature", argument);
    return is_good;
}

static int make_identity(struct zt_identity *identity, struct zt_folder *folder, const char *path,
                         char error[ZT_HOME_TEXT])
{
    char text[ZT_IDENTITY_TEXT];
    uint8_t seed[32];
    struct zt_rng rng;
    int code;

    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    zt_wipe(seed, sizeof seed);
    if (!zt_identity_generate(identity, &rng))
        return fail(error, path, -ENOMEM);
    zt_rng_wipe(&rng);
    zt_identity_text(identity, true, text);
    code = zt_file_write(folder, "identity.secret", text, strlen(text), ZT_FILE_SECRET);
    zt_wipe(text, sizeof text);
    if (code != 0)
        return fail(error, path, code);
    return 0;
}

int zt_home_own_identity(struct zt_identity *identity, struct zt_folder *folder, const char *path,
                         char error[ZT_HOME_TEXT])
{
    char text[ZT_IDENTITY_TEXT];
    uint8_t *bytes = NULL;
    size_t length;
    int code = zt_file_read(folder, "identity.secret", 4096, &bytes, &length);

    if (code == -ENOENT) {
        if (make_identity(identity, folder, path, error) != 0)
            return -1;
    } else if (code != 0) {
        zt_format(text, sizeof text, "%.200s/identity.secret", path);
        return fail(error, text, code);
    } else {
        bool is_good = zt_identity_parse(identity, (const char *)bytes, length) &&
                       identity->has_secret && zt_identity_prove(identity);
        zt_wipe(bytes, length);
        free(bytes);
        if (!is_good) {
            zt_format(error, ZT_HOME_TEXT, "%s/identity.secret: not a valid secret identity", path);
            return -1;
        }
    }
    zt_identity_text(identity, false, text);
    code = zt_file_write(folder, "identity.public", text, strlen(text), 0);
    return code == 0 ? 0 : fail(error, path, code);
}

struct key_pair {
    struct zt_public_key key;
    struct zt_secret_key secret;
};

static int make_key(struct key_pair *pair, struct zt_folder *folder, const char *name,
                    char error[ZT_HOME_TEXT])
{
    char text[KEY_FILE_LENGTH + 1];
    int code;

    zt_host_random(pair->secret.bytes, sizeof pair->secret.bytes);
    zt_public_key_of(&pair->key, &pair->secret);
    zt_hex_write(text, pair->key.bytes, 64);
    text[128] = '\n';
    zt_hex_write(text + 129, pair->secret.bytes, 64);
    text[KEY_FILE_LENGTH - 1] = '\n';
    code = zt_file_write(folder, name, text, KEY_FILE_LENGTH, ZT_FILE_SECRET);
    zt_wipe(text, sizeof text);
    return code == 0 ? 0 : fail(error, name, code);
}

static int read_key(struct key_pair *pair, struct zt_folder *folder, const char *name,
                    char error[ZT_HOME_TEXT])
{
    struct zt_public_key expected;
    uint8_t *bytes;
    size_t length;
    bool is_good;
    int code = zt_file_read(folder, name, 4096, &bytes, &length);

    if (code == -ENOENT)
        return make_key(pair, folder, name, error);
    if (code != 0)
        return fail(error, name, code);
    is_good = length >= KEY_FILE_LENGTH - 1 && zt_hex_read(pair->key.bytes, (char *)bytes, 64) &&
              zt_hex_read(pair->secret.bytes, (char *)bytes + 129, 64);
    zt_wipe(bytes, length);
    free(bytes);
    zt_public_key_of(&expected, &pair->secret);
    if (is_good && memcmp(&expected, &pair->key, sizeof expected) == 0)
        return 0;
    zt_format(error, ZT_HOME_TEXT, "%s: not a pair of keys", name);
    return -1;
}

/* World NONE if there is no file. */
static int read_planet(struct zt_world *planet, struct zt_folder *folder, const char *name,
                       char error[ZT_HOME_TEXT])
{
    struct zt_reader in;
    uint8_t *bytes;
    size_t length;
    bool is_good;
    int code = zt_file_read(folder, name, ZT_MAX_WORLD, &bytes, &length);

    memset(planet, 0, sizeof *planet);
    if (code == -ENOENT)
        return 0;
    if (code != 0)
        return fail(error, name, code);
    in = zt_reader_of(bytes, length);
    is_good = zt_world_read(planet, &in) && planet->type == ZT_WORLD_PLANET;
    free(bytes);
    if (is_good)
        return 0;
    zt_format(error, ZT_HOME_TEXT, "%s: not a planet", name);
    return -1;
}

static bool same_roots(const struct zt_world *planet, const struct zt_root *roots, size_t count)
{
    if (planet->root_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct zt_root *a = &planet->roots[i], *b = &roots[i];
        if (!zt_identity_equal(&a->identity, &b->identity) ||
            a->endpoint_count != b->endpoint_count ||
            memcmp(a->endpoints, b->endpoints, a->endpoint_count * sizeof a->endpoints[0]) != 0)
            return false;
    }
    return true;
}

static uint64_t random_id(void)
{
    uint64_t id;

    zt_host_random(&id, sizeof id);
    return id >> 1 | 1;
}

static int write_planet(struct zt_world *planet, struct zt_folder *folder, const char *name,
                        const struct key_pair *pair, char error[ZT_HOME_TEXT])
{
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    int code;

    zt_world_sign(planet, &pair->secret, &pair->key);
    zt_world_write(planet, &out);
    if (out.failed) {
        zt_format(error, ZT_HOME_TEXT, "%s: too many roots or endpoints", name);
        return -1;
    }
    code = zt_file_write(folder, name, bytes, zt_writer_length(&out), 0);
    return code == 0 ? 0 : fail(error, name, code);
}

int zt_home_planet(struct zt_world *planet, struct zt_folder *folder, const char *name, uint64_t id,
                   const struct zt_root *roots, size_t root_count, char error[ZT_HOME_TEXT])
{
    char key_name[ZT_FILE_NAME];
    struct key_pair pair;
    int64_t now_ms = zt_host_now().wall_ms;
    bool is_new;
    int result;

    zt_format(key_name, sizeof key_name, "%s.key", name);
    if (read_planet(planet, folder, name, error) != 0 ||
        read_key(&pair, folder, key_name, error) != 0)
        return -1;
    is_new = planet->type == ZT_WORLD_NONE || (id && planet->id != id) ||
             memcmp(&planet->next_key, &pair.key, sizeof pair.key) != 0;
    if (!is_new && same_roots(planet, roots, root_count)) {
        zt_wipe(&pair, sizeof pair);
        return 0;
    }
    if (is_new) {
        planet->type = ZT_WORLD_PLANET;
        planet->id = id ? id : random_id();
        planet->next_key = pair.key;
    }
    planet->updated_ms = now_ms > planet->updated_ms ? now_ms : planet->updated_ms + 1;
    memcpy(planet->roots, roots, root_count * sizeof roots[0]);
    planet->root_count = root_count;
    result = write_planet(planet, folder, name, &pair, error);
    zt_wipe(&pair, sizeof pair);
    return result;
}

static bool is_signed_here(const struct zt_world *planet, struct zt_folder *folder,
                           const char *name)
{
    char key_name[ZT_FILE_NAME], error[ZT_HOME_TEXT];
    struct key_pair pair;
    bool is_same;

    zt_format(key_name, sizeof key_name, "%s.key", name);
    if (!zt_file_exists(folder, key_name) || read_key(&pair, folder, key_name, error) != 0)
        return false;
    is_same = memcmp(&planet->next_key, &pair.key, sizeof pair.key) == 0;
    zt_wipe(&pair, sizeof pair);
    return is_same;
}

/* planet: names others, and perhaps own. */
static int keep_others(struct zt_world *planet, struct zt_folder *folder, const char *name,
                       const struct zt_root *own, bool is_given, char error[ZT_HOME_TEXT])
{
    struct zt_root roots[ZT_MAX_ROOTS];
    bool is_named = false, is_ours = is_signed_here(planet, folder, name);

    memcpy(roots, planet->roots, sizeof roots);
    for (size_t i = 0; i < planet->root_count; i++) {
        if (!zt_identity_equal(&roots[i].identity, &own->identity))
            continue;
        is_named = true;
        roots[i] = *own;
    }
    if (is_named && is_ours && is_given)
        return zt_home_planet(planet, folder, name, 0, roots, planet->root_count, error);
    if (is_named)
        return 0;
    if (is_ours && planet->root_count == 1) /* the identity was made anew */
        return zt_home_planet(planet, folder, name, 0, own, 1, error);
    zt_format(error, ZT_HOME_TEXT,
              "%s: names other roots and not this one; remove it, or have it named", name);
    return -1;
}

int zt_home_root_planet(struct zt_folder *folder, const char *name, const struct zt_root *own,
                        bool is_given, char error[ZT_HOME_TEXT])
{
    struct zt_world planet;

    if (read_planet(&planet, folder, name, error) != 0)
        return -1;
    for (size_t i = 0; i < planet.root_count; i++)
        if (!zt_identity_equal(&planet.roots[i].identity, &own->identity))
            return keep_others(&planet, folder, name, own, is_given, error);
    return zt_home_planet(&planet, folder, name, 0, own, 1, error);
}
