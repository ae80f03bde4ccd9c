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
	unsigned flaws_shown; /* see flaw.h */
	const struct mime_part *part; /* being saved or shown, or NULL */
	int found;	      /* the part that is wanted was there */

	struct unpack_list *list;
	struct unpack_file *file;
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

/* After a failure: removes the file that was being written. */
void unpacksave_abort(struct unpack *u);

#endif
