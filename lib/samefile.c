/* SPDX-License-Identifier: ISC */
/* samefile: whether two looks saw the same file; see samefile.h. */

#include "samefile.h"

int
samefile(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Both times: who writes may set st_mtim back, and some file systems know no
 * other. */
int
samefile_unwritten(const struct stat *a, const struct stat *b)
{
	return samefile(a, b) && a->st_size == b->st_size &&
	    same_time(a->st_mtim, b->st_mtim) &&
	    same_time(a->st_ctim, b->st_ctim);
}
