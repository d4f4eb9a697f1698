/* SPDX-License-Identifier: Apache-2.0 */
/* What the vector runner and its topics share: JSON and hex helpers, counting, the list of topics. */
#ifndef ZT_TESTS_VECTORS_H
#define ZT_TESTS_VECTORS_H

#include "vl1/identity.h"

#include <jansson.h>

struct vectors_run {
    const char *file; /* name of the file at work, without its folder */
    const char *dir;
    unsigned long passed, failed;
};

/* Counts one case; prints file and message when it failed. */
void vectors_check(struct vectors_run *run, bool ok, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Judges one entry of an array of the file: NULL when all is well, or what is wrong. */
typedef const char *vectors_case(const json_t *root, const json_t *entry);

/* NULL when ok, else what is wrong: the last line of most cases. */
static inline const char *vectors_expect(bool ok, const char *otherwise)
{
    return ok ? NULL : otherwise;
}

/* Judges and counts every entry of root[array]. A missing array is a failure. */
void vectors_each(struct vectors_run *run, const json_t *root, const char *array,
                  vectors_case *judge);

/* malloc'ed bytes of a hex string, at least one byte long so that "" is no NULL. A value that is no
   hex string ends the program: the file is broken. */
uint8_t *vectors_hex(const json_t *value, size_t *length);

struct vectors_bytes {
    uint8_t *at;
    size_t length;
};

/* The bytes of a hex string; they live until the running vectors_case returns. */
struct vectors_bytes vectors_bytes(const json_t *object, const char *key);
struct vectors_bytes vectors_bytes_of(const json_t *value);
/* So many zeroed bytes, which live as long. */
uint8_t *vectors_scratch(size_t length);
bool vectors_same(struct vectors_bytes expected, const void *bytes, size_t length);

/* Each ends the program when the member is missing or of another type. */
const char *vectors_text(const json_t *object, const char *key);
int64_t vectors_integer(const json_t *object, const char *key);
bool vectors_true(const json_t *object, const char *key);
/* A hex number of exactly so many digits, such as an address (10) or an id (16). */
uint64_t vectors_number(const json_t *object, const char *key, unsigned digits);

/* An identity in its text form. */
ZT_MUST_USE bool vectors_identity(const json_t *text, struct zt_identity *out);

/* A session key of 48 bytes. */
ZT_MUST_USE bool vectors_key(const json_t *object, const char *key, struct zt_session_key *out);

/* The topics, one function each. */
void vectors_primitives(struct vectors_run *run, const json_t *root);
void vectors_identities(struct vectors_run *run, const json_t *root);
void vectors_agree(struct vectors_run *run, const json_t *root);
void vectors_sign(struct vectors_run *run, const json_t *root);
void vectors_armor(struct vectors_run *run, const json_t *root);
void vectors_lz4(struct vectors_run *run, const json_t *root);
void vectors_fragments(struct vectors_run *run, const json_t *root);
void vectors_world(struct vectors_run *run, const json_t *root);
void vectors_mac(struct vectors_run *run, const json_t *root);
void vectors_credentials(struct vectors_run *run, const json_t *root);
void vectors_dictionary(struct vectors_run *run, const json_t *root);
void vectors_rules(struct vectors_run *run, const json_t *root);
void vectors_netconf(struct vectors_run *run, const json_t *root);
void vectors_session(struct vectors_run *run, const json_t *root);

#endif
