/* SPDX-License-Identifier: ISC */
/* tnefread: a stream of files from a process that is not trusted; see
 * tnefread.h. */

#include <string.h>

#include "tnefread.h"

struct tnefread
tnefread(tnef_handler *handler, void *ctx)
{
	return (struct tnefread){ .handler = handler, .ctx = ctx,
		.name = BUF(TNEFREAD_NAME) };
}

static int
tell(struct tnefread *r, enum tnef_event event, struct slice bytes,
    struct fail *f)
{
	r->open = event == TNEF_FILE || event == TNEF_DATA;
	return r->handler(r->ctx, event, bytes, f);
}

static int
give_up(struct tnefread *r, const char *wrong, struct fail *f)
{
	r->wrong = wrong;
	return r->open ? tell(r, TNEF_UNDO, (struct slice){ 0 }, f) : 0;
}

static uint32_t
number(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

/* The head of a record is there. */
static int
take_head(struct tnefread *r, struct fail *f)
{
	uint32_t name = number(r->head + 1), content = number(r->head + 5);

	if (r->head[0] == 'F') {
		if (name > TNEFREAD_NAME)
			return give_up(r, "it has a name that is too long", f);
		if (++r->files > LIMIT_TNEF_FILES)
			return give_up(r, "it has too many files", f);
		r->bytes += content;
		if (r->bytes > LIMIT_TNEF_BYTES)
			return give_up(r, "its files are too long", f);
		buf_clear(&r->name);
		r->name_left = name;
		r->content_left = content;
		return 0;
	}
	if ((r->head[0] != 'E' && r->head[0] != 'P') || name + content != 0)
		return give_up(r, "its reader went mad", f);
	r->ended = 1;
	return r->head[0] == 'E' ? 0 :
	    give_up(r, "it is damaged or no TNEF", f);
}

/* Takes at most "n" bytes off "bytes". */
static struct slice
take(struct slice *bytes, size_t n)
{
	struct slice piece = slice_sub(*bytes, 0, n);

	*bytes = slice_sub(*bytes, n, bytes->n);
	return piece;
}

static int
in_file(struct tnefread *r, struct slice *bytes, struct fail *f)
{
	struct slice piece;

	if (r->name_left > 0) {
		piece = take(bytes, r->name_left);
		r->name_left -= piece.n;
		(void)buf_add(&r->name, piece);
	}
	if (r->name_left > 0)
		return 0;
	if (!r->open && tell(r, TNEF_FILE, buf_slice(&r->name), f) == -1)
		return -1;
	piece = take(bytes, r->content_left);
	r->content_left -= piece.n;
	if (piece.n > 0 && tell(r, TNEF_DATA, piece, f) == -1)
		return -1;
	if (r->content_left > 0)
		return 0;
	r->nhead = 0;
	return tell(r, TNEF_END, (struct slice){ 0 }, f);
}

int
tnefread_put(struct tnefread *r, struct slice bytes, struct fail *f)
{
	struct slice piece;
	int rc = 0;

	while (rc == 0 && bytes.n > 0 && r->wrong == NULL) {
		if (r->ended)
			return give_up(r, "its reader went mad", f);
		if (r->nhead < TNEFREAD_HEAD) {
			piece = take(&bytes, TNEFREAD_HEAD - r->nhead);
			memcpy(r->head + r->nhead, piece.p, piece.n);
			r->nhead += piece.n;
			if (r->nhead == TNEFREAD_HEAD)
				rc = take_head(r, f);
			/* A file of nothing ends here. */
			if (rc != 0 || r->wrong != NULL || r->ended ||
			    r->nhead < TNEFREAD_HEAD ||
			    r->name_left + r->content_left > 0)
				continue;
		}
		rc = in_file(r, &bytes, f);
	}
	return rc;
}

int
tnefread_end(struct tnefread *r, const char *why, struct fail *f)
{
	if (r->wrong != NULL || r->ended)
		return 0;
	return give_up(r, why, f);
}

void
tnefread_free(struct tnefread *r)
{
	buf_free(&r->name);
}
