/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the vector runner: counting, and values out of JSON. */
#include "vectors.h"

#include "base/text.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The byte strings that the running case asked for; freed when it is judged. */
static uint8_t **kept;
static size_t kept_count, kept_capacity;

static jmp_buf *guard;   /* where to go on when a value is broken */
static char broken[256]; /* which, and why */

void vectors_check(struct vectors_run *run, bool ok, const char *format, ...)
{
    va_list arguments;

    if (ok) {
        run->passed++;
        return;
    }
    run->failed++;
    printf("FAILED %s: ", run->file);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

static void release_kept(void)
{
    while (kept_count > 0)
        free(kept[--kept_count]);
    free(kept);
    kept = NULL;
    kept_capacity = 0;
}

static _Noreturn void give_up(const char *key, const char *expected)
{
    snprintf(broken, sizeof broken, "%s is not %s", key, expected);
    assert(guard != NULL);
    longjmp(*guard, 1);
}

/* False if the work was given up. */
static bool try_to(void (*work)(void *context), void *context)
{
    jmp_buf here;
    jmp_buf *volatile outer = guard;
    bool done = false;

    guard = &here;
    if (setjmp(here) == 0) {
        work(context);
        done = true;
    }
    guard = outer;
    return done;
}

bool vectors_survives(struct vectors_run *run, void (*work)(void *context), void *context)
{
    bool done = try_to(work, context);

    release_kept();
    if (!done)
        vectors_check(run, false, "broken file: %s", broken);
    return done;
}

const json_t *vectors_array(struct vectors_run *run, const json_t *root, const char *array)
{
    const json_t *entries = json_object_get(root, array);

    json_object_set_new(run->read, array, json_true());
    if (json_is_array(entries))
        return entries;
    vectors_check(run, false, "%s: no such array", array);
    return NULL;
}

struct judgement {
    vectors_case *judge;
    const json_t *root, *entry;
    const char *wrong;
};

static void pass_judgement(void *context)
{
    struct judgement *judgement = context;

    judgement->wrong = judgement->judge(judgement->root, judgement->entry);
}

/* NULL or what is wrong. */
static const char *judge_guarded(vectors_case *judge, const json_t *root, const json_t *entry)
{
    struct judgement judgement = { judge, root, entry, NULL };
    bool judged = try_to(pass_judgement, &judgement);

    release_kept();
    return judged ? judgement.wrong : broken;
}

void vectors_each(struct vectors_run *run, const json_t *root, const char *array,
                  vectors_case *judge)
{
    const json_t *entries = vectors_array(run, root, array);

    for (size_t i = 0; i < json_array_size(entries); i++) {
        const char *wrong = judge_guarded(judge, root, json_array_get(entries, i));

        vectors_check(run, wrong == NULL, "%s[%zu]: %s", array, i, wrong == NULL ? "" : wrong);
    }
}

void vectors_one(struct vectors_run *run, const json_t *root, const char *key, vectors_case *judge)
{
    const json_t *entry = json_object_get(root, key);
    const char *wrong = "no such object";

    if (json_is_object(entry))
        wrong = judge_guarded(judge, root, entry);
    vectors_check(run, wrong == NULL, "%s: %s", key, wrong == NULL ? "" : wrong);
}

const json_t *vectors_entry(const json_t *root, const char *array, int64_t index)
{
    const json_t *entries = json_object_get(root, array);
    const json_t *entry = NULL;
    bool numbered = false;

    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *number = json_object_get(json_array_get(entries, i), "index");

        numbered = numbered || number != NULL;
        if (json_is_integer(number) && json_integer_value(number) == index)
            entry = json_array_get(entries, i);
    }
    if (!numbered && index >= 0)
        entry = json_array_get(entries, (size_t)index);
    if (entry == NULL)
        give_up(array, "holding the entry of that index");
    return entry;
}

static _Noreturn void run_out_of_memory(void)
{
    perror("vectors");
    exit(1);
}

static uint8_t *allocate(size_t length)
{
    uint8_t *bytes = calloc(length + 1, 1);

    if (bytes == NULL)
        run_out_of_memory();
    return bytes;
}

static uint8_t *read_hex(const json_t *value, const char *key, size_t *length)
{
    const char *text = json_string_value(value);

    if (text == NULL || json_string_length(value) % 2 != 0)
        give_up(key, "a hex string");
    *length = json_string_length(value) / 2;

    uint8_t *bytes = allocate(*length);

    if (!zt_hex_read(bytes, text, *length)) {
        free(bytes);
        give_up(key, "a hex string");
    }
    return bytes;
}

uint8_t *vectors_hex(const json_t *value, size_t *length)
{
    return read_hex(value, "value", length);
}

static uint8_t *keep(uint8_t *bytes)
{
    if (kept_count == kept_capacity) {
        size_t capacity = kept_capacity == 0 ? 256 : kept_capacity * 2;
        uint8_t **larger = realloc(kept, capacity * sizeof *kept);

        if (larger == NULL)
            run_out_of_memory();
        kept = larger;
        kept_capacity = capacity;
    }
    kept[kept_count++] = bytes;
    return bytes;
}

struct vectors_bytes vectors_bytes_of(const json_t *value)
{
    struct vectors_bytes bytes;

    bytes.at = keep(read_hex(value, "value", &bytes.length));
    return bytes;
}

struct vectors_bytes vectors_bytes(const json_t *object, const char *key)
{
    struct vectors_bytes bytes;

    bytes.at = keep(read_hex(json_object_get(object, key), key, &bytes.length));
    return bytes;
}

uint8_t *vectors_scratch(size_t length)
{
    return keep(allocate(length));
}

bool vectors_same(struct vectors_bytes expected, const void *bytes, size_t length)
{
    return expected.length == length && memcmp(expected.at, bytes, length) == 0;
}

const char *vectors_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        give_up(key, "a string");
    return text;
}

int64_t vectors_integer(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_integer(value))
        give_up(key, "an integer");
    return json_integer_value(value);
}

size_t vectors_size(const json_t *object, const char *key, size_t most)
{
    int64_t size = vectors_integer(object, key);

    if (size < 0 || (uint64_t)size > most)
        give_up(key, "within bounds");
    return (size_t)size;
}

const char *vectors_why(const json_t *entry)
{
    const char *why = json_string_value(json_object_get(entry, "why"));

    return why == NULL ? "" : why;
}

bool vectors_true(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_boolean(value))
        give_up(key, "true or false");
    return json_is_true(value);
}

uint64_t vectors_number(const json_t *object, const char *key, unsigned digits)
{
    uint64_t number;

    if (!zt_hex_number(&number, vectors_text(object, key), digits))
        give_up(key, "a hex number");
    return number;
}

bool vectors_identity(const json_t *text, struct zt_identity *out)
{
    const char *string = json_string_value(text);

    return string != NULL && zt_identity_parse(out, string, json_string_length(text));
}

bool vectors_key(const json_t *object, const char *key, struct zt_session_key *out)
{
    struct vectors_bytes bytes = vectors_bytes(object, key);

    if (bytes.length != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.at, sizeof out->bytes);
    return true;
}

void vectors_identity_strings(struct vectors_run *run, const json_t *root)
{
    static const char suffix[] = "_string";
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)root, key, value)
    {
        size_t length = strlen(key);
        struct zt_identity identity;

        if (length >= sizeof suffix && strcmp(key + length - (sizeof suffix - 1), suffix) == 0)
            vectors_check(run, vectors_identity(value, &identity), "%s is no identity", key);
    }
}
