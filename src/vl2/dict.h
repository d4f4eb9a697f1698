/* SPDX-License-Identifier: Apache-2.0 */
/* The key=value dictionary codec. docs/wire.md 0.6. */
#ifndef ZT_VL2_DICT_H
#define ZT_VL2_DICT_H

#include "base/bytes.h"
#include "vl1/address.h"

/* Reading: works in place on borrowed bytes; the text ends at a 0 byte or at length. */
struct zt_dict {
    const uint8_t *text;
    size_t length;
};

struct zt_dict zt_dict_of(const void *text, size_t length);
bool zt_dict_has(const struct zt_dict *dict, const char *key);
/* Unescapes the value of the first such key into out and adds a 0. Returns its whole length (out
   gets at most capacity - 1 of it), or -1 if there is no such key. */
long zt_dict_get(const struct zt_dict *dict, const char *key, void *out, size_t capacity);
uint64_t zt_dict_get_u64(const struct zt_dict *dict, const char *key, uint64_t otherwise);
int64_t zt_dict_get_i64(const struct zt_dict *dict, const char *key, int64_t otherwise);
bool zt_dict_get_bool(const struct zt_dict *dict, const char *key, bool otherwise);

/* Writing: appends entries to a writer, sticky like it; the dictionary begins where the writer
   does. An entry that finds no room is left out whole. */
void zt_dict_put(struct zt_writer *out, const char *key, const void *value, size_t length);
void zt_dict_put_text(struct zt_writer *out, const char *key, const char *text);
void zt_dict_put_u64(struct zt_writer *out, const char *key, uint64_t value); /* 16 hex digits */
void zt_dict_put_address(struct zt_writer *out, const char *key, zt_address address); /* 10 */
void zt_dict_put_bool(struct zt_writer *out, const char *key, bool value);
/* The same in pieces: the key, then its value bit by bit. What found no room stays cut off. */
void zt_dict_open(struct zt_writer *out, const char *key);
void zt_dict_append(struct zt_writer *out, const void *value, size_t length);

#endif
