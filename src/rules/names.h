/* SPDX-License-Identifier: Apache-2.0 */
/* The words that the language knows for numbers and bits. Seen inside the layer only. docs/rules.md. */
#ifndef ZT_RULES_NAMES_H
#define ZT_RULES_NAMES_H

#include "base/bytes.h"

enum zt_vocabulary { ZT_WORDS_ETHERTYPE, ZT_WORDS_PROTOCOL, ZT_WORDS_CHARACTERISTIC };

/* The number of a name, -1: there is none. */
int zt_name_number(enum zt_vocabulary vocabulary, const char *at, size_t length);
/* The first name of a number, NULL: it has none. */
const char *zt_name_of(enum zt_vocabulary vocabulary, unsigned number);

/* Are these bytes the name, in any case? name is in lower case. */
bool zt_name_is(const char *name, const char *at, size_t length);
/* Does the word open a block? In lower case only, unlike all others. */
bool zt_name_opens(const char *at, size_t length);
/* Is that block a macro, tag or cap? */
bool zt_name_declares(const char *at, size_t length);
/* Copies up to ZT_MAX_RULES_NAME bytes in lower case, with a 0. Letters beyond ASCII stay as they
   are. */
void zt_name_fold(char *out, const char *at, size_t length);

#endif
