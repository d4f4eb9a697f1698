/* SPDX-License-Identifier: Apache-2.0 */
/* The service's own copy of its options, so that callers may forget theirs. */
#ifndef ZT_SERVICE_SETTINGS_H
#define ZT_SERVICE_SETTINGS_H

#include "service/service.h"

/* What the caller's pointers led to; options points here. */
struct zt_settings {
    struct zt_service_options options;
    char *storage, *planet_file;
    struct zt_identity identity;
    uint8_t *planet;
    struct zt_endpoint *bind;
    char **interface_blacklist;
    struct zt_physical *physical;
    struct zt_known_endpoint *known;
};

/* False, with everything released, when out of memory. */
bool zt_settings_copy(struct zt_settings *settings, const struct zt_service_options *options);
void zt_settings_clear(struct zt_settings *settings);

#endif
