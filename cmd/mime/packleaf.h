/* SPDX-License-Identifier: ISC */
/*
 * packleaf: what one file becomes in a message: its type, its charset, its
 * name, and the encoding that brings it through unchanged.
 */
#ifndef PACKLEAF_H
#define PACKLEAF_H

#include "mem.h"
#include "pack.h"
#include "type.h"

/* What it is there for. */
enum packleaf_role {
	PACKLEAF_BODY,	      /* the text: no name, no disposition */
	PACKLEAF_ALTERNATIVE, /* another form of it; a name only if given */
	PACKLEAF_IMAGE,	      /* shown by it, by its name */
	PACKLEAF_FILE,	      /* attached */
	PACKLEAF_MESSAGE,     /* a message, attached; a name only if given */
};

/* What the command line says of a file; strings that outlive the part. */
struct packleaf {
	const char *path; /* "-" is standard input */
	const char *type; /* NULL: found out */
	const char *name; /* NULL: see packleaf_name */
	enum packleaf_role role;
	int flowed; /* text/plain to be sent as format=flowed */
};

/* The name that the part has in the message, as bytes: the one given, else for
 * images and files the last component of the path; may be empty. */
struct slice packleaf_name(const struct packleaf *leaf);

/* What all leaves of a message share. */
struct packleaf_common {
	struct type_tables types;
	struct arena arena; /* holds the headers */
	int eight;	    /* bytes above 127 may be sent as they are */
};

/*
 * Checks what "leaf" says and opens its file as p->in; the rest of "p" is
 * left alone.  0, or -1: EX_DATAERR (a type that is none or is multipart, or
 * for a message not message/..., or to be flowed and not text/plain or with a
 * format of its own, a name that holds CR, LF or NUL), or what
 * input_start said.
 */
int packleaf_open(struct pack_part *p, const struct packleaf *leaf,
    struct fail *f);

/*
 * Reads p->in and sets what else pack.h has of a leaf.  A pipe is copied to a
 * temporary file only where it has to be read twice: for text and messages.
 *
 * The type is the one given, else that of the extension, else that of the
 * content.  A body is text/plain; an alternative is text/html where the
 * extension says nothing and the content is text or unknown; a message is
 * message/rfc822.
 *
 * Text is sent as it is where it is clean, else in quoted-printable or
 * base64, and its charset is us-ascii, utf-8 or, for a body that is neither,
 * unknown-8bit; where "type" names a charset, that.  Text with CR or NUL, and
 * any but a body in no charset we know, is sent in base64.  A message is never
 * encoded (RFC 2046, 5.2.1) but made 7-bit inside; where that cannot be done,
 * an attached file is sent as application/octet-stream, and it is EX_DATAERR
 * if the type was asked for.  message/partial and message/external-body
 * likewise, but they are not made 7-bit either (5.2.2.1, 5.2.3).  EX_DATAERR
 * too: a PACKLEAF_MESSAGE that begins with no header field.  All else is sent
 * in base64.
 *
 * 0, or -1: that, or what input_read, input_keep or type_of_name said.
 */
int packleaf_examine(struct pack_part *p, const struct packleaf *leaf,
    struct packleaf_common *common, struct fail *f);

#endif
