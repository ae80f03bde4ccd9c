/* SPDX-License-Identifier: ISC */
/*
 * unpackpartial: fragments of messages (message/partial) among those that are
 * unpacked: they are held, and what they make is unpacked as a message of its
 * own; those of which some are missing are saved as the parts that they are.
 */
#ifndef UNPACKPARTIAL_H
#define UNPACKPARTIAL_H

#include "mime.h"
#include "output.h"
#include "partial.h"

struct unpack;

/* Zeroed, nothing is held. */
struct unpack_partial {
	int on;		/* set by unpackpartial_open */
	int joining;	/* what is unpacked was joined: it is not again */
	struct fail no_file; /* why there is no temporary file */
	struct partials all;
	struct partial_fragment *open; /* whose content is coming, or NULL */
	struct output out;
};

/* From now on fragments are held.  Makes the temporary file, so it is to be
 * called while that can be made; where it cannot, the first fragment tells. */
void unpackpartial_open(struct unpack *u);

/*
 * At the MIME_HEADER of a leaf: 1 where it is held, and then its content goes
 * to u->leaf, and unpackpartial_end is called at its MIME_END; else 0, and
 * *flaws of flaw.h where it is a fragment that cannot be held.
 */
int unpackpartial_start(struct unpack *u, const struct mime_part *part,
    unsigned *flaws);
int unpackpartial_end(struct unpack *u, const struct mime_part *part,
    struct fail *f);

/* After a failure: the fragment whose content was coming is no more. */
void unpackpartial_abort(struct unpack *u);

/* After each message: unpacks those that are complete now.  An exit status,
 * after its lines. */
int unpackpartial_join(struct unpack *u);

/* After all: saves the fragments that are left, with a line for each set, and
 * frees what there is.  An exit status. */
int unpackpartial_close(struct unpack *u);

#endif
