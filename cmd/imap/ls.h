/* SPDX-License-Identifier: ISC */
/* ls: what the files of imap-ls share. */
#ifndef LS_H
#define LS_H

#include "imap.h"
#include "output.h"
#include "uids.h"

struct json;

struct ls {
	struct imap imap;
	int json;	/* -j */
	int details;	/* -l */
	int nul;	/* -0 */
	int subscribed; /* -s */
	int threads;	/* -r */
	int tty;
	const char *mailbox; /* NULL: what mailboxes there are */
	const char *pattern; /* of their names; NULL: all */
	struct uids *uids;   /* which messages; NULL: all */
	struct buf row;
	struct output out;
	int status;
};

/* Lists: 0, or -1 where nothing more can be said, or nothing is to be listed.
 * What fails of one mailbox alone is told at once. */
int ls_boxes(struct ls *l, struct fail *f);
int ls_messages(struct ls *l, struct fail *f);

/* What both write: a TAB and a column; flags or attributes, as words without
 * backslashes, or as an array of JSON that has them as they came; the row. */
void ls_column(struct ls *l, struct slice value);
void ls_words(struct ls *l, struct slice words);
void ls_json_words(struct json *j, const char *key, struct slice words);
void ls_put_row(struct ls *l);

/* Tells what a NO in "f" is about, which is not the end. */
void ls_report(struct ls *l, const char *object, struct fail *f);

#endif
