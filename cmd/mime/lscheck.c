/* SPDX-License-Identifier: ISC */
/*
 * lscheck: what only -V looks at: fields that a message may have once, bytes
 * that do not belong where they are, charsets that nobody knows, and content,
 * which is decoded for nothing but its flaws (RFC 2045; RFC 5322; RFC 7103).
 */

#include "charset.h"
#include "flaw.h"
#include "hdr.h"
#include "ls.h"
#include "utf8.h"

/* RFC 5322, 3.6. */
static const char *const once[] = { "Date", "From", "Sender", "Reply-To", "To",
	"Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject" };

static unsigned
check_message(struct slice header)
{
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (hdr_count(header, once[i]) > 1)
			return FLAW_TWO_FIELDS;
	return 0;
}

/* Of the outermost message alone: RFC 2045, 4 asks it of those within only if
 * they say that they are MIME. */
static unsigned
check_version(struct slice header)
{
	struct hdr_field field;

	if (hdr_find(header, "MIME-Version", &field) ||
	    (!hdr_find(header, "Content-Type", &field) &&
		!hdr_find(header, "Content-Transfer-Encoding", &field)))
		return 0;
	return FLAW_NO_VERSION;
}

/* Of text alone: other types give the word a meaning of their own. */
static unsigned
check_charset(const struct ls *l, const struct mime_part *part)
{
	struct buf name = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	struct charset *charset;
	unsigned flaws = 0;

	if (slice_starts(part->type, SLICE("text/")))
		ls_charset(l, &name);
	if (name.n > 0) {
		charset = charset_open(buf_slice(&name));
		if (charset == NULL)
			flaws = FLAW_CHARSET;
		charset_close(&charset);
	}
	buf_free(&name);
	return flaws;
}

void
lscheck_begin(struct ls *l, const struct mime_part *part)
{
	unsigned flaws = check_charset(l, part);

	if (!utf8_valid(part->header))
		flaws |= FLAW_HEADER_BYTES;
	if (part->parent == NULL || part->parent->kind == MIME_MESSAGE)
		flaws |= check_message(part->header);
	if (part->parent == NULL)
		flaws |= check_version(part->header);
	l->open[l->depth - 1].flaws |= flaws;
	enc_decoder_init(&l->decoder, part->enc);
}

static int
is_encoded(const struct ls *l)
{
	return l->decoder.enc == ENC_BASE64 ||
	    l->decoder.enc == ENC_QUOTED_PRINTABLE;
}

static int
no_room(struct fail *f)
{
	return fail_set(f, EX_SOFTWARE, "decoding: no room");
}

int
lscheck_put(struct ls *l, struct slice bytes, struct fail *f)
{
	unsigned *flaws = &l->open[l->depth - 1].flaws;

	if (l->decoder.enc == ENC_7BIT && !(*flaws & FLAW_SEVEN_BIT) &&
	    !utf8_ascii(bytes))
		*flaws |= FLAW_SEVEN_BIT;
	if (is_encoded(l) && enc_decode(&l->decoder, bytes, &l->decoded) == -1)
		return no_room(f);
	buf_clear(&l->decoded);
	return 0;
}

int
lscheck_end(struct ls *l, struct fail *f)
{
	if (is_encoded(l) && enc_decode_end(&l->decoder, &l->decoded) == -1)
		return no_room(f);
	l->open[l->depth - 1].flaws |= FLAW_DECODER(l->decoder.flaws);
	buf_clear(&l->decoded);
	return 0;
}
