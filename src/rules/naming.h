/* SPDX-License-Identifier: Apache-2.0 */
/* What macros, tags and capabilities may be called. Seen inside the layer only. docs/rules.md. */
#ifndef ZT_RULES_NAMING_H
#define ZT_RULES_NAMING_H

#include "rules/language.h"

/* What no macro, tag or capability may be called. */
bool zt_name_is_reserved(const char *at, size_t length);

#endif
