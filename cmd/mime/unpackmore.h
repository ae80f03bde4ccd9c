/* SPDX-License-Identifier: ISC */
/*
 * unpackmore: files in the content of a leaf that MIME knows nothing of, saved
 * beside that content: uuencoded ones in text (uu.h), and what is in a
 * winmail.dat (tnef.h).
 */
#ifndef UNPACKMORE_H
#define UNPACKMORE_H

#include "mime.h"
#include "uu.h"

struct unpack;
struct unpack_file;

/* A zeroed one has nothing to free. */
struct unpack_more {
	unsigned files; /* of the message in hand; the caller sets it to 0 */
	int in_text;	/* uuencoded files are looked for */
	int in_tnef;	/* the leaf is a winmail.dat */
	struct uu uu;
	const struct mime_part *part;
	struct unpack_file *file; /* that is being written, or NULL */
};

/* At the MIME_HEADER of a leaf whose content is saved in u->file; at each
 * MIME_BODY; at its MIME_END, when u->file has all of its bytes and has not
 * ended.  0, or -1: EX_DATAERR with LIMIT_MIME_PARTS files in one message, or
 * what tnef_unpack said. */
void unpackmore_start(struct unpack *u, const struct mime_part *part);
int unpackmore_put(struct unpack *u, struct slice bytes, struct fail *f);
int unpackmore_end(struct unpack *u, struct fail *f);

/* After a failure: forgets the file that was being written, which is gone. */
void unpackmore_abort(struct unpack *u);

#endif
