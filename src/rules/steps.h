/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of compiling, one after the other. Seen inside the layer only. */
#ifndef ZT_RULES_STEPS_H
#define ZT_RULES_STEPS_H

#include "rules/compiler.h"

/* First step: what is declared at the top, without any rules. */
void zt_rules_declare(struct zt_compiler *compiler);
void zt_rules_declare_tag(struct zt_compiler *compiler, size_t open);
/* Second step: actions and includes of a scope, appended to the list. */
void zt_rules_emit(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                   struct zt_rule_list *list);
/* An include, whose word is the next. */
void zt_rules_include(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                      struct zt_rule_list *list, const struct zt_word *by);

#endif
