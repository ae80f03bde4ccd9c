/* SPDX-License-Identifier: ISC */
/*
 * fail: what went wrong, as one sentence and one class.
 *
 * Functions of lib/ that can fail take a "struct fail *" last and return -1
 * (or NULL) after they filled it.  The sentence names object, action and
 * cause, in lower case and without a full stop: "mx1.example.org: connect:
 * connection refused".  The class is an exit status of <sysexits.h>, set
 * where the cause is known:
 *
 *	EX_DATAERR 65	bad message data	EX_CANTCREAT 73	cannot create
 *	EX_NOINPUT 66	no input		EX_IOERR 74	local I/O error
 *	EX_NOUSER 67	no such user		EX_TEMPFAIL 75	try again later
 *	EX_NOHOST 68	no such host		EX_PROTOCOL 76	broken protocol
 *	EX_UNAVAILABLE 69 refused for good	EX_NOPERM 77	authentication
 *	EX_SOFTWARE 70	our bug			EX_CONFIG 78	configuration
 */
#ifndef FAIL_H
#define FAIL_H

#include <sysexits.h>

struct fail {
	int class;
	int error; /* the errno behind it; 0 where there is none */
	char text[512];
};

/*
 * Fill "f" and return -1.  The sentence is cut to its room.  Foreign bytes go
 * in by TEXT_SHOW() of text.h, never as they came.  fail_errno adds ": " and
 * the text of errno.
 */
int fail_set(struct fail *f, int class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int fail_errno(struct fail *f, int class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "object: " in front of the sentence, unless it begins so already, and
 * returns -1: the caller knows the name of the thing that the callee worked
 * on. */
int fail_at(struct fail *f, const char *object);

/* The same of an argument of the command line: bad data there (EX_DATAERR) is
 * misuse (EX_USAGE). */
int fail_argument(struct fail *f, const char *argument);

/* 1 where the cause is that the disk, the quota or the file size allowed has
 * no room left (ENOSPC, EDQUOT, EFBIG), else 0. */
int fail_is_full(const struct fail *f);

#endif
