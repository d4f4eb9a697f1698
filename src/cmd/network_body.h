/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `zt network create` and `set`, turned into the body of an API call. */
#ifndef ZT_CMD_NETWORK_BODY_H
#define ZT_CMD_NETWORK_BODY_H

#include "cmd/args.h"

struct zt_network_options {
    const char *name, *mtu, *multicast_limit, *rules_file, *dns;
    bool is_private, is_public, rfc4193, plane6;
    struct zt_texts pools, routes;
};

#define ZT_NETWORK_OPTIONS(options)                                                                \
    { "--name", NULL, ZT_OPTION_TEXT, &(options)->name },                                          \
        { "--private", NULL, ZT_OPTION_FLAG, &(options)->is_private },                             \
        { "--public", NULL, ZT_OPTION_FLAG, &(options)->is_public },                               \
        { "--pool", NULL, ZT_OPTION_LIST, &(options)->pools },                                     \
        { "--route", NULL, ZT_OPTION_LIST, &(options)->routes },                                   \
        { "--rfc4193", NULL, ZT_OPTION_FLAG, &(options)->rfc4193 },                                \
        { "--6plane", NULL, ZT_OPTION_FLAG, &(options)->plane6 },                                  \
        { "--mtu", NULL, ZT_OPTION_TEXT, &(options)->mtu },                                        \
        { "--multicast-limit", NULL, ZT_OPTION_TEXT, &(options)->multicast_limit },                \
        { "--rules", NULL, ZT_OPTION_NAME, &(options)->rules_file },                               \
    {                                                                                              \
        "--dns", NULL, ZT_OPTION_TEXT, &(options)->dns                                             \
    }

#define ZT_NETWORK_HELP                                                                            \
    "      --name NAME             shown to members\n"                                             \
    "      --private, --public     must members be authorised? (private unless given)\n"           \
    "      --pool FIRST-LAST       addresses to give out; needs a route that holds them\n"         \
    "      --route NET/BITS[,VIA]  a route, on link or by a gateway; may be repeated\n"            \
    "      --rfc4193, --6plane     automatic IPv6 addresses of that kind\n"                        \
    "      --mtu N                 1280 to 10000\n"                                                \
    "      --multicast-limit N     recipients of a multicast frame, 0: none\n"                     \
    "      --rules FILE            in the rule language (docs/rules.md), or JSON: an array of\n"   \
    "                              rules, or an object with rules, capabilities and tags\n"        \
    "      --dns DOMAIN:IP[,IP...] search domain and servers\n"

/* A new object, or NULL after the error was reported. old: the network as it is, NULL if new. */
json_t *zt_network_body(const struct zt_command *command, const struct zt_network_options *options,
                        const json_t *old);

#endif
