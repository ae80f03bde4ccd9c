/* SPDX-License-Identifier: ISC */
/* verb: from a line to its handler; see verb.h. */

#include "verb.h"

static struct slice
without_trailing_spaces(struct slice s)
{
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

enum verb_result
verb_match(const struct verb *table, size_t n, unsigned state,
    struct slice line, const struct verb **found, struct slice *arg)
{
	struct slice name, rest = without_trailing_spaces(line);
	size_t i;

	(void)slice_until(&rest, ' ', &name);
	for (i = 0; i < n; i++)
		if (slice_caseeq(name, slice_str(table[i].name)))
			break;
	if (i == n)
		return VERB_UNKNOWN;
	*found = &table[i];
	*arg = rest;
	if ((table[i].states & state) == 0)
		return VERB_STATE;
	if ((table[i].arity == VERB_NONE && rest.n > 0) ||
	    (table[i].arity == VERB_MUST && rest.n == 0))
		return VERB_ARGUMENT;
	return VERB_FOUND;
}

int
verb_is_http(struct slice line)
{
	static const char *const names[] = { "GET ", "POST ", "PUT ", "HEAD ",
		"CONNECT ", "OPTIONS ", "DELETE ", "PATCH ", "TRACE " };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_casestarts(line, slice_str(names[i])))
			return 1;
	return 0;
}
