/* SPDX-License-Identifier: ISC */
/* uubody: uuencoded content of a part; see uubody.h. */

#include "hdr.h"
#include "param.h"
#include "uubody.h"

int
uubody_is(const struct mime_part *part)
{
	struct hdr_field field;
	struct slice value;

	if (part->kind != MIME_LEAF || part->enc != ENC_UNKNOWN ||
	    !hdr_find(part->header, "Content-Transfer-Encoding", &field))
		return 0;
	value = param_value(field.value);
	return slice_caseeq(value, SLICE("x-uuencode")) ||
	    slice_caseeq(value, SLICE("x-uue")) ||
	    slice_caseeq(value, SLICE("uuencode"));
}

struct slice
uubody_encoding(const struct mime_part *part)
{
	if (uubody_is(part))
		return SLICE("x-uuencode");
	return slice_str(enc_name(part->enc));
}

static int
begin(struct uubody *b)
{
	if (b->state == UUBODY_BEHIND)
		b->flaws |= UU_FLAW_TEXT;
	if (b->state != UUBODY_BEFORE)
		return 0;
	b->state = UUBODY_IN;
	buf_free(&b->held);
	if (b->uu.text)
		b->flaws |= UU_FLAW_TEXT;
	return 0;
}

static int
take(void *ctx, enum uu_event event, struct slice bytes, struct fail *f)
{
	struct uubody *b = ctx;

	if (event == UU_BEGIN)
		return begin(b);
	if (b->state != UUBODY_IN)
		return 0;
	if (event == UU_DATA)
		return buf_add(b->out, bytes) == 0 ? 0 :
		    fail_set(f, EX_SOFTWARE, "uuencoded content: no room");
	if (event == UU_SHORT)
		b->flaws |= UU_FLAW_SHORT;
	b->state = UUBODY_BEHIND;
	return 0;
}

void
uubody_start(struct uubody *b)
{
	uubody_free(b);
	*b = (struct uubody){ .held = BUF(UUBODY_HELD) };
	uu_start(&b->uu, take, b);
}

static int
keep(struct uubody *b, struct buf *out)
{
	b->state = UUBODY_KEPT;
	b->flaws |= UU_FLAW_NONE;
	return buf_add(out, buf_slice(&b->held));
}

/* How that is cut does not depend on the pieces. */
int
uubody_put(struct uubody *b, struct slice bytes, struct buf *out)
{
	struct slice piece;
	struct fail f;

	b->out = out;
	while (bytes.n > 0 && b->state != UUBODY_KEPT) {
		piece = bytes;
		if (b->state == UUBODY_BEFORE)
			piece = slice_sub(bytes, 0, UUBODY_HELD - b->held.n);
		if (piece.n == 0 && keep(b, out) == -1)
			return -1;
		if (uu_put(&b->uu, piece, &f) == -1)
			return -1;
		if (b->state == UUBODY_BEFORE)
			(void)buf_add(&b->held, piece);
		bytes = slice_sub(bytes, piece.n, bytes.n);
	}
	return b->state == UUBODY_KEPT ? buf_add(out, bytes) : 0;
}

int
uubody_end(struct uubody *b, struct buf *out)
{
	struct fail f;

	b->out = out;
	if (b->state == UUBODY_KEPT)
		return 0;
	if (uu_end(&b->uu, &f) == -1)
		return -1;
	if (b->state == UUBODY_BEFORE)
		return keep(b, out);
	if (b->uu.text)
		b->flaws |= UU_FLAW_TEXT;
	return 0;
}

void
uubody_free(struct uubody *b)
{
	uu_free(&b->uu);
	buf_free(&b->held);
}
