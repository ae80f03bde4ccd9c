/* SPDX-License-Identifier: ISC */
/*
 * name: the foreign name of an attachment made one that can be given to a file
 * in any directory, on any file system, and be typed after a command.
 *
 * "out" needs room for NAME_ROOM bytes in all of these.
 */
#ifndef NAME_H
#define NAME_H

#include "buf.h"
#include "limits.h"

enum {
	NAME_ROOM = LIMIT_FILE_NAME + 16,
};

/*
 * Sets "out" to the safe form of "foreign" (decoded, UTF-8 where it is any):
 * what is behind the last "/" or "\", without spaces at both ends; bytes that
 * are not UTF-8, characters that utf8_unsafe() names and :*?"<>| become "_",
 * so do a dot or hyphen at the start and a dot at the end; "_" goes before
 * names of devices (CON, nul.txt); at most LIMIT_FILE_NAME bytes, cut between
 * characters, and a short extension is kept.  Empty where nothing but dots was
 * left.
 */
void name_safe(struct slice foreign, struct buf *out);

/* Sets "out" to the name of a part that has none, "part-1.2.txt", with an
 * extension by its type; "number" is digits and dots. */
void name_default(struct slice number, struct slice type, struct buf *out);

/* Sets "out" to "name" with "~n" before its extension, for n > 0. */
void name_variant(struct slice name, unsigned n, struct buf *out);

#endif
