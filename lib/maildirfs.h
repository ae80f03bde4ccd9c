/* SPDX-License-Identifier: ISC */
/* maildirfs: the steps of a delivery that touch the file system; maildir puts
 * them in order.  All return -1 with errno where nothing else is said. */
#ifndef MAILDIRFS_H
#define MAILDIRFS_H

#include "fail.h"

enum {
	MAILDIRFS_HOST = 96, /* a longer name is cut, so that the whole name of
				a message stays below MAILDIR_NAME */
};

/* The host's name as a file name can hold it: no slash, no colon, and no
 * comma, behind which the sizes stand. */
void maildirfs_host(char host[MAILDIRFS_HOST]);

/* Opens the Maildir "path", making what is missing of it, but not the directory
 * above it: a descriptor, or -1 with EX_TEMPFAIL. */
int maildirfs_open(const char *path, struct fail *f);

/* For who was told on the command line which Maildir it is: where trying again
 * does not help, because there can be none, or it may not be opened, the
 * failure of maildirfs_open is EX_CANTCREAT.  -1. */
int maildirfs_refused(struct fail *f);

/*
 * Creates a file (0600, read and write) for a message that will be "name", in
 * tmp/ of the Maildir "dir".  Where the file system can, it has no name yet
 * (O_TMPFILE), so that a crash leaves nothing behind, and *named is 0; else it
 * is tmp/NAME.  The descriptor; EEXIST: the name is taken.
 */
int maildirfs_create(int dir, const char *name, int *named);

/* Gives the file of maildirfs_create another name, "to" below "dir": a link,
 * or on another file system a copy of its own, synced. */
int maildirfs_link(int fd, int dir, const char *to);

/* Syncs the directory "name" below "dir". */
int maildirfs_sync(int dir, const char *name);

#endif
