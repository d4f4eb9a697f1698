/* SPDX-License-Identifier: Apache-2.0 */
/* Each match of the language: its keyword, its arguments, its entry. Seen inside the layer only.
   docs/rules.md. */
#ifndef ZT_RULES_MATCHES_H
#define ZT_RULES_MATCHES_H

#include "rules/language.h"

#define ZT_MAX_ARGUMENT 255 /* bytes; the longest are lists of characteristics */

enum zt_arguments {
    ZT_TAKES_ADDRESS,
    ZT_TAKES_NUMBER,
    ZT_TAKES_ETHERTYPE,
    ZT_TAKES_PROTOCOL,
    ZT_TAKES_MAC,
    ZT_TAKES_PREFIX,
    ZT_TAKES_TOS,
    ZT_TAKES_ICMP,
    ZT_TAKES_RANGE,
    ZT_TAKES_BITS,
    ZT_TAKES_FRACTION,
    ZT_TAKES_TAG
};

struct zt_match_form {
    const char *keyword;
    uint8_t type; /* of IPv4 where IPv6 is another one */
    enum zt_arguments takes;
    uint16_t most;           /* ZT_TAKES_NUMBER */
    const char *expected[2]; /* what the arguments are, for errors; the second may be NULL */
};

/* A word that a match takes. */
struct zt_argument {
    char text[ZT_MAX_ARGUMENT + 1];
    unsigned line, column;
    bool is_open; /* a parameter while its macro is only checked: any value */
};

const struct zt_match_form *zt_match_form(const char *at, size_t length);
/* By the type of an entry, its NOT and OR aside; NULL: the language has no word for it. */
const struct zt_match_form *zt_match_form_of(uint8_t type);
/* The keyword nearest to a mistyped one, NULL: none is near. */
const char *zt_match_guess(const char *at, size_t length);

/* Sets type and fields. -1, or the index of the first argument that does not fit. */
int zt_match_read(struct zt_rule *rule, const struct zt_match_form *form,
                  const struct zt_argument arguments[2], const struct zt_rulebook *book);

#endif
