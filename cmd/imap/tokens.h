/* SPDX-License-Identifier: ISC */
/* tokens: what the files of token (token.h) share. */
#ifndef TOKENS_H
#define TOKENS_H

#include "token.h"

/* What token_next does; without "sections" a bracket is a byte of an atom as
 * others are, as in a string. */
int tokens_read(struct tokens *t, int sections, struct token *next,
    struct fail *f);

/* What is left of the literal's octets is skipped: 0, or -1. */
int tokens_skip(struct tokens *t, struct fail *f);

/* Was the end of the line taken already, and given back?  It is taken then. */
int tokens_is_over(struct tokens *t);

#endif
