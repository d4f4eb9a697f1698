/* SPDX-License-Identifier: Apache-2.0 */
/* `zt controller export` and `import`: records as JSON files in the layout of controller.d, which other
   controllers and their tools know. docs/wire.md 19.5 */
#define _XOPEN_SOURCE 700

#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/store_copy.h"
#include "controller/controller.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RECORD (16 << 20)

static const struct zt_command export_command = {
    "controller export", "-H DIR FOLDER",
    "Writes each record as JSON: FOLDER/network/NETWORK.json and\n"
    "FOLDER/network/NETWORK/member/ADDRESS.json. FOLDER is made, or empty.\n" ZT_STORE_HELP
};

static const struct zt_command import_command = {
    "controller import", "-H DIR FOLDER",
    "Reads records from such files, all or none; FOLDER may be another controller's\n"
    "controller.d. Records of the same network or member are replaced, others stay.\n" ZT_STORE_HELP
    "      --skip            leave out files that are not good, and import the others\n"
};

/* One folder at a time is open: that of the networks, or of one network's members. */
struct files {
    const struct zt_command *command;
    const char *path;
    struct zt_store *store;
    struct zt_tally tally;
    struct zt_folder *members; /* of nwid */
    zt_nwid nwid;
    bool skip, is_failed;
};

static bool complain(struct files *files, const char *name, const char *why)
{
    (void)zt_complain(files->command, ZT_EXIT_FAILED, "%s/%s: %s", files->path, name, why);
    files->is_failed = true;
    return false;
}

static bool complain_code(struct files *files, const char *name, int code)
{
    char text[ZT_ERROR_TEXT];

    zt_error_text(code, text);
    return complain(files, name, text);
}

static bool open_folder(struct files *files, zt_nwid nwid)
{
    char name[64], path[ZT_HOME_TEXT];
    int code;

    if (files->members && files->nwid == nwid)
        return true;
    zt_folder_close(files->members);
    files->members = NULL;
    files->nwid = nwid;
    zt_format(name, sizeof name, nwid ? "network/%016llx/member" : "network",
              (unsigned long long)nwid);
    zt_format(path, sizeof path, "%s/%s", files->path, name);
    code = zt_folder_open(&files->members, path);
    return code == 0 || complain_code(files, name, code);
}

/* What was last seen of a member is not part of that layout. */
static void export_record(void *context, const struct zt_record *record)
{
    struct files *files = context;
    char name[32];
    int code;

    if (files->is_failed || record->kind == ZT_RECORD_SEEN ||
        !open_folder(files, record->kind == ZT_RECORD_MEMBER ? record->nwid : 0))
        return;
    if (record->kind == ZT_RECORD_MEMBER)
        zt_format(name, sizeof name, "%010llx.json", (unsigned long long)record->address);
    else
        zt_format(name, sizeof name, "%016llx.json", (unsigned long long)record->nwid);
    code = zt_file_write(files->members, name, record->json, record->length,
                         ZT_FILE_SECRET | ZT_FILE_CACHE);
    if (code != 0)
        (void)complain_code(files, name, code);
    else
        zt_tally_count(&files->tally, record);
}

static bool has_networks(struct files *files)
{
    char path[ZT_HOME_TEXT];

    zt_format(path, sizeof path, "%s/network", files->path);
    return access(path, F_OK) == 0;
}

static void export_all(struct files *files)
{
    if (has_networks(files)) {
        (void)complain(files, "network", "is there already");
        return;
    }
    if (files->store->functions->load(files->store, export_record, files) != ZT_STORE_OK)
        (void)complain(files, "", files->store->functions->error(files->store));
    zt_folder_close(files->members);
    sync(); /* once, where a wait for each of the many files would take long */
}

/* "0651022d1b.json" to its number; digits 10 or 16. */
static bool read_name(uint64_t *id, const char *name, unsigned digits)
{
    char text[17];

    if (strlen(name) != digits + 5 || strcmp(name + digits, ".json") != 0)
        return false;
    zt_format(text, sizeof text, "%.*s", (int)digits, name);
    return zt_hex_number(id, text, digits);
}

static bool put_json(struct files *files, zt_nwid nwid, zt_address address, const json_t *json)
{
    const json_t *revision = json_object_get(json, "revision");
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    struct zt_record record = { .kind = address ? ZT_RECORD_MEMBER : ZT_RECORD_NETWORK,
                                .nwid = nwid,
                                .address = address,
                                .revision = (uint64_t)json_integer_value(revision),
                                .json = text,
                                .length = text ? strlen(text) : 0 };
    bool is_put =
        text && files->store->functions->put(files->store, &record, ZT_ANY_REVISION) == ZT_STORE_OK;

    if (is_put)
        zt_tally_count(&files->tally, &record);
    free(text);
    return is_put || complain(files, "", files->store->functions->error(files->store));
}

/* Goes on after a file that is not good, so that all of them are named at once. */
static bool import_file(struct files *files, struct zt_folder *folder, const char *name,
                        zt_nwid nwid, zt_address address)
{
    struct zt_api_error error = { 400, "not JSON" };
    uint8_t *bytes;
    size_t length;
    int code = zt_file_read(folder, name, MAX_RECORD, &bytes, &length);
    json_t *given, *json;

    if (code != 0)
        return complain_code(files, name, code);
    given = json_loadb((const char *)bytes, length, 0, NULL);
    free(bytes);
    json = given ? zt_controller_read_record(nwid, address, given, &error) : NULL;
    json_decref(given);
    if (!json) {
        bool was_failed = files->is_failed;

        (void)complain(files, name, error.text);
        files->is_failed = was_failed || !files->skip;
        return false;
    }
    bool is_put = put_json(files, nwid, address, json);
    json_decref(json);
    return is_put;
}

static bool import_member(void *context, const char *name)
{
    struct files *files = context;
    uint64_t address;

    if (read_name(&address, name, 10))
        (void)import_file(files, files->members, name, files->nwid, address);
    return true;
}

/* Files of other names are not records. */
static bool import_network(void *context, const char *name)
{
    struct files *files = context;
    char path[ZT_HOME_TEXT];
    struct zt_folder *networks = files->members;
    uint64_t nwid;
    int code = 0;

    if (!read_name(&nwid, name, 16) || !import_file(files, networks, name, nwid, 0))
        return true;
    files->nwid = nwid;
    zt_format(path, sizeof path, "%s/network/%016llx/member", files->path,
              (unsigned long long)nwid);
    if (access(path, F_OK) == 0) {
        code = zt_folder_open(&files->members, path);
        if (code == 0) {
            code = zt_folder_list(files->members, "", import_member, files);
            zt_folder_close(files->members);
        }
        files->members = networks;
    }
    return code == 0 || complain_code(files, path, code);
}

static void import_all(struct files *files)
{
    struct zt_store *store = files->store;

    if (!has_networks(files)) {
        (void)complain(files, "network", "no such folder");
        return;
    }
    if (store->functions->begin(store) != ZT_STORE_OK) {
        (void)complain(files, "", store->functions->error(store));
        return;
    }
    if (open_folder(files, 0)) {
        int code = zt_folder_list(files->members, "", import_network, files);

        if (code != 0)
            (void)complain_code(files, "network", code);
        zt_folder_close(files->members);
    }
    if (!files->is_failed && store->functions->commit(store) != ZT_STORE_OK)
        (void)complain(files, "", store->functions->error(store));
    if (files->is_failed)
        store->functions->rollback(store);
}

static int run(const struct zt_command *command, int count, char **arguments, bool is_import)
{
    struct zt_store_choice choice = { 0 };
    struct files files = { .command = command };
    const struct zt_option table[] = { ZT_STORE_OPTIONS(&choice),
                                       { "--skip", NULL, ZT_OPTION_FLAG, &files.skip } };
    struct zt_texts words;
    int code = zt_args_read(command, count, arguments, table, is_import ? 4 : 3, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1 || strlen(words.values[0]) > ZT_HOME_TEXT - 64)
        return zt_complain(command, ZT_EXIT_USAGE, "one FOLDER is needed");
    files.path = words.values[0];
    code = zt_store_judge(command, &choice);
    if (code != ZT_GO_ON)
        return code;
    (void)umask(077); /* records are nobody else's: neither the files nor a store that is made */
    files.store = zt_store_choose(command, &choice, is_import, &code);
    if (!files.store)
        return code;
    (is_import ? import_all : export_all)(&files);
    files.store->functions->close(files.store);
    if (files.tally.is_shown)
        (void)fputc('\n', stderr);
    if (files.is_failed)
        return ZT_EXIT_FAILED;
    zt_tally_print(&files.tally, choice.as_json);
    return ZT_EXIT_OK;
}

int zt_command_export(int count, char **arguments)
{
    return run(&export_command, count, arguments, false);
}

int zt_command_import(int count, char **arguments)
{
    return run(&import_command, count, arguments, true);
}
