/* SPDX-License-Identifier: ISC */
/* packflow: text as format=flowed; see packflow.h. */

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
	for (size_t i = 0; i < w->nword; i++)
		if (emit(w, w->word[i], f) == -1)
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

/* One more byte of a word, which is held back while it may fit. */
static int
put_letter(struct packflow *w, int c, struct fail *f)
{
	if (w->overlong)
		return emit(w, c, f);
	w->word[w->nword++] = (char)c;
	w->width += (c & 0xc0) != 0x80;
	if (w->width <= PACKFLOW_LINE && w->nword < sizeof(w->word))
		return 0;
	w->overlong = 1;
	w->width = PACKFLOW_LINE + 1;
	return place_word(w, f);
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
put_byte(struct packflow *w, int c, struct fail *f)
{
	if (c == '\n') {
		if (end_line(w, f) == -1)
			return -1;
		next_line(w);
		return emit(w, '\n', f);
	}
	if (!w->in_text && put_mark(w, c))
		return 0;
	return c == ' ' ? put_space(w, f) : put_letter(w, c, f);
}

int
packflow_put(void *flow, struct slice bytes, struct fail *f)
{
	struct packflow *w = flow;
	int c;

	while ((c = slice_getc(&bytes)) != -1) {
		if (w->cr && c != '\n' && put_byte(w, '\r', f) == -1)
			return -1;
		w->cr = c == '\r';
		if (!w->cr && put_byte(w, c, f) == -1)
			return -1;
	}
	return 0;
}

int
packflow_end(struct packflow *w, struct fail *f)
{
	if (w->cr && put_byte(w, '\r', f) == -1)
		return -1;
	if (end_line(w, f) == -1)
		return -1;
	return flush(w, f);
}
