/* SPDX-License-Identifier: ISC */
/* tty: foreign bytes on their way to a terminal. */
#ifndef TTY_H
#define TTY_H

#include "output.h"

/* A zeroed one is a start. */
struct tty {
	char held[4]; /* a character, or a CR, that is not complete */
	size_t nheld;
	unsigned run; /* marks on the last character */
};

/* Puts "bytes", which come in pieces of any size, into "out" with everything
 * that utf8_unfit() names, but TAB, LF and CRLF, as \xNN; tty_end puts what is
 * held. */
void tty_put(struct tty *t, struct slice bytes, struct output *out);
void tty_end(struct tty *t, struct output *out);

#endif
