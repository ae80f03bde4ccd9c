/* SPDX-License-Identifier: ISC */
/* leaf: the content of a part on its way out; see leaf.h. */

#include "leaf.h"

/* What the contracts of enc.h and charset.h say is enough. */
enum {
	UUENCODED = 4096, /* decoded at once */
	DECODED = UU_GROWTH * UUENCODED + UUBODY_MORE,
	PIECE = 8192, /* converted at once */
	TEXT = CHARSET_ROOM(PIECE),
};

void
leaf_start(struct leaf *l, enum enc enc, struct charset *charset,
    struct output *out)
{
	charset_close(&l->charset);
	buf_clear(&l->decoded);
	buf_clear(&l->text);
	l->tty.nheld = 0;
	l->out = out;
	l->charset = charset;
	l->decoded.max = DECODED;
	l->text.max = TEXT;
	enc_decoder_init(&l->decoder, enc);
	l->uuencoded = 0;
}

void
leaf_uuencoded(struct leaf *l)
{
	l->uuencoded = 1;
	uubody_start(&l->uubody);
}

static void
put(struct leaf *l, struct slice bytes)
{
	if (l->to_tty)
		tty_put(&l->tty, bytes, l->out);
	else
		output_put(l->out, bytes);
}

static int
no_room(struct fail *f)
{
	return fail_set(f, EX_SOFTWARE, "conversion: no room");
}

static void
put_text(struct leaf *l)
{
	put(l, buf_slice(&l->text));
	buf_clear(&l->text);
}

static int
put_decoded(struct leaf *l, struct slice bytes, struct fail *f)
{
	if (l->charset == NULL)
		put(l, bytes);
	while (l->charset != NULL && bytes.n > 0) {
		struct slice piece = slice_sub(bytes, 0, PIECE);

		if (charset_convert(l->charset, piece, &l->text) == -1)
			return no_room(f);
		put_text(l);
		bytes = slice_sub(bytes, PIECE, bytes.n);
	}
	return 0;
}

static int
put_uuencoded(struct leaf *l, struct slice bytes, struct fail *f)
{
	int rc = 0;

	while (bytes.n > 0 && rc == 0) {
		struct slice piece = slice_sub(bytes, 0, UUENCODED);

		if (uubody_put(&l->uubody, piece, &l->decoded) == -1)
			return no_room(f);
		rc = put_decoded(l, buf_slice(&l->decoded), f);
		buf_clear(&l->decoded);
		bytes = slice_sub(bytes, UUENCODED, bytes.n);
	}
	return rc;
}

int
leaf_put(struct leaf *l, struct slice bytes, struct fail *f)
{
	int rc;

	if (l->uuencoded)
		return put_uuencoded(l, bytes, f);
	if (l->decoder.enc != ENC_BASE64 &&
	    l->decoder.enc != ENC_QUOTED_PRINTABLE)
		return put_decoded(l, bytes, f);
	if (enc_decode(&l->decoder, bytes, &l->decoded) == -1)
		return no_room(f);
	if (l->charset == NULL && !l->to_tty) {
		output_give(l->out, &l->decoded);
		return 0;
	}
	rc = put_decoded(l, buf_slice(&l->decoded), f);
	buf_clear(&l->decoded);
	return rc;
}

int
leaf_end(struct leaf *l, unsigned *flaws, struct fail *f)
{
	int rc;

	if ((l->uuencoded ? uubody_end(&l->uubody, &l->decoded) :
	    enc_decode_end(&l->decoder, &l->decoded)) == -1)
		return no_room(f);
	rc = put_decoded(l, buf_slice(&l->decoded), f);
	if (rc == 0 && l->charset != NULL) {
		if (charset_finish(l->charset, &l->text) == -1)
			rc = no_room(f);
		put_text(l);
	}
	charset_close(&l->charset);
	tty_end(&l->tty, l->out);
	*flaws = l->uuencoded ? l->uubody.flaws : l->decoder.flaws;
	return rc;
}

void
leaf_free(struct leaf *l)
{
	charset_close(&l->charset);
	uubody_free(&l->uubody);
	buf_free(&l->decoded);
	buf_free(&l->text);
}
