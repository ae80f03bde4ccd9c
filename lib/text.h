/* SPDX-License-Identifier: ISC */
/* text: foreign bytes made fit to be shown to a person or read by a script. */
#ifndef TEXT_H
#define TEXT_H

#include "buf.h"

enum {
	TEXT_SHOWN = 201, /* what text_show writes at most, with the NUL */
};

/*
 * Writes "s" to "out" as one printable line of at most TEXT_SHOWN - 1 bytes
 * with a NUL behind it, and returns "out".  What utf8_unfit() names becomes
 * \xNN, one for each byte; a longer text is cut between characters.
 */
char *text_show(char out[TEXT_SHOWN], struct slice s);

/* The same as an expression, valid to the end of the enclosing block. */
#define TEXT_SHOW(s) text_show((char[TEXT_SHOWN]){ 0 }, (s))

/*
 * Adds "s" to "out" as one column of a line: TAB, LF and backslash as \t, \n
 * and \\, CR and NUL as \r and \0, so that a line is one record whatever a
 * peer sent.  With "tty" set everything that utf8_unfit() names is escaped
 * too, as \xNN.  0, or -1 where the maximum of "out" is passed.
 */
int text_column(struct buf *out, struct slice s, int tty);

#endif
