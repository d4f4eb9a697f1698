/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept in which file of the state directory. docs/wire.md 8.1 */
#ifndef ZT_SERVICE_PERSIST_H
#define ZT_SERVICE_PERSIST_H

#include "os/files.h"
#include "service/settings.h"

#define ZT_PERSIST_TEXT 512 /* longest text of a failure with its 0 */

struct zt_persist {
    struct zt_folder *folder; /* NULL: memory only */
    const struct zt_service_options *options;
};

/* Opens the state directory, if there is one. False: text says why not. */
bool zt_persist_open(struct zt_persist *persist, const struct zt_service_options *options,
                     char text[ZT_PERSIST_TEXT]);
void zt_persist_close(struct zt_persist *persist);

enum zt_load { ZT_LOAD_DONE, ZT_LOAD_NONE, ZT_LOAD_FAILED };

/* The identity with its secret, proved and consistent. FAILED: text says why; nothing was touched. */
enum zt_load zt_persist_load_identity(struct zt_persist *persist, struct zt_identity *identity,
                                      char text[ZT_PERSIST_TEXT]);
/* Both identity files; another identity found there is set aside. False: text says why. */
bool zt_persist_keep_identity(struct zt_persist *persist, const struct zt_identity *identity,
                              char text[ZT_PERSIST_TEXT]);
/* Our address belongs to another key: the next start makes a new identity. docs/wire.md 4.4 */
void zt_persist_retire_identity(struct zt_persist *persist);

/* Calls found for each object of the kind that can be read; bytes are borrowed for the call. Found says
   whether they were any good: a damaged file is reported and set aside. */
void zt_persist_load(struct zt_persist *persist, enum zt_object object,
                     bool (*found)(void *context, uint64_t id, const uint8_t *bytes, size_t length),
                     void *context);
/* Length 0 deletes. Failures are logged. */
void zt_persist_keep(struct zt_persist *persist, enum zt_object object, uint64_t id,
                     const uint8_t *bytes, size_t length);
/* Remembers that a network is joined before its configuration is known. */
void zt_persist_keep_join(struct zt_persist *persist, zt_nwid nwid);

#endif
