/* SPDX-License-Identifier: ISC */
/* Tests of statefile: lines that are added, of one kind of file, by one at a
 * time; what popstate does with it is tested there. */

#include "files.h"
#include "statefile.h"

static struct fail f;
static char lines[1000];

static void
take(void *ctx, struct slice line)
{
	size_t n = strlen(lines);

	(void)ctx;
	(void)snprintf(lines + n, sizeof(lines) - n, "%.*s|", (int)line.n,
	    line.p);
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
kinds(void)
{
	struct statefile s, other;

	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_INT(statefile_add(&s, SLICE("one\ntwo\n"), 1, &f), 0);
	CHECK_INT(open_as(&other, "imap"), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(strstr(f.text, "another imap-fetch uses it") != NULL);
	statefile_close(&other);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "one|two|");
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
	CHECK_INT(statefile_add(&s, SLICE("three\n"), 0, &f), 0);
	CHECK_INT(statefile_replaced(&s, 1, &f), 0);
	statefile_close(&s);
	CHECK_INT(open_as(&s, "imap"), 0);
	CHECK_STR(lines, "three|");
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

static void
booted(void)
{
	char a[STATEFILE_BOOT], b[STATEFILE_BOOT];

	statefile_boot(a);
	statefile_boot(b);
	CHECK(a[0] != '\0');
	CHECK_STR(a, b);
}

int
main(void)
{
	files_start();
	RUN(kinds);
	RUN(replaced);
	RUN(encoded);
	RUN(booted);
	files_end();
	return unit_done();
}
