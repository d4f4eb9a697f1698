/* SPDX-License-Identifier: Apache-2.0 */
/* Claiming by a lock on a file, which goes with the process, however it ends. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/claim.h"

#include "base/text.h"
#include "cmd/home.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void tell_of_holder(int lock, const char *home, char *error, size_t error_size)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    size_t length = zt_format(error, error_size, "%s: another process serves this directory", home);
    bool is_seen = fcntl(lock, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;

    if (is_seen && whole.l_pid > 0) /* it may be in a container of its own */
        zt_format(error + length, error_size - length, ": number %ld", (long)whole.l_pid);
}

int zt_claim(const char *home, char *error, size_t error_size)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[ZT_HOME_TEXT];
    int lock;

    if (strlen(home) + sizeof "/control.lock" > sizeof path) {
        zt_format(error, error_size, "%.60s...: path too long", home);
        return -1;
    }
    zt_format(path, sizeof path, "%s/control.lock", home);
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0 && fcntl(lock, F_SETLK, &whole) == 0)
        return lock;
    if (lock >= 0 && (errno == EACCES || errno == EAGAIN))
        tell_of_holder(lock, home, error, error_size);
    else
        zt_format(error, error_size, "%s: %s", path, strerror(errno));
    if (lock >= 0)
        (void)close(lock);
    return -1;
}
