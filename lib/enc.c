/* SPDX-License-Identifier: ISC */
/* enc: content-transfer-encodings; see enc.h.  How base64 and quoted-printable
 * are done is in base64.c and quoted.c, the scan in enc_scan.c. */

#include <string.h>

#include "base64.h"
#include "enc.h"
#include "hdr.h"
#include "quoted.h"

enum { ROOM = 1024 }; /* what may come out beyond what goes in */

static const char *const names[] = {
	[ENC_7BIT] = "7bit",
	[ENC_8BIT] = "8bit",
	[ENC_BINARY] = "binary",
	[ENC_QUOTED_PRINTABLE] = "quoted-printable",
	[ENC_BASE64] = "base64",
	[ENC_UNKNOWN] = "",
};

enum enc
enc_parse(struct slice value)
{
	struct slice token;
	size_t n = 0;
	int e;

	(void)hdr_skip_cfws(&value);
	while (n < value.n && (value.p[n] == '\0' ||
	    strchr(" \t\r\n(;", value.p[n]) == NULL))
		n++;
	token = slice_sub(value, 0, n);
	if (token.n == 0)
		return ENC_7BIT;
	for (e = ENC_7BIT; e < ENC_UNKNOWN; e++)
		if (slice_caseeq(token, slice_str(names[e])))
			break;
	return (enum enc)e;
}

const char *
enc_name(enum enc e)
{
	return names[e];
}

void
enc_decoder_init(struct enc_decoder *d, enum enc e)
{
	d->enc = e;
	d->flaws = 0;
	d->group = 0;
	d->ngroup = 0;
	d->padded = 0;
	d->nheld = 0;
	if (e == ENC_BASE64)
		base64_init();
}

int
enc_decode(struct enc_decoder *d, struct slice in, struct buf *out)
{
	char *to = buf_room(out, in.n + ROOM);

	if (to == NULL)
		return -1;
	if (d->enc == ENC_BASE64)
		to = base64_decode(d, in, to);
	else if (d->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_decode(d, in, to);
	else
		return buf_add(out, in);
	out->n = (size_t)(to - out->p);
	return 0;
}

int
enc_decode_end(struct enc_decoder *d, struct buf *out)
{
	char *to = buf_room(out, ROOM);

	if (to == NULL)
		return -1;
	if (d->enc == ENC_BASE64)
		to = base64_decode_end(d, to);
	else if (d->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_decode_end(d, to);
	out->n = (size_t)(to - out->p);
	return 0;
}

void
enc_encoder_init(struct enc_encoder *e, enum enc enc, int text)
{
	e->enc = enc;
	e->text = text;
	e->dashes = 0;
	e->column = 0;
	e->nheld = 0;
	if (enc == ENC_BASE64)
		base64_init();
}

int
enc_encode(struct enc_encoder *e, struct slice in, struct buf *out)
{
	size_t most = e->enc == ENC_QUOTED_PRINTABLE ? 4 : 2;
	char *to;

	if (e->enc != ENC_QUOTED_PRINTABLE && e->enc != ENC_BASE64)
		return buf_add(out, in);
	if (in.n > SIZE_MAX / 8 ||
	    (to = buf_room(out, most * in.n + ROOM)) == NULL)
		return -1;
	if (e->enc == ENC_BASE64)
		to = base64_encode(e, in, to);
	else
		to = quoted_encode(e, in, to);
	out->n = (size_t)(to - out->p);
	return 0;
}

int
enc_encode_end(struct enc_encoder *e, struct buf *out)
{
	char *to = buf_room(out, ROOM);

	if (to == NULL)
		return -1;
	if (e->enc == ENC_BASE64)
		to = base64_encode_end(e, to);
	else if (e->enc == ENC_QUOTED_PRINTABLE)
		to = quoted_encode_end(e, to);
	out->n = (size_t)(to - out->p);
	return 0;
}
