/* SPDX-License-Identifier: ISC */
/* xdg: our directory among those of a user's programs (XDG Base Directory
 * Specification). */
#ifndef XDG_H
#define XDG_H

#include "buf.h"

/*
 * Adds "mailpipe" in the directory that the environment's "variable" names, as
 * XDG_CACHE_HOME, to "out"; where that is not set, or no absolute path, which
 * the specification says to ignore, "mailpipe" in "below" (".cache") of HOME.
 * NULL; or why there is none, a few words: HOME is not set, or no absolute
 * path, or the maximum of "out" is passed.
 */
const char *xdg_directory(const char *variable, const char *below,
    struct buf *out);

#endif
