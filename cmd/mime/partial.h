/* SPDX-License-Identifier: ISC */
/*
 * partial: messages that came in fragments, message/partial (RFC 2046, 5.2.2),
 * put together when all of them were seen, in whatever order.
 *
 * The bytes of fragments are held in one temporary file, so that memory and
 * descriptors do not grow with them; LIMIT_PARTIAL fragments are held at most.
 * Whose bytes they are is told by the caller: it writes them to "fd".
 */
#ifndef PARTIAL_H
#define PARTIAL_H

#include "buf.h"
#include "fail.h"
#include "limits.h"

enum {
	PARTIAL_ID = 998, /* bytes of an id; a line has no more */
};

struct partial_fragment {
	struct partial_fragment *next; /* of the set, by number */
	uint64_t number;
	uint64_t header, body, end; /* offsets in the file */
	void *user;		    /* the caller's; it is not freed */
};

struct partial_set {
	struct partial_set *next;
	struct slice id;
	uint64_t total; /* how many there are; 0 where none has said it */
	uint64_t given; /* how many are here */
	struct partial_fragment *first;
};

/* Empty is { .fd = -1 }. */
struct partials {
	int fd;	       /* of the temporary file */
	uint64_t size; /* bytes of it that are in use */
	unsigned held; /* fragments */
	struct partial_set *first; /* in the order of their first fragments */
};

/* What the Content-Type of a fragment says. */
struct partial_says {
	struct buf id; /* free it */
	uint64_t number, total; /* "total" is 0 where it is absent */
};

/* Reads the header of a message/partial.  1; or 0 where it has no id, an id
 * of more than PARTIAL_ID bytes, no number, or one beyond its total. */
int partial_read(struct slice header, struct partial_says *says);

/*
 * Begins to hold a fragment with that header: the caller then writes its body
 * to "fd" and calls partial_held.  1 with *fragment, which is valid until its
 * set is freed.  0 where it is not to be held: partial_read, one of its number
 * is there, its total is another than that of its set or smaller than a number
 * in it, or LIMIT_PARTIAL are held.  -1 with EX_IOERR: the file.
 */
int partial_hold(struct partials *p, struct slice header,
    struct partial_fragment **fragment, struct fail *f);

/* The body, of "n" bytes, is there; or the fragment goes: it will not come. */
void partial_held(struct partials *p, struct partial_fragment *fragment,
    uint64_t n);
void partial_drop(struct partials *p, struct partial_fragment *fragment);

/* Takes out a set that is complete, or NULL; takes out any, or NULL.  After
 * partial_held.  Free it by partial_free. */
struct partial_set *partial_complete(struct partials *p);
struct partial_set *partial_take(struct partials *p);
void partial_free(struct partial_set **set);

typedef int partial_handler(void *ctx, struct slice piece, struct fail *f);

/*
 * Gives the body of a fragment to "each" with "ctx", in pieces of up to 64
 * KiB.  0, or -1: EX_IOERR, or what "each" said.
 */
int partial_each(const struct partials *p,
    const struct partial_fragment *fragment, partial_handler *each, void *ctx,
    struct fail *f);

/*
 * The same for the message that a complete set makes (RFC 2046, 5.2.2.1): the
 * fields of the header of the first fragment but Content-*, Subject,
 * Message-ID, Encrypted and MIME-Version; these of the header in its body; and
 * all bodies behind that.  A fragment that does not end in a line end gets
 * one, as fragments are cut between lines.  -1 also with EX_DATAERR: the header
 * in the body is longer than LIMIT_HEADER.
 */
int partial_join(const struct partials *p, const struct partial_set *set,
    partial_handler *each, void *ctx, struct fail *f);

#endif
