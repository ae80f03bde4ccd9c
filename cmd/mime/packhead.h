/* SPDX-License-Identifier: ISC */
/*
 * packhead: the header of a new message from what the command line says
 * (RFC 5322, 3.6), without the Content- fields.
 */
#ifndef PACKHEAD_H
#define PACKHEAD_H

#include "buf.h"
#include "fail.h"
#include "mem.h"

struct packhead_list {
	const char **p;
	size_t n;
};

/* A field that is given as it shall be. */
struct packhead_field {
	const char *name;
	struct slice value; /* unfolded; any bytes */
	const char *where;  /* for sentences: "-H", or a file and its line */
};

/* Strings in UTF-8, as they came. */
struct packhead {
	const char *from;	   /* addresses; NULL: user@host */
	const char *subject;	   /* NULL: no such field */
	struct packhead_list to, cc, bcc; /* addresses */
	struct packhead_field *fields; /* by packhead_add */
	size_t n;
	size_t options;	    /* how many of them, the first, come from -H */
	struct arena arena; /* holds their strings, if nobody else does */
};

enum {
	PACKHEAD_RANDOM = 16, /* bytes behind a Message-ID */
};

/* Adds a field; the strings are borrowed. */
void packhead_add(struct packhead *h, const char *name, struct slice value,
    const char *where);

/* Adds "Name: value", which an option gives, and counts it in h->options.  0,
 * or -1 with EX_DATAERR where it is no field. */
int packhead_option(struct packhead *h, const char *option, struct fail *f);

/* 1 if an option gives the field "name": one of h->options, or From, Subject,
 * To, Cc, Bcc by its own. */
int packhead_is_optional(const struct packhead *h, struct slice name);

/* Frees the fields and their strings. */
void packhead_free(struct packhead *h);

/* What comes of it. */
struct packhead_text {
	struct buf before; /* Date to Subject: whole lines */
	struct buf after;  /* MIME-Version and h->fields */
	struct buf domain; /* of the first author: for Message-ID */
};

#define PACKHEAD_TEXT \
	((struct packhead_text){ BUF(LIMIT_HEADER), BUF(LIMIT_HEADER), \
	    BUF(LIMIT_PATH) })

/*
 * Writes the fields: pure ASCII, lines within 76 where they can be.  A field
 * of h->fields takes the place of the one that would be made.
 *
 * 0, or -1: EX_DATAERR, a value holds CR, LF or NUL, also where an
 * encoded-word hides them, or is not UTF-8, or is no address where one is
 * needed, or is too long; or a field is one that the content decides, or
 * stands twice and may stand once; EX_NOUSER, no h->from, and the user who
 * runs this has no address (self.h).
 */
int packhead_write(const struct packhead *h, struct packhead_text *t,
    struct fail *f);

/* Adds the Message-ID field to t->before, unless h->fields has one: the
 * "unique" part as hexadecimal digits, and t->domain. */
int packhead_id(const struct packhead *h, struct packhead_text *t,
    struct slice unique, struct fail *f);

#endif
