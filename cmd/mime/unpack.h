/* SPDX-License-Identifier: ISC */
/*
 * unpack: what mime-unpack does with the parts of a message: list them
 * (unpacklist.c), save their content in files (unpacksave.c), or all that is
 * known of them in a tree of files (unpacktree.c), or show one of them
 * (unpackshow.c).  Beside content are saved the files in it (unpackmore.c) and
 * what came in fragments (unpackpartial.c).
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "create.h"
#include "leaf.h"
#include "mime.h"
#include "output.h"
#include "unpackfile.h"
#include "unpackmore.h"
#include "unpackpartial.h"

struct unpack {
	/* as the command line says */
	int zero;	    /* -0: NUL ends a record, and a path of -l */
	int json;	    /* -j */
	int listed;	    /* -l: standard input is a list of messages */
	int raw;	    /* -r: encoded bytes */
	int utf8;	    /* -u: text becomes UTF-8 */
	int as_tree;	    /* -T */
	int tty;	    /* standard output is a terminal */
	int several;	    /* messages: each record names its own */
	const char *number; /* -p: the part that is wanted, or NULL */
	struct create dir;  /* -d: its "dir" is -1 without */

	struct output out; /* standard output */
	struct leaf leaf;  /* the open one */

	/* of the message in hand */
	const char *path;     /* "-" for standard input */
	uint64_t size;	      /* bytes that were read */
	int status;	      /* of files that could not be written */
	int stopped;	      /* by a signal */
	unsigned flaws_shown; /* see flaw.h */
	const struct mime_part *part; /* being shown, or NULL */
	int found;	      /* the part that is wanted was there */

	struct unpack_list *list;
	struct unpack_tree *tree;
	struct unpack_file *open; /* all that are being written */
	struct unpack_more more;  /* files in the content of the open leaf */
	struct unpack_partial partial; /* fragments, of all messages */
	struct unpack_file *file; /* of the content of the open leaf; NULL
				     also where it cannot be made */
};

/* How "path" stands in a sentence. */
const char *unpack_label(const struct unpack *u);

/* Begins u->leaf for a leaf, as -r and -u say; flaws of flaw.h. */
unsigned unpack_leaf(struct unpack *u, const struct mime_part *part,
    struct output *out);

/* The flaws of the part whose leaf ended by leaf_end with these. */
unsigned unpack_leaf_end(struct unpack *u, const struct mime_part *part,
    unsigned decoder);

/* Sets "out" (NAME_ROOM) to the safe name that the header gives to a part; it
 * is empty where there is none.  Flaws of flaw.h. */
unsigned unpack_name(struct slice header, struct buf *out);

/* The same from the values of Content-Type and Content-Disposition, empty
 * where there is no such field. */
unsigned unpack_names(struct slice type, struct slice disposition,
    struct buf *out);

/* The first column of a record, where there are several messages. */
void unpack_first_column(struct unpack *u, struct buf *line);

/* Prints "line" as a record and empties it. */
void unpack_record(struct unpack *u, struct buf *line);

/* The handlers for mime.h; "ctx" is a struct unpack. */
mime_handler unpacklist_event, unpacksave_event, unpackshow_event,
    unpacktree_event;

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
 * is the name that it has there.  It stands beside that of the part, with -T in
 * files/.  Put its bytes in "out", set "flaws" and "type", and end it by
 * unpackfile_end.  NULL where it cannot be made: that was said.
 */
struct unpack_file *unpacksave_extra(struct unpack *u,
    const struct mime_part *part, struct slice foreign);

/* Begins the tree of a message: 0, or -1 where structure.json cannot be made:
 * that was said.  Ends it while the parser is still there; "f" is NULL or says
 * why not all is known of it.  Forgets it, when its files are gone. */
int unpacktree_start(struct unpack *u);
void unpacktree_end(struct unpack *u, int whole, const struct fail *f);
void unpacktree_abort(struct unpack *u);

/* The directory for what was found in the content of the leaf "part", made
 * where it is missing; or NULL: that was said. */
struct create *unpacktree_files(struct unpack *u,
    const struct mime_part *part);

/* After a failure: removes the files that were being written. */
void unpacksave_abort(struct unpack *u);

#endif
