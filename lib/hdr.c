/* SPDX-License-Identifier: ISC */
/* hdr: header fields, folding, comments and quoted-strings; see hdr.h. */

#include "hdr.h"
#include "limits.h"
#include "text.h"
#include "utf8.h"

enum { SPACES = 64 }; /* the longest run that hdr_write keeps */

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* The length of the first line of "s" with its line end. */
static size_t
line_length(struct slice s)
{
	size_t n = slice_find(s, '\n');

	return n < s.n ? n + 1 : n;
}

/* "s" without one line end at its end. */
static struct slice
without_end(struct slice s)
{
	if (slice_ends(s, SLICE("\n")))
		s.n--;
	if (slice_ends(s, SLICE("\r")))
		s.n--;
	return s;
}

/* 1 at the empty line or the end. */
static int
at_end(struct slice s)
{
	if (slice_peek(s) == '\r')
		return s.n == 1 || s.p[1] == '\n';
	return s.n == 0 || s.p[0] == '\n';
}

/* Takes the lines of the next field: 1, or 0 where there is none. */
static int
take_lines(struct slice *header, struct slice *raw)
{
	size_t n;

	if (at_end(*header))
		return 0;
	n = line_length(*header);
	while (n < header->n && is_blank(header->p[n]))
		n += line_length(slice_sub(*header, n, header->n));
	return slice_take(header, n, raw) == 0;
}

/* Takes the lines field->raw apart. */
static void
split(struct hdr_field *field)
{
	size_t colon = slice_find(field->raw, ':');
	struct slice name = slice_sub(field->raw, 0, colon);

	while (name.n > 0 && is_blank(name.p[name.n - 1]))
		name.n--;
	if (colon == field->raw.n || !hdr_name_ok(name)) {
		field->name = slice_sub(field->raw, 0, 0);
		field->value = without_end(field->raw);
		return;
	}
	field->name = name;
	field->value =
	    without_end(slice_sub(field->raw, colon + 1, field->raw.n));
}

int
hdr_next(struct slice *header, struct hdr_field *field)
{
	if (!take_lines(header, &field->raw))
		return 0;
	split(field);
	return 1;
}

int
hdr_folded(struct slice *lines, struct slice *name)
{
	struct slice line;

	while (slice_take(lines, line_length(*lines), &line) == 0 &&
	    line.n > 0) {
		int fold = is_blank(slice_peek(line));

		line = slice_trim(line);
		if (fold && slice_until(&line, ':', name) &&
		    !slice_starts(line, SLICE("//"))) {
			*name = slice_trim(*name);
			return 1;
		}
	}
	return 0;
}

/* Few lines begin as the name does, and only those are taken apart. */
int
hdr_find(struct slice header, const char *name, struct hdr_field *field)
{
	struct slice want = slice_str(name);
	struct hdr_field next;
	int first = slice_lower(slice_peek(want));

	while (take_lines(&header, &next.raw)) {
		if (slice_lower(next.raw.p[0]) != first ||
		    !slice_casestarts(next.raw, want))
			continue;
		split(&next);
		if (slice_caseeq(next.name, want)) {
			*field = next;
			return 1;
		}
	}
	return 0;
}

struct slice
hdr_value(struct slice header, const char *name)
{
	struct hdr_field field;

	if (!hdr_find(header, name, &field) ||
	    field.value.n > LIMIT_HEADER_FIELD)
		return SLICE("");
	return field.value;
}

size_t
hdr_count(struct slice header, const char *name)
{
	struct slice want = slice_str(name);
	struct hdr_field next;
	size_t n = 0;

	while (hdr_next(&header, &next))
		n += (size_t)slice_caseeq(next.name, want);
	return n;
}

int
hdr_unfold(struct slice value, struct buf *out)
{
	struct slice line;
	int more;

	value = slice_trim(value);
	do {
		more = slice_until(&value, '\n', &line);
		if (more && slice_ends(line, SLICE("\r")))
			line.n--;
		if (buf_add(out, line) == -1)
			return -1;
	} while (more);
	return 0;
}

int
hdr_name_ok(struct slice name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
			return 0;
	return name.n > 0;
}

int
hdr_value_check(const char *name, struct slice value, struct fail *f)
{
	size_t i;

	for (i = 0; i < value.n; i++)
		if (value.p[i] == '\r' || value.p[i] == '\n' ||
		    value.p[i] == '\0')
			return fail_set(f, EX_DATAERR,
			    "%.200s: CR, LF or NUL in \"%s\"", name,
			    TEXT_SHOW(value));
	return 0;
}

/* Where to cut "word" so that "n" bytes or less stay before the cut: between
 * two characters, where it is UTF-8. */
static size_t
cut_before(struct slice word, size_t n)
{
	size_t at = n;

	while (at > n - 4 && ((unsigned char)word.p[at] & 0xc0) == 0x80)
		at--;
	return ((unsigned char)word.p[at] & 0xc0) == 0x80 ? n : at;
}

/* Adds a word longer than a line may be, in pieces. */
static int
write_cut(struct buf *out, size_t *column, struct slice word)
{
	while (*column + word.n > LIMIT_LINE_HARD) {
		size_t n = cut_before(word, LIMIT_LINE_HARD - *column);

		if (buf_add(out, slice_sub(word, 0, n)) == -1 ||
		    buf_adds(out, "\n ") == -1)
			return -1;
		word = slice_sub(word, n, word.n);
		*column = 1;
	}
	*column += word.n;
	return buf_add(out, word);
}

/*
 * Adds spaces and the word behind them.  The first word stays beside the name
 * where a line of its own would be too long as well: some programs read only
 * the first line of Message-ID.
 */
static int
write_word(struct buf *out, size_t *column, struct slice spaces,
    struct slice word)
{
	size_t n = spaces.n + word.n;
	int first = *column > 0 && out->p[out->n - 1] == ':';

	if (*column + n > LIMIT_LINE_SOFT &&
	    (!first || n <= LIMIT_LINE_SOFT ||
	    *column + n > LIMIT_LINE_HARD)) {
		if (buf_addc(out, '\n') == -1)
			return -1;
		*column = 0;
	}
	if (buf_add(out, spaces) == -1)
		return -1;
	*column += spaces.n;
	return write_cut(out, column, word);
}

int
hdr_write(struct buf *out, const char *name, struct slice value)
{
	struct slice spaces = SLICE(" "), word;
	size_t column = slice_str(name).n + 1, n;

	value = slice_trim(value);
	if (buf_adds(out, name) == -1 || buf_addc(out, ':') == -1)
		return -1;
	while (value.n > 0) {
		for (n = 0; n < value.n && !is_blank(value.p[n]); n++)
			;
		(void)slice_take(&value, n, &word);
		if (write_word(out, &column, spaces, word) == -1)
			return -1;
		for (n = 0; n < value.n && is_blank(value.p[n]); n++)
			;
		(void)slice_take(&value, n, &spaces);
		spaces = slice_sub(spaces, 0, SPACES);
	}
	return buf_addc(out, '\n');
}

int
hdr_skip_cfws(struct slice *s)
{
	int depth = 0, c;

	while ((c = slice_peek(*s)) != -1) {
		if (c == '(' && ++depth > LIMIT_COMMENT_DEPTH)
			break;
		if (depth == 0 && !is_blank(c) && c != '\r' && c != '\n')
			return 0;
		if (c == ')')
			depth--;
		(void)slice_getc(s);
		if (c == '\\')
			(void)slice_getc(s);
	}
	*s = slice_sub(*s, s->n, s->n);
	return depth == 0 ? 0 : -1;
}

int
hdr_quoted(struct slice *s, struct slice *inside)
{
	size_t n = 1;

	while (n < s->n && s->p[n] != '"')
		n += s->p[n] == '\\' ? 2 : 1;
	*inside = slice_sub(*s, 1, n);
	if (n >= s->n) {
		*s = slice_sub(*s, s->n, s->n);
		return -1;
	}
	*s = slice_sub(*s, n + 1, s->n);
	return 0;
}

int
hdr_unquote(struct slice inside, struct buf *out)
{
	while (inside.n > 0) {
		int c = slice_getc(&inside);

		if (c == '\n' || (c == '\r' && slice_peek(inside) == '\n'))
			continue;
		if (c == '\\' && inside.n > 0)
			c = slice_getc(&inside);
		if (buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}

int
hdr_quote(struct slice inside, struct buf *out)
{
	int c, rc = buf_addc(out, '"');

	while (rc == 0 && (c = slice_getc(&inside)) != -1) {
		if (c == '"' || c == '\\')
			rc = buf_addc(out, '\\');
		if (rc == 0)
			rc = buf_addc(out, c);
	}
	return rc == 0 ? buf_addc(out, '"') : -1;
}
