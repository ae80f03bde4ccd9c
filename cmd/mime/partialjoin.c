/* SPDX-License-Identifier: ISC */
/* partialjoin: the message that fragments make (RFC 2046, 5.2.2.1); see
 * partial.h. */

#include <errno.h>
#include <unistd.h>

#include "hdr.h"
#include "partial.h"

enum { PIECE = 65536 };

/* Reads "n" bytes at "at", which were written there. */
static int
read_at(const struct partials *p, uint64_t at, char *to, size_t n,
    struct fail *f)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = pread(p->fd, to + got, n - got,
		    (off_t)(at + got));

		if (k == 0)
			return fail_set(f, EX_IOERR,
			    "temporary file: became shorter");
		if (k > 0)
			got += (size_t)k;
		else if (errno != EINTR)
			return fail_errno(f, EX_IOERR, "temporary file: read");
	}
	return 0;
}

struct sink {
	partial_handler *each;
	void *ctx;
	int last; /* the byte that it got last, or LF */
};

static int
put(struct sink *to, struct slice bytes, struct fail *f)
{
	if (bytes.n == 0)
		return 0;
	to->last = bytes.p[bytes.n - 1];
	return to->each(to->ctx, bytes, f);
}

/* The bytes of "fragment" from "at" on. */
static int
put_from(const struct partials *p, uint64_t at,
    const struct partial_fragment *fragment, struct sink *to, struct fail *f)
{
	static char piece[PIECE];
	size_t n;

	for (; at < fragment->end; at += n) {
		uint64_t left = fragment->end - at;

		n = left < PIECE ? (size_t)left : PIECE;
		if (read_at(p, at, piece, n, f) == -1 ||
		    put(to, (struct slice){ piece, n }, f) == -1)
			return -1;
	}
	return 0;
}

int
partial_each(const struct partials *p,
    const struct partial_fragment *fragment, partial_handler *each, void *ctx,
    struct fail *f)
{
	struct sink to = { each, ctx, '\n' };

	return put_from(p, fragment->body, fragment, &to, f);
}

/* Whether the field comes from the header inside. */
static int
from_inside(struct slice name)
{
	return slice_casestarts(name, SLICE("Content-")) ||
	    slice_caseeq(name, SLICE("Subject")) ||
	    slice_caseeq(name, SLICE("Message-ID")) ||
	    slice_caseeq(name, SLICE("Encrypted")) ||
	    slice_caseeq(name, SLICE("MIME-Version"));
}

/* Adds the fields of one kind and moves "header" behind them. */
static void
add_fields(struct slice *header, int inside, struct buf *out)
{
	struct hdr_field field;

	while (hdr_next(header, &field)) {
		if (field.name.n == 0 || from_inside(field.name) != inside)
			continue;
		(void)buf_add(out, field.raw);
		if (!slice_ends(field.raw, SLICE("\n")))
			(void)buf_addc(out, '\n');
	}
}

/* Adds to "header" what stands between two offsets. */
static int
add_bytes(const struct partials *p, uint64_t at, size_t n, struct buf *header,
    struct fail *f)
{
	char *to = buf_room(header, n);

	if (read_at(p, at, to, n, f) == -1)
		return -1;
	header->n += n;
	return 0;
}

/* Adds the header of the whole to "out"; *body is set behind the one inside. */
static int
join_header(const struct partials *p, const struct partial_fragment *first,
    struct buf *out, uint64_t *body, struct fail *f)
{
	struct buf outer = BUF(LIMIT_HEADER), inner = BUF(LIMIT_HEADER + 2);
	uint64_t size = first->end - first->body;
	size_t n = size < inner.max ? (size_t)size : inner.max;
	struct slice rest;
	int rc = -1;

	if (add_bytes(p, first->header, (size_t)(first->body - first->header),
		&outer, f) == -1 ||
	    add_bytes(p, first->body, n, &inner, f) == -1)
		goto out;
	rest = buf_slice(&outer);
	add_fields(&rest, 0, out);
	rest = buf_slice(&inner);
	add_fields(&rest, 1, out);
	if (rest.n == 0 && n < size) {
		rc = fail_set(f, EX_DATAERR,
		    "fragment: a header longer than %d bytes", LIMIT_HEADER);
		goto out;
	}
	*body = first->body + n - rest.n;
	rc = 0;
out:
	buf_free(&outer);
	buf_free(&inner);
	return rc;
}

int
partial_join(const struct partials *p, const struct partial_set *set,
    partial_handler *each, void *ctx, struct fail *f)
{
	struct buf header = BUF(2 * LIMIT_HEADER + 2 * LIMIT_HEADER_FIELDS);
	const struct partial_fragment *one = set->first;
	struct sink to = { each, ctx, '\n' };
	uint64_t at = 0;
	int rc = join_header(p, one, &header, &at, f);

	if (rc == 0)
		rc = put(&to, buf_slice(&header), f);
	buf_free(&header);
	for (; rc == 0 && one != NULL; one = one->next) {
		if (one != set->first)
			at = one->body;
		rc = put_from(p, at, one, &to, f);
		if (rc == 0 && to.last != '\n')
			rc = put(&to, SLICE("\n"), f);
	}
	return rc;
}
