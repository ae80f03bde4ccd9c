/* SPDX-License-Identifier: ISC */
/*
 * ls: what mime-ls says about the parts of a message: as lines (lsline.c), as
 * a tree in JSON (lsjson.c), or nothing but what is wrong with them
 * (lscheck.c, lswarn.c).
 */
#ifndef LS_H
#define LS_H

#include "json.h"
#include "limits.h"
#include "mime.h"
#include "output.h"

enum {
	LS_TOKEN = 64, /* bytes of a charset or disposition that are shown */
};

/* A part that began and did not end. */
struct ls_open {
	const struct mime_part *part;
	unsigned flaws; /* of flaw.h, besides those in "part" */
	unsigned known; /* of those in "part": what is none to us */
};

struct ls {
	/* as the command line says */
	int zero;     /* -0: NUL ends a record, and a path of -l */
	int json;     /* -j */
	int listed;   /* -l: standard input is a list of messages */
	int validate; /* -V: warnings alone, but also about content */
	int tty;      /* standard output is a terminal */
	int several;  /* messages: each line names its own */

	struct output *out; /* the caller's: where records go */
	struct buf line;   /* what goes there next */
	struct json tree;  /* a writer into "line" */

	struct mime *parser;

	/* of the message in hand */
	const char *path; /* "-" for standard input */
	uint64_t size;	  /* bytes that were read */
	int whole;	  /* those were all of it */
	int flawed;	  /* there was a warning */
	unsigned shown;	  /* see flaw.h */
	unsigned depth;	  /* entries of "open" in use */
	struct ls_open open[LIMIT_MIME_DEPTH + 1];
	struct slice type, disposition; /* of the part that begins: the values
					   of these fields, or empty */
	struct enc_decoder decoder; /* -V: of the open leaf */
	struct buf decoded;

	struct ls_rows *rows;	/* lsline.c */
	struct ls_notes *notes; /* lswarn.c */
};

/* Prepares "l", whose options are set, for messages; frees its memory. */
void ls_init(struct ls *l);
void ls_free(struct ls *l);

/* Begins the message "path". */
void ls_start(struct ls *l, const char *path);

/* The handler for mime.h; "ctx" is a struct ls. */
mime_handler ls_event;

/* Ends the message while the parser is still there.  "f" is NULL or says why
 * not all of it is known: then parts may be open. */
void ls_end(struct ls *l, const struct fail *f);

/* How the path of the message stands in a sentence. */
const char *ls_label(const struct ls *l);

/* Set "out" to the charset that the part names which begins, and to its
 * disposition: in lower case, LS_TOKEN bytes at most, empty where there is
 * none. */
void ls_charset(const struct ls *l, struct buf *out);
void ls_disposition(const struct ls *l, struct buf *out);

/* Adds a column and its TAB to l->line, "-" for an empty one. */
void ls_column(struct ls *l, struct slice value);

/* Ends the record in l->line, which may end in a TAB, and prints it. */
void ls_record(struct ls *l);

/* Prints what l->line holds so far, and empties it. */
void ls_put(struct ls *l);

/* A row for a part that begins, whose safe name is "name"; its end is known;
 * all rows of the message are printed; memory is freed. */
void lsline_begin(struct ls *l, struct mime_part *part, struct slice name);
void lsline_part_end(const struct mime_part *part);
void lsline_end(struct ls *l);
void lsline_free(struct ls *l);

/* The object of the message, or of a part whose safe name is "name", begins;
 * that of a part ends, "part" being NULL where its end is not known; that of
 * the message ends, as ls_end. */
void lsjson_start(struct ls *l);
void lsjson_begin(struct ls *l, const struct mime_part *part,
    struct slice name);
void lsjson_part_end(struct ls *l, const struct mime_part *part);
void lsjson_end(struct ls *l, const struct fail *f);

/* -V: looks at a part that begins; at bytes of an open leaf; at its end.  What
 * is found is added to its entry of "open".  0, or -1 with EX_SOFTWARE: the
 * decoder needs more room than enc.h says. */
void lscheck_begin(struct ls *l, const struct mime_part *part);
int lscheck_put(struct ls *l, struct slice bytes, struct fail *f);
int lscheck_end(struct ls *l, struct fail *f);

/* What is wrong with a part, as it ends: printed, or with -j kept; what was
 * kept is written as an array. */
void lswarn_part(struct ls *l, const struct mime_part *part, unsigned flaws);
void lswarn_json(struct ls *l);

#endif
