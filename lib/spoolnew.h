/* SPDX-License-Identifier: ISC */
/*
 * spoolnew: a new message for the queue.
 *
 * It is written to a file without a name (spool_create), synced, linked into
 * new/, and new/ is synced; only then has it been taken.  Or it is written to a
 * blank (spool_ahead), which has its name there for certain, and synced.
 */
#ifndef SPOOLNEW_H
#define SPOOLNEW_H

#include "mem.h"
#include "spool.h"

enum spool_notify { /* NOTIFY of RCPT (RFC 3461, 4.1); 0: was not said */
	SPOOL_NEVER = 1,
	SPOOL_SUCCESS = 2,
	SPOOL_FAILURE = 4,
	SPOOL_DELAY = 8,
};

/* The word of 1 << i; NULL where there is none. */
const char *spool_notify_name(unsigned i);

enum spool_ret { /* RET of MAIL (RFC 3461, 4.3) */
	SPOOL_RET_UNSAID,
	SPOOL_RET_FULL,
	SPOOL_RET_HDRS,
};

struct spool_envelope { /* the slices borrow; empty where nothing was said */
	struct slice sender;	  /* a mailbox (addr_check_utf8); empty: the
				     null reverse-path */
	struct slice envelope_id; /* ENVID as it is sent: an xtext */
	int64_t arrival;	  /* seconds since 1970 */
	int64_t hold;		  /* before that it is not to be tried; 0 */
	enum spool_ret ret;
	int body8;	 /* BODY=8BITMIME was said */
	int utf8;	 /* SMTPUTF8 was said */
	int require_tls; /* REQUIRETLS was said (RFC 8689) */
};

struct spool_to {
	struct slice address;  /* a mailbox (addr_check_utf8); or a local-part
				  alone, of this host */
	struct slice original; /* ORCPT as it is sent, "type;xtext"; may be
				  empty */
	unsigned notify;       /* a set of spool_notify */
};

struct spoolnew;

/*
 * Begins a message.  What an envelope may not hold (a control, a space in an
 * address, more than LIMIT_SPOOL_RECIPIENTS) is EX_DATAERR; else NULL is
 * EX_TEMPFAIL (f->error: ENOSPC, EDQUOT: no room).  "s" must outlive it, the
 * rest need not.
 */
struct spoolnew *spoolnew_begin(const struct spool *s,
    const struct spool_envelope *e, const struct spool_to *to, size_t nto,
    struct fail *f);

/* Its id, valid as long as it is. */
const char *spoolnew_id(const struct spoolnew *n);

/* Adds bytes of the message, which has LF line ends; one that does not end in
 * LF gets one.  Errors stick and are told by spoolnew_commit. */
void spoolnew_write(struct spoolnew *n, struct slice bytes);

/*
 * Puts it into the queue, to be tried from "due" on (0: now), or to be held:
 * state is SPOOL_NEW or SPOOL_HOLD.  0 where it is there, durably; -1 with
 * EX_TEMPFAIL, or EX_CONFIG where tmp/ is on another file system, and nothing
 * is.  Either way *n is freed and NULL.
 */
int spoolnew_commit(struct spoolnew **n, enum spool_state state, int64_t due,
    struct fail *f);

/* The same in steps, for what is to be taken together with something else, or
 * neither: sync writes to the disk, so that there is room for it, and nobody
 * finds a message; then commit.  0, or -1. */
int spoolnew_sync(struct spoolnew *n, struct fail *f);

/* Gives it up: nothing is left.  *n is freed and NULL. */
void spoolnew_abort(struct spoolnew **n);

#endif
