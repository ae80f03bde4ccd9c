/* SPDX-License-Identifier: ISC */
/* drop: what the modules of maildrop have in common: the session. */
#ifndef DROP_H
#define DROP_H

#include "mailbox.h"
#include "maildrop.h"
#include "slice.h"

enum { /* marks of a message */
	DROP_DELETED = 1, /* DELE */
	DROP_READ = 2,	  /* RETR sent all of it */
	DROP_GONE = 4,	  /* it was not there once, and the client knows that or
			     will not see it any more */
};

struct maildrop {
	struct maildrop_options options;
	struct mailbox *mailbox;
	struct conn *conn; /* of maildrop_serve */
	unsigned char *marks; /* one for each message */
	char *block;	      /* for the bytes of messages; NULL: not yet */
	unsigned errors;      /* lines in sequence that were no command */
	int ended;	      /* the session is over */
	int status;	      /* and ends with this */
	/* For the log: */
	char why[512]; /* it ended */
	size_t retrieved, deleted;
	uint64_t octets;
};

/* Puts a reply line; CRLF is added. */
void drop_reply(struct maildrop *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The session ends, for the reason "why", with that status. */
void drop_end(struct maildrop *m, int status, const char *why);

/* Sends what waits where it is much: 0; -1 where the client was lost, and the
 * session has ended. */
int drop_flush(struct maildrop *m);

/* Something of the server's own went wrong with a message, or with "what":
 * for the log. */
void drop_log(const struct maildrop *m, const char *what,
    const struct fail *f);

/* Whether the message "i" (0 and up) is there, for all that is known, and not
 * deleted. */
int drop_has(const struct maildrop *m, size_t i);

/* The message that "number" is meant for, which is there: 0; or -1, and the
 * client was told why not. */
int drop_find(struct maildrop *m, struct slice number, size_t *i);

/* Tells the client why the message "i" cannot be had. */
void drop_refuse(struct maildrop *m, size_t i, const struct fail *f);

/* How many messages there are, and their octets: 0; or -1, and the client was
 * told that this cannot be known now. */
int drop_count(struct maildrop *m, size_t *n, uint64_t *octets);

#endif
