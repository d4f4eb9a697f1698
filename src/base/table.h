/* SPDX-License-Identifier: Apache-2.0 */
/* uthash with a keyed hash, so that a stranger can't choose collisions. Include this, not uthash.h.
   Out of memory: the entry is not added, its hh.tbl is NULL and nothing else changes. */
#ifndef ZT_BASE_TABLE_H
#define ZT_BASE_TABLE_H

#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>

/* Keyed once per process (all nodes share the key; it only has to be unknown to strangers). Tests and
   the simulator leave it 0. Must not change while a table holds entries. */
void zt_table_seed(const uint8_t key[16]);
uint32_t zt_table_hash(const void *key, size_t length); /* SipHash-1-3, folded */

#define HASH_FUNCTION(keyptr, keylen, hashv) ((hashv) = zt_table_hash((keyptr), (size_t)(keylen)))
#define uthash_malloc(size) zt_alloc(size)
#define uthash_free(memory, size) zt_free(memory)
#define HASH_NONFATAL_OOM 1
#define uthash_bzero(memory, size) memset((memory), 0, (size))
#include <string.h>
#include <uthash.h>

#endif
