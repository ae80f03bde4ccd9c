/* SPDX-License-Identifier: ISC */
/* Unit test of argv: a command as words. */

#include "argv.h"
#include "unit.h"

/* Each word with | behind it, or what failed. */
static const char *
words(struct slice command)
{
	static char out[600];
	struct arena arena = { 0 };
	struct fail f = { 0 };
	struct slice exact = unit_exact(command);
	char **argv = argv_split(exact, &arena, &f);
	size_t n = 0;

	out[0] = '\0';
	if (argv == NULL) {
		CHECK_INT(f.class, EX_CONFIG);
		(void)snprintf(out, sizeof(out), "%s", f.text);
	}
	for (; argv != NULL && *argv != NULL; argv++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s|", *argv);
	arena_free(&arena);
	free((void *)(uintptr_t)exact.p);
	return out;
}

static const struct {
	const char *command, *want;
} cases[] = {
	{ "pass show mail", "pass|show|mail|" },
	{ "  a\t b  ", "a|b|" },
	{ "a", "a|" },
	{ "sh -c 'pass mail | head -n 1'", "sh|-c|pass mail | head -n 1|" },
	{ "a 'b c'd\"e f\"", "a|b cde f|" },
	{ "a '' \"\"", "a|||" },
	{ "a 'b\\n' \"c\\\"d\\\\e\\f\" g\\ h\\'", "a|b\\n|c\"d\\e\\f|g h'|" },
	{ "a $HOME ~ ; `b` #", "a|$HOME|~|;|`b`|#|" },
};

static void
split(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].command);
		CHECK_STR(words(slice_str(cases[i].command)), cases[i].want);
	}
}

static void
mistakes(void)
{
	static const char open[] = "a command with a quote or a backslash "
	    "that nothing follows";

	CHECK_STR(words(SLICE("")), "an empty command");
	CHECK_STR(words(SLICE(" \t ")), "an empty command");
	CHECK_STR(words(SLICE("a 'b")), open);
	CHECK_STR(words(SLICE("a \"b")), open);
	CHECK_STR(words(SLICE("a \"b\\")), open);
	CHECK_STR(words(SLICE("a \"b\\\"")), open);
	CHECK_STR(words(SLICE("a b\\")), open);
	CHECK_STR(words(SLICE("a\0b")), "a NUL in a command");
}

static const struct {
	const char *command;
	int want;
} shells[] = {
	{ "", 0 },
	{ "procmail -f- a=b ~/x", 0 },
	{ "echo $HOME | cat", '$' },
	{ "| cat", '|' },
	{ "cat>x", '>' },
	{ "cat 2>/dev/null", '>' },
	{ "mail <x", '<' },
	{ "a && b", '&' },
	{ "a; b", ';' },
	{ "`a`", '`' },
	{ "sh -c 'cat >$HOME/x; `a` | b &'", 0 },
	{ "sh -c \"cat >$HOME/x\"", 0 },
	{ "a \"b\\\"; c\"", 0 },
	{ "a \"b\"; c", ';' },
	{ "a 'b\\'; c", ';' },
	{ "a b\\; \\$c \\'", 0 },
	{ "a 'b;", 0 },
	{ "a \\", 0 },
};

static void
shell_byte(void)
{
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		struct slice exact = unit_exact(slice_str(shells[i].command));

		CASE(shells[i].command);
		CHECK_INT(argv_shell_byte(exact), shells[i].want);
		free((void *)(uintptr_t)exact.p);
	}
}

int
main(void)
{
	RUN(split);
	RUN(shell_byte);
	RUN(mistakes);
	return unit_done();
}
