/* SPDX-License-Identifier: ISC */
/*
 * report: a delivery status notification: the message that tells the sender of
 * another what became of it (RFC 3461, 6; RFC 3464; RFC 6522).
 *
 * It has a part in plain words, a part for programs, and the header of the
 * message that it is about.  It goes to the sender, with a null return path,
 * which is for whoever sends it to see to.
 */
#ifndef REPORT_H
#define REPORT_H

#include <time.h>

#include "output.h"

enum report_action { /* what became of the message (RFC 3464, 2.3.3) */
	REPORT_DELIVERED,
};

struct report_recipient {
	struct slice original; /* type ";" address, as the sender gave it to
				  the first server (ORCPT), of the type utf-8
				  in UTF-8; may be empty */
	struct slice final;    /* the mailbox that it was sent to here */
};

struct report {
	enum report_action action;
	const char *host;	  /* that tells */
	const char *id;		  /* of the message, here */
	const char *sender;	  /* a mailbox; not the null one */
	struct slice envelope_id; /* that the sender gave (ENVID); or empty */
	time_t arrival;		  /* of the message, here */
	const struct report_recipient *to;
	size_t nto;		  /* at least 1 */
	struct slice header;	  /* with LF line ends; empty: none is given
				     back */
	int cut;		  /* the header goes on, but not here */
};

/*
 * Writes the report to "out", with LF line ends, in lines of at most 998 bytes.
 * In a value a byte that is no printable ASCII becomes "?", so that each of
 * them is one line; addresses may be UTF-8 (RFC 6533), but for what utf8_unsafe
 * names.  Where the sender is ASCII all of it is 7-bit, and those have the type
 * utf-8 in a form that is; the header is encoded where it has to be.  Where the
 * sender is not, the report needs SMTPUTF8 and 8BITMIME, as whoever named that
 * sender has.  0, or -1 with EX_TEMPFAIL (digest_random); what "out" could not
 * take is told by it.
 */
int report_write(const struct report *r, struct output *out, struct fail *f);

#endif
