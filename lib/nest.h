/* SPDX-License-Identifier: ISC */
/*
 * nest: a directory in tmp/ of a Maildir, or of a queue, in which many files
 * are made faster than in tmp/ itself.
 *
 * ext4 without a journal takes no inode again for a minute after its file was
 * removed, or five where that is not on the disk yet, and for each new file it
 * looks at all of these in the directory's part of the disk: after thousands of
 * them were removed that takes longer than all else.  Below a directory that is
 * marked as the top of a hierarchy (chattr(1), T), one is put into another part
 * of the disk.  There files are made without a name (O_TMPFILE), which is given
 * to them in tmp/, or with one that they have for a moment: so nothing is in
 * the nest but the directory itself, and one file at most.
 *
 * Its name is ".R", the run, "Q" and a number: who looks for mail passes over
 * it, and after a crash maildirbatch_sweep removes it, or in a queue mailq-run.
 */
#ifndef NEST_H
#define NEST_H

enum {
	NEST_NAME = 48, /* room for the name of a nest, and a NUL */
};

/* Whether the Maildir or queue "dir" is on such a file system. */
int nest_pays(int dir);

/* Makes one for "run" in tmp/ of "dir", and puts its name there: a descriptor
 * of the directory for the files, or -1 where there is none to be had, and
 * nothing was made. */
int nest_make(int dir, const char *run, char name[NEST_NAME]);

/* Creates a file without a name (0600, read and write) in the nest "fd": a
 * descriptor, or -1, also where "fd" is -1. */
int nest_create(int fd);

/* The same for one that has a name there, until nest_move gives it another,
 * "path" below "dir": 0, or -1 with errno.  What is done to its descriptor is
 * seen by who watches the directory of that then, as it is not where a file
 * began without a name (inotify(7)).  There is one at a time; nest_drop removes
 * it. */
int nest_create_named(int fd);
int nest_move(int fd, int dir, const char *path);
void nest_drop(int fd);

/* Removes what nest_make has made, or a run that was killed. */
void nest_remove(int dir, const char *name);

#endif
