/* SPDX-License-Identifier: ISC */
/*
 * pack: a message as a tree of parts, and its way out.
 *
 * Who builds the tree sets the links, and for a leaf everything below; then
 * pack_boundaries once, then pack_write.  What is sent unencoded is read for
 * both, so memory does not depend on its size.  The caller closes the inputs.
 */
#ifndef PACK_H
#define PACK_H

#include "boundary.h"
#include "enc.h"
#include "input.h"
#include "output.h"

enum pack_form {
	PACK_BYTES,	    /* the content byte for byte */
	PACK_MESSAGE,	    /* a message: its CRLFs become LF */
	PACK_MESSAGE_7BIT,  /* the same, and made 7-bit by sevenbit.h */
};

struct pack_part {
	struct pack_part *parent, *next; /* NULL for the root; for the last */
	enum enc enc;	/* of a multipart: what its parts need */

	/* A multipart: */
	struct pack_part *child; /* the first; NULL for a leaf */
	const char *subtype;	 /* "mixed" */
	char boundary[BOUNDARY_TEXT];

	/* A leaf: */
	struct slice header; /* its Content- fields, whole lines */
	struct input in;
	enum pack_form form;
};

/* Takes the next bytes of some content: 0, or -1 after it filled "f". */
typedef int pack_put(void *ctx, struct slice bytes, struct fail *f);

/* Gives the content of a leaf to "put" in pieces of at most INPUT_BLOCK bytes
 * (messages made 7-bit: of any size), before it is encoded by p->enc.  0, or
 * -1: what "put", input_read or sevenbit_convert said. */
int pack_content(const struct pack_part *p, pack_put *put, void *ctx,
    struct fail *f);

/* The part after "p" in the order in which they are written, or NULL. */
struct pack_part *pack_next(const struct pack_part *p);

/*
 * Mixes the headers, the sizes and all content that is sent unencoded into
 * "h", and gives every multipart of the tree a boundary from the result that
 * begins no line of that content.  0, or -1: what pack_content said, or
 * EX_DATAERR where a hundred candidates were all in use.
 */
int pack_boundaries(struct pack_part *root, struct boundary_hash *h,
    struct fail *f);

/*
 * Writes the tree: the Content- fields of the root, which end the header that
 * the caller has written, then the body.  It ends in a line end.  0, or -1:
 * what pack_content said, or the error of "out".
 */
int pack_write(const struct pack_part *root, struct output *out,
    struct fail *f);

#endif
