/* SPDX-License-Identifier: ISC */
/* word: encoded-words (RFC 2047); see word.h. */

#include <string.h>

#include "enc.h"
#include "hdr.h"
#include "limits.h"
#include "utf8.h"
#include "word.h"

enum {
	NAME = 64,	 /* the longest charset name that is looked at */
	WORD = 54,	 /* without "=?UTF-8?Q?" and "?=": 66; see word.h */
	LONG_WORD = 900, /* longer ones would not fit into one line */
};

struct encoded {
	struct slice charset, text;
	int letter; /* 'b' or 'q' */
};

/* Takes an encoded-word off the front of "s": 1, or 0 and nothing taken. */
static int
take_encoded(struct slice *s, struct encoded *w)
{
	struct slice rest = *s, letter;

	if (!slice_starts(rest, SLICE("=?")))
		return 0;
	rest = slice_sub(rest, 2, rest.n);
	if (!slice_until(&rest, '?', &w->charset) || w->charset.n == 0 ||
	    w->charset.n > NAME ||
	    slice_find(w->charset, ' ') < w->charset.n ||
	    !slice_until(&rest, '?', &letter) || letter.n != 1 ||
	    !slice_until(&rest, '?', &w->text) || slice_getc(&rest) != '=')
		return 0;
	w->letter = slice_lower(letter.p[0]);
	if (w->letter != 'b' && w->letter != 'q')
		return 0;
	*s = rest;
	return 1;
}

/* Adds the bytes of "Q" text (RFC 2047, 4.2); bad escapes stay. */
static int
decode_q(struct slice text, struct buf *out)
{
	int c, byte;

	while ((c = slice_getc(&text)) != -1) {
		if (c == '_')
			c = ' ';
		else if (c == '=' && (byte = slice_hexbyte(&text)) != -1)
			c = byte;
		if (buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}

/* Sets "bytes" to what "w" encodes: 0, or -1 where it is no base64. */
static int
decode_bytes(const struct encoded *w, struct buf *bytes)
{
	struct enc_decoder d;

	buf_clear(bytes);
	if (w->letter == 'q')
		return decode_q(w->text, bytes);
	enc_decoder_init(&d, ENC_BASE64);
	if (enc_decode(&d, w->text, bytes) == -1 ||
	    enc_decode_end(&d, bytes) == -1)
		return -1;
	return d.flaws & ENC_FLAW_JUNK ? -1 : 0;
}

/* Where decoding stands: neighbours of one charset share "charset". */
struct decoder {
	struct buf *out;
	struct buf bytes;	 /* of the word at hand */
	struct charset *charset; /* of the last word, or NULL */
	struct slice name;	 /* its name */
};

/* Ends what was joined. */
static int
finish(struct decoder *d)
{
	int rc = d->charset == NULL ? 0 : charset_finish(d->charset, d->out);

	charset_close(&d->charset);
	return rc;
}

/* Adds text that is not encoded. */
static int
add_plain(struct decoder *d, struct slice text)
{
	return finish(d) == -1 ? -1 : charset_guess(text, d->out);
}

/* Adds the encoded-word "w" behind "gap": 1; 0 where it cannot be decoded, and
 * then nothing was added; -1 as ever. */
static int
add_encoded(struct decoder *d, struct slice gap, const struct encoded *w)
{
	int joined = d->charset != NULL && slice_trim(gap).n == 0;
	struct charset *next = NULL;

	if (decode_bytes(w, &d->bytes) == -1)
		return 0;
	if (!joined || !slice_caseeq(w->charset, d->name)) {
		if ((next = charset_open(w->charset)) == NULL)
			return 0;
		if ((joined ? finish(d) : add_plain(d, gap)) == -1) {
			charset_close(&next);
			return -1;
		}
		d->charset = next;
		d->name = w->charset;
	}
	return charset_convert(d->charset, buf_slice(&d->bytes), d->out) == -1
	    ? -1
	    : 1;
}

static int
decode(struct decoder *d, struct slice s)
{
	struct slice plain = slice_sub(s, 0, 0);
	struct encoded w;

	while (s.n > 0) {
		struct slice rest = s;
		int rc = 0;

		if (take_encoded(&rest, &w))
			rc = add_encoded(d, plain, &w);
		if (rc == -1)
			return -1;
		if (rc == 1) {
			s = rest;
			plain = slice_sub(s, 0, 0);
			continue;
		}
		rest = slice_sub(s, 1, s.n);
		rest = slice_sub(rest, slice_find(rest, '='), rest.n);
		plain.n += s.n - rest.n;
		s = rest;
	}
	return add_plain(d, plain);
}

int
word_decode(struct slice value, struct buf *out)
{
	struct buf text = BUF(value.n);
	struct decoder d = { .out = out };
	int rc;

	d.bytes = BUF(value.n + 2048);
	rc = hdr_unfold(value, &text);
	if (rc == 0)
		rc = decode(&d, buf_slice(&text));
	charset_close(&d.charset);
	buf_free(&d.bytes);
	buf_free(&text);
	return rc;
}

/* 1 for what may stand in "Q" text wherever it stands (RFC 2047, 5 (3)). */
static int
is_q_letter(int c)
{
	return (c >= '0' && c <= '9') ||
	    (slice_lower(c) >= 'a' && slice_lower(c) <= 'z') || c == '!' ||
	    c == '*' || c == '+' || c == '-' || c == '/';
}

/* 1 for atext (RFC 5322, 3.2.3). */
static int
is_atom_letter(int c)
{
	return is_q_letter(c) || (c != '\0' && strchr("#$%&'=?^_`{|}~", c));
}

/* 1 if every byte of "s" is one that "ok" accepts, or a space. */
static int
all(struct slice s, int (*ok)(int))
{
	int c;

	while ((c = slice_getc(&s)) != -1)
		if (c != ' ' && !ok(c))
			return 0;
	return 1;
}

static int
is_printable(int c)
{
	return c == '\t' || (c > ' ' && c <= '~');
}

static int
has_marker(struct slice s)
{
	return s.n >= 2 && memmem(s.p, s.n, "=?", 2) != NULL;
}

/* The bytes that "text" takes as "Q" text. */
static size_t
q_length(struct slice text)
{
	size_t n = 0;
	int c;

	while ((c = slice_getc(&text)) != -1)
		n += c == ' ' || is_q_letter(c) ? 1 : 3;
	return n;
}

static int
add_q(struct slice text, struct buf *out)
{
	int c, rc = 0;

	while (rc == 0 && (c = slice_getc(&text)) != -1) {
		if (c == ' ')
			rc = buf_addc(out, '_');
		else if (is_q_letter(c))
			rc = buf_addc(out, c);
		else
			rc = buf_addf(out, "=%02X", (unsigned)c);
	}
	return rc;
}

/* Base64 without a line end: 45 bytes or less stay on one line. */
static int
add_b(struct slice text, struct buf *out)
{
	struct enc_encoder e;
	struct buf line = BUF(4096);
	int rc = -1;

	enc_encoder_init(&e, ENC_BASE64, 0);
	if (enc_encode(&e, text, &line) == 0 && enc_encode_end(&e, &line) == 0)
		rc = buf_add(out, slice_trim(buf_slice(&line)));
	buf_free(&line);
	return rc;
}

/* How much of "text" fits into one encoded-word: whole characters. */
static size_t
fitting(struct slice text, int letter)
{
	struct slice rest = text;
	size_t n = 0, end, length;

	while (utf8_next(&rest) >= 0) {
		end = text.n - rest.n;
		length = letter == 'B' ? (end + 2) / 3 * 4
				       : q_length(slice_sub(text, 0, end));
		if (length > WORD)
			break;
		n = end;
	}
	return n;
}

/* Adds "text" as encoded-words with spaces between them. */
static int
add_words(struct slice text, struct buf *out)
{
	int letter = q_length(text) <= (text.n + 2) / 3 * 4 ? 'Q' : 'B', rc = 0;
	struct slice part;

	while (rc == 0 && text.n > 0) {
		(void)slice_take(&text, fitting(text, letter), &part);
		if (buf_addf(out, "=?UTF-8?%c?", letter) == -1)
			return -1;
		rc = letter == 'Q' ? add_q(part, out) : add_b(part, out);
		if (rc == 0)
			rc = buf_adds(out, text.n > 0 ? "?= " : "?=");
	}
	return rc;
}

static int
must_encode(struct slice word, int phrase)
{
	return has_marker(word) || word.n > LONG_WORD ||
	    !all(word, phrase ? is_atom_letter : is_printable);
}

/* 1 for atoms with one space between each two. */
static int
is_atoms(struct slice text)
{
	int before = ' ', c;

	if (text.n == 0)
		return 1;
	if (!all(text, is_atom_letter))
		return 0;
	while ((c = slice_getc(&text)) != -1) {
		if (c == ' ' && before == ' ')
			return 0;
		before = c;
	}
	return before != ' ';
}

/* Adds "text" with the words from the first to the last that need it
 * encoded. */
static int
add_mixed(struct slice text, int phrase, struct buf *out)
{
	size_t first = text.n, last = 0, at, n;

	for (at = 0; at < text.n; at += n + 1) {
		struct slice rest = slice_sub(text, at, text.n);

		n = slice_find(rest, ' ');
		if (!must_encode(slice_sub(rest, 0, n), phrase))
			continue;
		if (first == text.n)
			first = at;
		last = at + n;
	}
	if (first == text.n)
		return buf_add(out, text);
	if (buf_add(out, slice_sub(text, 0, first)) == -1 ||
	    add_words(slice_sub(text, first, last), out) == -1)
		return -1;
	return buf_add(out, slice_sub(text, last, text.n));
}

int
word_encode(struct slice text, int phrase, struct buf *out)
{
	struct fail ignored;

	if (!utf8_valid(text) || hdr_value_check("", text, &ignored) == -1)
		return -1;
	if (phrase && !is_atoms(text) && all(text, is_printable) &&
	    !has_marker(text) && text.n < LONG_WORD)
		return hdr_quote(text, out);
	return add_mixed(text, phrase, out);
}

int
word_check(const char *name, struct slice value, struct fail *f)
{
	struct buf decoded = BUF(4 * LIMIT_HEADER_FIELD);
	int rc = word_decode(value, &decoded);

	rc = rc == -1 ? fail_set(f, EX_DATAERR,
			    "%.200s: too long for a header", name)
		      : hdr_value_check(name, buf_slice(&decoded), f);
	buf_free(&decoded);
	return rc;
}
