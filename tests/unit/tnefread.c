/* SPDX-License-Identifier: ISC */
/* tnefread: a stream of files, whatever the pieces and whatever is in it. */

#include "../../cmd/mime/tnefread.h"
#include "unit.h"

#define EARLY "early"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "<name|content>" for each file, "!" in place of ">" for one undone. */
static int
note(void *ctx, enum tnef_event event, struct slice bytes, struct fail *f)
{
	struct buf *out = ctx;

	if (event == TNEF_FILE)
		(void)buf_addc(out, '<');
	(void)buf_add(out, bytes);
	if (event != TNEF_DATA)
		(void)buf_addc(out, event == TNEF_FILE ? '|' :
		    event == TNEF_END		       ? '>' : '!');
	return slice_eq(bytes, SLICE("stop")) ?
	    fail_set(f, EX_CANTCREAT, "stop") : 0;
}

static int
read_stream(struct slice in, size_t step, struct buf *out, const char **wrong)
{
	struct tnefread r = tnefread(note, out);
	struct fail f;
	int rc = 0;

	for (size_t i = 0; i < in.n && rc == 0; i += step) {
		struct slice piece = unit_exact(slice_sub(in, i, i + step));

		rc = tnefread_put(&r, piece, &f);
		free((char *)(uintptr_t)piece.p);
	}
	if (rc == 0)
		rc = tnefread_end(&r, EARLY, &f);
	*wrong = r.wrong == NULL ? "" : r.wrong;
	tnefread_free(&r);
	return rc;
}

#define END "E\0\0\0\0\0\0\0\0"
#define FILE_A "F\0\0\0\1\0\0\0\3abcd"
#define MAD "its reader went mad"

static const struct {
	const char *name;
	struct slice in;
	const char *want, *wrong;
} cases[] = {
	{ "nothing", { END, 9 }, "", "" },
	{ "a file", { FILE_A END, 22 }, "<a|bcd>", "" },
	{ "two", { FILE_A FILE_A END, 35 }, "<a|bcd><a|bcd>", "" },
	{ "no name", { "F\0\0\0\0\0\0\0\1x" END, 19 }, "<|x>", "" },
	{ "no content", { "F\0\0\0\1\0\0\0\0x" END, 19 }, "<x|>", "" },
	{ "neither", { "F\0\0\0\0\0\0\0\0" END, 18 }, "<|>", "" },
	{ "damaged", { FILE_A "P\0\0\0\0\0\0\0\0", 22 }, "<a|bcd>",
	    "it is damaged or no TNEF" },
	{ "no end", { FILE_A, 13 }, "<a|bcd>", EARLY },
	{ "empty", { "", 0 }, "", EARLY },
	{ "cut in a file", { FILE_A, 12 }, "<a|bc!", EARLY },
	{ "cut in a name", { FILE_A, 9 }, "", EARLY },
	{ "cut in a head", { FILE_A, 5 }, "", EARLY },
	{ "more after the end", { END "x", 10 }, "", MAD },
	{ "no kind", { "X\0\0\0\0\0\0\0\0", 9 }, "", MAD },
	{ "an end with a name", { "E\0\0\0\1\0\0\0\0x", 10 }, "", MAD },
	{ "an end with content", { "P\0\0\0\0\0\0\0\1x", 10 }, "", MAD },
	{ "a long name", { "F\0\0\x10\1\0\0\0\0", 9 }, "",
	    "it has a name that is too long" },
	{ "a longer name", { "F\xff\xff\xff\xff\0\0\0\0", 9 }, "",
	    "it has a name that is too long" },
	{ "long content", { "F\0\0\0\0\x06\x40\0\1", 9 }, "",
	    "its files are too long" },
	{ "longer content", { "F\0\0\0\0\xff\xff\xff\xff", 9 }, "",
	    "its files are too long" },
};

static void
streams(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		CASE(cases[i].name);
		for (size_t step = 1; step <= cases[i].in.n + 1; step++) {
			struct buf out = BUF(1000);
			const char *wrong;

			CHECK_INT(read_stream(cases[i].in, step, &out, &wrong),
			    0);
			CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
			CHECK_STR(wrong, cases[i].wrong);
			buf_free(&out);
		}
	}
}

static void
many_files(void)
{
	struct buf in = BUF(100000), out = BUF(100000);
	const char *wrong;

	for (int i = 0; i < LIMIT_TNEF_FILES; i++)
		(void)buf_add(&in, (struct slice){ FILE_A, 13 });
	(void)buf_add(&in, (struct slice){ END, 9 });
	(void)read_stream(buf_slice(&in), 1000, &out, &wrong);
	CHECK_STR(wrong, "");
	in.n -= 9;
	buf_clear(&out);
	(void)buf_add(&in, (struct slice){ FILE_A END, 22 });
	(void)read_stream(buf_slice(&in), 1000, &out, &wrong);
	CHECK_STR(wrong, "it has too many files");
	CHECK_INT(out.n, 7 * LIMIT_TNEF_FILES);
	buf_free(&in);
	buf_free(&out);
}

static void
handler_stops(void)
{
	struct buf out = BUF(1000);
	const char *wrong;

	CHECK_INT(read_stream((struct slice){ "F\0\0\0\4\0\0\0\0stop" FILE_A,
	    26 }, 3, &out, &wrong), -1);
	CHECK_SLICE(buf_slice(&out), SLICE("<stop|"));
	buf_free(&out);
}

int
main(void)
{
	RUN(streams);
	RUN(many_files);
	RUN(handler_stops);
	return unit_done();
}
