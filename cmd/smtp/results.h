/* SPDX-License-Identifier: ISC */
/* results: what became of each recipient, for people and for scripts. */
#ifndef RESULTS_H
#define RESULTS_H

#include "letter.h"
#include "output.h"

enum results_form {
	RESULTS_FAILURES, /* a line on standard error for each failure */
	RESULTS_COLUMNS,  /* a line for each recipient: path, recipient,
			     "sent", "deferred" or "failed", code, enhanced
			     code, text */
	RESULTS_JSON,	  /* the same, one object a line */
};

struct results {
	enum results_form form;
	struct output *out;
	int several; /* messages: a line of -n begins with the path */
	int status;  /* of the process so far */
};

/* Reports every recipient of a letter, and flushes. */
void results_letter(struct results *r, const struct letter *l);

/* Reports a message that could not be opened. */
void results_unsent(struct results *r, const char *path,
    const struct fail *f);

/* For -n: reports the envelope, and what sending would need. */
void results_envelope(struct results *r, const struct letter *l);

#endif
