/* SPDX-License-Identifier: Apache-2.0 */
/* Runs every JSON file of a folder against our code and counts what agrees: vectors DIRECTORY. */
#define _POSIX_C_SOURCE 200809L
#include "vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(struct vectors_run *run, const json_t *root);
} topics[] = {
    { "primitives", vectors_primitives },
    { "identity", vectors_identities },
    { "agree", vectors_agree },
    { "sign", vectors_sign },
    { "armor", vectors_armor },
    { "lz4", vectors_lz4 },
    { "fragments", vectors_fragments },
    { "world", vectors_world },
    { "mac", vectors_mac },
    { "credentials", vectors_credentials },
    { "dictionary", vectors_dictionary },
    { "rules", vectors_rules },
    { "netconf", vectors_netconf },
    { "session", vectors_session },
};

static void run_topic(struct vectors_run *run, const json_t *root)
{
    const char *name = json_string_value(json_object_get(root, "topic"));

    for (size_t i = 0; name != NULL && i < sizeof topics / sizeof topics[0]; i++) {
        if (strcmp(topics[i].name, name) == 0) {
            topics[i].run(run, root);
            return;
        }
    }
    vectors_check(run, false, "unknown topic %s", name == NULL ? "(none)" : name);
}

static void run_file(struct vectors_run *run, const char *name)
{
    char path[4096];
    json_error_t error;
    unsigned long passed = run->passed;
    unsigned long failed = run->failed;

    run->file = name;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", run->dir, name) >= sizeof path) {
        vectors_check(run, false, "path too long");
        return;
    }

    json_t *root = json_load_file(path, JSON_ALLOW_NUL, &error);

    if (root == NULL)
        vectors_check(run, false, "line %d: %s", error.line, error.text);
    else
        run_topic(run, root);
    json_decref(root);
    printf("%s: %lu passed, %lu failed\n", name, run->passed - passed, run->failed - failed);
}

static int is_json(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool run_folder(struct vectors_run *run)
{
    struct dirent **entries;
    int count = scandir(run->dir, &entries, is_json, alphasort);

    if (count < 0) {
        perror(run->dir);
        return false;
    }
    for (int i = 0; i < count; i++) {
        run_file(run, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: vectors DIRECTORY\n");
        return 2;
    }

    struct vectors_run run = { .dir = argv[1] };
    bool readable = run_folder(&run);

    printf("%lu passed, %lu failed\n", run.passed, run.failed);
    return readable && run.failed == 0 && run.passed > 0 ? 0 : 1;
}
