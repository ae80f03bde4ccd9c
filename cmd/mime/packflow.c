/* SPDX-License-Identifier: ISC */
/* packflow: text as format=flowed; see packflow.h. */

#include <string.h>

#include "packflow.h"

void
packflow_init(struct packflow *w,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx)
{
	*w = (struct packflow){ .put = put, .ctx = ctx };
}

static int
flush(struct packflow *w, struct fail *f)
{
	struct slice held = { w->held, w->n };

	w->n = 0;
	return held.n > 0 ? w->put(w->ctx, held, f) : 0;
}

static int
emit(struct packflow *w, int c, struct fail *f)
{
	if (w->n == sizeof(w->held) && flush(w, f) == -1)
		return -1;
	w->held[w->n++] = (char)c;
	return 0;
}

static int
emit_many(struct packflow *w, int c, uint64_t n, struct fail *f)
{
	while (n-- > 0)
		if (emit(w, c, f) == -1)
			return -1;
	return 0;
}

static int
emit_bytes(struct packflow *w, struct slice bytes, struct fail *f)
{
	if (bytes.n > sizeof(w->held) - w->n && flush(w, f) == -1)
		return -1;
	if (bytes.n > sizeof(w->held))
		return w->put(w->ctx, bytes, f);
	memcpy(w->held + w->n, bytes.p, bytes.n);
	w->n += bytes.n;
	return 0;
}

static struct slice
pending(const struct packflow *w)
{
	return (struct slice){ w->word, w->nword };
}

/* The marks, and the space that keeps what follows from being taken for
 * something else: always behind marks, else where it is needed. */
static int
begin_line(struct packflow *w, struct fail *f)
{
	int stuffed = w->depth > 0 || w->spaces > 0 || w->word[0] == '>' ||
	    slice_eq(pending(w), SLICE("From"));

	if (emit_many(w, '>', w->depth, f) == -1 ||
	    emit_many(w, ' ', (uint64_t)stuffed, f) == -1)
		return -1;
	w->begun = 1;
	w->column = w->depth + (size_t)stuffed;
	w->dashes = w->spaces == 0 && slice_eq(pending(w), SLICE("--"));
	return 0;
}

/* A line "-- " in the middle of a paragraph would begin a signature. */
static int
must_break(const struct packflow *w)
{
	return w->column + w->spaces + w->width > PACKFLOW_LINE &&
	    !(w->dashes && w->spaces == 1);
}

/* What is pending goes to this line, or to the next one; the spaces stay on
 * this one in any case. */
static int
place_word(struct packflow *w, struct fail *f)
{
	int begins = !w->begun;

	if (w->nword == 0)
		return 0;
	if (begins && begin_line(w, f) == -1)
		return -1;
	if (!begins && must_break(w)) {
		if (emit_many(w, ' ', w->spaces, f) == -1 ||
		    emit(w, '\n', f) == -1)
			return -1;
		w->spaces = 0;
		w->broken = 1;
		if (begin_line(w, f) == -1)
			return -1;
	} else if (!begins) {
		w->dashes = 0;
	}
	if (emit_many(w, ' ', w->spaces, f) == -1)
		return -1;
	w->column += w->spaces + w->width;
	if (emit_bytes(w, pending(w), f) == -1)
		return -1;
	w->spaces = w->nword = w->width = 0;
	return 0;
}

/* Its spaces at the end are dropped. */
static int
end_line(struct packflow *w, struct fail *f)
{
	if (place_word(w, f) == -1)
		return -1;
	if (!w->begun)
		return emit_many(w, '>', w->depth, f);
	if (w->dashes && !w->broken && w->spaces == 1)
		return emit(w, ' ', f);
	return 0;
}

static void
next_line(struct packflow *w)
{
	w->in_text = w->mark_space = w->broken = w->overlong = w->dashes = 0;
	w->depth = 0;
	w->spaces = 0;
	w->begun = 0;
}

static int
put_space(struct packflow *w, struct fail *f)
{
	w->overlong = 0;
	if (place_word(w, f) == -1)
		return -1;
	w->spaces++;
	return 0;
}

static size_t
count_characters(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* More bytes of a word, which is held back while it may fit. */
static int
put_letters(struct packflow *w, struct slice letters, struct fail *f)
{
	struct slice part;

	if (w->overlong)
		return emit_bytes(w, letters, f);
	part = slice_sub(letters, 0, sizeof(w->word) - w->nword);
	memcpy(w->word + w->nword, part.p, part.n);
	w->nword += part.n;
	w->width += count_characters(part);
	if (w->width <= PACKFLOW_LINE && w->nword < sizeof(w->word))
		return 0;
	w->overlong = 1;
	w->width = PACKFLOW_LINE + 1;
	if (place_word(w, f) == -1)
		return -1;
	return emit_bytes(w, slice_sub(letters, part.n, letters.n), f);
}

/* 1 if "c" belongs to the marks of a quote. */
static int
put_mark(struct packflow *w, int c)
{
	if (c == '>' && w->depth < PACKFLOW_DEPTH) {
		w->depth++;
		w->mark_space = 0;
		return 1;
	}
	if (c == ' ' && w->depth > 0 && !w->mark_space) {
		w->mark_space = 1;
		return 1;
	}
	w->in_text = 1;
	return 0;
}

static int
put_line_end(struct packflow *w, struct fail *f)
{
	if (end_line(w, f) == -1)
		return -1;
	next_line(w);
	return emit(w, '\n', f);
}

/* How many bytes of a word "s" begins with. */
static size_t
count_letters(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\n' && s.p[n] != '\r')
		n++;
	return n;
}

/* What a CR is was told by the byte behind it. */
static int
put_cr(struct packflow *w, int next, struct fail *f)
{
	w->cr = 0;
	if (next == '\n')
		return 0;
	w->in_text = 1;
	return put_letters(w, SLICE("\r"), f);
}

/* Takes a line end, a space, a mark, or the letters of a word. */
static int
put_next(struct packflow *w, struct slice *bytes, struct fail *f)
{
	int c = slice_peek(*bytes);
	struct slice letters;

	if (c == '\r' || c == '\n' || c == ' ' || !w->in_text) {
		(void)slice_getc(bytes);
		if (c == '\n')
			return put_line_end(w, f);
		w->cr = c == '\r';
		if (w->cr || (!w->in_text && put_mark(w, c)))
			return 0;
		if (c == ' ')
			return put_space(w, f);
		return put_letters(w, (struct slice){ bytes->p - 1, 1 }, f);
	}
	(void)slice_take(bytes, count_letters(*bytes), &letters);
	return put_letters(w, letters, f);
}

/* Takes a line that stays as it is: 1, and then "line" is with its end; else
 * 0.  Most lines of most texts are such. */
static int
take_plain_line(const struct packflow *w, struct slice *bytes,
    struct slice *line)
{
	struct slice rest = slice_sub(*bytes, 0, PACKFLOW_LINE + 1);
	size_t n;
	int first = slice_peek(rest);

	if (w->in_text || w->depth > 0 || w->cr || first == '>' ||
	    first == ' ' || slice_starts(rest, SLICE("From")))
		return 0;
	if ((n = slice_find(rest, '\n')) == rest.n ||
	    (n > 0 && (rest.p[n - 1] == ' ' || rest.p[n - 1] == '\r')))
		return 0;
	return slice_take(bytes, n + 1, line) == 0;
}

int
packflow_put(void *flow, struct slice bytes, struct fail *f)
{
	struct packflow *w = flow;
	struct slice line;

	while (bytes.n > 0)
		if (take_plain_line(w, &bytes, &line)) {
			if (emit_bytes(w, line, f) == -1)
				return -1;
		} else if ((w->cr && put_cr(w, slice_peek(bytes), f) == -1) ||
		    put_next(w, &bytes, f) == -1) {
			return -1;
		}
	return 0;
}

int
packflow_end(struct packflow *w, struct fail *f)
{
	if ((w->cr && put_cr(w, -1, f) == -1) || end_line(w, f) == -1)
		return -1;
	return flush(w, f);
}
