/* SPDX-License-Identifier: ISC */
/* aliases: the file of aliases(5); see aliases.h. */

#include <string.h>

#include "aliases.h"
#include "limits.h"
#include "lines.h"
#include "text.h"

/* The file, with the line that is looked at next. */
struct reader {
	struct lines lines;
	struct slice next;
	int more;	   /* there is one */
	struct buf alias;  /* a name and its members, in one line */
	size_t line;	   /* where that began */
};

/* Empty lines and those whose first character is a "#" do not end an alias. */
static int
is_comment(struct slice line)
{
	line = slice_trim(line);
	return line.n == 0 || line.p[0] == '#';
}

/* Takes the next line into "next", past comments. */
static int
advance(struct reader *r, struct fail *f)
{
	do {
		r->more = lines_next(&r->lines, &r->next, f);
	} while (r->more == 1 && is_comment(r->next));
	return r->more == -1 ? -1 : 0;
}

/* The next alias with all its lines: 1, 0 at the end, or -1. */
static int
next_alias(struct reader *r, struct fail *f)
{
	int c;

	if (r->more != 1)
		return r->more;
	buf_clear(&r->alias);
	r->line = r->lines.number;
	do {
		if (buf_add(&r->alias, slice_trim(r->next)) == -1 ||
		    buf_addc(&r->alias, ' ') == -1)
			return fail_set(f, EX_CONFIG, "%.200s: line %zu: "
			    "longer than %d bytes", r->lines.in.name, r->line,
			    LIMIT_ALIAS);
		if (advance(r, f) == -1)
			return -1;
		c = r->more == 1 ? slice_peek(r->next) : 0;
	} while (c == ' ' || c == '\t');
	return 1;
}

/* Takes the name and the colon, without quotes: 0, or -1. */
static int
take_name(struct slice *s, struct buf *name)
{
	int c, quoted = 0;

	while ((c = slice_getc(s)) != ':' || quoted) {
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && quoted)
			c = slice_getc(s);
		if (c == -1 || buf_addc(name, c) == -1)
			return -1;
	}
	return 0;
}

/* How well the name fits: 2 with its domain, 1 without one, 0 not. */
static int
fits(struct slice name, struct slice local, struct slice domain)
{
	if (slice_caseeq(name, local))
		return 1;
	return name.n > local.n && domain.n > 0 && name.p[local.n] == '@' &&
	    slice_caseeq(slice_sub(name, 0, local.n), local) &&
	    addr_same_domain(slice_sub(name, local.n + 1, name.n), domain) ?
	    2 : 0;
}

/* Looks at every alias, for a line that is no good must not be found on some
 * days only. */
static int
search(struct reader *r, const struct addr *a, struct arena *arena,
    struct alias *found, struct fail *f)
{
	struct buf name = BUF(LIMIT_ALIAS);
	int rc, best = 0, fit;

	while ((rc = next_alias(r, f)) == 1) {
		struct slice rest = buf_slice(&r->alias);

		buf_clear(&name);
		if (take_name(&rest, &name) == -1 ||
		    slice_trim(buf_slice(&name)).n == 0) {
			rc = fail_set(f, EX_CONFIG, "%.200s: line %zu: "
			    "not of the form \"name: members\"",
			    r->lines.in.name, r->line);
			break;
		}
		fit = fits(slice_trim(buf_slice(&name)), a->local, a->domain);
		if (fit > best) {
			best = fit;
			found->line = r->line;
			found->members = arena_slice(arena, slice_trim(rest));
		}
	}
	buf_free(&name);
	return rc == -1 ? -1 : best > 0;
}

int
aliases_find(const char *path, const struct addr *a, struct arena *arena,
    struct alias *found, struct fail *f)
{
	struct reader r = { .alias = BUF(LIMIT_ALIAS) };
	struct buf local = BUF(LIMIT_LOCAL_PART + 2);
	struct addr plain = *a;
	int rc;

	if (addr_unquote(a->local, &local) == -1)
		return 0;
	plain.local = buf_slice(&local);
	rc = lines_open(&r.lines, path, LIMIT_ALIAS, f);
	if (rc == 0)
		rc = advance(&r, f);
	if (rc == 0)
		rc = search(&r, &plain, arena, found, f);
	if (rc == -1)
		f->class = f->class == EX_IOERR ? EX_TEMPFAIL : EX_CONFIG;
	lines_close(&r.lines);
	buf_free(&r.alias);
	buf_free(&local);
	return rc;
}

/* Takes all up to a comma that is not in quotes, angle brackets or a comment,
 * and leaves comments out (RFC 5322, 3.2.2): 0, or -1. */
static int
take_member(struct slice *rest, struct buf *word)
{
	int c, quoted = 0, angle = 0;
	unsigned comments = 0;

	while ((c = slice_getc(rest)) != -1) {
		int escaped = c == '\\' ? slice_getc(rest) : -1;

		if (c == ',' && !quoted && !angle && comments == 0)
			break;
		if (c == '"' && comments == 0)
			quoted = !quoted;
		if (c == '(' && !quoted)
			comments++;
		if (comments == 0) {
			if (!quoted && (c == '<' || c == '>'))
				angle = c == '<';
			(void)buf_addc(word, c);
			if (escaped != -1)
				(void)buf_addc(word, escaped);
		}
		if (c == ')' && comments > 0 && !quoted)
			comments--;
	}
	return quoted || angle || comments > 0 ? -1 : 0;
}

/* The address in "Name <address>"; all of it where it is not of that form. */
static struct slice
without_name(struct slice word)
{
	size_t i = word.n;

	if (!slice_ends(word, SLICE(">")))
		return word;
	while (i > 0 && word.p[i - 1] != '<')
		i--;
	return i == 0 ? word : slice_trim(slice_sub(word, i, word.n - 1));
}

/* What is in quotes from its first to its last byte, without them. */
static struct slice
without_quotes(struct slice word, struct arena *arena)
{
	struct buf out = BUF(LIMIT_ALIAS);
	size_t i;

	if (word.n < 2 || word.p[0] != '"' || word.p[word.n - 1] != '"')
		return word;
	for (i = 1; i < word.n - 1; i++) {
		if (word.p[i] == '\\' && i + 1 < word.n - 1)
			i++;
		(void)buf_addc(&out, word.p[i]);
	}
	word = arena_slice(arena, buf_slice(&out));
	buf_free(&out);
	return word;
}

/* The grammar of an address, with a domain lent to a name that has none. */
static int
take_address(struct slice word, struct arena *arena, struct alias_member *m,
    struct fail *f)
{
	struct buf text = BUF(LIMIT_ALIAS + 2);
	struct fail ignored;
	int rc;

	if (addr_check_utf8(word, &m->address, &ignored) == 0)
		return 1;
	rc = buf_add(&text, word) == 0 && buf_adds(&text, "@x") == 0 ?
	    addr_check_utf8(arena_slice(arena, buf_slice(&text)),
	    &m->address, f) : -1;
	buf_free(&text);
	m->address.domain.n = 0;
	return rc == 0 ? 1 : fail_set(f, EX_CONFIG, "%s is no address",
	    TEXT_SHOW(word));
}

static int
take_kind(struct slice word, struct arena *arena, struct alias_member *m,
    struct fail *f)
{
	struct slice plain = without_quotes(word, arena);

	m->text = plain;
	if (slice_casestarts(plain, SLICE(":include:"))) {
		m->kind = ALIAS_INCLUDE;
		m->text = slice_trim(slice_sub(plain, 9, plain.n));
	} else if (slice_starts(plain, SLICE("|"))) {
		m->kind = ALIAS_PROGRAM;
	} else if (slice_starts(plain, SLICE("/")) ||
	    slice_starts(plain, SLICE("~/"))) {
		m->kind = ALIAS_FILE;
	} else {
		m->kind = slice_starts(word, SLICE("\\")) ? ALIAS_MAILBOX :
		    ALIAS_ADDRESS;
		word = slice_sub(word, m->kind == ALIAS_MAILBOX, word.n);
		return take_address(without_name(word), arena, m, f);
	}
	if (slice_find(m->text, '\0') == m->text.n)
		return 1;
	return fail_set(f, EX_CONFIG, "a NUL in %s", TEXT_SHOW(m->text));
}

int
aliases_member(struct slice *rest, struct arena *arena,
    struct alias_member *m, struct fail *f)
{
	struct slice start = *rest, word = { NULL, 0 };
	struct buf text = BUF(LIMIT_ALIAS + 2);
	int rc = 0;

	*m = (struct alias_member){ 0 };
	while (rc == 0 && word.n == 0 && rest->n > 0) {
		buf_clear(&text);
		rc = take_member(rest, &text);
		word = slice_trim(buf_slice(&text));
	}
	if (rc == -1)
		rc = fail_set(f, EX_CONFIG,
		    "a quote, bracket or comment without its end in %s",
		    TEXT_SHOW(start));
	else if (word.n > 0)
		rc = take_kind(arena_slice(arena, word), arena, m, f);
	buf_free(&text);
	return rc;
}
