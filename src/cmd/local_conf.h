/* SPDX-License-Identifier: Apache-2.0 */
/* What local.conf of the state directory says about ports, addresses and remote networks. docs/http.md
   lists its fields; who may administer is read elsewhere, in http/conf.h. */
#ifndef ZT_CMD_LOCAL_CONF_H
#define ZT_CMD_LOCAL_CONF_H

#include "service/service.h"

#include <jansson.h>

#define ZT_MAX_CONF_LIST 32 /* entries of "bind" and "interfacePrefixBlacklist"; more are refused */

struct zt_local_conf {
    json_t *json; /* owned; the names of interfaces lead into it */
    bool has_port, low_bandwidth;
    uint16_t port; /* 0: any */
    size_t bind_count, interface_count, physical_count, known_count;
    struct zt_endpoint bind[ZT_MAX_CONF_LIST];
    const char *interfaces[ZT_MAX_CONF_LIST]; /* beginnings of names */
    struct zt_physical physical[ZT_MAX_TRUSTED_PATHS];
    struct zt_known_endpoint known[ZT_MAX_HINTS];
};

/* Without a file all is zero. False: error names the field that is wrong. To be cleared either way. */
ZT_MUST_USE bool zt_local_conf_read(struct zt_local_conf *conf, const char *home, char *error,
                                    size_t error_size);
/* Would such a file be read? False: error names the field. */
bool zt_local_conf_judge(const json_t *json, char *error, size_t error_size);
/* Takes over all of it. options borrows from conf, until the service is started. */
void zt_local_conf_apply(const struct zt_local_conf *conf, struct zt_service_options *options);
/* Names each field that does nothing, unless what it asks for holds anyway. */
void zt_local_conf_tell_unused(const struct zt_local_conf *conf, const struct zt_log *log);
void zt_local_conf_clear(struct zt_local_conf *conf);

#endif
