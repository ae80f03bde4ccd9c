/* SPDX-License-Identifier: ISC */
/*
 * mime: the parts of a message as events over a stream (RFC 2045, RFC 2046).
 *
 * Bytes are pushed in, in pieces of any size; a handler is called with
 * events.  Memory is constant whatever the size: one header at a time is held
 * (LIMIT_HEADER), and the stack of open parts (LIMIT_MIME_DEPTH); there is no
 * recursion.  LF and CRLF input give the same structure.
 *
 * Every byte of the input comes out once, in order, as the bytes of a
 * MIME_HEADER, MIME_BODY or MIME_GLUE event: who concatenates them has the
 * message again.  How the events are cut does not depend on where the pieces
 * ended, save that a long body or glue may come in several.
 *
 *	state		next line is		then
 *	------------------------------------------------------------------
 *	header		not empty		more of the header
 *	header		a delimiter of an open	the header ends here (flaw),
 *			multipart		then as below
 *	header		empty or the end	MIME_HEADER; body, preamble
 *						or, inside a message, header
 *	preamble,	delimiter of any open	the parts inside it end; it
 *	body,		multipart, innermost	is glue; header of the next
 *	epilogue	first			part
 *	the same	close delimiter		the parts inside it end; it
 *						is glue; epilogue
 *
 * A delimiter stands at the start of a line and is the whole line but for
 * spaces at its end (RFC 2046, 5.1.1); a line of more than 2048 bytes is none.
 * The line end before it belongs to it, but not that of a header line.  After
 * its close delimiter a multipart is open no more, and what follows is its
 * epilogue, so the same boundary may serve at two levels.
 */
#ifndef MIME_H
#define MIME_H

#include "enc.h"
#include "fail.h"

enum mime_event {
	MIME_HEADER, /* bytes: the header with its empty line, all at once;
			begins a part */
	MIME_BODY,   /* bytes: encoded content of a leaf */
	MIME_GLUE,   /* bytes: delimiters, preamble, epilogue */
	MIME_END,    /* no bytes: the part ended, "end" is set */
};

enum mime_kind {
	MIME_LEAF,	/* content */
	MIME_MULTIPART, /* parts between delimiters */
	MIME_MESSAGE,	/* message/rfc822 or global: one message inside */
};

/* What was found wrong; a handler sees it in mime_part.flaws. */
enum {
	MIME_FLAW_NO_CLOSE = 1,	    /* the close delimiter is missing */
	MIME_FLAW_NO_BLANK = 2,	    /* no empty line after the header */
	MIME_FLAW_NOT_FIELD = 4,    /* a header line that is no field */
	MIME_FLAW_TWO_TYPES = 8,    /* several Content-Type, or several
				       boundaries; the first counts */
	MIME_FLAW_TWO_ENCODINGS = 16, /* several Content-Transfer-Encoding;
				       the first counts */
	MIME_FLAW_NO_BOUNDARY = 32, /* multipart without one, or with one
				       longer than 998: taken as text/plain */
	MIME_FLAW_ENCODING = 64,    /* unknown: bytes are taken as they are; or
				       one that a multipart may not have: it
				       is ignored, as mail programs do; or one
				       that a message may not have: taken as
				       a leaf */
	MIME_FLAW_TYPE = 128,	    /* a Content-Type that is no type/subtype:
				       taken as text/plain */
	MIME_FLAW_NUL = 256,	    /* a NUL in the header */
};

struct mime_part {
	/* Until the part's MIME_END: */
	char number[512];     /* as IMAP has it (RFC 3501, 6.4.5): "1.2"; ""
				 for a multipart that is a whole message, the
				 outermost or one inside a MIME_MESSAGE */
	unsigned depth;	      /* 0 is the whole message */
	enum mime_kind kind;
	enum enc enc;	      /* of a container ENC_7BIT, 8BIT or BINARY, or
				 ENC_UNKNOWN with its flaw */
	unsigned flaws;
	struct slice type;    /* "text/plain", lower case */
	struct slice boundary; /* of a multipart, without spaces at its end;
				  gone at MIME_END */
	struct slice header;  /* all of it; during MIME_HEADER alone */
	uint64_t at;	      /* offset of the header's first byte */
	uint64_t body;	      /* of the first byte after the header */
	uint64_t end;	      /* of the byte after the body's last: the line
				 end before a delimiter is outside; at
				 MIME_END alone */
	const struct mime_part *parent; /* NULL for the whole message */
	void *user;	      /* the handler's own, NULL at the start */
};

/*
 * Called for each event; "bytes" is valid during the call.  Returns 0, or -1
 * after it filled "f": then the push that led to it returns -1.
 */
typedef int mime_handler(void *ctx, enum mime_event event,
    struct mime_part *part, struct slice bytes, struct fail *f);

struct mime;

/* A parser that calls "handler" with "ctx"; end it by mime_free. */
struct mime *mime_new(mime_handler *handler, void *ctx);

/*
 * The same for a message that the leaf "part" of "m" holds encoded, against
 * RFC 2046, 5.2.1: what is pushed is the content, decoded.  Its parts are
 * numbered, nested and counted as those of "m" inside "part", which is the
 * parent of the outermost; their offsets are in what is pushed.  "m" and
 * "part" must outlive it.
 */
struct mime *mime_new_inside(struct mime *m, const struct mime_part *part,
    mime_handler *handler, void *ctx);

/*
 * Parses the next piece; mime_end says that there is no more, and ends every
 * open part.  0, or -1: what the handler said, or EX_DATAERR with a sentence
 * that names the limit: a header longer than LIMIT_HEADER, a field longer
 * than LIMIT_HEADER_FIELD, more than LIMIT_HEADER_FIELDS fields, more parts
 * than LIMIT_MIME_PARTS.  After -1 only mime_restart and mime_free are
 * allowed.
 */
int mime_push(struct mime *m, struct slice bytes, struct fail *f);
int mime_end(struct mime *m, struct fail *f);

/* Begins the next message with the same handler: what a new parser would do,
 * for less. */
void mime_restart(struct mime *m);

/*
 * Whether all of the structure was read so far: 0, or -1 with EX_DATAERR and a
 * sentence that names the limit: a part was nested deeper than
 * LIMIT_MIME_DEPTH and taken as a leaf, or a Content-Type or
 * Content-Disposition has more than LIMIT_PARAMS parameters, of which the
 * others were not looked at.
 */
int mime_check(const struct mime *m, struct fail *f);

void mime_free(struct mime **m);

/*
 * The name that a part's header suggests for a file, from the values of its
 * Content-Type and Content-Disposition (empty where one is not there), decoded
 * to UTF-8, added to "out": the filename of Content-Disposition, or where that
 * is absent or empty the name of Content-Type.  It is foreign and unsafe.  1;
 * 0 where there is none; -1 where the maximum of "out" is passed.
 */
int mime_name_of(struct slice type, struct slice disposition, struct buf *out);

#endif
