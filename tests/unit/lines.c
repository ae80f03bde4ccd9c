/* SPDX-License-Identifier: ISC */
/* Unit test of lines: files line by line. */

#include "files.h"
#include "lines.h"

static struct fail f;

/* Each line with "|" behind it, then "." or "-". */
static const char *
all(struct slice text, size_t longest)
{
	static char out[400];
	struct buf seen = BUF(300);
	struct lines l;
	struct slice line;
	size_t n = 0;
	int rc;

	files_write("file", text);
	CHECK_INT(lines_open(&l, files_path("file"), longest, &f), 0);
	while ((rc = lines_next(&l, &line, &f)) == 1) {
		(void)buf_add(&seen, line);
		(void)buf_addc(&seen, '|');
		CHECK_INT(l.number, ++n);
	}
	(void)snprintf(out, sizeof(out), "%s%s", buf_str(&seen),
	    rc == 0 ? "." : "-");
	buf_free(&seen);
	lines_close(&l);
	return out;
}

static void
short_files(void)
{
	CHECK_STR(all(SLICE(""), 5), ".");
	CHECK_STR(all(SLICE("\n"), 5), "|.");
	CHECK_STR(all(SLICE("a"), 5), "a|.");
	CHECK_STR(all(SLICE("a\n\nbb\r\n"), 5), "a||bb\r|.");
	CHECK_STR(all(SLICE("12345\n12345"), 5), "12345|12345|.");
}

static void
too_long(void)
{
	CHECK_STR(all(SLICE("a\n123456\nb\n"), 5), "a|-");
	CHECK_INT(f.class, EX_DATAERR);
	CHECK(strstr(f.text, "line 2: longer than 5 bytes") != NULL);
	CHECK_STR(all(SLICE("123456"), 5), "-");
}

/* Lines that cross blocks, of every length there is around them. */
static void
blocks(void)
{
	enum { N = 300000 };
	char *text = malloc(N);
	struct lines l;
	struct slice line;
	size_t i, n = 0, longest = 20000;

	if (text == NULL)
		abort();
	for (i = 0; i < N; i++)
		text[i] = (char)('a' + i % 23);
	for (i = 1; i < N; i += i < 2000 ? 7 : 16381)
		text[i] = '\n';
	text[N - 1] = '\n';
	files_write("file", (struct slice){ text, N });
	CHECK_INT(lines_open(&l, files_path("file"), longest, &f), 0);
	while (lines_next(&l, &line, &f) == 1) {
		CHECK_SLICE(line, ((struct slice){ text + n, line.n }));
		n += line.n;
		CHECK_INT(text[n++], '\n');
	}
	CHECK_INT(n, N);
	CHECK(l.held.size <= longest + 65536);
	lines_close(&l);
	free(text);
}

static void
not_there(void)
{
	struct lines l;

	CHECK_INT(lines_open(&l, files_path("none"), 5, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	lines_close(&l);
}

int
main(void)
{
	files_start();
	RUN(short_files);
	RUN(too_long);
	RUN(blocks);
	RUN(not_there);
	files_end();
	return unit_done();
}
