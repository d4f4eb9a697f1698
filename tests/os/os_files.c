/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the state directory: created, replaced as a whole, set aside, listed. */
#define _GNU_SOURCE
#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
    char root[64], state[96];
    struct zt_folder *folder;
};

static int open_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    strcpy(place->root, "/tmp/zt-files-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    snprintf(place->state, sizeof place->state, "%s/a/b", place->root);
    assert_int_equal(zt_folder_open(&place->folder, place->state), 0);
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    char command[128];

    zt_folder_close(place->folder);
    snprintf(command, sizeof command, "rm -rf '%s'", place->root);
    int result = system(command);
    free(place);
    return result;
}

static mode_t mode_of(const struct place *place, const char *name)
{
    char path[256];
    struct stat info;

    snprintf(path, sizeof path, "%s/%s", place->state, name);
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static void expect(const struct place *place, const char *name, const char *text)
{
    uint8_t *bytes;
    size_t length;

    assert_int_equal(zt_file_read(place->folder, name, 1000, &bytes, &length), 0);
    assert_int_equal(length, strlen(text));
    assert_string_equal((const char *)bytes, text);
    free(bytes);
}

static void a_new_folder_belongs_to_its_owner_alone(void **state)
{
    struct place *place = *state;

    assert_int_equal(mode_of(place, "."), 0700);
    assert_int_equal(mode_of(place, ".."), 0700);
}

static void a_file_where_a_folder_should_be_is_an_error(void **state)
{
    struct place *place = *state;
    struct zt_folder *folder = NULL;
    char path[200];

    assert_int_equal(zt_file_write(place->folder, "file", "x", 1, 0), 0);
    snprintf(path, sizeof path, "%s/file", place->state);
    assert_int_equal(zt_folder_open(&folder, path), -ENOTDIR);
    snprintf(path, sizeof path, "%s/file/deeper", place->state);
    assert_int_equal(zt_folder_open(&folder, path), -ENOTDIR);
    assert_int_equal(zt_folder_open(&folder, ""), -ENOENT);
    assert_null(folder);
}

static void what_was_written_is_read(void **state)
{
    struct place *place = *state;

    assert_int_equal(zt_file_write(place->folder, "one", "hello", 5, 0), 0);
    expect(place, "one", "hello");
    assert_int_equal(zt_file_write(place->folder, "one", "", 0, 0), 0);
    expect(place, "one", "");
    assert_int_equal(zt_file_write(place->folder, "sub.d/two", "deep", 4, ZT_FILE_CACHE), 0);
    expect(place, "sub.d/two", "deep");
}

static void secrets_are_readable_by_their_owner_alone(void **state)
{
    struct place *place = *state;
    char path[200];

    assert_int_equal(zt_file_write(place->folder, "s", "x", 1, ZT_FILE_SECRET), 0);
    assert_int_equal(mode_of(place, "s"), 0600);
    assert_int_equal(zt_file_write(place->folder, "p", "x", 1, 0), 0);
    assert_int_equal(mode_of(place, "p"), 0644);
    /* Written again with the same bytes, a mode that is too open is corrected. */
    snprintf(path, sizeof path, "%s/s", place->state);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(zt_file_write(place->folder, "s", "x", 1, ZT_FILE_SECRET), 0);
    assert_int_equal(mode_of(place, "s"), 0600);
}

static ino_t inode_of(const struct place *place, const char *name)
{
    char path[256];
    struct stat info;

    snprintf(path, sizeof path, "%s/%s", place->state, name);
    assert_int_equal(stat(path, &info), 0);
    return info.st_ino;
}

static void equal_bytes_leave_the_disk_alone(void **state)
{
    struct place *place = *state;

    assert_int_equal(zt_file_write(place->folder, "one", "same", 4, 0), 0);
    ino_t before = inode_of(place, "one");
    assert_int_equal(zt_file_write(place->folder, "one", "same", 4, 0), 0);
    assert_true(inode_of(place, "one") == before);
}

static void a_limit_refuses_the_byte_beyond_it(void **state)
{
    struct place *place = *state;
    uint8_t *bytes = NULL;
    size_t length;

    assert_int_equal(zt_file_write(place->folder, "one", "12345", 5, 0), 0);
    assert_int_equal(zt_file_read(place->folder, "one", 4, &bytes, &length), -EFBIG);
    assert_null(bytes);
    assert_int_equal(zt_file_read(place->folder, "one", 5, &bytes, &length), 0);
    free(bytes);
}

static void what_is_no_regular_file_is_not_read(void **state)
{
    struct place *place = *state;
    uint8_t *bytes;
    size_t length;
    char path[200];

    snprintf(path, sizeof path, "%s/pipe", place->state);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(zt_file_read(place->folder, "pipe", 9, &bytes, &length), -EINVAL);
    assert_int_equal(zt_file_read(place->folder, "none", 9, &bytes, &length), -ENOENT);
    snprintf(path, sizeof path, "%s/dir", place->state);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(zt_file_read(place->folder, "dir", 9, &bytes, &length), -EINVAL);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    struct place *place = *state;
    static char large[100000];
    struct rlimit before, small = { 1000, 1000 };

    memset(large, 'x', sizeof large);
    assert_int_equal(zt_file_write(place->folder, "one", "old", 3, 0), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int error = zt_file_write(place->folder, "one", large, sizeof large, 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(error, -EFBIG);
    expect(place, "one", "old");
    assert_false(zt_file_exists(place->folder, "one.new"));
}

static void what_a_crash_left_beside_is_no_obstacle(void **state)
{
    struct place *place = *state;
    char path[200];

    assert_int_equal(zt_file_write(place->folder, "one.new", "half", 4, 0), 0);
    assert_int_equal(zt_file_write(place->folder, "one", "whole", 5, 0), 0);
    expect(place, "one", "whole");
    assert_false(zt_file_exists(place->folder, "one.new"));

    /* Nor a link laid there to make us write elsewhere. */
    assert_int_equal(zt_file_write(place->folder, "victim", "mine", 4, 0), 0);
    snprintf(path, sizeof path, "%s/one.new", place->state);
    assert_int_equal(symlink("victim", path), 0);
    assert_int_equal(zt_file_write(place->folder, "one", "again", 5, 0), 0);
    expect(place, "victim", "mine");
    expect(place, "one", "again");
}

static void a_folder_in_the_place_of_a_file_is_an_error(void **state)
{
    struct place *place = *state;
    char path[200];

    snprintf(path, sizeof path, "%s/one", place->state);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(zt_file_write(place->folder, "one", "x", 1, 0), -EISDIR);
    assert_false(zt_file_exists(place->folder, "one.new"));
}

static void a_damaged_file_is_set_aside(void **state)
{
    struct place *place = *state;

    assert_int_equal(zt_file_write(place->folder, "sub.d/one", "bad", 3, 0), 0);
    assert_int_equal(zt_file_set_aside(place->folder, "sub.d/one", "damaged"), 0);
    assert_false(zt_file_exists(place->folder, "sub.d/one"));
    expect(place, "sub.d/one.damaged", "bad");
    assert_int_equal(zt_file_set_aside(place->folder, "sub.d/one", "damaged"), -ENOENT);
}

static void removing_twice_is_fine(void **state)
{
    struct place *place = *state;

    assert_int_equal(zt_file_write(place->folder, "one", "x", 1, 0), 0);
    assert_int_equal(zt_file_remove(place->folder, "one"), 0);
    assert_false(zt_file_exists(place->folder, "one"));
    assert_int_equal(zt_file_remove(place->folder, "one"), 0);
}

static void too_long_a_name_is_refused(void **state)
{
    struct place *place = *state;
    char name[ZT_FILE_NAME + 1];

    memset(name, 'n', sizeof name);
    name[ZT_FILE_NAME] = 0;
    assert_int_equal(zt_file_write(place->folder, name, "x", 1, 0), -ENAMETOOLONG);
    name[ZT_FILE_NAME - 1] = 0;
    assert_int_equal(zt_file_write(place->folder, name, "x", 1, 0), 0);
}

static bool count_names(void *context, const char *name)
{
    unsigned *count = context;

    assert_true(strlen(name) == 1);
    return ++*count < 3;
}

static void a_folder_lists_its_files_until_told_to_stop(void **state)
{
    struct place *place = *state;
    unsigned count = 0;
    char path[200];

    assert_int_equal(zt_folder_list(place->folder, "sub.d", count_names, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(zt_file_write(place->folder, "sub.d/a", "x", 1, 0), 0);
    assert_int_equal(zt_file_write(place->folder, "sub.d/b", "x", 1, 0), 0);
    snprintf(path, sizeof path, "%s/sub.d/folder", place->state);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(zt_folder_list(place->folder, "sub.d", count_names, &count), 0);
    assert_int_equal(count, 2);
    for (char name[] = "sub.d/c"; name[6] <= 'h'; name[6]++)
        assert_int_equal(zt_file_write(place->folder, name, "x", 1, 0), 0);
    count = 0;
    assert_int_equal(zt_folder_list(place->folder, "sub.d", count_names, &count), 0);
    assert_int_equal(count, 3);
}

static void an_open_folder_survives_a_change_of_directory(void **state)
{
    struct place *place = *state;
    struct zt_folder *folder;
    char before[4096];

    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(place->root), 0);
    assert_int_equal(zt_folder_open(&folder, "relative/path"), 0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(zt_file_write(folder, "one", "x", 1, 0), 0);
    zt_folder_close(folder);
    assert_int_equal(chdir(place->root), 0);
    assert_int_equal(access("relative/path/one", F_OK), 0);
    assert_int_equal(chdir(before), 0);
}

static void errors_have_a_text(void **state)
{
    char text[ZT_ERROR_TEXT];

    (void)state;
    zt_error_text(-ENOSPC, text);
    assert_string_equal(text, "No space left on device");
    zt_error_text(-99999, text);
    assert_true(strlen(text) > 0);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(a_new_folder_belongs_to_its_owner_alone),
        WITH_PLACE(a_file_where_a_folder_should_be_is_an_error),
        WITH_PLACE(what_was_written_is_read),
        WITH_PLACE(secrets_are_readable_by_their_owner_alone),
        WITH_PLACE(equal_bytes_leave_the_disk_alone),
        WITH_PLACE(a_limit_refuses_the_byte_beyond_it),
        WITH_PLACE(what_is_no_regular_file_is_not_read),
        WITH_PLACE(a_full_disk_leaves_the_old_file),
        WITH_PLACE(what_a_crash_left_beside_is_no_obstacle),
        WITH_PLACE(a_folder_in_the_place_of_a_file_is_an_error),
        WITH_PLACE(a_damaged_file_is_set_aside),
        WITH_PLACE(removing_twice_is_fine),
        WITH_PLACE(too_long_a_name_is_refused),
        WITH_PLACE(a_folder_lists_its_files_until_told_to_stop),
        WITH_PLACE(an_open_folder_survives_a_change_of_directory),
        cmocka_unit_test(errors_have_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
