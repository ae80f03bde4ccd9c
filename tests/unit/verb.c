/* SPDX-License-Identifier: ISC */
/* Unit test of verb: which verb a line is, and what is its argument. */

#include "unit.h"
#include "verb.h"

static const struct verb table[] = {
	{ "NONE", 1,     VERB_NONE, 0, NULL },
	{ "MAY",  1 | 2, VERB_MAY,  0, NULL },
	{ "MUST", 2,     VERB_MUST, 1, NULL },
};

static const struct {
	struct slice line;
	unsigned state;
	enum verb_result result;
	int verb; /* where it is found; else -1 */
	const char *arg;
} cases[] = {
	{ SLICE("NONE"), 1, VERB_FOUND, 0, "" },
	{ SLICE("none"), 1, VERB_FOUND, 0, "" },
	{ SLICE("nOnE  \t"), 1, VERB_FOUND, 0, "" },
	{ SLICE("NONE x"), 1, VERB_ARGUMENT, 0, "x" },
	{ SLICE("NONE"), 2, VERB_STATE, 0, "" },
	{ SLICE("NONE x"), 2, VERB_STATE, 0, "x" },
	{ SLICE("MAY"), 2, VERB_FOUND, 1, "" },
	{ SLICE("MAY a b "), 1, VERB_FOUND, 1, "a b" },
	{ SLICE("MAY  a"), 1, VERB_FOUND, 1, " a" },
	{ SLICE("MUST"), 2, VERB_ARGUMENT, 2, "" },
	{ SLICE("MUST   "), 2, VERB_ARGUMENT, 2, "" },
	{ SLICE("MUST a"), 2, VERB_FOUND, 2, "a" },
	{ SLICE("MUST"), 1, VERB_STATE, 2, "" },
	{ SLICE(""), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE(" "), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE(" NONE"), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE("NONEX"), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE("NON"), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE("MAY\ta"), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE("NONE\0"), 1, VERB_UNKNOWN, -1, "" },
	{ SLICE("\377ONE"), 1, VERB_UNKNOWN, -1, "" },
};

static void
matches(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice line = unit_exact(cases[i].line);
		struct slice arg = { NULL, 0 };
		const struct verb *found = NULL;

		CASE(cases[i].line.p);
		CHECK_INT(verb_match(table, 3, cases[i].state, line, &found,
		    &arg), cases[i].result);
		CHECK_INT(found == NULL ? -1 : found - table, cases[i].verb);
		CHECK_SLICE(arg, slice_str(cases[i].arg));
		free((char *)(uintptr_t)line.p);
	}
}

static void
http(void)
{
	CHECK_INT(verb_is_http(SLICE("GET / HTTP/1.1")), 1);
	CHECK_INT(verb_is_http(SLICE("post /x HTTP/1.1")), 1);
	CHECK_INT(verb_is_http(SLICE("GET")), 0);
	CHECK_INT(verb_is_http(SLICE("CAPA")), 0);
}

int
main(void)
{
	RUN(http);
	RUN(matches);
	return unit_done();
}
