/* SPDX-License-Identifier: ISC */
/* Fuzz target: words of a command line, each ended by a NUL: refused with a
 * sentence, or search keys that are one line, with as many ")" as "(", and no
 * deeper than criteria.h says, whatever the texts in them are. */

#include <stdlib.h>

#include "../../cmd/imap/criteria.h"
#include "buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 1000 };

struct seen {
	int depth, deepest, texts;
};

static void
look(void *ctx, struct slice piece, int text)
{
	struct seen *s = ctx;
	size_t i;

	s->texts += text;
	for (i = 0; !text && i < piece.n; i++) {
		if (piece.p[i] < ' ' || piece.p[i] >= 127 ||
		    piece.p[i] == '"' || piece.p[i] == '{')
			abort();
		s->depth += piece.p[i] == '(';
		s->depth -= piece.p[i] == ')';
		if (s->depth < 0)
			abort();
	}
	if (s->depth > s->deepest)
		s->deepest = s->depth;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, word;
	struct criteria c = { .now = 1795651200 };
	struct seen s = { 0 };
	char *words[WORDS];
	struct fail f = { 0 };
	size_t n = 0, i;

	while (n < WORDS && slice_until(&rest, '\0', &word))
		words[n++] = mem_str(word);
	if (criteria_read(&c, words, n, &f) == 0)
		criteria_each(&c, look, &s);
	else if (f.class != EX_USAGE || f.text[0] == '\0')
		abort();
	/* Each "or" has two to divide. */
	if (s.depth != 0 || s.deepest > 2 * (CRITERIA_DEPTH + 1))
		abort();
	for (i = 0; i < n; i++)
		free(words[i]);
	criteria_free(&c);
	return 0;
}
