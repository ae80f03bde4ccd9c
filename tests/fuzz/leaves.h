/* SPDX-License-Identifier: ISC */
/* leaves: what a conversion must leave as it was: the leaves of a message,
 * their numbers, types and decoded content. */
#ifndef LEAVES_H
#define LEAVES_H

#include <stdlib.h>

#include "input.h"
#include "mime.h"

struct leaves {
	struct enc_decoder decoder;
	struct buf decoded, *all;
};

static inline int
leaves_collect(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	return buf_add(ctx, bytes);
}

/* Without CR: where line ends of both kinds are mixed, -7 makes them one. */
static inline void
leaves_add(struct leaves *l)
{
	struct slice rest = buf_slice(&l->decoded), piece;

	while (rest.n > 0) {
		(void)slice_until(&rest, '\r', &piece);
		(void)buf_add(l->all, piece);
	}
	buf_clear(&l->decoded);
}

static inline int
leaves_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct leaves *l = ctx;

	(void)f;
	if (part->kind != MIME_LEAF)
		return 0;
	if (event == MIME_HEADER) {
		(void)buf_adds(l->all, part->number);
		(void)buf_add(l->all, part->type);
		(void)buf_addc(l->all, '\n');
		enc_decoder_init(&l->decoder, part->enc);
	} else if (event == MIME_BODY) {
		(void)enc_decode(&l->decoder, bytes, &l->decoded);
	} else if (event == MIME_END) {
		(void)enc_decode_end(&l->decoder, &l->decoded);
	}
	leaves_add(l);
	return 0;
}

/* Adds all of that of "message" to "all". */
static inline void
leaves_of(struct slice message, struct buf *all)
{
	struct leaves l = { .decoded = BUF(message.n + 65536), .all = all };
	struct mime *m = mime_new(leaves_event, &l);
	struct fail f;

	if (mime_push(m, message, &f) == -1 || mime_end(m, &f) == -1)
		abort();
	mime_free(&m);
	buf_free(&l.decoded);
}

/* Aborts where two messages do not have the same. */
static inline void
leaves_check(struct slice before, struct slice after)
{
	struct buf one = BUF(4 * before.n + 65536);
	struct buf two = BUF(4 * before.n + 65536);

	leaves_of(before, &one);
	leaves_of(after, &two);
	if (!slice_eq(buf_slice(&one), buf_slice(&two)))
		abort();
	buf_free(&one);
	buf_free(&two);
}

#endif
