/* SPDX-License-Identifier: ISC */
/*
 * smtp: the client's side of SMTP (RFC 5321, RFC 2920, RFC 1870, RFC 6152, RFC
 * 3030, RFC 3207), and of LMTP (RFC 2033).
 *
 * The engine speaks, the caller decides: it puts commands and gets replies as
 * two separate steps, so that several commands, and the end of one message
 * with the start of the next, travel together where the server pipelines.
 * What was put must be got, in the same order:
 *
 *	smtp_open, perhaps smtp_start_tls and smtpauth_login (smtpauth.h)
 *	for each message:
 *		smtp_put_envelope, smtp_get_envelope
 *		if somebody was accepted:
 *			smtp_put_data ..., smtp_put_dot, smtp_get_dot
 *		else:
 *			smtp_abandon
 *	smtp_quit
 */
#ifndef SMTP_H
#define SMTP_H

#include "dot.h"
#include "reply.h"
#include "smtplimits.h"

enum { /* what a server offers (RFC 5321, 4.1.1.1) */
	SMTP_PIPELINING = 1,
	SMTP_8BITMIME = 2,
	SMTP_SIZE = 4,
	SMTP_ESMTP = 8, /* EHLO was answered at all */
	SMTP_STARTTLS = 16,
	SMTP_DSN = 32,
	SMTP_CHUNKING = 64,
	SMTP_BINARYMIME = 128,
	SMTP_UTF8 = 256, /* SMTPUTF8 */
	SMTP_REQUIRETLS = 512,
	SMTP_MECHANISMS = 1024, /* room for their names, with a NUL */
};

/* A session.  The caller zeroes it and sets what it wants of "timeout" and
 * "trace"; the rest is the engine's, to be read. */
struct smtp {
	unsigned timeout;    /* seconds for every wait; 0: each its own, as
				RFC 5321, 4.5.3.2 has them */
	/* Called for every line sent (direction '>') and received ('<'),
	 * without CRLF, or NULL.  The message itself is not shown. */
	void (*trace)(int direction, struct slice line);
	int lmtp;	     /* LMTP is spoken (RFC 2033): LHLO, and a reply
				to the message for each recipient */

	struct conn *conn;   /* owned; NULL when closed */
	unsigned wait;	     /* seconds for the reply that comes next */
	const char *step;    /* what it is the reply to, for sentences */
	unsigned code;	     /* of the last reply; 0: none came */
	unsigned offers;
	uint64_t size_limit; /* that the server said; 0: none */
	struct smtplimits limits;
	char mechanisms[SMTP_MECHANISMS]; /* of AUTH, in words; empty: none */
	int opened;	     /* EHLO or HELO was answered */
	int dead;	     /* closed, broken or 421: smtp_close is next */
	int reset;	     /* a transaction is open: RSET before MAIL */
	int waiting;	     /* the server said 354 */
	struct dot dot;
	/* A message in chunks: */
	int chunked;
	int ended;	     /* the last one was put */
	struct buf chunk;    /* the next one, so far */
	size_t unanswered;   /* that were put */
	struct reply refusal; /* the first of them; code 0: none */
};

/*
 * Takes "c" over, reads the greeting and says EHLO with "helo" (a name or an
 * address literal), or HELO where EHLO is refused.  0, or -1: EX_TEMPFAIL
 * (4yz, closed, time is up), EX_UNAVAILABLE (5yz), EX_PROTOCOL.  In any case
 * the caller ends with smtp_close.
 */
int smtp_open(struct smtp *s, struct conn *c, const char *helo,
    struct fail *f);

/*
 * Says STARTTLS, goes on in TLS by "t", which is the session's own in any
 * case, forgets what was offered in clear text, and says EHLO again.  0; 1
 * where the server refuses, with the reason in "f", and all is as it was; -1
 * as smtp_open, and what conn_start_tls says.
 */
int smtp_start_tls(struct smtp *s, struct tls *t, const char *helo,
    struct fail *f);

/* A line of an authentication. */
struct smtp_auth {
	struct slice line; /* with its CRLF: added at once, it is not moved */
	const char *shown; /* in its place */
	reply_each *each;  /* gets the lines of the reply, which are not shown
			      but by it */
	void *ctx;
};

/* Says it, wipes it from the output, and gets the reply, of which a line may
 * have LIMIT_AUTH_LINE bytes: 0, or -1 where the connection is lost. */
int smtp_say_auth(struct smtp *s, const struct smtp_auth *a, struct reply *r,
    struct fail *f);

struct smtp_envelope {
	struct slice sender;	/* mailbox; empty for the null reverse-path */
	const struct slice *to; /* mailboxes */
	size_t nto;		/* 1..LIMIT_WINDOW */
	uint64_t size;		/* about as many bytes will be sent (RFC 1870,
				   6.1); 0: unknown */
	int eight_bit;		/* BODY=8BITMIME, where that is offered */
	int chunked;		/* BDAT, which is offered, and not DATA */
	int binary;		/* BODY=BINARYMIME, which is offered; chunked */
	/* More parameters, each behind a space, at most SMTP_MORE bytes: of
	 * MAIL; of each RCPT, as many as "to" (NULL: none has any). */
	struct slice mail_more;
	const struct slice *recipient_more;
};	/* all mailboxes have passed addr_check, or with " SMTPUTF8" among the
	 * parameters of MAIL addr_check_utf8 */

enum { SMTP_MORE = 640 };

/* Puts MAIL, a RCPT for each recipient, and unless it is chunked DATA; RSET
 * before them where a transaction is open.  Where the server does not pipeline,
 * nothing is put and smtp_get_envelope says one command at a time. */
void smtp_put_envelope(struct smtp *s, const struct smtp_envelope *e);

/*
 * Gets the replies, one for each recipient into to[]: its own, or that of
 * MAIL or DATA where that one settled the matter.  552 for too many recipients
 * is read as 452 (RFC 5321, 4.5.3.1.10).  Returns how many are accepted, with
 * the server waiting for the message; 0 where none is; -1 where the connection
 * is lost (s->dead), or was given up as DATA had an answer that is neither 354
 * nor a refusal: recipients whose reply did not come have code 0.
 */
int smtp_get_envelope(struct smtp *s, const struct smtp_envelope *e,
    struct reply *to, struct fail *f);

/*
 * Puts a piece of the message, any bytes: dot.h makes lines of them.  It
 * writes when the buffer is full: 0, or -1 with EX_TEMPFAIL.  A message in
 * chunks (RFC 3030) has some of them under way at once where the server
 * pipelines; once one is refused (s->refusal) nothing more of it is put.
 */
int smtp_put_data(struct smtp *s, struct slice piece, struct fail *f);

/*
 * Puts the end of the message, if nothing of it is refused.  0, or -1 as
 * above: then it has no end, and the server cannot have taken it.  Nor has a
 * server that has answered it already: a refusal is the reply to it, and the
 * last of the connection; anything else is EX_PROTOCOL.
 */
int smtp_put_dot(struct smtp *s, struct fail *f);

/* Gets the reply to it; with LMTP that of the first recipient who was accepted,
 * and so on with each call, once for each of them.  0, or -1 where the
 * connection is lost or the reply is none that a message can have: then nobody
 * knows whether the message was taken, and it must be tried again.  Where a
 * chunk was refused, that is the reply. */
int smtp_get_dot(struct smtp *s, struct reply *r, struct fail *f);

/* Nobody was accepted: where the server waits for a message all the same
 * (RFC 2920, 3.1), sends an empty one.  0, or -1 as above; with LMTP -1, as
 * nobody knows how many replies there would be. */
int smtp_abandon(struct smtp *s, struct fail *f);

/* Says QUIT, without waiting for an answer: the mail is accepted. */
void smtp_quit(struct smtp *s);

/* Closes the connection. */
void smtp_close(struct smtp *s);

/* What the files of the engine share, and what else speaks in a session: */

/* Every wait from now on, in seconds, where s->timeout does not say more. */
void smtp_allow(struct smtp *s, unsigned seconds);

/* Puts a command, its CRLF added. */
void smtp_put(struct smtp *s, const char *line);

/* Gets the reply to s->step, and shows its lines to "each" ("ctx" is the
 * session), such as smtp_trace.  0, or -1 where the connection is lost or ended
 * by 421 (RFC 5321, 3.8): s->dead.  The sentence begins with the step, unless
 * it is the server's. */
int smtp_get(struct smtp *s, struct reply *r, reply_each *each,
    struct fail *f);

/* Shows a line that was received. */
void smtp_trace(void *ctx, struct slice line);

/* An answer that the command cannot have: nobody knows what the server waits
 * for now.  -1 with EX_PROTOCOL. */
int smtp_broken(struct smtp *s, const struct reply *r, const char *command,
    struct fail *f);

#endif
