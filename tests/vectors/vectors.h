/* SPDX-License-Identifier: Apache-2.0 */
/* What the vector runner and its topics share: JSON and hex helpers, counting, the list of topics. */
#ifndef ZT_TESTS_VECTORS_H
#define ZT_TESTS_VECTORS_H

#include "vl1/identity.h"
#include "vl2/rules.h"

#include <jansson.h>

struct vectors_run {
    const char *file; /* name of the file at work, without its folder */
    const char *dir;
    unsigned long passed, failed;
    json_t *read;     /* owned: the arrays of this file that were read, as keys */
    json_t *captures; /* owned: the capture files that sessions named, as keys */
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
/* Judges and counts the object root[key]. A missing one is a failure. */
void vectors_one(struct vectors_run *run, const json_t *root, const char *key, vectors_case *judge);
/* root[array] for those who go through it by themselves; a failure, and NULL, if it is none. */
const json_t *vectors_array(struct vectors_run *run, const json_t *root, const char *array);

/* Does the work; false if a value was missing or of another type, which is counted as a failure. What
   the work had allocated is lost then. */
bool vectors_survives(struct vectors_run *run, void (*work)(void *context), void *context);

/* The entry of root[array] that has this number as its `index`, or stands there. Ends the case if there
   is none. */
const json_t *vectors_entry(const json_t *root, const char *array, int64_t index);

/* malloc'ed bytes of a hex string, at least one byte long so that "" is no NULL. A value that is no
   hex string ends the case: the file is broken. */
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

/* Each ends the case, which then has failed, when the member is missing or of another type. */
const char *vectors_text(const json_t *object, const char *key);
int64_t vectors_integer(const json_t *object, const char *key);
/* A number of 0 to most, such as a length. */
size_t vectors_size(const json_t *object, const char *key, size_t most);
bool vectors_true(const json_t *object, const char *key);
/* A hex number of exactly so many digits, such as an address (10) or an id (16). */
uint64_t vectors_number(const json_t *object, const char *key, unsigned digits);

/* The remark of an entry, "" if it has none. */
const char *vectors_why(const json_t *entry);

/* An identity in its text form. */
ZT_MUST_USE bool vectors_identity(const json_t *text, struct zt_identity *out);

/* Counts whether each member of root whose name ends in _string is an identity. */
void vectors_identity_strings(struct vectors_run *run, const json_t *root);

/* A session key of 48 bytes. */
ZT_MUST_USE bool vectors_key(const json_t *object, const char *key, struct zt_session_key *out);

/* The topics, one function each. */
void vectors_primitives(struct vectors_run *run, const json_t *root);
void vectors_identities(struct vectors_run *run, const json_t *root);
void vectors_agree(struct vectors_run *run, const json_t *root);
void vectors_sign(struct vectors_run *run, const json_t *root);
void vectors_armor(struct vectors_run *run, const json_t *root);
/* Do the recorded JSON entries say what these rules say? */
bool vectors_rules_are(const json_t *recorded, const struct zt_rule *rules, size_t count);
/* Do entries as posted to a controller become these bytes, or mean the same as those it renders? */
bool vectors_rules_make(const json_t *posted, struct vectors_bytes bytes);
bool vectors_rules_mean(const json_t *posted, const json_t *rendered);

/* The metadata of a config request: NULL or what is wrong. */
const char *vectors_metadata(const uint8_t *text, size_t length);
/* A network as posted to a controller, beside the configurations that came of it. */
vectors_case vectors_posted;

/* One run of the memory-hard digest. */
vectors_case vectors_digest;
/* The steps of arming: helpers of an entry that say what came out in between. NULL or what is wrong. */
const char *vectors_armor_steps(const json_t *entry, const struct zt_session_key *key,
                                struct vectors_bytes armored, struct vectors_bytes plain);
const char *vectors_hello_fields(const json_t *entry, struct vectors_bytes clear);
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
