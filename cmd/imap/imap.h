/* SPDX-License-Identifier: ISC */
/*
 * imap: the client's side of IMAP (RFC 9051, RFC 3501 and what they are
 * extended by), also with servers that have little of it.
 *
 * The engine speaks, the caller decides: commands are said, and what comes back
 * is got, as separate steps, so that many commands are under way at once:
 *
 *	imap_open
 *	imap_say, pieces of it, imap_said
 *	imap_next until it is IMAP_OK or IMAP_NO of that command
 *		of IMAP_DATA what is of interest is read by token.h from
 *		i->tokens; the rest of the line is skipped by the next call
 *	imap_close
 *
 * Tags are random.  Data that nobody asked for may come at any time: whoever
 * does not know a response calls imap_next again.  Whatever fails in a way that
 * leaves nothing to be said on the connection sets i->dead: imap_close is next.
 */
#ifndef IMAP_H
#define IMAP_H

#include "client.h"
#include "token.h"

enum { /* what a server offers (imap_has) */
	IMAP_REV1 = 1 << 0,
	IMAP_REV2 = 1 << 1, /* and then what it stands for: NAMESPACE, UNSELECT,
			       UIDPLUS, ESEARCH, ENABLE, IDLE, SASL-IR,
			       LIST-EXTENDED, LIST-STATUS, MOVE, LITERAL-,
			       BINARY, SPECIAL-USE, STATUS=SIZE */
	IMAP_STARTTLS = 1 << 2,
	IMAP_LOGINDISABLED = 1 << 3,
	IMAP_SASL_IR = 1 << 4,
	IMAP_LITERAL_PLUS = 1 << 5,
	IMAP_LITERAL_MINUS = 1 << 6,
	IMAP_ENABLE = 1 << 7,
	IMAP_UIDPLUS = 1 << 8,
	IMAP_MOVE = 1 << 9,
	IMAP_ESEARCH = 1 << 10,
	IMAP_CONDSTORE = 1 << 11,
	IMAP_QRESYNC = 1 << 12,
	IMAP_LIST_EXTENDED = 1 << 13,
	IMAP_LIST_STATUS = 1 << 14,
	IMAP_SPECIAL_USE = 1 << 15,
	IMAP_CREATE_SPECIAL_USE = 1 << 16,
	IMAP_STATUS_SIZE = 1 << 17,
	IMAP_BINARY = 1 << 18,
	IMAP_NAMESPACE = 1 << 19,
	IMAP_ID = 1 << 20,
	IMAP_COMPRESS = 1 << 21,
	IMAP_UIDONLY = 1 << 22,
	IMAP_MESSAGELIMIT = 1 << 23,
	IMAP_UTF8_ACCEPT = 1 << 24,
	IMAP_IDLE = 1 << 25,
	IMAP_NOTIFY = 1 << 26,
	IMAP_MULTIAPPEND = 1 << 27,
	IMAP_UNSELECT = 1 << 28,
	IMAP_THREAD_REFERENCES = 1 << 29,
	IMAP_CHILDREN = 1 << 30,
};

/* The selected mailbox, filled while SELECT or EXAMINE is answered, kept up to
 * date by what comes unasked. */
struct imap_box {
	uint32_t exists;
	uint32_t uidvalidity; /* 0: not told: its uids are not to be kept */
	uint32_t uidnext;     /* 0: not told */
	uint64_t modseq;      /* HIGHESTMODSEQ; 0: NOMODSEQ, or not told */
	int readonly;
	int permanent;	      /* PERMANENTFLAGS was told */
	int keywords;	      /* new ones can be made: \* in PERMANENTFLAGS */
	struct buf flags;     /* PERMANENTFLAGS, else FLAGS: words */
};

enum imap_result {
	IMAP_LOST = -1, /* i->dead */
	IMAP_NO = 0,	/* NO or BAD */
	IMAP_OK = 1,
	IMAP_DATA = 2,	/* untagged */
	IMAP_PLUS = 3,	/* "+", where imap_said was told to wait for one */
};

struct imap_response {
	struct slice name;   /* of DATA, in upper case: "FETCH", "LIST", "OK",
				"NO", "BAD", "BYE" */
	uint32_t number;     /* before the name */
	int numbered;	     /* there is one */
	unsigned command;    /* of OK and NO: what imap_say returned */
	int bad;	     /* of NO: it was BAD: not known, not understood */
	struct slice code;   /* of OK, NO, BAD, BYE: within the brackets:
				"COPYUID 7 1:3 9:11"; empty: none */
	struct slice text;   /* behind it; empty: none */
};

enum { IMAP_WINDOW = 64 }; /* commands under way at once */

struct imap_session; /* its own */

struct imap {
	struct client client;
	int compress;	      /* -o compress: COMPRESS=DEFLATE (RFC 4978) */
	int shared;	      /* the server is "-": the session of imap-run */
	int lasting;	      /* it is for long: a server that is gone without a
				 word is found out (peer_watch) */

	struct conn *conn;    /* NULL: closed */
	struct tokens tokens; /* of the response that imap_next gave */
	unsigned offers;
	int dead;	      /* nothing more can be said */
	int rev2;	      /* IMAP4rev2 is enabled */
	int utf8;	      /* names, strings are UTF-8: rev2, UTF8=ACCEPT */
	int qresync;	      /* QRESYNC is enabled: VANISHED takes the place of
				 EXPUNGE */
	uint32_t limit;	      /* MESSAGELIMIT (RFC 9738); 0: none */
	uint64_t append_limit; /* APPENDLIMIT (RFC 7889); 0: none told */
	int selected;
	struct imap_box box;
	struct buf mechanisms; /* of SASL, in words */
	struct imap_session *own;
};

extern const struct target_family imap_family;

/*
 * Connects, to a host, by a proxy, to a program (client.h), or where i->shared
 * to the session of imap-run; logs in: greeting, CAPABILITY where neither
 * greeting nor login told it, TLS as it is asked for (secure.h) with all
 * that was said before it forgotten, the login (AUTHENTICATE, with SASL-IR
 * where it is offered, else LOGIN), COMPRESS where asked for; ENABLE of
 * IMAP4rev2 or UTF8=ACCEPT where offered is said, and its answer read with what
 * comes next, so that it costs no round trip, as is ID.  PREAUTH is taken where
 * a password could be told (secure_private): in TLS, from a program, on
 * loopback, but not where TLS is required and not there.
 *
 * 0, or -1 with what the server is called in front of the sentence:
 * EX_TEMPFAIL, EX_NOHOST, EX_NOPERM (login refused), EX_UNAVAILABLE,
 * EX_PROTOCOL, EX_CONFIG.  In any case the caller ends with imap_close.
 */
int imap_open(struct imap *i, struct fail *f);

/* What sentences call the server. */
const char *imap_name(const struct imap *i);

/* 1 where all of "offers" are there. */
int imap_has(const struct imap *i, unsigned offers);

/* How many more commands may be said now: none where IMAP_WINDOW are under way,
 * or more than a server has room for that writes and reads nothing. */
unsigned imap_room(const struct imap *i);

/*
 * Begins a command: its name and what else printf(3) makes of our own numbers
 * and words, without tag and CRLF: "UID FETCH %s (UID FLAGS)".  The pieces are
 * added behind it, each with the space that is to stand before it in "format"
 * or by imap_add.  What is found wrong before imap_said (NUL in a string, a
 * name that is not UTF-8, a command that is too long) is told by imap_next, as
 * if the server had said NO, with EX_DATAERR; then nothing was said.  Returns
 * the number of the command.
 */
unsigned imap_say(struct imap *i, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void imap_add(struct imap *i, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds text of a user's or a server's own: an atom, a quoted string or a
 * literal, whichever can say it, so that nothing in it ends the command.  NUL
 * cannot be said.  For 8-bit text in a search the caller says CHARSET UTF-8
 * before. */
void imap_add_string(struct imap *i, struct slice text);

/* Adds the name of a mailbox, which is UTF-8: in modified UTF-7 (mutf7.h)
 * unless i->utf8. */
void imap_add_name(struct imap *i, struct slice name);

/* Begins a literal of "size" octets, which follow by imap_add_octets, at once
 * where the server takes that (LITERAL+, LITERAL- up to 4096), else after it
 * said "+"; "binary" makes it literal8.  What comes meanwhile is kept in order,
 * but data is dropped: not with other commands under way whose data matters.
 * 0; -1: the server does not want it, for the reason in "f": imap_said is next,
 * which says nothing, and imap_next tells the same; or i->dead. */
int imap_add_literal(struct imap *i, uint64_t size, int binary, struct fail *f);
int imap_add_octets(struct imap *i, struct slice octets, struct fail *f);

/* Ends the command.  It may wait till the next imap_next before it is
 * written. */
void imap_said(struct imap *i);

/* The same for IDLE and NOTIFY-like commands, in which "+" is awaited, and a
 * line without a tag is said ("DONE"). */
void imap_said_plus(struct imap *i);
void imap_say_line(struct imap *i, const char *line);

/*
 * The next response.  IMAP_OK, IMAP_NO: to r->command, which may be any that is
 * under way; of IMAP_NO "f" has the server's words, without its name, and their
 * class by their code (RFC 5530): EX_NOPERM (NOPERM, AUTHENTICATIONFAILED,
 * AUTHORIZATIONFAILED, EXPIRED, PRIVACYREQUIRED), EX_TEMPFAIL (UNAVAILABLE,
 * INUSE, LIMIT, OVERQUOTA, SERVERBUG), EX_NOINPUT (NONEXISTENT, TRYCREATE, and
 * of SELECT and EXAMINE where no code tells),
 * EX_CANTCREAT (ALREADYEXISTS), EX_PROTOCOL (BAD), else EX_UNAVAILABLE.
 * IMAP_LOST: EX_TEMPFAIL (closed, BYE, time is up; the UIDVALIDITY of the
 * selected mailbox changed), EX_PROTOCOL (a tag of no command, "+" unasked,
 * what is no response); what was answered before, while something else was
 * awaited, is given all the same.  "r" is valid until the next call.
 */
enum imap_result imap_next(struct imap *i, struct imap_response *r,
    struct fail *f);

/* 1 where r->name is that. */
int imap_is(const struct imap_response *r, const char *name);

/* 1 where its code is called "name", in any case of letters; else 0. */
int imap_has_code(const struct imap_response *r, const char *name);

/* 1 where the server said OK to what it did only a part of, as it has a limit
 * (RFC 9738), with EX_UNAVAILABLE in "f"; else 0. */
int imap_is_cut(const struct imap_response *r, struct fail *f);

/* Waits, at most so many seconds, until something is there to be read: 1; 0
 * where nothing came; -1 with i->dead. */
int imap_await(struct imap *i, unsigned seconds, struct fail *f);

/* Until the end of "command", dropping data; the others under way must have
 * been answered: as imap_next, without IMAP_DATA; IMAP_NO, too, where
 * imap_is_cut. */
enum imap_result imap_finish(struct imap *i, unsigned command, struct fail *f);

/* Says SELECT or, where "readonly", EXAMINE, with CONDSTORE where it is there;
 * i->box is filled by the time it is IMAP_OK.  imap_say's number. */
unsigned imap_say_select(struct imap *i, struct slice name, int readonly);

/* The same and imap_finish: 0, or -1 with the mailbox in front of the
 * sentence. */
int imap_select(struct imap *i, struct slice name, int readonly,
    struct fail *f);

/*
 * Where the session of imap-run comes with that mailbox selected by EXAMINE a
 * moment ago, it stays so: 1, and of i->box only "readonly" is known; 0, and
 * imap_select is next.  For what never changes, as texts do not, and is asked
 * for by uid: what comes is right; what does not may have come since, and is to
 * be asked for again after imap_select.
 */
int imap_resume(struct imap *i, struct slice name);

/* LOGOUT, unless i->dead or in the middle of a command, and the end of the
 * connection: what a program says to that is waited for, at most 5 seconds, and
 * nothing of a host, as it has no news.  How a program ended is added to "f"
 * (or NULL).  Of a shared session: it is given back, in good order or, where
 * i->dead, not. */
void imap_close(struct imap *i, struct fail *f);

/* Wipes and frees all of it. */
void imap_end(struct imap *i);

#endif
