/* SPDX-License-Identifier: Apache-2.0 */
/* What of a network's description can't be meant: told to who sends it, where the controller would leave it
   out in silence. docs/http.md */
#ifndef ZT_HTTP_JUDGE_H
#define ZT_HTTP_JUDGE_H

#include "base/bytes.h"

#include <jansson.h>

/* Judges "routes" and "ipAssignmentPools" of an object as the controller takes it, as far as they are
   given and are arrays. False: text names the entry and its member. */
ZT_MUST_USE bool zt_judge_network(const json_t *network, char *text, size_t text_size);

#endif
