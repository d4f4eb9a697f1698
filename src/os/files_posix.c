/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the state directory on POSIX: written beside, then renamed into place. */
#define _POSIX_C_SOURCE 200809L
#include "os/files.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct zt_folder {
    int fd;
};

/* mkdir -p, for the owner only. What exists is left as it is. */
static int make_components(const char *path)
{
    char part[4096];
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof part)
        return length ? -ENAMETOOLONG : -ENOENT;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST && errno != EISDIR && errno != EROFS)
            return -errno;
    }
    return 0;
}

int zt_folder_open(struct zt_folder **folder, const char *path)
{
    int error = make_components(path);

    if (error)
        return error;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct zt_folder *opened = calloc(1, sizeof *opened);
    if (!opened) {
        close(fd);
        return -ENOMEM;
    }
    opened->fd = fd;
    *folder = opened;
    return 0;
}

void zt_folder_close(struct zt_folder *folder)
{
    if (!folder)
        return;
    close(folder->fd);
    free(folder);
}

static int read_all(int fd, uint8_t *bytes, size_t length, size_t *got)
{
    *got = 0;
    while (*got < length) {
        ssize_t more = read(fd, bytes + *got, length - *got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -errno;
        if (more == 0)
            break;
        *got += (size_t)more;
    }
    return 0;
}

static int read_open_file(int fd, size_t limit, uint8_t **bytes, size_t *length)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return -errno;
    if (!S_ISREG(info.st_mode))
        return -EINVAL;
    if (info.st_size < 0 || (uintmax_t)info.st_size > limit)
        return -EFBIG;

    uint8_t *memory = malloc((size_t)info.st_size + 1);
    if (!memory)
        return -ENOMEM;
    int error = read_all(fd, memory, (size_t)info.st_size, length);
    if (error) {
        free(memory);
        return error;
    }
    memory[*length] = 0;
    *bytes = memory;
    return 0;
}

int zt_file_read(struct zt_folder *folder, const char *name, size_t limit, uint8_t **bytes,
                 size_t *length)
{
    /* O_NONBLOCK: a pipe in the place of a file must not hang us. */
    int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;
    int error = read_open_file(fd, limit, bytes, length);
    close(fd);
    return error;
}

/* Is it there with these bytes and this mode already? */
static bool holds_already(struct zt_folder *folder, const char *name, const void *bytes,
                          size_t length, mode_t mode)
{
    struct stat info;
    uint8_t *held;
    size_t held_length;

    if (fstatat(folder->fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
        return false;
    if ((uintmax_t)info.st_size != length || (info.st_mode & 0777 & ~mode) != 0)
        return false;
    if (zt_file_read(folder, name, length, &held, &held_length) != 0)
        return false;
    bool same = held_length == length && memcmp(held, bytes, length) == 0;
    free(held);
    return same;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -errno;
        bytes += put;
        length -= (size_t)put;
    }
    return 0;
}

/* Creates the file anew under a name nobody else uses, complete on the disk. */
static int write_new(struct zt_folder *folder, const char *name, const void *bytes, size_t length,
                     unsigned flags)
{
    mode_t mode = flags & ZT_FILE_SECRET ? 0600 : 0644;

    /* Left over from a crash, or a link somebody laid: never write through it. */
    if (unlinkat(folder->fd, name, 0) != 0 && errno != ENOENT)
        return -errno;
    int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return -errno;

    int error = write_all(fd, bytes, length);
    if (!error && fchmod(fd, mode) != 0)
        error = -errno;
    if (!error && !(flags & ZT_FILE_CACHE) && fsync(fd) != 0)
        error = -errno;
    if (close(fd) != 0 && !error)
        error = -errno;
    if (error)
        unlinkat(folder->fd, name, 0);
    return error;
}

/* The sub-folder that name lies in; the folder itself without one. The caller closes it. */
static int open_parent(struct zt_folder *folder, const char *name)
{
    char sub[ZT_FILE_NAME];
    const char *slash = strrchr(name, '/');

    if (!slash)
        return openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    memcpy(sub, name, (size_t)(slash - name));
    sub[slash - name] = 0;
    if (mkdirat(folder->fd, sub, 0700) != 0 && errno != EEXIST)
        return -1;
    return openat(folder->fd, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int zt_file_write(struct zt_folder *folder, const char *name, const void *bytes, size_t length,
                  unsigned flags)
{
    char beside[ZT_FILE_NAME + 5];

    if (strlen(name) >= ZT_FILE_NAME)
        return -ENAMETOOLONG;
    if (holds_already(folder, name, bytes, length, flags & ZT_FILE_SECRET ? 0600 : 0644))
        return 0;
    int parent = open_parent(folder, name);
    if (parent < 0)
        return -errno;

    snprintf(beside, sizeof beside, "%s.new", name);
    int error = write_new(folder, beside, bytes, length, flags);
    if (!error && renameat(folder->fd, beside, folder->fd, name) != 0) {
        error = -errno;
        unlinkat(folder->fd, beside, 0);
    }
    if (!error && !(flags & ZT_FILE_CACHE) && fsync(parent) != 0)
        error = -errno;
    close(parent);
    return error;
}

int zt_file_set_aside(struct zt_folder *folder, const char *name, const char *suffix)
{
    char aside[ZT_FILE_NAME + 32];
    int length = snprintf(aside, sizeof aside, "%s.%s", name, suffix);

    if (length < 0 || (size_t)length >= sizeof aside)
        return -ENAMETOOLONG;
    return renameat(folder->fd, name, folder->fd, aside) == 0 ? 0 : -errno;
}

int zt_file_remove(struct zt_folder *folder, const char *name)
{
    return unlinkat(folder->fd, name, 0) == 0 || errno == ENOENT ? 0 : -errno;
}

bool zt_file_exists(struct zt_folder *folder, const char *name)
{
    return faccessat(folder->fd, name, F_OK, 0) == 0;
}

int64_t zt_file_age_ms(struct zt_folder *folder, const char *name)
{
    struct stat info;
    struct timespec now;

    if (fstatat(folder->fd, name, &info, 0) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    int64_t age_seconds = (int64_t)now.tv_sec - (int64_t)info.st_mtime;
    return age_seconds < 0 ? 0 : age_seconds * 1000;
}

static bool is_regular(int fd, const char *name)
{
    struct stat info;

    return fstatat(fd, name, &info, 0) == 0 && S_ISREG(info.st_mode);
}

int zt_folder_list(struct zt_folder *folder, const char *sub,
                   bool (*found)(void *context, const char *name), void *context)
{
    int fd = openat(folder->fd, sub[0] ? sub : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent *entry;

    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    DIR *listing = fdopendir(fd);
    if (!listing) {
        close(fd);
        return -ENOMEM;
    }
    while ((entry = readdir(listing)))
        if (is_regular(fd, entry->d_name) && !found(context, entry->d_name))
            break;
    closedir(listing);
    return 0;
}

void zt_error_text(int error, char out[ZT_ERROR_TEXT])
{
    assert(error <= 0);
    if (strerror_r(-error, out, ZT_ERROR_TEXT) != 0)
        snprintf(out, ZT_ERROR_TEXT, "error %d", -error);
}

int zt_file_make_secret(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return -errno;
    (void)close(fd);
    return 0;
}
