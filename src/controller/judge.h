/* SPDX-License-Identifier: Apache-2.0 */
/* Routes, pools and name servers that can't be meant: told to whoever asks for the change. In what is stored
   or imported they are left out instead, so that one bad entry does not keep a network from being served.
   docs/wire.md 19.1 */
#ifndef ZT_CONTROLLER_JUDGE_H
#define ZT_CONTROLLER_JUDGE_H

#include "controller/model.h"

/* Judges "routes", "ipAssignmentPools" and "dns" of a change, as far as they are given and are arrays. False: the
   error names the entry and its member. */
ZT_MUST_USE bool zt_judge_network(const json_t *body, struct zt_api_error *error);

#endif
