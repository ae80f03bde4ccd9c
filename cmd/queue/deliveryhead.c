/* SPDX-License-Identifier: ISC */
/* deliveryhead: a message as it is given away; see deliveryhead.h. */

#include <stdlib.h>
#include <unistd.h>

#include "deliveryhead.h"
#include "fromline.h"
#include "hdr.h"
#include "io.h"
#include "limits.h"
#include "mem.h"
#include "scratch.h"

/* The bytes of "s" without the CR of each CRLF; one at the end, which may be
 * the half of one, is kept back: 1. */
static int
add_lines(struct buf *out, struct slice s)
{
	struct slice line;
	int more;

	while (s.n > 0) {
		more = slice_until(&s, '\n', &line);
		if (slice_ends(line, SLICE("\r"))) {
			line.n--;
			if (!more) {
				(void)buf_add(out, line);
				return 1;
			}
		}
		(void)buf_add(out, line);
		if (more)
			(void)buf_addc(out, '\n');
	}
	return 0;
}

static void
add(struct deliveryhead *h, struct slice raw)
{
	if (!h->crlf)
		(void)buf_add(&h->fields, raw);
	else if (add_lines(&h->fields, raw) == 1)
		(void)buf_addc(&h->fields, '\r');
}

/* The first says who sent it. */
static void
take_sender(struct deliveryhead *h, struct slice value)
{
	struct slice path = slice_trim(value);
	struct fail ignored;
	struct addr a;

	if (!h->has_sender &&
	    addr_path(&path, ADDR_NULL | ADDR_UTF8, &a, &ignored) == 0) {
		(void)addr_format(h->sender, &a);
		h->has_sender = 1;
	}
}

/* Is the field to be left out?  What it says is taken. */
static int
left_out(struct deliveryhead *h, const struct hdr_field *field,
    struct slice recipient)
{
	if (slice_caseeq(field->name, SLICE("Return-Path"))) {
		take_sender(h, field->value);
		return 1;
	}
	if (slice_caseeq(field->name, SLICE("Received")))
		h->hops++;
	if (!slice_caseeq(field->name, SLICE("Delivered-To")) ||
	    !slice_caseeq(slice_trim(field->value), recipient))
		return 0;
	h->looped |= h->hops > 0;
	return h->hops == 0;
}

/* All fields: 0; -1 where they are too many. */
static int
take_fields(struct deliveryhead *h, struct slice *text, struct slice recipient,
    struct fail *f)
{
	struct hdr_field field;
	size_t n = 0;

	while (hdr_next(text, &field)) {
		/* Without a header: it must not become one. */
		if (n == 0 && field.name.n == 0) {
			text->n += (size_t)(text->p - field.raw.p);
			text->p = field.raw.p;
			return buf_addc(&h->fields, '\n');
		}
		if (++n > LIMIT_HEADER_FIELDS)
			return fail_set(f, EX_DATAERR,
			    "the header has more than %d fields",
			    LIMIT_HEADER_FIELDS);
		if (!left_out(h, &field, recipient))
			add(h, field.raw);
	}
	return 0;
}

/* The empty line behind the header, and where it ends. */
static void
take_end(struct deliveryhead *h, struct slice *text, const char *start)
{
	struct slice line;

	if (text->n > 0 && (text->p[0] == '\n' || text->p[0] == '\r') &&
	    slice_until(text, '\n', &line))
		(void)buf_addc(&h->fields, '\n');
	h->length = (uint64_t)(text->p - start);
}

int
deliveryhead_read(struct deliveryhead *h, const struct input *in,
    const char *recipient, struct fail *f)
{
	size_t n = in->size <= LIMIT_HEADER ? (size_t)in->size :
	    LIMIT_HEADER + 1;
	char *held = mem_resize(NULL, n + (n == 0), 1);
	struct slice text, line, rest;
	int rc;

	/* With an empty line that was not there. */
	*h = (struct deliveryhead){ .in = in,
		.fields = BUF(LIMIT_HEADER + 1) };
	rc = input_read(in, 0, held, n, &n, f);
	text = rest = (struct slice){ held, n };
	if (rc == 0) {
		h->crlf = slice_until(&rest, '\n', &line) &&
		    slice_ends(line, SLICE("\r"));
		text = slice_sub(text, fromline_length(text), text.n);
		rc = take_fields(h, &text, slice_str(recipient), f);
	}
	if (rc == 0 && text.n == 0 && n > LIMIT_HEADER)
		rc = fail_set(f, EX_DATAERR,
		    "the header is longer than %d bytes", LIMIT_HEADER);
	if (rc == 0)
		take_end(h, &text, held);
	free(held);
	return rc;
}

uint64_t
deliveryhead_size(const struct deliveryhead *h)
{
	return h->fields.n + (h->in->size - h->length);
}

/* The next piece of the body with its line ends as they are to be; *held: the
 * piece before it ended in a CR. */
static struct slice
with_lf(struct buf *out, struct slice piece, int *held)
{
	buf_clear(out);
	if (*held && slice_peek(piece) != '\n')
		(void)buf_addc(out, '\r');
	*held = add_lines(out, piece);
	return buf_slice(out);
}

static int
give_body(const struct deliveryhead *h,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f)
{
	struct buf lines = BUF(INPUT_BLOCK + 1);
	char *block = mem_alloc(INPUT_BLOCK);
	uint64_t at = h->length;
	size_t n = 1;
	int held = 0, rc = 0;

	while (rc == 0 && n > 0 && at < h->in->size) {
		struct slice piece = { block, 0 };

		if ((rc = input_read(h->in, at, block, INPUT_BLOCK, &n, f)) ==
		    -1)
			break;
		piece.n = n;
		at += n;
		if (h->crlf)
			piece = with_lf(&lines, piece, &held);
		rc = each(ctx, piece, f);
	}
	if (rc == 0 && held)
		rc = each(ctx, SLICE("\r"), f);
	buf_free(&lines);
	free(block);
	return rc;
}

int
deliveryhead_each(const struct deliveryhead *h, struct slice front,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f)
{
	if (each(ctx, front, f) == -1 ||
	    each(ctx, buf_slice(&h->fields), f) == -1)
		return -1;
	return give_body(h, each, ctx, f);
}

static int
write_piece(void *ctx, struct slice piece, struct fail *f)
{
	const int *fd = ctx;

	if (io_write(*fd, piece) == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file: write");
	return 0;
}

int
deliveryhead_file(const struct deliveryhead *h, struct slice front,
    struct fail *f)
{
	int fd = scratch_open(f);

	if (fd != -1 && deliveryhead_each(h, front, write_piece, &fd,
	    f) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
deliveryhead_free(struct deliveryhead *h)
{
	buf_free(&h->fields);
}
