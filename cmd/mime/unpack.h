/* SPDX-License-Identifier: ISC */
/*
 * unpack: what mime-unpack does with the parts of a message: list them
 * (unpacklist.c), save their content in files (unpacksave.c), or show one of
 * them (unpackshow.c).
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "create.h"
#include "leaf.h"
#include "mime.h"
#include "output.h"
#include "unpackfile.h"

struct unpack {
	/* as the command line says */
	int zero;	    /* -0: NUL ends a record, and a path of -l */
	int json;	    /* -j */
	int listed;	    /* -l: standard input is a list of messages */
	int raw;	    /* -r: encoded bytes */
	int utf8;	    /* -u: text becomes UTF-8 */
	int tty;	    /* standard output is a terminal */
	int several;	    /* messages: each record names its own */
	const char *number; /* -p: the part that is wanted, or NULL */
	struct create dir;  /* -d: its "dir" is -1 without */

	struct output out; /* standard output */
	struct leaf leaf;  /* the open one */

	/* of the message in hand */
	const char *path;     /* "-" for standard input */
	int status;	      /* of files that could not be written */
	unsigned flaws_shown; /* see flaw.h */
	const struct mime_part *part; /* being shown, or NULL */
	int found;	      /* the part that is wanted was there */

	struct unpack_list *list;
	struct unpack_file *file; /* of the content of the open leaf; NULL
				     also where it cannot be made */
};

/* How "path" stands in a sentence. */
const char *unpack_label(const struct unpack *u);

/* Begins "l" for a leaf, as -r and -u say; flaws of flaw.h. */
unsigned unpack_leaf(struct unpack *u, const struct mime_part *part,
    struct output *out);

/* Sets "out" (NAME_ROOM) to the safe name that the header gives to a part; it
 * is empty where there is none.  Flaws of flaw.h. */
unsigned unpack_name(struct slice header, struct buf *out);

/* The first column of a record, where there are several messages. */
void unpack_first_column(struct unpack *u, struct buf *line);

/* Prints "line" as a record and empties it. */
void unpack_record(struct unpack *u, struct buf *line);

/* The handlers for mime.h; "ctx" is a struct unpack. */
mime_handler unpacklist_event, unpacksave_event, unpackshow_event;

/* At the end of each message: prints the list; "f" is NULL or says why the
 * message was not read to its end. */
void unpacklist_end(struct unpack *u, const struct fail *f);

/* Ends u->file and the open leaf "part": its record, or that it could not be
 * written, and its flaws.  0, or -1 as leaf_end. */
int unpacksave_leaf_end(struct unpack *u, const struct mime_part *part,
    struct fail *f);

/*
 * Makes a further file, for something that was found in the content of the
 * leaf "part", between its MIME_HEADER and the end of its MIME_END; "foreign"
 * is the name that it has there.  It stands beside that of the part.  Put its
 * bytes in "out", set "flaws" and "type", and end it by unpackfile_end.  NULL
 * where it cannot be made: that was said.
 */
struct unpack_file *unpacksave_extra(struct unpack *u,
    const struct mime_part *part, struct slice foreign);

/* After a failure: removes the files that were being written. */
void unpacksave_abort(struct unpack *u);

#endif
