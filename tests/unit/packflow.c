/* SPDX-License-Identifier: ISC */
/* packflow: breaks, quotes, stuffing, the signature; whole and byte by byte. */

#include "../../cmd/mime/packflow.h"
#include "buf.h"
#include "unit.h"

#define SEVENTY \
	"01234567890123456789012345678901234" \
	"56789012345678901234567890123456789"

static int
put(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	return buf_add(ctx, bytes);
}

static void
check_flow(struct slice text, struct slice want, size_t piece)
{
	struct buf out = BUF(100000);
	struct fail f = { 0 };
	struct packflow w;

	packflow_init(&w, put, &out);
	for (size_t at = 0; at < text.n; at += piece)
		CHECK_INT(packflow_put(&w, slice_sub(text, at, at + piece),
		    &f), 0);
	CHECK_INT(packflow_end(&w, &f), 0);
	CHECK_SLICE(buf_slice(&out), want);
	buf_free(&out);
}

static void
lines(void)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "empty", "", "" },
		{ "short", "a b\n\nc\n", "a b\n\nc\n" },
		{ "no line end", "a", "a" },
		{ "spaces at the end", "a  \nb ", "a\nb" },
		{ "only spaces", "   \n ", "\n" },
		{ "tabs stay", "a\t\n", "a\t\n" },
		{ "CRLF", "a\r\nb \r\n", "a\nb\n" },
		{ "bare CR", "a\rb\r", "a\rb\r" },
		{ "72", SEVENTY " b\n", SEVENTY " b\n" },
		{ "73", SEVENTY " bc\n", SEVENTY " \nbc\n" },
		{ "several spaces", SEVENTY "   bc d\n",
		    SEVENTY "   \nbc d\n" },
		{ "a long word", "a " SEVENTY "xyz b\n",
		    "a \n" SEVENTY "xyz \nb\n" },
		{ "twice", SEVENTY " " SEVENTY " " SEVENTY "\n",
		    SEVENTY " \n" SEVENTY " \n" SEVENTY "\n" },
		{ "characters, not bytes",
		    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4"
		    "\xc3\xb6 0123456789012345678901234567890123456789"
		    "01234567890123456789012\n",
		    "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4"
		    "\xc3\xb6 0123456789012345678901234567890123456789"
		    "01234567890123456789012\n" },
		{ "bytes that begin no character", "\xb7 a\n> \xb7 b\n",
		    "\xb7 a\n> \xb7 b\n" },
		{ "space in front", " a\n", "  a\n" },
		{ "From", "From a\nFrom\nFromage\n>From\n",
		    " From a\n From\nFromage\n> From\n" },
		{ "From after a break", SEVENTY " From b\n",
		    SEVENTY " \n From b\n" },
		{ "a mark after a break", SEVENTY " >b c\n",
		    SEVENTY " \n >b c\n" },
		{ "a dot", ".\n", ".\n" },
		{ "quote", "> a\n", "> a\n" },
		{ "quote without a space", ">a\n", "> a\n" },
		{ "empty quote", ">\n> \n>", ">\n>\n>" },
		{ "quotes with spaces", "> > > a\n", ">>> a\n" },
		{ "a mark behind two spaces", ">  > a\n", ">  > a\n" },
		{ "an indented quote", ">  a\n", ">  a\n" },
		{ "a long quote", ">> " SEVENTY " b\n",
		    ">> " SEVENTY " \n>> b\n" },
		{ "signature", "a\n-- \nb\n", "a\n-- \nb\n" },
		{ "signature at the end", "-- ", "-- " },
		{ "a quoted signature", "> -- \n", "> -- \n" },
		{ "no signature", "--\n--  \n -- \nx -- \n--- \n",
		    "--\n--\n  --\nx --\n---\n" },
		{ "no signature by a break", "-- " SEVENTY "\n",
		    "-- " SEVENTY "\n" },
		{ "nor after one", SEVENTY " -- " SEVENTY "\n",
		    SEVENTY " \n-- " SEVENTY "\n" },
		{ "nor at the end", SEVENTY " -- \n", SEVENTY " \n--\n" },
		{ "dashes and more spaces", "--  " SEVENTY "\n",
		    "--  \n" SEVENTY "\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice text = unit_exact(slice_str(cases[i].text));

		CASE(cases[i].name);
		check_flow(text, slice_str(cases[i].want), text.n + 1);
		check_flow(text, slice_str(cases[i].want), 1);
		free((char *)text.p);
	}
}

/* Past the limit a mark is text; the prefix cannot fill a line. */
static void
deep_quotes(void)
{
	char marks[101] = "", text[200], want[300];

	memset(marks, '>', 100);
	(void)snprintf(text, sizeof(text), "%s a\n", marks);
	(void)snprintf(want, sizeof(want), "%.*s %.*s \n%.*s a\n",
	    PACKFLOW_DEPTH, marks, 100 - PACKFLOW_DEPTH, marks,
	    PACKFLOW_DEPTH, marks);
	check_flow(slice_str(text), slice_str(want), 7);
}

/* Neither a word nor a run of spaces of any length is held. */
static void
long_runs(void)
{
	static char text[50000], want[50001];
	struct slice all = { text, sizeof(text) };

	memset(text, 'x', sizeof(text));
	check_flow(all, all, 4999);
	memset(text, 0xa4, sizeof(text));
	check_flow(all, all, 4999);
	memset(text + 1, ' ', sizeof(text) - 1);
	check_flow(all, (struct slice){ text, 1 }, 4999);
	text[sizeof(text) - 1] = 'y';
	memcpy(want, text, sizeof(text) - 1);
	memcpy(want + sizeof(text) - 1, "\ny", 2);
	check_flow(all, (struct slice){ want, sizeof(want) }, 4999);
}

static int
refuse(void *ctx, struct slice bytes, struct fail *f)
{
	(void)ctx;
	(void)bytes;
	return fail_set(f, EX_IOERR, "no more");
}

static void
refused_output(void)
{
	struct fail f = { 0 };
	struct packflow w;

	packflow_init(&w, refuse, NULL);
	CHECK_INT(packflow_put(&w, SLICE("a\n"), &f), 0);
	CHECK_INT(packflow_end(&w, &f), -1);
	CHECK_STR(f.text, "no more");
}

int
main(void)
{
	RUN(lines);
	RUN(deep_quotes);
	RUN(long_runs);
	RUN(refused_output);
	return unit_done();
}
