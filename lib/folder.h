/* SPDX-License-Identifier: ISC */
/* folder: the Maildir++ folders of a Maildir, by their names. */
#ifndef FOLDER_H
#define FOLDER_H

#include "mem.h"

/*
 * The path of the folder "name" of "maildir", as ".name" in it, where that
 * folder is there; dots in it are levels.  Else NULL, also for what is no
 * name of a folder: it is empty, longer than 200 bytes, has an empty level, a
 * slash or a control character, so that it never leads out of the Maildir.
 */
const char *folder_find(struct arena *arena, const char *maildir,
    struct slice name);

#endif
