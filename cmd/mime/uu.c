/* SPDX-License-Identifier: ISC */
/* uu: uuencoded files in a stream of text; see uu.h. */

#include <string.h>

#include "uu.h"

enum {
	EXTRA = 4, /* characters behind the data of a line */
};

void
uu_start(struct uu *u, uu_handler *handler, void *ctx)
{
	uu_free(u);
	*u = (struct uu){ .handler = handler, .ctx = ctx,
		.line = BUF(UU_LINE), .name = BUF(UU_LINE),
		.data = BUF(UU_PIECE) };
}

void
uu_free(struct uu *u)
{
	buf_free(&u->line);
	buf_free(&u->name);
	buf_free(&u->data);
}

static int
is_octal(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '7')
			return 0;
	return s.n == 3 || s.n == 4;
}

/* Whether a file begins with that line, whose name and kind are kept. */
static int
is_begin(struct uu *u, struct slice line)
{
	struct slice word, mode;

	if (!slice_until(&line, ' ', &word))
		return 0;
	u->base64 = slice_eq(word, SLICE("begin-base64"));
	if (!u->base64 && !slice_eq(word, SLICE("begin")))
		return 0;
	if (!slice_until(&line, ' ', &mode) || !is_octal(mode))
		return 0;
	line = slice_trim(line);
	buf_clear(&u->name);
	return line.n > 0 && buf_add(&u->name, line) == 0;
}

/* "`" or a space, which mail systems drop. */
static int
is_zero(const struct uu *u, struct slice line)
{
	if (u->base64)
		return 0;
	line = slice_trim(line);
	return line.n == 0 || slice_eq(line, SLICE("`"));
}

/* The zero length that may be all of a file: not an empty line, which stands
 * behind any line of prose. */
static int
is_empty_file(const struct uu *u, struct slice line)
{
	if (u->base64)
		return slice_eq(slice_trim(line), SLICE("===="));
	return line.n > 0 && is_zero(u, line);
}

/* How many bytes a line of the historical kind holds, or 0 if it is none. */
static size_t
historical_length(struct slice line)
{
	size_t n, full, least, i;
	int ticks = 0;

	if (line.n == 0 || line.p[0] < ' ' || line.p[0] > '`')
		return 0;
	n = (size_t)(line.p[0] - ' ') & 63;
	full = (n + 2) / 3 * 4;
	least = (n * 4 + 2) / 3;
	line = slice_sub(line, 1, line.n);
	for (i = 0; i < full && i < line.n; i++) {
		if (line.p[i] < ' ' || line.p[i] > '`')
			return 0;
		ticks |= line.p[i] == '`';
	}
	/* An encoder that writes "`" writes no spaces that could be lost. */
	if (line.n < least && ticks)
		return 0;
	line = slice_trim(slice_sub(line, full, line.n));
	return line.n > EXTRA ? 0 : n;
}

static int
is_base64(struct slice line)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n, i;

	line = slice_trim(line);
	if (line.n == 0 || line.n % 4 != 0 || slice_eq(line, SLICE("====")))
		return 0;
	for (n = line.n; n > line.n - 2 && line.p[n - 1] == '='; n--)
		;
	for (i = 0; i < n; i++)
		if (memchr(digits, line.p[i], sizeof(digits) - 1) == NULL)
			return 0;
	return 1;
}

static int
is_data(const struct uu *u, struct slice line)
{
	return u->base64 ? is_base64(line) : historical_length(line) > 0;
}

static int
tell(struct uu *u, enum uu_event event, struct slice bytes, struct fail *f)
{
	return u->handler(u->ctx, event, bytes, f);
}

static int
tell_data(struct uu *u, struct fail *f)
{
	int rc = u->data.n == 0 ? 0 : tell(u, UU_DATA, buf_slice(&u->data), f);

	buf_clear(&u->data);
	return rc;
}

/* Character "i" of the data of a line; spaces are zero, and may be lost. */
static unsigned
sextet(struct slice data, size_t i)
{
	return i < data.n ? (unsigned)(data.p[i] - ' ') & 63 : 0;
}

static void
decode_historical(struct uu *u, struct slice line)
{
	size_t n = historical_length(line), i;
	char *to = buf_room(&u->data, n);

	line = slice_sub(line, 1, line.n);
	for (i = 0; i < n; i++) {
		size_t at = i / 3 * 4 + i % 3;
		unsigned shift = 2 * (unsigned)(i % 3) + 2;

		to[i] = (char)(sextet(line, at) << shift |
		    sextet(line, at + 1) >> (6 - shift));
	}
	u->data.n += n;
}

/* A line of data; what is held back has room for one more. */
static int
put_data(struct uu *u, struct slice line, struct fail *f)
{
	if (u->data.n > UU_PIECE - 2 * UU_LINE - 1024 && tell_data(u, f) == -1)
		return -1;
	if (u->base64)
		return enc_decode(&u->decoder, line, &u->data);
	decode_historical(u, line);
	return 0;
}

static int
begin(struct uu *u, struct fail *f)
{
	enc_decoder_init(&u->decoder, ENC_BASE64);
	return tell(u, UU_BEGIN, buf_slice(&u->name), f);
}

static int
end(struct uu *u, enum uu_event how, struct fail *f)
{
	u->state = UU_OUTSIDE;
	if (u->base64 && enc_decode_end(&u->decoder, &u->data) == -1)
		return fail_set(f, EX_SOFTWARE, "uuencoded file: no room");
	if (tell_data(u, f) == -1)
		return -1;
	return tell(u, how, (struct slice){ 0 }, f);
}

static int
line_outside(struct uu *u, struct slice line)
{
	if (is_begin(u, line))
		u->state = UU_BEGUN;
	else if (slice_trim(line).n > 0)
		u->text = 1;
	return 0;
}

/* What was begun is none: its lines were text. */
static int
take_back(struct uu *u, struct slice line)
{
	u->state = UU_OUTSIDE;
	u->text = 1;
	return line_outside(u, line);
}

static int
line_begun(struct uu *u, struct slice line, struct fail *f)
{
	if (is_data(u, line)) {
		u->state = UU_INSIDE;
		return begin(u, f) == -1 ? -1 : put_data(u, line, f);
	}
	if (!is_empty_file(u, line))
		return take_back(u, line);
	u->state = UU_EMPTY;
	if (!u->base64)
		return 0;
	return begin(u, f) == -1 ? -1 : end(u, UU_END, f);
}

static int
line_empty(struct uu *u, struct slice line, struct fail *f)
{
	if (!slice_eq(slice_trim(line), SLICE("end")))
		return take_back(u, line);
	return begin(u, f) == -1 ? -1 : end(u, UU_END, f);
}

static int
line_inside(struct uu *u, struct slice line, struct fail *f)
{
	const char *last = u->base64 ? "====" : "end";

	if (slice_eq(slice_trim(line), slice_str(last)))
		return end(u, UU_END, f);
	if (u->state == UU_INSIDE && is_data(u, line))
		return put_data(u, line, f);
	if (u->state == UU_INSIDE && is_zero(u, line)) {
		u->state = UU_ENDING;
		return 0;
	}
	return end(u, UU_SHORT, f) == -1 ? -1 : line_outside(u, line);
}

/* A whole line, without its end; a long one comes as one that fits no state. */
static int
take_line(struct uu *u, struct slice line, struct fail *f)
{
	if (slice_ends(line, SLICE("\r")))
		line.n--;
	switch (u->state) {
	case UU_OUTSIDE:
		return line_outside(u, line);
	case UU_BEGUN:
		return line_begun(u, line, f);
	case UU_EMPTY:
		return line_empty(u, line, f);
	case UU_INSIDE:
	case UU_ENDING:
		break;
	}
	return line_inside(u, line, f);
}

/* Takes what is left of a line of no interest off "bytes". */
static void
skip_line(struct uu *u, struct slice *bytes)
{
	struct slice line;

	u->skipping = !slice_until(bytes, '\n', &line);
}

/* Adds to the unfinished line.  One that grows too long is text, whatever the
 * state. */
static int
keep_line(struct uu *u, struct slice bytes, struct fail *f)
{
	if (buf_add(&u->line, bytes) == 0)
		return 0;
	buf_clear(&u->line);
	u->skipping = 1;
	return take_line(u, SLICE("\x7f"), f);
}

/* Outside, lines that do not begin with a "b" are of no interest. */
static int
may_skip(struct uu *u, struct slice bytes)
{
	if (u->state != UU_OUTSIDE || u->line.n > 0 || bytes.p[0] == 'b')
		return 0;
	if (!u->text && strchr(" \t\r\n", bytes.p[0]) != NULL)
		return 0;
	u->text = 1;
	return 1;
}

int
uu_put(struct uu *u, struct slice bytes, struct fail *f)
{
	struct slice line;

	while (bytes.n > 0) {
		if (u->skipping || may_skip(u, bytes)) {
			skip_line(u, &bytes);
			continue;
		}
		if (!slice_until(&bytes, '\n', &line))
			return keep_line(u, line, f);
		if (u->line.n > 0 || line.n > UU_LINE) {
			if (keep_line(u, line, f) == -1)
				return -1;
			if (u->skipping) {
				u->skipping = 0;
				continue;
			}
			line = buf_slice(&u->line);
		}
		if (take_line(u, line, f) == -1)
			return -1;
		buf_clear(&u->line);
	}
	return 0;
}

int
uu_end(struct uu *u, struct fail *f)
{
	if (u->line.n > 0 && take_line(u, buf_slice(&u->line), f) == -1)
		return -1;
	buf_clear(&u->line);
	if (u->state == UU_INSIDE || u->state == UU_ENDING)
		return end(u, UU_SHORT, f);
	if (u->state != UU_OUTSIDE)
		u->text = 1;
	u->state = UU_OUTSIDE;
	return 0;
}
