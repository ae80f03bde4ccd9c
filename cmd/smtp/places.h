/* SPDX-License-Identifier: ISC */
/* places: where the process that keeps mail has to write, which is nowhere
 * else then. */
#ifndef PLACES_H
#define PLACES_H

#include <sys/stat.h>

#include "conf.h"
#include "mem.h"

/*
 * From now on this process writes beneath the directories of the Maildirs that
 * the users file and the pattern "Maildirs" name, that of temporary files, and
 * with "queue" the spool, alone, as sandbox_writes_in has it, and reads as
 * before.  A Maildir that is a link out of these cannot be written to.
 *
 * Nothing is given up where these cannot be told, or are not known to be
 * enough: without "Users", with "Checkpassword", whose program may write
 * anywhere, with more than 14 of them, "/" or one that is not there yet among
 * them; and before Linux 5.19, where that would keep files from being moved.
 * 0, or -1 with EX_TEMPFAIL.
 */
int places_confine(const struct conf *conf, int queue, struct fail *f);

enum { PLACES_MOST = 16 };

struct places { /* zeroed: none */
	struct arena arena;
	const char *paths[PLACES_MOST];
	size_t n;
};

/* What was there the last time; zeroed at first. */
struct places_seen {
	struct places places;
	int queue;
	struct stat users, at[PLACES_MOST];
};

/* 1 where a process that calls places_confine now may find other directories
 * than before, by another users file, or others of the same names: what was
 * confined to the old ones, which are not the names but the directories, cannot
 * write to these. */
int places_changed(struct places_seen *s, const struct conf *conf, int queue);

void places_forget(struct places_seen *s);

#endif
