/* SPDX-License-Identifier: ISC */
/*
 * inside: the parts of a message as mime.h gives them, and those of messages
 * that are attached in base64 or quoted-printable.  RFC 2046, 5.2.1 forbids to
 * encode a message so, and to lib/mime such a part is a leaf with a flaw; but
 * there are senders that do it.
 *
 * The handler sees the encoded message as a MIME_MESSAGE whose "enc" tells how
 * it is encoded: the events between its MIME_HEADER and its MIME_END are those
 * of the message in it, decoded, and their bytes are its content.  At its
 * MIME_END "flaws" has those of the decoder too (flaw.h).  It is the parent of
 * the outermost part in it, and numbers, depths and the limit of parts are as
 * if it had not been encoded.
 *
 * Memory is constant: a parser for each level that is open, of which there are
 * LIMIT_MIME_ENCODED at most.
 */
#ifndef INSIDE_H
#define INSIDE_H

#include "mime.h"

enum {
	INSIDE_PIECE = 131072, /* the most bytes of content in one event, as
				  long as no more are pushed at once */
};

struct inside;

/* What takes messages apart so for "handler" and "ctx"; end it by
 * inside_free. */
struct inside *inside_new(mime_handler *handler, void *ctx);

/* An encoded message with that number (which must outlive "in"), or each where
 * it is NULL, stays the leaf that it is to mime.h.  Before the first push. */
void inside_leave(struct inside *in, const char *number);

/* As mime_push and mime_end. */
int inside_push(struct inside *in, struct slice bytes, struct fail *f);
int inside_end(struct inside *in, struct fail *f);

/* After inside_end: 0, or -1 with EX_DATAERR and the limit that was hit: what
 * mime_check says, or that a message was encoded in too many others, and so
 * taken as a leaf. */
int inside_check(const struct inside *in, struct fail *f);

void inside_free(struct inside **in);

/* 1 where "part" stands in an encoded message, so that its offsets are not in
 * the message that was pushed; else 0. */
int inside_encoded(const struct mime_part *part);

#endif
