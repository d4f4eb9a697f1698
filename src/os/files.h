/* SPDX-License-Identifier: Apache-2.0 */
/* The state directory: small files, read whole and replaced whole, so that a crash or a full disk never
   leaves half a file. Names are relative to the folder and may hold one '/': "peers.d/89e92ceee5.peer". */
#ifndef ZT_OS_FILES_H
#define ZT_OS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZT_FILE_NAME 128  /* longest name with its 0 */
#define ZT_ERROR_TEXT 128 /* longest text of an error with its 0 */

/* An open directory. Heap object; stays valid when the working directory changes. */
struct zt_folder;

/* Creates what is missing of the path, for the owner only (0700). 0 or a negative errno. */
int zt_folder_open(struct zt_folder **folder, const char *path);
void zt_folder_close(struct zt_folder *folder); /* NULL is fine */

/* The whole file, with a 0 behind it that does not count; the caller returns it with free.
   -ENOENT: no such file. -EFBIG: longer than limit. */
int zt_file_read(struct zt_folder *folder, const char *name, size_t limit, uint8_t **bytes,
                 size_t *length);

#define ZT_FILE_SECRET 1u /* mode 0600, else 0644; also makes it so where it was not */
#define ZT_FILE_CACHE 2u  /* may be lost in a power failure: don't wait for the disk */

/* Atomic: either the old file or the new one is there, whatever happens. The disk is left alone when
   the file holds these bytes already. Creates the sub-folder on demand. */
int zt_file_write(struct zt_folder *folder, const char *name, const void *bytes, size_t length,
                  unsigned flags);
/* Renames it to NAME.suffix, replacing an older one. */
int zt_file_set_aside(struct zt_folder *folder, const char *name, const char *suffix);
int zt_file_remove(struct zt_folder *folder, const char *name); /* 0 if there was none */
bool zt_file_exists(struct zt_folder *folder, const char *name);
int64_t zt_file_age_ms(struct zt_folder *folder, const char *name); /* -1: unknown */

/* Calls found for each regular file of the sub-folder ("" for the folder itself), with its name within
   it, until found returns false. No such sub-folder is the same as an empty one. */
int zt_folder_list(struct zt_folder *folder, const char *sub,
                   bool (*found)(void *context, const char *name), void *context);

/* An empty file at a path of the user's choice, for the owner only (0600) if it is new; one that is there is
   emptied and keeps its mode. 0 or a negative errno. */
int zt_file_make_secret(const char *path);

/* "No space left on device" for -ENOSPC. */
void zt_error_text(int error, char out[ZT_ERROR_TEXT]);

#endif
