/* SPDX-License-Identifier: Apache-2.0 */
/* The rule language: a text for people becomes rules, tags and capabilities, and back. docs/rules.md,
   docs/wire.md 14.10. */
#ifndef ZT_RULES_LANGUAGE_H
#define ZT_RULES_LANGUAGE_H

#include "vl2/rules.h"

#define ZT_MAX_RULES_SOURCE 65536 /* bytes of a text; as many as a controller keeps */
#define ZT_MAX_RULES_NAME 63
#define ZT_MAX_RULES_VALUES 1024 /* enums and flags of all tags together */
#define ZT_MAX_RULES_ERRORS 16   /* reported at once; reading ends there */
#define ZT_RULES_ERROR_TEXT 256

struct zt_rules_error {
    unsigned line;   /* from 1; 0: the whole */
    unsigned column; /* bytes, from 0 */
    char text[ZT_RULES_ERROR_TEXT];
};

struct zt_rules_errors {
    size_t count;
    struct zt_rules_error list[ZT_MAX_RULES_ERRORS];
};

/* A name for a value of a tag. */
struct zt_rulebook_value {
    char name[ZT_MAX_RULES_NAME + 1];
    uint32_t value;
    bool is_flag;
};

struct zt_rulebook_tag {
    char name[ZT_MAX_RULES_NAME + 1];
    uint32_t id;
    bool has_default;
    uint32_t otherwise; /* value of members that were given none */
    size_t first_value, value_count;
};

struct zt_rulebook_capability {
    char name[ZT_MAX_RULES_NAME + 1];
    uint32_t id;
    bool is_default; /* every new member gets it */
    size_t rule_count;
    struct zt_rule rules[ZT_MAX_CAPABILITY_RULES];
};

/* All that a text says. Made by zt_alloc and freed by zt_free; nothing in it points elsewhere. */
struct zt_rulebook {
    size_t rule_count, tag_count, capability_count, value_count;
    struct zt_rule rules[ZT_MAX_RULES];
    struct zt_rulebook_tag tags[ZT_MAX_TAGS];
    struct zt_rulebook_capability capabilities[ZT_MAX_CAPABILITIES];
    struct zt_rulebook_value values[ZT_MAX_RULES_VALUES];
};

/* NULL if the text is wrong, with at least one error; the errors are in the order of the text. */
ZT_MUST_USE struct zt_rulebook *zt_rulebook_compile(const char *text, size_t length,
                                                    struct zt_rules_errors *errors);
/* The way back: a text that compiles to the same. False, and why, if the book holds what the language
   has no words for. out may also be too small. */
ZT_MUST_USE bool zt_rulebook_write(const struct zt_rulebook *book, struct zt_writer *out,
                                   char error[ZT_RULES_ERROR_TEXT]);

/* May a tag or capability be called so? */
bool zt_rulebook_name_is_good(const char *name);
/* May a value of a tag be called so? */
bool zt_rulebook_value_name_is_good(const char *name);
/* By name or number; NULL: there is none. */
const struct zt_rulebook_tag *zt_rulebook_find_tag(const struct zt_rulebook *book,
                                                   const char *text);
const struct zt_rulebook_capability *zt_rulebook_find_capability(const struct zt_rulebook *book,
                                                                 const char *text);
/* A value of the tag by its name, or any number. tag may be NULL. */
ZT_MUST_USE bool zt_rulebook_find_value(uint32_t *value, const struct zt_rulebook *book,
                                        const struct zt_rulebook_tag *tag, const char *text);
/* The tag with this id, NULL: none. */
const struct zt_rulebook_tag *zt_rulebook_tag_by_id(const struct zt_rulebook *book, uint32_t id);

/* Where the rule that begins at `first` ends: behind its action. */
size_t zt_rules_end(const struct zt_rule *rules, size_t count, size_t first);
/* One rule in plain words, without a line end. */
void zt_rules_explain(struct zt_writer *out, const struct zt_rulebook *book,
                      const struct zt_rule *rules, size_t first, size_t end);
/* The entry that ends the evaluation of this set, or count if none does. The context's generator is
   left as it was. */
size_t zt_rules_decider(const struct zt_rule *rules, size_t count,
                        const struct zt_rules_frame *frame, const struct zt_rules_context *context);

/* A frame from one line of text, as `tcp 10.0.0.1:1234 > 10.0.0.2:80`. docs/rules.md. */
#define ZT_RULES_MAX_FRAME 1500
struct zt_sample {
    uint16_t ethertype;
    bool is_multicast, is_broadcast; /* by its destination */
    struct zt_endpoint source, destination;
    size_t length;
    uint8_t payload[ZT_RULES_MAX_FRAME];
};
ZT_MUST_USE bool zt_sample_read(struct zt_sample *sample, const char *text,
                                char error[ZT_RULES_ERROR_TEXT]);

#endif
