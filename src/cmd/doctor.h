/* SPDX-License-Identifier: Apache-2.0 */
/* What `zt doctor` finds out: judgements on what a node tells of itself, each with its reason and a way
   out. */
#ifndef ZT_CMD_DOCTOR_H
#define ZT_CMD_DOCTOR_H

#include "vl1/world.h"

#include <jansson.h>

/* What is looked at; all borrowed. */
struct zt_patient {
    const struct zt_world *planet;
    const json_t *status, *peers, *networks; /* as the local API answers */
    bool is_probe;    /* a node made for the purpose: it has met nobody but roots */
    json_t *findings; /* array of {"level", "about", "text"} to add to */
};

/* Of findings: "good", "warning" and "bad". */
void zt_doctor_examine(const struct zt_patient *patient);
/* The worst level found: 0 good, 1 warning, 2 bad. */
int zt_doctor_verdict(const json_t *findings);

#endif
