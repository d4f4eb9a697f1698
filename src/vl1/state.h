/* SPDX-License-Identifier: Apache-2.0 */
/* struct zt_vl1, composed of the modules' own structs; seen inside vl1 only. */
#ifndef ZT_VL1_STATE_H
#define ZT_VL1_STATE_H

#include "vl1/effects.h"
#include "vl1/expected.h"
#include "vl1/fragment.h"
#include "vl1/gate.h"
#include "vl1/learn.h"
#include "vl1/ping.h"
#include "vl1/proofs.h"
#include "vl1/queue.h"
#include "vl1/relay.h"
#include "vl1/rendezvous.h"
#include "vl1/roots.h"
#include "vl1/send.h"
#include "vl1/surface.h"
#include "vl1/surroundings.h"
#include "vl1/topology.h"
#include "vl1/verbs.h"
#include "vl1/vl1.h"
#include "vl1/whois.h"

struct zt_vl1 {
    struct zt_identity self;
    struct zt_vl1_options options;
    struct zt_instant now; /* of the input being handled */
    struct zt_timers timers;
    struct zt_topology topology;
    struct zt_roots roots;
    struct zt_surroundings surroundings;
    struct zt_surfaces surfaces;
    struct zt_expected expected;
    struct zt_whois whois;
    struct zt_queue queue;
    struct zt_gate gate;
    struct zt_proofs proofs;
    struct zt_introductions introductions;
    struct zt_trusted_links trusted_links;
    struct zt_reassembly reassembly;
    struct zt_drafts drafts;
    struct zt_counters counters;
};

/* Ends an input: what it woke is retried. */
void zt_settle(struct zt_vl1 *vl1);

#endif
