/* SPDX-License-Identifier: ISC */
/*
 * plainlines: what there is of plain lines at the beginning of a text from the
 * wire, as nearly all lines of nearly all messages are: whole, ended by CRLF,
 * with no other CR or LF and no NUL in them, no dot in front, and not too long.
 * The other lines are conn.h's, which knows what is wrong with one.
 */
#ifndef PLAINLINES_H
#define PLAINLINES_H

#include <stddef.h>

struct plainlines {
	size_t taken; /* bytes of the text */
	size_t n;     /* bytes that they are now */
	size_t lines;
};

/* Looks at the "n" bytes at "text", the first of which begins a line; "most" is
 * for a line without its CRLF.  The plain lines are moved together there, with
 * LF for CRLF; what is behind them stays where it is. */
struct plainlines plainlines_take(char *text, size_t n, size_t most);

#endif
