/* SPDX-License-Identifier: ISC */
/* argv: a command that was given as one string; see argv.h. */

#include <string.h>

#include "argv.h"

static int
is_space(int c)
{
	return c == ' ' || c == '\t';
}

/* 1 where something is left behind them. */
static int
skip_spaces(struct slice *s)
{
	while (is_space(slice_peek(*s)))
		(void)slice_getc(s);
	return s->n > 0;
}

/* Takes what is quoted behind the quote "quote", with the closing one: where
 * the next byte goes, or NULL where that quote is missing. */
static char *
take_quoted(struct slice *s, int quote, char *to)
{
	int c;

	while ((c = slice_getc(s)) != quote) {
		if (c == '\\' && quote == '"' &&
		    (slice_peek(*s) == '"' || slice_peek(*s) == '\\'))
			c = slice_getc(s);
		if (c == -1)
			return NULL;
		*to++ = (char)c;
	}
	return to;
}

/* Takes the next word, which is there; the same result. */
static char *
take_word(struct slice *s, char *to)
{
	int c;

	while (to != NULL && (c = slice_peek(*s)) != -1 && !is_space(c)) {
		(void)slice_getc(s);
		if (c == '\'' || c == '"') {
			to = take_quoted(s, c, to);
			continue;
		}
		if (c == '\\' && (c = slice_getc(s)) == -1)
			return NULL;
		*to++ = (char)c;
	}
	return to;
}

char **
argv_split(struct slice command, struct arena *arena, struct fail *f)
{
	/* A word and what separates it are two bytes at least; words are no
	 * longer than they are written, with a NUL for what separates. */
	char **argv = arena_alloc(arena, (command.n / 2 + 2) * sizeof(*argv));
	char *to = arena_alloc(arena, command.n + 2);
	size_t n = 0;

	if (slice_find(command, '\0') < command.n) {
		(void)fail_set(f, EX_CONFIG, "a NUL in a command");
		return NULL;
	}
	while (skip_spaces(&command)) {
		argv[n++] = to;
		if ((to = take_word(&command, to)) == NULL) {
			(void)fail_set(f, EX_CONFIG, "a command with a quote "
			    "or a backslash that nothing follows");
			return NULL;
		}
		*to++ = '\0';
	}
	if (n > 0)
		return argv;
	(void)fail_set(f, EX_CONFIG, "an empty command");
	return NULL;
}

int
argv_shell_byte(struct slice command)
{
	int c, quote = 0;

	while ((c = slice_getc(&command)) != -1)
		if (c == '\\' && quote != '\'')
			(void)slice_getc(&command);
		else if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c != '\0' && strchr("|&;<>$`", c) != NULL)
			return c;
	return 0;
}
