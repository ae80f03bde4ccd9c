/* SPDX-License-Identifier: ISC */
/*
 * addr: mail addresses, by one grammar for all of mailpipe.
 *
 * Two kinds of text are read: paths as SMTP has them (RFC 5321, 4.1.2), and
 * lists as header fields have them (RFC 5322, 3.4 and 4.4).  Both end in the
 * same check, addr_check, so what is accepted may go to a peer, a header, a
 * log and a file without further thought: no control character, no byte above
 * 127, every length within its limit.  Addresses of RFC 6531 are for those who
 * ask for them, by a function of their own.
 */
#ifndef ADDR_H
#define ADDR_H

#include "buf.h"
#include "fail.h"

/* A mailbox.  Both slices borrow from the text that was read. */
struct addr {
	struct slice local;  /* as written: quoted where it was quoted */
	struct slice domain; /* name or [literal]; empty for "postmaster"
				alone and for the null reverse-path */
};

enum {
	ADDR_TEXT = 384, /* room for addr_format with its NUL */
};

/*
 * Checks "text", local-part "@" domain without angle brackets, against the
 * grammar of a Mailbox: Dot-string or Quoted-string, Domain or
 * address-literal; local-part up to 64, domain up to 255, both up to 254.
 * 0 with *a, or -1: EX_DATAERR with the reason.
 */
int addr_check(struct slice text, struct addr *a, struct fail *f);

/*
 * The same for who can send it with SMTPUTF8 (RFC 6531, 3.3): in atoms, quoted
 * strings and labels UTF-8 counts as letters, but for what utf8_unfit names.
 * Lengths are in bytes; a label that is not ASCII has no limit of its own, as
 * it has another length in DNS.
 */
int addr_check_utf8(struct slice text, struct addr *a, struct fail *f);

/*
 * What of a mailbox of addr_check_utf8 can be sent without SMTPUTF8: writes it
 * to "out" with the A-labels of its domain (idn.h), checked by addr_check; one
 * whose local-part is not ASCII, which no A-label helps, as it is.  0, or -1
 * as addr_check_utf8 and idn_to_ascii.
 */
int addr_to_ascii(struct slice text, char out[ADDR_TEXT], struct fail *f);

enum {
	ADDR_NULL = 1,	     /* "<>" is accepted (MAIL FROM) */
	ADDR_POSTMASTER = 2, /* "<postmaster>" is accepted (RCPT TO) */
	ADDR_UTF8 = 4,	     /* what addr_check_utf8 accepts is accepted */
	ADDR_LOCAL = 8,	     /* "<bob>" is accepted: addr_is_name */
};

/* The domain of "address", as it was written; empty where there is none. */
struct slice addr_domain_of(struct slice address);

/* 1 where "text" is an address without a domain that a user here can have: a
 * Dot-string of ASCII, and nothing that other programs take for a file or a
 * program. */
int addr_is_name(struct slice text);

/*
 * Takes a path, "<" mailbox ">", off the front of "s"; a source route is
 * skipped (RFC 5321, 4.1.2, A-d-l).  Spaces before it are skipped, as clients
 * write them; angle brackets are required.  0 with *a (both slices empty for
 * "<>"), or -1 with EX_DATAERR and the reason.
 */
int addr_path(struct slice *s, int allow, struct addr *a, struct fail *f);

/* Writes local "@" domain (or the local-part alone, or nothing) with a NUL
 * and returns "out". */
char *addr_format(char out[ADDR_TEXT], const struct addr *a);

/* 1 where no byte of it is above 127, else 0. */
int addr_ascii(const struct addr *a);

/*
 * 1 where both are one domain, else 0.  The case of ASCII letters does not
 * count, nor whether a label is a U-label or its A-label (idn_same): where one
 * of them is not ASCII, and the other can be the same name, libidn2 is loaded.
 * Without it they are compared as they are.
 */
int addr_same_domain(struct slice a, struct slice b);

/*
 * Adds the local-part to "out" with quotes and backslashes taken off: what a
 * mailbox is looked up by.  0, or -1 where the maximum is passed.
 */
int addr_unquote(struct slice local, struct buf *out);

/* A mailbox of a header field. */
struct addr_mailbox {
	struct slice name; /* display name as UTF-8, decoded; may be empty */
	struct slice spec; /* local "@" domain, comments and spaces removed */
};

/*
 * Adds a mailbox to "out" as a list in a header has it: "spec" alone, or
 * "name <spec>" with the name as ASCII (word_encode, a phrase).  0, or -1 where
 * the maximum is passed or word_encode cannot write the name: nothing was
 * added.
 */
int addr_write(const struct addr_mailbox *m, struct buf *out);

/*
 * Reads the address-list in "value" (a raw header value, folds and all) and
 * calls "each" for every mailbox, those inside groups too.  Obsolete syntax
 * is read: routes, empty elements, dots in phrases, comments anywhere.
 * Encoded-words make display names and never addresses.  What "each" gets is
 * valid during the call; it returns 0, or -1 to stop.
 *
 * 0; -1 where "each" stopped (f as it left it) or, with EX_DATAERR, where an
 * element is no address.  "spec" has passed addr_check.
 */
int addr_list(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f);

/* The same, except that "spec" has passed addr_check_utf8. */
int addr_list_utf8(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f);

/* The same, except that "spec" may be a local-part alone, which is of this
 * host: cron(8) and programs like it write "To: root". */
int addr_list_local(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f);

#endif
