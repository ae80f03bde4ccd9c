/* SPDX-License-Identifier: ISC */
/*
 * lastdir: opens files, of which many are in one directory, relative to that,
 * as the way there costs as much as the rest.  The directory is that of the
 * file before; it is opened with the second of its files.
 */
#ifndef LASTDIR_H
#define LASTDIR_H

#include "slice.h"

enum {
	LASTDIR_MOST = 1024, /* a longer name of one is not kept */
};

struct lastdir { /* zeroed but for "fd", which is -1 */
	char path[LASTDIR_MOST]; /* with the slash at its end */
	size_t n;		 /* bytes of it; 0: there is none */
	int fd;			 /* of it, or -1 */
};

/* As open(2) without O_CREAT; a NUL stands behind "path".  Where another
 * directory has got the name of the last one meanwhile, the file is looked for
 * in the old one, until lastdir_forget. */
int lastdir_open(struct lastdir *d, struct slice path, int flags);

/* There was none; nothing is open any more. */
void lastdir_forget(struct lastdir *d);

#endif
