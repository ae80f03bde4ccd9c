/* SPDX-License-Identifier: ISC */
/*
 * tnefchild: the process that takes a winmail.dat apart, by libytnef.  It can
 * read one descriptor and write another, and nothing else.
 */
#ifndef TNEFCHILD_H
#define TNEFCHILD_H

/* 1 if mime-unpack was built with libytnef, else 0. */
int tnefchild_there(void);

/*
 * In a process of its own, after fork(2): reads all of the regular file "in",
 * whatever its offset, writes the stream of tnefread.h to "out", and ends.
 * Before it looks at any byte every other descriptor is closed and
 * tnefjail.h has locked it up.
 */
_Noreturn void tnefchild_run(int in, int out);

#endif
