/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API, version 1: what its parts share. docs/http.md */
#ifndef ZT_HTTP_HOSTED_H
#define ZT_HTTP_HOSTED_H

#include "http/site.h"

#define ZT_MAX_HOSTED_WORDS 6
#define ZT_MAX_HOSTED_PATH 512 /* bytes, with a 0; longer ones are no paths */
#define ZT_HOSTED_ID 40        /* an id of a user or organisation with its 0 */

/* One request, its path taken apart: hosted_paths.c. */
struct zt_hosted {
    struct zt_site *site;
    const struct zt_http_request *request;
    struct zt_http_answer *answer;
    size_t word_count;
    const char *words[ZT_MAX_HOSTED_WORDS]; /* "network", "8056c2e21c000001", ... */
    char controller[11];                    /* our address */
    char user[ZT_HOSTED_ID], org[ZT_HOSTED_ID];
    int64_t now_ms;
};

enum zt_hosted_verb { ZT_HOSTED_GET, ZT_HOSTED_SET, ZT_HOSTED_DELETE, ZT_HOSTED_OTHER };
enum zt_hosted_verb zt_hosted_verb(const struct zt_hosted *hosted);

/* "/network..." with 1 to 4 words, and the others. Each fills in the answer. */
void zt_hosted_networks(struct zt_hosted *hosted);
void zt_hosted_members(struct zt_hosted *hosted, const char *nwid);
void zt_hosted_user(struct zt_hosted *hosted);
void zt_hosted_org(struct zt_hosted *hosted);
void zt_hosted_invitation(struct zt_hosted *hosted);
void zt_hosted_status(struct zt_hosted *hosted);
void zt_hosted_self(struct zt_hosted *hosted);
void zt_hosted_random_token(struct zt_hosted *hosted);

void zt_hosted_no_path(struct zt_hosted *hosted);
void zt_hosted_no_method(struct zt_hosted *hosted);

/* Left-padded with zeros to `digits` lower-case digits. False: not a number of 1 to that many. */
ZT_MUST_USE bool zt_hosted_id(char *out, const char *text, unsigned digits);
/* Asks the backend; anything but 200 becomes the answer, and NULL is returned. */
json_t *zt_hosted_ask(struct zt_hosted *hosted, const char *method, const char *path,
                      const json_t *body);
/* The member of an object, NULL if it is missing or null. */
json_t *zt_hosted_given(const json_t *object, const char *key);
/* Copies the members so named from one object to another, as far as they are given. */
void zt_hosted_copy(json_t *to, const json_t *from, const char *const *names, size_t count);

/* hosted_network_json.c: between the objects of the two APIs. `local` is as the controller's, with
   "meta". change: NULL, with the answer filled in, if body is wrong. */
json_t *zt_hosted_network_json(const struct zt_hosted *hosted, const json_t *local);
json_t *zt_hosted_network_change(struct zt_hosted *hosted, const json_t *body, const json_t *local);
/* The same for lists of members. */
#define ZT_HOSTED_COLUMNS 48
struct zt_hosted_form {
    struct zt_list_form form; /* of the columns below */
    struct zt_list_column columns[ZT_HOSTED_COLUMNS];
    char clock[24], controller[16];
};
void zt_hosted_member_form(struct zt_hosted_form *form, const struct zt_hosted *hosted);
json_t *zt_hosted_member_json(const struct zt_hosted *hosted, const json_t *local);
json_t *zt_hosted_member_change(struct zt_hosted *hosted, const json_t *body);

#endif
