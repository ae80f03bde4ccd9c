/* SPDX-License-Identifier: ISC */
/*
 * filelock: write locks on bytes of a file (fcntl(2)).
 *
 * They belong to the open file, where there are such locks (F_OFD_SETLK): all
 * descriptors that were made of one by dup or fork share them, and they end
 * with the last.  Else they belong to the process, and closing any descriptor
 * of the file ends them.  Nobody waits for one.
 */
#ifndef FILELOCK_H
#define FILELOCK_H

#include <sys/types.h>

/* Locks "n" bytes from "start" on, of a file open for writing; 0: up to its
 * end, wherever that will be.  0, or -1 with errno: EAGAIN where another has
 * one of these. */
int filelock_take(int fd, off_t start, off_t n);

/* Lets go of them. */
void filelock_drop(int fd, off_t start, off_t n);

/* 1 where another has one of these, else 0; -1 with errno where that cannot be
 * said. */
int filelock_is_held(int fd, off_t start, off_t n);

/* The same for all of the file, from its start to whatever its end will be, as
 * one lock. */
int filelock_is_whole(int fd);

/* 1 where "path" below "dir" (AT_FDCWD) still names the open file: who has got
 * a lock may have got that of a file which was removed or replaced. */
int filelock_is_at(int fd, int dir, const char *path);

/* 1 where the open file still has a name, whichever: for a process that may not
 * look a path up (sandbox.h).  0 also where that cannot be said, which is
 * nowhere that filelock_is_kept says 1. */
int filelock_has_name(int fd);

/* 1 where this kernel alone keeps the locks on files in the directory "fd", so
 * that none is lost while its file is open; 0 where a network is, or may be, in
 * between. */
int filelock_is_kept(int fd);

#endif
