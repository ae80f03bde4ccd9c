/* SPDX-License-Identifier: ISC */
/*
 * hosts: what is known of the servers that mail goes to, shared by all who send
 * it: which of them is down, and how many connections each has.
 *
 * Each server has a file of its own in a directory.  It holds
 *
 *	Until: 1700000300	nobody is to try before that (0: it is up)
 *	Failures: 3		in a row
 *	Limit: 5		connections that it seems to take
 *	Why: a sentence
 *	.
 *
 * with spaces up to HOSTS_FILE bytes.  Byte N is locked by who has connection N
 * (locks as filelock.h has them), byte HOSTS_PROBE by who tries a server that
 * was down, or changes the file.  A file may be removed or damaged at any time:
 * then what it told is forgotten, and so it is when it is old.  See
 * mailpipe-queue(5).
 */
#ifndef HOSTS_H
#define HOSTS_H

#include <stdint.h>

#include "slice.h"

enum {
	HOSTS_FILE = 512,
	HOSTS_PROBE = 1048576, /* an offset that is no connection's */
	HOSTS_WHY = 256,       /* room for a sentence with its NUL */
	HOSTS_FIRST = 5,       /* connections to a server that is not known */
	HOSTS_MOST = 1000,     /* connections that one may have */
	HOSTS_AGE = 86400,     /* seconds, after which a file counts no more */
};

struct hosts_server {
	int directory;	   /* a descriptor of it */
	const char *name;  /* any: in the name of the file it is made safe */
	const char *port;
	unsigned most;	   /* connections, 1 to HOSTS_MOST */
	int anyway;	   /* also where it is down: somebody wants it tried */
};

struct hosts_record {
	int64_t until;	   /* seconds since 1970 */
	unsigned failures;
	unsigned limit;	   /* 0: not known */
	char why[HOSTS_WHY];
};

/* A connection, or an attempt to make one. */
struct hosts {
	int fd;		   /* -1: nothing is known or remembered */
	unsigned most;
	struct hosts_record record;
	unsigned slot;	   /* byte that is locked */
	int probe;	   /* HOSTS_PROBE is locked */
	int took;	   /* the server took a message by it */
};

enum hosts_answer {
	HOSTS_FREE, /* connect, and tell what comes of it */
	HOSTS_DOWN, /* it is down until then, and why: h->record */
	HOSTS_BUSY, /* it has all its connections, or another process is just
		       trying whether it is up again */
};

/* Asks for a connection; "now" is the time.  Where the directory cannot be
 * written, anybody may connect.  hosts_free in any case. */
enum hosts_answer hosts_take(struct hosts *h, const struct hosts_server *s,
    int64_t now);

/* There is a session, in which it answers: it is down no more. */
void hosts_up(struct hosts *h, int64_t now);

/* It took a message; the first of a session: it takes one connection more than
 * it did. */
void hosts_took(struct hosts *h, int64_t now);

/* There is none: it is down for four minutes after "now", twice as long after
 * each failure that follows, up to 192 minutes, give or take a tenth. */
void hosts_down(struct hosts *h, const char *why, int64_t now);

/* It sent us away for now, instead of a session or in it: it takes half as
 * many.  1 where it has other connections of ours, which explain it; 0 where it
 * has not, and is down, unless it took a message by this one. */
int hosts_slow(struct hosts *h, const char *why, int64_t now);

/* Gives the connection up. */
void hosts_free(struct hosts *h);

/* Removes files of the directory that are old, once a day whoever asks how
 * often. */
void hosts_sweep(int directory, int64_t now);

/* For tests: reads the bytes of a file, of which "now" tells whether they are
 * old: 0, or -1 where they are no record, which is zeroed. */
int hosts_read(struct hosts_record *r, struct slice bytes, int64_t now);

#endif
