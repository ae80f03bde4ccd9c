/* SPDX-License-Identifier: ISC */
/* Tests of statefile: lines that are added, of one kind of file, by one at a
 * time; what popstate does with it is tested there. */

#include "files.h"
#include "statefile.h"

static struct fail f;
static char lines[1000];

static int
take(void *ctx, const struct statefile_line *line)
{
	size_t n = strlen(lines);

	(void)ctx;
	(void)snprintf(lines + n, sizeof(lines) - n, "%lld %.*s %.*s|",
	    (long long)line->when, SLICE_ARG(line->word),
	    SLICE_ARG(line->rest));
	return slice_eq(line->word, SLICE("bad")) ? -1 : 0;
}

static int
open_as(struct statefile *s, const char *kind)
{
	*s = (struct statefile){ .kind = kind, .fd = -1 };
	lines[0] = '\0';
	return statefile_open(s, files_path("state"), &f) == 0 ?
	    statefile_read(s, take, NULL, &f) : -1;
}

static void
put(struct statefile *s, int64_t when, const char *word)
{
	(void)buf_adds(statefile_put(s, when, word), "rest\twith\n");
}

static void
kinds(void)
{
	struct statefile s, other;

	CHECK_INT(open_as(&s, "imap"), 0);
	put(&s, 1, "one");
	put(&s, INT64_MAX, "two");
	CHECK_INT(statefile_write(&s, 1, &f), 0);
	CHECK_INT(s.lines, 3);
	put(&s, 3, "forgotten");
	CHECK_INT(open_as(&other, "imap"), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(strstr(f.text, "another imap-fetch uses it") != NULL);
	statefile_close(&other);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "1 one rest\twith|"
	    "9223372036854775807 two rest\twith|");
	CHECK_INT(s.bad, 0);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "pop3"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "not a file of pop3-fetch") != NULL);
	statefile_close(&s);
}

static void
replaced(void)
{
	struct statefile s;

	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_INT(statefile_replace(&s, &f), 0);
	put(&s, 3, "three");
	CHECK_INT(statefile_write(&s, 0, &f), 0);
	CHECK_INT(statefile_replaced(&s, 1, &f), 0);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "3 three rest\twith|");
	statefile_close(&s);
}

static void
encoded(void)
{
	struct buf out = BUF(100), back = BUF(100);

	statefile_encode(&out, SLICE("a %\n\xff/b"));
	CHECK_SLICE(buf_slice(&out), SLICE("a%20%25%0A%FF/b"));
	CHECK_INT(statefile_decode(buf_slice(&out), &back), 0);
	CHECK_SLICE(buf_slice(&back), SLICE("a %\n\xff/b"));
	CHECK_INT(statefile_decode(SLICE("%00"), &back), -1);
	CHECK_INT(statefile_decode(SLICE("%4"), &back), -1);
	buf_free(&out);
	buf_free(&back);
}

/* What has no time, no word or nothing else is not given to anybody. */
static void
bad_lines(void)
{
	struct statefile s;

	files_write("state", SLICE("mailpipe-imap 1\n\nx\n1\n1\tone\n"
	    "1\tone\t\n-1\tone\tx\n9223372036854775808\tone\tx\n"
	    "1\tbad\tx\n1\tone\tx\n1\ttorn\tx"));
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "1 bad x|1 one x|");
	CHECK_INT(s.bad, 8);
	put(&s, 2, "one");
	CHECK_INT(statefile_write(&s, 0, &f), 0);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "1 bad x|1 one x|2 one rest\twith|");
	statefile_close(&s);
}

int
main(void)
{
	files_start();
	RUN(kinds);
	RUN(replaced);
	RUN(bad_lines);
	RUN(encoded);
	files_end();
	return unit_done();
}
