/* SPDX-License-Identifier: ISC */
/*
 * pack: a message as a tree of parts, and its way out.
 *
 * Who builds the tree sets the links, and for a leaf everything below; then
 * pack_boundaries once, then pack_write.  What is sent unencoded is read by
 * pack_look and by pack_write, so memory does not depend on its size; what is
 * encoded is read by pack_write alone, so it may be a pipe.  The caller closes
 * the inputs.
 */
#ifndef PACK_H
#define PACK_H

#include "boundary.h"
#include "enc.h"
#include "input.h"
#include "output.h"

enum pack_form {
	PACK_BYTES,	    /* the content byte for byte */
	PACK_FLOWED,	    /* text, wrapped by packflow.h */
	PACK_MESSAGE,	    /* a message: its CRLFs become LF */
	PACK_MESSAGE_7BIT,  /* the same, and made 7-bit by sevenbit.h */
};

struct pack_part {
	struct pack_part *parent, *next; /* NULL for the root; for the last */
	enum enc enc;	/* of a multipart: what its parts need */

	/* A multipart: */
	struct pack_part *child; /* the first; NULL for a leaf */
	const char *subtype;	 /* "mixed" */
	struct slice root_type;	 /* its parameter "type", or empty */
	char boundary[BOUNDARY_TEXT];

	/* A leaf: */
	struct slice header; /* its Content- fields, whole lines */
	struct slice type;   /* its media type without parameters */
	struct input in;
	enum pack_form form;
	uint64_t sum; /* a hash of its content, and whether a line of it may */
	int suspect;  /* be a delimiter: by pack_look */
};

/* Reads the content of a leaf once, to learn what is in it, and sets p->sum and
 * p->suspect.  Every leaf that is sent unencoded needs it.  0, or -1: what
 * input_read or sevenbit_convert said. */
int pack_look(struct pack_part *p, struct enc_scan *scan, struct fail *f);

/*
 * Mixes the headers and what is known of the content (its hash, and of what is
 * sent encoded the first INPUT_BLOCK bytes) into "h", and gives every multipart
 * of the tree a boundary from the result that begins no line of what is sent
 * unencoded.  0, or -1: what pack_look said, or EX_DATAERR where a hundred
 * candidates were all in use.
 */
int pack_boundaries(struct pack_part *root, struct boundary_hash *h,
    struct fail *f);

/*
 * Writes the tree: the Content- fields of the root, which end the header that
 * the caller has written, then the body.  It ends in a line end.  0, or -1:
 * what pack_look said, or the error of "out", or EX_IOERR where content is
 * no longer what pack_look saw; nothing is written behind it then, so that
 * what was written cannot pass for whole.
 */
int pack_write(const struct pack_part *root, struct output *out,
    struct fail *f);

#endif
