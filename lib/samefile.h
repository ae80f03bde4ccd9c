/* SPDX-License-Identifier: ISC */
/* samefile: whether two looks at a file, stat(2), saw the same one. */
#ifndef SAMEFILE_H
#define SAMEFILE_H

#include <sys/stat.h>

/* Of one inode: a name that a file was moved to, or that was replaced, has
 * another one.  A removed file's number may be given again. */
int samefile(const struct stat *a, const struct stat *b);

/* And nobody wrote to it in between, as its size and times say: what was read
 * of it holds. */
int samefile_unwritten(const struct stat *a, const struct stat *b);

#endif
