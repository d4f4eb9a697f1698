/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the commands: identities, planets and the key that signs a planet's next revision. */
#ifndef ZT_CMD_HOME_H
#define ZT_CMD_HOME_H

#include "os/files.h"
#include "vl1/world.h"

#define ZT_HOME_TEXT 512 /* longest text of an error with its 0 */

/* Each returns 0, or -1 with a text in error that names the file. */

/* Opens the folder of path and gives the name in it, for a file that is to be written. What is there and is no
   plain file, a device for instance, is not replaced: -1. */
int zt_home_split(struct zt_folder **folder, char name[ZT_FILE_NAME], const char *path,
                  char error[ZT_HOME_TEXT]);
/* Is path free for a file, or a plain file? False: error says what it is. */
ZT_MUST_USE bool zt_home_is_plain(const char *path, char error[ZT_HOME_TEXT]);
/* Writes a whole file by its path; flags as for zt_file_write. */
int zt_home_write(const char *path, const void *bytes, size_t length, unsigned flags,
                  char error[ZT_HOME_TEXT]);
/* A whole file by its path; the caller frees bytes. */
int zt_home_read(const char *path, size_t limit, uint8_t **bytes, size_t *length,
                 char error[ZT_HOME_TEXT]);
/* "ADDRESS:0:..." itself, or the name of a file that holds it. Needs a secret if with_secret. */
int zt_home_identity(struct zt_identity *identity, const char *argument, bool with_secret,
                     char error[ZT_HOME_TEXT]);
/* A signature: its digits, or the name of a file that begins with them. */
bool zt_home_signature(uint8_t signature[ZT_SIGNATURE_SIZE], const char *argument,
                       char error[ZT_HOME_TEXT]);
/* Reads identity.secret of the state directory, or makes it and identity.public. */
int zt_home_own_identity(struct zt_identity *identity, struct zt_folder *folder, const char *path,
                         char error[ZT_HOME_TEXT]);

/* Writes a planet of these roots under name, signed by the key in NAME.key, which is made if missing.
   A planet that names the same is left alone; one with other roots gets a later, signed revision.
   id 0: that of the planet there is, or a random one. */
int zt_home_planet(struct zt_world *planet, struct zt_folder *folder, const char *name, uint64_t id,
                   const struct zt_root *roots, size_t root_count, char error[ZT_HOME_TEXT]);
/* The planet of a root's state directory: names this root, alone if it is made here. One that names others too is
   left as it is, unless our key signs it and is_given: then own says where this root is from now on. */
int zt_home_root_planet(struct zt_folder *folder, const char *name, const struct zt_root *own,
                        bool is_given, char error[ZT_HOME_TEXT]);

#endif
