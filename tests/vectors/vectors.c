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

struct job {
    struct vectors_run *run;
    json_t *root;
};

static void work_on(void *context)
{
    struct job *job = context;

    run_topic(job->run, job->root);
}

/* Says which arrays nobody looked into: they may hold cases that a later format has. */
static void note_unread(const struct vectors_run *run, json_t *root)
{
    const char *key;
    json_t *value;

    json_object_foreach(root, key, value)
    {
        if (json_is_array(value) && json_object_get(run->read, key) == NULL)
            printf("note: %s: nobody reads %s\n", run->file, key);
    }
}

static void run_json(struct vectors_run *run, const char *path)
{
    json_error_t error;
    struct job job = { run, json_load_file(path, JSON_ALLOW_NUL, &error) };

    json_object_clear(run->read);
    if (job.root == NULL) {
        vectors_check(run, false, "line %d: %s", error.line, error.text);
        return;
    }
    if (vectors_survives(run, work_on, &job))
        note_unread(run, job.root);
    json_decref(job.root);
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t wanted = strlen(suffix);

    return length > wanted && strcmp(name + length - wanted, suffix) == 0;
}

/* What else there is: captures that a session named, and text for people. Anything else would be
   passed over without a word. */
static void judge_other(struct vectors_run *run, const char *name)
{
    if (has_suffix(name, ".md"))
        return;
    if (has_suffix(name, ".pcap"))
        vectors_check(run, json_object_get(run->captures, name) != NULL, "capture of no session");
    else
        vectors_check(run, false, "unknown kind of file");
}

static void run_file(struct vectors_run *run, const char *name)
{
    char path[4096];
    unsigned long passed = run->passed;
    unsigned long failed = run->failed;

    run->file = name;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", run->dir, name) >= sizeof path)
        vectors_check(run, false, "path too long");
    else if (has_suffix(name, ".json"))
        run_json(run, path);
    else
        judge_other(run, name);
    if (run->passed + run->failed > passed + failed || has_suffix(name, ".json"))
        printf("%s: %lu passed, %lu failed\n", name, run->passed - passed, run->failed - failed);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* JSON before all else, since it says which captures are in use. */
static int json_first(const struct dirent **a, const struct dirent **b)
{
    bool first = has_suffix((*a)->d_name, ".json");
    bool second = has_suffix((*b)->d_name, ".json");

    return first == second ? strcmp((*a)->d_name, (*b)->d_name) : second - first;
}

static bool run_folder(struct vectors_run *run)
{
    struct dirent **entries;
    int count = scandir(run->dir, &entries, is_visible, json_first);

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

    struct vectors_run run = { .dir = argv[1], .read = json_object(), .captures = json_object() };
    bool readable = run_folder(&run);

    json_decref(run.read);
    json_decref(run.captures);
    printf("%lu passed, %lu failed\n", run.passed, run.failed);
    return readable && run.failed == 0 && run.passed > 0 ? 0 : 1;
}
