/* SPDX-License-Identifier: ISC */
/*
 * pop: the client's side of POP3 (RFC 1939, RFC 2449, RFC 2595, RFC 3206, RFC
 * 5034, RFC 6856), also with servers that have little of it.
 *
 * The engine speaks, the caller decides: it says commands and gets replies as
 * two separate steps, so that many of them are under way at once where the
 * server pipelines (pop_window).  What was said must be got, in the same
 * order, and all of it:
 *
 *	pop_open
 *	for each command:
 *		pop_say, pop_reply
 *		where that is 1 and the reply has more lines, one of
 *			pop_line until it is 0
 *			pop_body
 *	pop_quit
 *	pop_close
 *
 * Whatever fails in a way that leaves nothing to be said on the connection
 * sets p->dead: pop_close is next.
 */
#ifndef POP_H
#define POP_H

#include "client.h"
#include "undot.h"

enum { /* what a server offers, by CAPA (RFC 2449, 6) */
	POP_CAPA = 1, /* CAPA was answered at all; where it was not, nobody
			 knows: TOP, UIDL and USER are set then, and what else
			 is tried is told by its reply */
	POP_TOP = 2,
	POP_UIDL = 4,
	POP_USER = 8,
	POP_PIPELINING = 16,
	POP_STLS = 32,
	POP_RESP_CODES = 64,
	POP_UTF8 = 128,
	POP_MECHANISMS = 1024, /* room for their names, with a NUL */
	POP_TIMESTAMP = 512,   /* and for that of the greeting */
};

enum pop_login { /* how to log in */
	POP_BEST, /* SASL where it is offered, else USER and PASS */
	POP_APOP, /* RFC 1939, 7; it shows the server what is worth guessing
		     the password from, so never unless it was asked for */
	POP_PASS, /* USER and PASS */
};

/* A session.  The caller has it started by options.h, or zeroes it and calls
 * client_start with pop_family; the rest is the engine's, to be read. */
struct pop {
	struct client client;
	enum pop_login how;
	int utf8; /* UTF8 is said where it is offered (RFC 6856), so that mail
		     with UTF-8 in its header comes as it is; it is said in any
		     case for a user or password that is not ASCII */

	struct conn *conn; /* NULL: closed */
	unsigned offers;
	int dead;	   /* nothing more can be said: pop_close */
	size_t unanswered; /* commands that were said, without their reply */
	struct undot body; /* of the last pop_body: its sizes */
	struct fail lost;  /* why, where pop_say found it out; class 0: not */
	uint64_t quota;	   /* bytes until the deadline begins anew */
	struct buf text;   /* the next piece of it */
	char mechanisms[POP_MECHANISMS]; /* of SASL, in words */
	char timestamp[POP_TIMESTAMP];	 /* of APOP; empty: none */
};

extern const struct target_family pop_family;

/*
 * Connects, to a host, by a proxy or to a program (client.h), and logs in:
 * greeting, CAPA, TLS as it is asked for (secure.h), whatever was said before
 * it forgotten, the login, and CAPA again.  Where no login is wanted (no user,
 * for "pipe:") none is made.  A password goes in clear text only where the
 * channel is private, or with -o auth-clear=yes.
 *
 * 0, or -1 with what the server is called in front of the sentence:
 * EX_TEMPFAIL (it cannot be reached, TLS cannot be had, [IN-USE],
 * [LOGIN-DELAY], [SYS/TEMP]), EX_NOHOST, EX_NOPERM (the login is refused;
 * nothing that may be used on this channel), EX_UNAVAILABLE (refused else),
 * EX_PROTOCOL, EX_CONFIG.  In any case the caller ends with pop_close.
 */
int pop_open(struct pop *p, struct fail *f);

/* What sentences call the server. */
const char *pop_name(const struct pop *p);

/* How many commands may be under way at once: LIMIT_WINDOW where the server
 * pipelines, else 1. */
size_t pop_window(const struct pop *p);

/*
 * Says a command: its name, and what else printf(3) makes, in one line of at
 * most 250 bytes, CRLF added; in it are numbers and names of our own alone.
 * It may wait till the next pop_reply, or till there is much of it, before it
 * is written; where the connection is lost, that pop_reply says so.
 */
void pop_say(struct pop *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Gets the reply to the first command that has none so far; what was said is
 * written before.  1: +OK.  0: -ERR, with the server's words in "f", without
 * the name of the server, and their class: EX_TEMPFAIL ([IN-USE],
 * [LOGIN-DELAY], [SYS/TEMP], as RFC 2449 and RFC 3206 have them), EX_NOPERM
 * ([AUTH]), else EX_UNAVAILABLE.  -1, and p->dead: EX_TEMPFAIL (closed, time is
 * up), EX_PROTOCOL (it is neither, longer than LIMIT_POP_LINE, with a bare CR
 * or LF or NUL).  "text" (or NULL) is what stands behind +OK or -ERR and a
 * space, valid until the next call.
 */
int pop_reply(struct pop *p, struct slice *text, struct fail *f);

/*
 * The next line of a reply that has more of them, without its CRLF and without
 * the dot that was put before it: 1, and "line" is valid until the next call; 0
 * at the end; -1, and p->dead: as pop_reply, but bare CR, bare LF and NUL are
 * the caller's to judge.  How many lines there may be is up to the caller, too.
 */
int pop_line(struct pop *p, struct slice *line, struct fail *f);

/*
 * The lines of such a reply (of RETR, of TOP) as one text, in pieces of up to
 * 64 KiB that go to "each" with "ctx" and are valid during that call: line ends
 * are LF, dots that were put before lines are gone, and every other byte is as
 * it came, also bare CR, bare LF and NUL.  Lines may have any length, and a
 * text any size.  p->body has its sizes so far.
 *
 * 0 at its end; -1: with p->dead as pop_reply, where also a server that sends
 * less than 64 KiB in the time for a reply is given up; else "each" said -1
 * after it filled "f", and pop_close is next.
 */
int pop_body(struct pop *p,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f);

/* STAT: 0; -1 as pop_reply, where -ERR leaves the session as it is. */
int pop_stat(struct pop *p, uint64_t *count, uint64_t *octets, struct fail *f);

/*
 * Says QUIT, behind which the server deletes what was marked by DELE.  1: +OK,
 * it is done.  0: -ERR, not all of it is, with the reason and class in "f".
 * -1: nobody knows.
 */
int pop_quit(struct pop *p, struct fail *f);

/* Closes the connection, and frees what is the session's own; the client may
 * open another one.  A program's own end that was not 0 is added to the
 * sentence of "f" (or NULL). */
void pop_close(struct pop *p, struct fail *f);

/* Wipes and frees all of it. */
void pop_end(struct pop *p);

/* What the files of the engine share: */

/* Puts a line, CRLF added, as a command that was shown already. */
void pop_put(struct pop *p, struct slice line);

/* The next line, which is a reply of at most "limit" bytes: 0, or -1 as
 * pop_reply. */
int pop_read(struct pop *p, size_t limit, struct slice *line, struct fail *f);

/* What it comes to, as pop_reply says. */
int pop_judge(struct pop *p, struct slice line, struct slice *text,
    struct fail *f);

/* Shows a line where that is asked for. */
void pop_trace(const struct pop *p, int direction, struct slice line);

/* Nothing more can be said, for the reason in "f": -1. */
int pop_lost(struct pop *p, const struct fail *f);

/* CAPA: 0 with what is offered, also where it is not answered; -1. */
int pop_ask_offers(struct pop *p, struct fail *f);

/* Logs in, where that is wanted: 0; -1, also where it is refused. */
int pop_log_in(struct pop *p, struct fail *f);

#endif
