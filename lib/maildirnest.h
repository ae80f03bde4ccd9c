/* SPDX-License-Identifier: ISC */
/*
 * maildirnest: a directory in tmp/ of a Maildir in which many files are made
 * faster than in tmp/ itself.
 *
 * ext4 without a journal takes no inode again for a minute after its file was
 * removed, or five where that is not on the disk yet, and for each new file it
 * looks at all of these in the directory's part of the disk: after thousands of
 * them were removed that takes longer than all else.  Below a directory that is
 * marked as the top of a hierarchy (chattr(1), T), one is put into another part
 * of the disk.  There files are made without a name (O_TMPFILE), which is given
 * to them in tmp/: so nothing is in the nest but the directory itself.
 *
 * Its name is ".R", the run, "Q" and a number: who looks for mail passes over
 * it, and after a crash maildirbatch_sweep removes it.
 */
#ifndef MAILDIRNEST_H
#define MAILDIRNEST_H

enum {
	MAILDIRNEST_NAME = 48, /* room for the name of a nest, and a NUL */
};

/* Whether the Maildir "dir" is on such a file system. */
int maildirnest_pays(int dir);

/* Makes one for "run" in tmp/ of "dir", and puts its name there: a descriptor
 * of the directory for the files, or -1 where there is none to be had, and
 * nothing was made. */
int maildirnest_make(int dir, const char *run, char name[MAILDIRNEST_NAME]);

/* Removes what maildirnest_make has made, or a run that was killed. */
void maildirnest_remove(int dir, const char *name);

#endif
