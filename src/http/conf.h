/* SPDX-License-Identifier: Apache-2.0 */
/* local.conf: read for who may administer, shown, and changed on request. docs/wire.md 20.1 */
#ifndef ZT_HTTP_CONF_H
#define ZT_HTTP_CONF_H

#include "http/prefixes.h"

#define ZT_CONF_FILE "local.conf"

/* The file's object, {} if there is none. A new reference; NULL: error says what is wrong with it. */
json_t *zt_conf_read(struct zt_folder *folder, char *error, size_t error_size);
/* Adds settings.allowManagementFrom to the list. False: error names the entry. */
ZT_MUST_USE bool zt_conf_allowed(const json_t *conf, struct zt_prefixes *prefixes, char *error,
                                 size_t error_size);
/* Replaces the members of settings that changes names, and the file. judge may be NULL. False: error says why
   not. */
ZT_MUST_USE bool zt_conf_change(struct zt_folder *folder, const json_t *changes,
                                zt_conf_judge judge, char *error, size_t error_size);

#endif
