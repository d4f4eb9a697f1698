/* SPDX-License-Identifier: Apache-2.0 */
/* The identity files: loaded with care, never overwritten by mistake. docs/wire.md 1.7 */
#include "service/persist.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/wipe.h"
#include "service/proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_FILE "identity.secret"
#define PUBLIC_FILE "identity.public"
#define FILE_LIMIT 4096

/* Do the parts belong together: address to key, secret to public key? */
static bool is_consistent(const struct zt_identity *identity)
{
    static const uint8_t message[] = "identity";
    uint8_t signature[ZT_SIGNATURE_SIZE];

    zt_identity_sign(signature, identity, message, sizeof message);
    return zt_identity_verify(identity, message, sizeof message, signature) &&
           zt_proof_holds(identity);
}

static const char *judge_identity(struct zt_identity *identity, const uint8_t *bytes, size_t length)
{
    if (!zt_identity_parse(identity, (const char *)bytes, length))
        return "is not an identity";
    if (!identity->has_secret)
        return "lacks the secret part";
    if (!is_consistent(identity))
        return "is damaged: its parts don't belong together";
    return NULL;
}

static void say(const struct zt_persist *persist, char text[ZT_PERSIST_TEXT], const char *verb,
                const char *name, int error)
{
    char reason[ZT_ERROR_TEXT];

    zt_error_text(error, reason);
    zt_format(text, ZT_PERSIST_TEXT, "can't %s %s/%s: %s", verb, persist->options->storage, name,
              reason);
}

/* Memory of files is not wiped by free. */
static void release(uint8_t *bytes, size_t length)
{
    zt_wipe(bytes, length);
    free(bytes);
}

enum zt_load zt_persist_load_identity(struct zt_persist *persist, struct zt_identity *identity,
                                      char text[ZT_PERSIST_TEXT])
{
    uint8_t *bytes;
    size_t length;

    if (!persist->folder)
        return ZT_LOAD_NONE;
    int error = zt_file_read(persist->folder, SECRET_FILE, FILE_LIMIT, &bytes, &length);
    if (error == -ENOENT)
        return ZT_LOAD_NONE;
    if (error) {
        say(persist, text, "read", SECRET_FILE, error);
        return ZT_LOAD_FAILED;
    }

    const char *fault = judge_identity(identity, bytes, length);
    release(bytes, length);
    if (!fault)
        return ZT_LOAD_DONE;
    zt_identity_wipe(identity);
    zt_format(text, ZT_PERSIST_TEXT,
              "%s/" SECRET_FILE " %s; restore it, or remove it to get a new identity",
              persist->options->storage, fault);
    return ZT_LOAD_FAILED;
}

/* Somebody's other identity lies where ours goes: it may be the only copy. */
static int save_other_secret(struct zt_persist *persist, const struct zt_identity *identity)
{
    struct zt_identity held;
    uint8_t *bytes;
    size_t length;
    int error = zt_file_read(persist->folder, SECRET_FILE, FILE_LIMIT, &bytes, &length);

    if (error == -ENOENT)
        return 0;
    if (error)
        return error;
    bool same = zt_identity_parse(&held, (const char *)bytes, length) && held.has_secret &&
                zt_identity_equal(&held, identity);
    zt_identity_wipe(&held);
    release(bytes, length);
    return same ? 0 : zt_file_set_aside(persist->folder, SECRET_FILE, "replaced");
}

bool zt_persist_keep_identity(struct zt_persist *persist, const struct zt_identity *identity,
                              char text[ZT_PERSIST_TEXT])
{
    char secret[ZT_IDENTITY_TEXT], public[ZT_IDENTITY_TEXT];

    if (!persist->folder || !persist->options->cache_identity)
        return true;
    int error = save_other_secret(persist, identity);
    if (error) {
        say(persist, text, "replace", SECRET_FILE, error);
        return false;
    }
    zt_identity_text(identity, true, secret);
    error = zt_file_write(persist->folder, SECRET_FILE, secret, strlen(secret), ZT_FILE_SECRET);
    zt_wipe(secret, sizeof secret);
    if (error) {
        say(persist, text, "write", SECRET_FILE, error);
        return false;
    }
    zt_identity_text(identity, false, public);
    error = zt_file_write(persist->folder, PUBLIC_FILE, public, strlen(public), 0);
    if (error)
        say(persist, text, "write", PUBLIC_FILE, error);
    return !error;
}

void zt_persist_retire_identity(struct zt_persist *persist)
{
    if (!persist->folder)
        return;
    (void)zt_file_set_aside(persist->folder, SECRET_FILE, "saved_after_collision");
    (void)zt_file_remove(persist->folder, PUBLIC_FILE);
}
