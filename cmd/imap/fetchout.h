/* SPDX-License-Identifier: ISC */
/* fetchout: what is fetched to standard output: messages, headers, parts, as
 * they come; or structures, an object of JSON on a line for each. */
#ifndef FETCHOUT_H
#define FETCHOUT_H

#include "enc.h"
#include "mboxrd.h"
#include "message.h"
#include "output.h"
#include "structure.h"
#include "uncrlf.h"

enum fetchout_form {
	FETCHOUT_PLAIN, /* one behind the other */
	FETCHOUT_NUL,	/* the same, NUL behind each */
	FETCHOUT_MBOX,	/* as mboxrd.h */
};

struct fetchout { /* zeroed but for what the caller sets */
	struct output *out;
	enum fetchout_form form;
	/* Its own: */
	struct mboxrd mbox;
	int unbegun; /* it is to be, by the date: */
	time_t date;
	struct uncrlf text;
	struct enc_decoder decoder;
	int raw;
	struct buf lines, decoded;
};

/* Begins a message of that date; or a part in that encoding, or "raw": its
 * bytes as they are.  0. */
int fetchout_begin(struct fetchout *o, const struct message *m,
    struct fail *f);
void fetchout_begin_part(struct fetchout *o, enum enc encoding, int raw);

/* 0, or -1: standard output cannot be written. */
int fetchout_write(struct fetchout *o, struct slice piece, struct fail *f);
int fetchout_end(struct fetchout *o, struct fail *f);

/* The structure of a message. */
int fetchout_structure(struct fetchout *o, const struct message *m,
    const struct structure *s, struct fail *f);

void fetchout_free(struct fetchout *o);

#endif
