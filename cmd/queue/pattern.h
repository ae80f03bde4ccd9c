/* SPDX-License-Identifier: ISC */
/*
 * pattern: the messages that a person means: by id, by address, by domain or
 * by glob, as the arguments of the commands of the queue have them.
 *
 *	1jqv7d8m6k2sq9vf	an id (spool_is_id)
 *	alice@example.org	the sender, or a recipient who is pending; where
 *				that is a user here, under the others of the
 *				addresses below, too
 *	alice			a user here: the name alone, at Hostname, and at
 *				each of Domains; with Users the first of them
 *	example.org		the same of that domain as it is written
 *	@example.org		the same
 *	<>			no sender: reports
 *	*@*.example.org		with one of *?[ a glob (fnmatch(3)), on the id
 *				and on these addresses
 *
 * Letters are the same in either case.
 * A pattern is compared with names and addresses and is never part of a path.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "spoolfile.h"

struct conf;

struct patterns { /* zeroed: none, which is all messages */
	const struct conf *conf; /* set by the caller after patterns_read: whose
				    users names without a domain are; or NULL */
	char (*ids)[SPOOL_ID]; /* sorted, each once */
	_Atomic unsigned char *seen; /* for each of them: by patterns_saw */
	size_t nids;
	const char **others; /* the caller's */
	unsigned char *used; /* for each of them: by patterns_use */
	size_t nothers;
};

enum {
	PATTERN_LONGEST = 512, /* bytes */
};

/* Reads the "n" strings of "arguments", which must outlive it.  0, or -1 with
 * EX_USAGE: empty, too long, or with a control character.  patterns_free in
 * any case. */
int patterns_read(struct patterns *p, char *const *arguments, size_t n,
    struct fail *f);

/* 1 where a message of that id is meant, whatever is in it: there are no
 * patterns, or one is the id or a glob for it. */
int patterns_match_id(const struct patterns *p, const char *id);

/* 1 where one of them is the id itself. */
int patterns_name_id(const struct patterns *p, const char *id);

/* There is a message of that id, which may be one of them. */
void patterns_saw(const struct patterns *p, const char *id);

/* 1 where no file needs to be opened to know more than that: all of them are
 * ids. */
int patterns_are_ids(const struct patterns *p);

/* 1 where the sender or a pending recipient of "m" is meant; settled ones, too,
 * where none is pending.  It does not look at the id. */
int patterns_match(const struct patterns *p, const struct spoolfile *m);

/* A message was meant: each pattern that is no id and means it is noted.  "m"
 * is NULL where nothing is known of it but its id. */
void patterns_use(struct patterns *p, const char *id,
    const struct spoolfile *m);

void patterns_free(struct patterns *p);

#endif
