/* SPDX-License-Identifier: ISC */
/* fetchout: what is fetched to standard output; see fetchout.h. */

#include <errno.h>
#include <time.h>

#include "fetchout.h"

enum { PIECE = 65536 };

static int
check(struct fetchout *o, struct fail *f)
{
	return o->out->error == 0 ? 0 : output_flush(o->out, f);
}

void
fetchout_begin_part(struct fetchout *o, enum enc encoding, int raw)
{
	if (o->lines.max == 0) {
		o->lines = BUF(PIECE + 1);
		o->decoded = BUF(2 * PIECE + 2048);
	}
	o->text = (struct uncrlf){ 0 };
	o->raw = raw;
	o->unbegun = 0;
	enc_decoder_init(&o->decoder, encoding);
}

int
fetchout_begin(struct fetchout *o, const struct message *m, struct fail *f)
{
	fetchout_begin_part(o, ENC_BINARY, 0);
	o->unbegun = o->form == FETCHOUT_MBOX;
	o->date = m->has & MESSAGE_DATE ? m->date : time(NULL);
	return check(o, f);
}

/* What comes without a text, which is seen late, is to leave nothing. */
static void
begin_mbox(struct fetchout *o)
{
	if (!o->unbegun)
		return;
	o->unbegun = 0;
	o->mbox = (struct mboxrd){ .out = o->out };
	mboxrd_begin(&o->mbox, o->date);
}

static void
put(struct fetchout *o, struct slice s)
{
	begin_mbox(o);
	if (o->form == FETCHOUT_MBOX)
		mboxrd_put(&o->mbox, s);
	else
		output_put(o->out, s);
}

/* What has LF line ends, decoded. */
static void
put_lines(struct fetchout *o)
{
	if (o->decoder.enc != ENC_BASE64 &&
	    o->decoder.enc != ENC_QUOTED_PRINTABLE) {
		put(o, buf_slice(&o->lines));
		return;
	}
	buf_clear(&o->decoded);
	(void)enc_decode(&o->decoder, buf_slice(&o->lines), &o->decoded);
	put(o, buf_slice(&o->decoded));
}

int
fetchout_write(struct fetchout *o, struct slice piece, struct fail *f)
{
	struct slice part;

	if (o->raw)
		put(o, piece);
	while (!o->raw && piece.n > 0) {
		part = slice_sub(piece, 0, PIECE);
		piece = slice_sub(piece, PIECE, piece.n);
		buf_clear(&o->lines);
		(void)uncrlf_add(&o->text, part, &o->lines);
		put_lines(o);
	}
	return check(o, f);
}

int
fetchout_end(struct fetchout *o, struct fail *f)
{
	buf_clear(&o->lines);
	(void)uncrlf_end(&o->text, &o->lines);
	if (!o->raw)
		put_lines(o);
	buf_clear(&o->decoded);
	if (!o->raw && enc_decode_end(&o->decoder, &o->decoded) == 0)
		put(o, buf_slice(&o->decoded));
	begin_mbox(o);
	if (o->form == FETCHOUT_MBOX)
		mboxrd_end(&o->mbox);
	if (o->form == FETCHOUT_NUL)
		output_putc(o->out, '\0');
	return check(o, f);
}

void
fetchout_free(struct fetchout *o)
{
	buf_free(&o->lines);
	buf_free(&o->decoded);
}
