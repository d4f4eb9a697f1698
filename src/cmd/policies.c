/* SPDX-License-Identifier: Apache-2.0 */
/* Local settings of networks: a table in memory for those who look, a file each for the next start. */
#include "cmd/policies.h"

#include "base/table.h"
#include "base/text.h"
#include "os/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "networks.d"
#define SUFFIX ".local.conf"
#define DIGITS 16
#define MOST_FILE 65536

struct entry {
    UT_hash_handle hh;
    zt_nwid nwid;
    struct zt_network_policy policy;
};

struct zt_policies {
    struct zt_folder *folder; /* borrowed, as are the next two */
    const char *home;
    const struct zt_log *log;
    struct zt_monitor *desk;  /* held over reading, changing and writing a file */
    struct zt_monitor *table; /* guards what follows; never held over a file */
    struct entry *entries;
};

static void name_file(char name[ZT_FILE_NAME], zt_nwid nwid, const char *suffix)
{
    char digits[DIGITS + 1];

    zt_hex_number_write(digits, nwid, DIGITS);
    zt_format(name, ZT_FILE_NAME, FOLDER "/%s%s", digits, suffix);
}

static bool find(struct zt_policies *policies, zt_nwid nwid, struct zt_network_policy *policy)
{
    struct entry *entry;

    zt_monitor_enter(policies->table);
    HASH_FIND(hh, policies->entries, &nwid, sizeof nwid, entry);
    if (entry)
        *policy = entry->policy;
    zt_monitor_leave(policies->table);
    return entry != NULL;
}

/* With the table held. NULL: out of memory. */
static struct entry *add(struct zt_policies *policies, zt_nwid nwid)
{
    struct entry *entry = zt_alloc(sizeof *entry);

    if (!entry)
        return NULL;
    entry->nwid = nwid;
    HASH_ADD(hh, policies->entries, nwid, sizeof entry->nwid, entry);
    if (entry->hh.tbl)
        return entry;
    zt_free(entry);
    return NULL;
}

/* False: out of memory. */
static bool put(struct zt_policies *policies, zt_nwid nwid, const struct zt_network_policy *policy)
{
    struct entry *entry;

    zt_monitor_enter(policies->table);
    HASH_FIND(hh, policies->entries, &nwid, sizeof nwid, entry);
    if (!entry)
        entry = add(policies, nwid);
    if (entry)
        entry->policy = *policy;
    zt_monitor_leave(policies->table);
    return entry != NULL;
}

/* False, always. */
static bool fail(const struct zt_policies *policies, const char *name, int code,
                 char error[ZT_POLICIES_ERROR])
{
    char text[ZT_ERROR_TEXT];

    zt_error_text(code, text);
    zt_format(error, ZT_POLICIES_ERROR, "%.300s/%s: %s", policies->home, name, text);
    return false;
}

/* Told, and kept under another name, so that neither it nor a later change is lost. */
static bool set_aside(const struct zt_policies *policies, const char *name, const char *why,
                      char error[ZT_POLICIES_ERROR])
{
    int code = zt_file_set_aside(policies->folder, name, "damaged");

    if (code != 0)
        return fail(policies, name, code, error);
    zt_log_error(policies->log, "policy",
                 "%.300s/%s: %s; it is now %s.damaged, and the defaults hold", policies->home, name,
                 why, name);
    return true;
}

/* The defaults without a file and in place of a damaged one. False: error says why the file, which is left alone,
   can't be read. */
static bool read_file(const struct zt_policies *policies, zt_nwid nwid,
                      struct zt_network_policy *policy, char error[ZT_POLICIES_ERROR])
{
    char name[ZT_FILE_NAME], why[ZT_POLICY_ERROR] = "";
    uint8_t *bytes = NULL;
    size_t length = 0;
    int code;

    *policy = zt_network_policy_default();
    name_file(name, nwid, SUFFIX);
    code = zt_file_read(policies->folder, name, MOST_FILE, &bytes, &length);
    if (code == -ENOENT)
        return true;
    if (code == -EFBIG)
        zt_format(why, sizeof why, "is longer than %d bytes", MOST_FILE);
    else if (code != 0)
        return fail(policies, name, code, error);
    else if (strlen((char *)bytes) != length)
        zt_format(why, sizeof why, "is no text");
    else if (!zt_network_policy_read(policy, (char *)bytes, why) && !*why)
        zt_format(why, sizeof why, "is damaged");
    free(bytes);
    return !*why || set_aside(policies, name, why, error);
}

static void tell_of_defaults(const struct zt_policies *policies, const char *why)
{
    zt_log_error(policies->log, "policy", "%s; the defaults hold", why);
}

/* What holds for the network, from its file if need be. With the desk held. */
static bool load(struct zt_policies *policies, zt_nwid nwid, struct zt_network_policy *policy,
                 char error[ZT_POLICIES_ERROR])
{
    if (find(policies, nwid, policy))
        return true;
    if (!read_file(policies, nwid, policy, error))
        return false;
    if (put(policies, nwid, policy))
        return true;
    zt_format(error, ZT_POLICIES_ERROR, "out of memory");
    return false;
}

static bool is_joined(const struct zt_policies *policies, zt_nwid nwid)
{
    char name[ZT_FILE_NAME], damaged[ZT_FILE_NAME];

    name_file(name, nwid, ".conf");
    name_file(damaged, nwid,
              ".conf.damaged"); /* its file was set aside, and is not there again yet */
    return zt_file_exists(policies->folder, name) || zt_file_exists(policies->folder, damaged);
}

static bool load_listed(void *context, const char *name)
{
    struct zt_policies *policies = context;
    struct zt_network_policy policy;
    char digits[DIGITS + 1] = "", error[ZT_POLICIES_ERROR];
    zt_nwid nwid;

    if (strlen(name) != DIGITS + strlen(SUFFIX) || strcmp(name + DIGITS, SUFFIX) != 0)
        return true;
    memcpy(digits, name, DIGITS);
    if (zt_hex_number(&nwid, digits, DIGITS) && is_joined(policies, nwid) &&
        !load(policies, nwid, &policy, error))
        tell_of_defaults(policies, error);
    return true;
}

struct zt_policies *zt_policies_open(struct zt_folder *folder, const char *home,
                                     const struct zt_log *log)
{
    struct zt_policies *policies = zt_alloc(sizeof *policies);
    char error[ZT_POLICIES_ERROR];
    int code;

    if (!policies)
        return NULL;
    policies->folder = folder;
    policies->home = home;
    policies->log = log;
    policies->desk = zt_monitor_new();
    policies->table = zt_monitor_new();
    if (!policies->desk || !policies->table) {
        zt_policies_close(policies);
        return NULL;
    }
    code = zt_folder_list(folder, FOLDER, load_listed, policies);
    if (code != 0) {
        (void)fail(policies, FOLDER, code, error);
        tell_of_defaults(policies, error);
    }
    return policies;
}

void zt_policies_close(struct zt_policies *policies)
{
    struct entry *entry, *next;

    if (!policies)
        return;
    HASH_ITER(hh, policies->entries, entry, next)
    {
        HASH_DEL(policies->entries, entry);
        zt_free(entry);
    }
    zt_monitor_free(policies->desk);
    zt_monitor_free(policies->table);
    zt_free(policies);
}

struct zt_network_policy zt_policies_of(struct zt_policies *policies, zt_nwid nwid)
{
    struct zt_network_policy policy = zt_network_policy_default();

    if (policies)
        (void)find(policies, nwid, &policy);
    return policy;
}

/* Does body name any setting? */
static bool take_switches(struct zt_network_policy *policy, const json_t *body)
{
    bool is_any = false;

    for (size_t at = 0; at < ZT_POLICY_SWITCHES; at++) {
        const json_t *given = json_object_get(body, zt_network_policy_name(at));

        if (!json_is_boolean(given))
            continue;
        zt_network_policy_set(policy, at, json_is_true(given));
        is_any = true;
    }
    return is_any;
}

static bool keep(const struct zt_policies *policies, zt_nwid nwid,
                 const struct zt_network_policy *policy, char error[ZT_POLICIES_ERROR])
{
    char name[ZT_FILE_NAME], text[ZT_POLICY_TEXT];
    size_t length = zt_network_policy_write(policy, text);
    int code;

    name_file(name, nwid, SUFFIX);
    code = zt_file_write(policies->folder, name, text, length, 0);
    return code == 0 || fail(policies, name, code, error);
}

bool zt_policies_change(struct zt_policies *policies, zt_nwid nwid, const json_t *body,
                        char error[ZT_POLICIES_ERROR])
{
    struct zt_network_policy policy;
    bool is_done;

    zt_monitor_enter(policies->desk);
    is_done = load(policies, nwid, &policy, error);
    if (take_switches(&policy, body)) {
        is_done = is_done && keep(policies, nwid, &policy, error);
        if (is_done)
            (void)put(policies, nwid, &policy); /* there is an entry, so this needs no memory */
    } else if (!is_done) {
        tell_of_defaults(policies, error);
        is_done = true;
    }
    zt_monitor_leave(policies->desk);
    return is_done;
}

void zt_policies_forget(struct zt_policies *policies, zt_nwid nwid)
{
    struct entry *entry;

    zt_monitor_enter(policies->desk);
    zt_monitor_enter(policies->table);
    HASH_FIND(hh, policies->entries, &nwid, sizeof nwid, entry);
    if (entry) {
        HASH_DEL(policies->entries, entry);
        zt_free(entry);
    }
    zt_monitor_leave(policies->table);
    zt_monitor_leave(policies->desk);
}
