/* SPDX-License-Identifier: ISC */
/* leaf: the content of a part on its way out; see leaf.h. */

#include "leaf.h"

/* What the contracts of enc.h and word.h say is always enough. */
enum {
	DECODED = LEAF_PIECE + 2048,
	TEXT = 4 * DECODED + 64,
};

void
leaf_start(struct leaf *l, enum enc enc, struct charset *charset,
    struct output *out)
{
	charset_close(&l->charset);
	buf_clear(&l->decoded);
	l->tty.nheld = 0;
	l->out = out;
	l->charset = charset;
	l->decoded.max = DECODED;
	l->text.max = TEXT;
	enc_decoder_init(&l->decoder, enc);
}

static void
put(struct leaf *l, struct slice bytes)
{
	if (l->to_tty)
		tty_put(&l->tty, bytes, l->out);
	else
		output_put(l->out, bytes);
}

static void
put_decoded(struct leaf *l, struct slice bytes)
{
	if (l->charset == NULL) {
		put(l, bytes);
		return;
	}
	(void)charset_convert(l->charset, bytes, &l->text);
	put(l, buf_slice(&l->text));
	buf_clear(&l->text);
}

void
leaf_put(struct leaf *l, struct slice bytes)
{
	if (l->decoder.enc != ENC_BASE64 &&
	    l->decoder.enc != ENC_QUOTED_PRINTABLE) {
		put_decoded(l, bytes);
		return;
	}
	(void)enc_decode(&l->decoder, bytes, &l->decoded);
	put_decoded(l, buf_slice(&l->decoded));
	buf_clear(&l->decoded);
}

unsigned
leaf_end(struct leaf *l)
{
	(void)enc_decode_end(&l->decoder, &l->decoded);
	put_decoded(l, buf_slice(&l->decoded));
	buf_clear(&l->decoded);
	if (l->charset != NULL) {
		(void)charset_finish(l->charset, &l->text);
		put(l, buf_slice(&l->text));
		buf_clear(&l->text);
	}
	charset_close(&l->charset);
	tty_end(&l->tty, l->out);
	return l->decoder.flaws;
}

void
leaf_free(struct leaf *l)
{
	charset_close(&l->charset);
	buf_free(&l->decoded);
	buf_free(&l->text);
}
