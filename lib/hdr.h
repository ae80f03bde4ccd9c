/* SPDX-License-Identifier: ISC */
/*
 * hdr: the header of a message as bytes (RFC 5322, 2.2; RFC 7103).
 *
 * A header is a slice that holds whole lines, with LF or CRLF ends, up to and
 * with the empty line where there is one.  Nothing is copied; what a field
 * means is told by addr, date, word and param.
 */
#ifndef HDR_H
#define HDR_H

#include "buf.h"
#include "fail.h"

struct hdr_field {
	struct slice name;  /* without the colon and spaces before it; empty
			       for a line that is no field */
	struct slice value; /* after the colon, folds as they are, no line end
			       at the end, not trimmed */
	struct slice raw;   /* all of its lines with their line ends */
};

/*
 * Takes the next field off the front of "header": 1; 0 at the empty line or
 * the end.  A line that is no field (no colon, a bad name, a fold with
 * nothing before it) comes as a field with an empty name, so that no byte is
 * lost.  Spaces before the colon are accepted (obsolete syntax, RFC 5322,
 * 4.5), and a fold of nothing but spaces is part of its field.
 */
int hdr_next(struct slice *header, struct hdr_field *field);

/*
 * Takes the lines up to and with the next one that goes on with a field but
 * looks like a field of its own, "  Name: value" and no URL, off the front of
 * "lines": 1 with its name, 0 where there is none.  "lines" is hdr_field.raw at
 * first.
 */
int hdr_folded(struct slice *lines, struct slice *name);

/* The first field of that name, in any case of letters: 1, or 0. */
int hdr_find(struct slice header, const char *name, struct hdr_field *field);

/* The value of that; empty where there is none, and where it is longer than
 * LIMIT_HEADER_FIELD, for what is shown of it. */
struct slice hdr_value(struct slice header, const char *name);

/* How many fields of that name there are. */
size_t hdr_count(struct slice header, const char *name);

/* Adds "value" to "out" with its line ends taken out (RFC 5322, 2.2.3; a CR
 * without LF is none and stays) and without spaces at both ends.  0, or -1
 * where the maximum is passed. */
int hdr_unfold(struct slice value, struct buf *out);

/* 1 if "name" may stand before a colon: printable ASCII but ":" and space. */
int hdr_name_ok(struct slice name);

/*
 * 0 where "value" may be put into a header; else -1 with EX_DATAERR: it holds
 * CR, LF or NUL, which would begin another field.  "name" is for the
 * sentence.
 */
int hdr_value_check(const char *name, struct slice value, struct fail *f);

/*
 * Adds "Name: value" LF to "out", folded before a space so that lines stay
 * within 76 where they can and within 998 always: a longer word is cut, and a
 * run of more than 64 spaces is shortened, as both could only be sent in a
 * form that readers take for something else.  "value" is ASCII or UTF-8 as
 * the caller wants it sent, on one line (hdr_value_check); spaces at both ends
 * are dropped.  0, or -1 where the maximum is passed.
 */
int hdr_write(struct buf *out, const char *name, struct slice value);

/*
 * Skips spaces, folds and nested comments (CFWS, RFC 5322, 3.2.2) at the
 * start of "s".  0; or -1 where a comment has no end or is nested deeper than
 * LIMIT_COMMENT_DEPTH: it has taken all that was left.
 */
int hdr_skip_cfws(struct slice *s);

/*
 * Takes a quoted-string (RFC 5322, 3.2.4) off the front of "s", which begins
 * with its quote.  "inside" is what stands between the quotes, backslashes
 * and folds as they are.  0; or -1 where the closing quote is missing, and
 * then all that was left was taken.
 */
int hdr_quoted(struct slice *s, struct slice *inside);

/* Adds what hdr_quoted gave to "out", with backslashes and line ends taken
 * out.  0, or -1 where the maximum is passed. */
int hdr_unquote(struct slice inside, struct buf *out);

/* Adds "inside" to "out" as a quoted-string: in quotes, with a backslash
 * before each quote and backslash; it is one line (hdr_value_check).  0, or -1
 * where the maximum is passed. */
int hdr_quote(struct slice inside, struct buf *out);

#endif
