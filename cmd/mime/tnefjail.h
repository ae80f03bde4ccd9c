/* SPDX-License-Identifier: ISC */
/*
 * tnefjail: a process that works on bytes in memory and has its descriptors
 * already gives up everything else.  Each layer is there for the day when
 * another one has a hole.  What only Linux has, or this kernel has not, is
 * left out; limits and descriptors are left everywhere.
 */
#ifndef TNEFJAIL_H
#define TNEFJAIL_H

#include "limits.h"

enum {
	TNEFJAIL_MEMORY = 512 << 20, /* bytes of address space: the library
					copies what it is given, twice */
	TNEFJAIL_SECONDS = 5,	     /* of processor time, ten times what
					LIMIT_TNEF bytes need; then SIGXCPU */
};

/* Closes every descriptor from "first" on.  0, or -1. */
int tnefjail_close(int first);

/* No more memory or time than above, no file, process or core made.  0, or
 * -1. */
int tnefjail_limits(void);

/* No files (Landlock).  0; -1 where the kernel has none. */
int tnefjail_files(void);

/* No system call but to read, write, get memory and end (seccomp); others
 * fail with EPERM.  0; -1 where the kernel has none, or it is not known for
 * this processor. */
int tnefjail_calls(void);

/* All of them, and no way to more privileges; dies with its parent.  0, or -1
 * where what every system has cannot be done. */
int tnefjail_enter(void);

#endif
