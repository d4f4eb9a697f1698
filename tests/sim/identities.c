/* SPDX-License-Identifier: Apache-2.0 */
/* Identities made beforehand, since making one costs many proofs: a file with one a line, address and
   secret key in hex. */
#include "sim.h"

#include "base/table.h"
#include "base/text.h"

#include <stdlib.h>

struct known {
    zt_address address;
    struct zt_public_key key;
    UT_hash_handle hh;
};

static struct known *known;
const char *sim_identities_path;

static bool read_line(struct zt_identity *identity, const char *line)
{
    char address[ZT_ADDRESS_TEXT];

    *identity = (struct zt_identity){ .has_secret = true };
    zt_format(address, sizeof address, "%.10s", line);
    if (!zt_hex_number(&identity->address, address, 10) || line[10] != ' ' ||
        !zt_hex_read(identity->secret.bytes, line + 11, 64))
        return false;
    zt_public_key_of(&identity->key, &identity->secret);
    return true;
}

static bool remember(const struct zt_identity *identity)
{
    struct known *entry = calloc(1, sizeof *entry);

    if (!entry)
        return false;
    entry->address = identity->address;
    entry->key = identity->key;
    HASH_ADD(hh, known, address, sizeof entry->address, entry);
    return true;
}

bool identities_load(struct zt_identity *out, uint32_t count)
{
    char line[256];
    uint32_t i = 0;
    FILE *file = fopen(sim_identities_path, "r");

    if (!file) {
        perror(sim_identities_path);
        return false;
    }
    while (i < count && fgets(line, sizeof line, file)) {
        if (!read_line(&out[i], line))
            break;
        if (!identities_is_known(&out[i]) && !remember(&out[i]))
            break;
        i++;
    }
    fclose(file);
    if (i < count)
        fprintf(stderr, "sim: %s holds only %u good identities, %u are wanted\n",
                sim_identities_path, i, count);
    return i == count;
}

void identities_make(struct zt_identity *out, uint32_t count, struct zt_rng *rng)
{
    zt_address address = 0;

    for (uint32_t i = 0; i < count; i++) {
        /* Adding an odd number goes through all addresses before any comes again. */
        do
            address = (address + UINT64_C(0x9e3779b97f)) % (UINT64_C(1) << 40);
        while (zt_address_is_reserved(address));
        out[i] = (struct zt_identity){ .address = address, .has_secret = true };
        zt_rng_bytes(rng, out[i].secret.bytes, sizeof out[i].secret.bytes);
        zt_public_key_of(&out[i].key, &out[i].secret);
        if (!identities_is_known(&out[i]) && !remember(&out[i]))
            abort();
    }
}

bool identities_is_known(const struct zt_identity *identity)
{
    struct known *entry;

    HASH_FIND(hh, known, &identity->address, sizeof identity->address, entry);
    return entry && memcmp(entry->key.bytes, identity->key.bytes, sizeof entry->key.bytes) == 0;
}
