/* SPDX-License-Identifier: ISC */
/*
 * sandbox: rights that a process gives up for the rest of its life, so that
 * whoever takes it over by the bytes that it reads has them no more either.
 * Linux alone has such (Landlock, seccomp); elsewhere nothing is given up.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>

#include "fail.h"

/*
 * From now on this process, and what it starts, makes, opens for writing,
 * truncates, removes and renames files and directories only beneath the
 * directory "dirfd", wherever links lead; it makes no links, devices, FIFOs or
 * local sockets at all, sets no device by ioctl(2), binds and connects no TCP
 * socket, and gains no privileges by execve(2).  Reading is as it was, and so
 * is all that is open already.
 *
 * A right that the kernel cannot take away (before Linux 6.2: truncate(2) by
 * name; 6.7: TCP; 6.10: ioctl) stays; where it knows no Landlock all stay.
 * 0, or -1 with EX_TEMPFAIL: the kernel knows it, and refused.
 */
int sandbox_writes_in(int dirfd, struct fail *f);

/* The same beneath any of "n" directories. */
int sandbox_writes_beneath(const int *dirs, size_t n, struct fail *f);

/* The same, but that there is no such directory: it only reads. */
int sandbox_writes_nowhere(struct fail *f);

/*
 * The same as sandbox_writes_in for reading, too: from now on this process, and
 * what it starts, opens files and lists directories only beneath "dirfd", and
 * executes nothing.  For who has mail of one user and can have been given that
 * of others, as they are all of one owner.
 */
int sandbox_files_in(int dirfd, struct fail *f);

/* sandbox_writes_in as on a kernel whose Landlock is of the version "abi" at
 * most, for tests. */
int sandbox_writes_as(int dirfd, int abi, struct fail *f);

/*
 * From now on this process reads, writes, waits for and closes what is open,
 * syncs it, locks it and changes its times, and no more: it opens nothing,
 * starts, signals and looks into no process, runs no code that is not there
 * yet.  What it tries fails with EPERM, or EACCES where only Landlock refuses
 * it.
 *
 * Landlock and a filter of system calls (seccomp) both see to it, where there
 * are both; where the kernel has one of them, or none, less is given up:
 * without the filter a process still connects and forks.  0; 1 with "f" filled
 * where somebody, a container perhaps, forbids the filter, or the kernel does
 * not take it, so that there is none; or -1 with EX_TEMPFAIL: the kernel knows
 * how, and refused.
 */
int sandbox_closed(struct fail *f);

/*
 * The same, but that the process still opens files for reading, by Landlock
 * those beneath the places of the system's libraries alone, and maps them as
 * code, so that dlopen(3) works; sandbox_closed comes after it.
 */
int sandbox_libraries(struct fail *f);

/* 1 where there is anything that sees to it here. */
int sandbox_exists(void);

/* The version of the kernel's Landlock; 0 where there is none. */
int sandbox_abi(void);

#endif
