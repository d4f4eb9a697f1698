/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a store by its name, as users write it. */
#include "controller/store.h"

#include "base/text.h"

#include <string.h>

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

struct zt_store *zt_store_open(const char *where, bool create, char *error, size_t error_size)
{
    if (strcmp(where, "memory") == 0) {
        zt_format(error, error_size, "out of memory");
        return zt_store_mem_open();
    }
    if (begins(where, "sqlite:") && where[7])
        return zt_store_sqlite_open(where + 7, create, error, error_size);
    if (begins(where, "postgres://") || begins(where, "postgresql://"))
        return zt_store_postgres_open(where, error, error_size);
    if (begins(where, "postgres:") && where[9])
        return zt_store_postgres_open(where + 9, error, error_size);
    zt_format(error, error_size, "%.100s is none of memory, sqlite:PATH, postgres:URI",
              *where ? where : "an empty name");
    return NULL;
}
