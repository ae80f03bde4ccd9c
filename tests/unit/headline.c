/* SPDX-License-Identifier: ISC */
/* Tests of headline: headers, good and bad. */

#include "headline.h"
#include "limits.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice header;
	const char *date, *from, *subject;
} cases[] = {
	{ "all", SLICE("From: Alice <alice@example.org>\n"
	    "Date: Mon, 23 Nov 2026 03:53:26 +0100\nSubject: hello\n\n"),
	    "2026-11-23T02:53:26Z", "Alice", "hello" },
	{ "CRLF", SLICE("Subject: a\r\n b\r\nFrom: bob@example.org\r\n\r\n"),
	    "", "bob@example.org", "a b" },
	{ "encoded", SLICE("Subject: =?utf-8?q?gr=C3=BCn?=\n"
	    "From: =?iso-8859-1?q?J=FCrgen?= <j@example.org>, b@example.org\n"
	    "\n"), "", "J\xc3\xbcrgen", "gr\xc3\xbcn" },
	{ "an old date", SLICE("Date: 1 Jan 70 00:00 GMT\n\n"),
	    "1970-01-01T00:00:00Z", "", "" },
	{ "before that", SLICE("Date: 1 Jan 1960 00:00:00 +0000\n\n"), "", "",
	    "" },
	{ "no date", SLICE("Date: tomorrow\n\n"), "", "", "" },
	{ "local", SLICE("From: root\n\n"), "", "root", "" },
	{ "no address", SLICE("From: me, myself <and> I\n\n"), "",
	    "me", "" },
	{ "nothing", SLICE(""), "", "", "" },
	{ "body alone", SLICE("\nFrom: x@example.org\n"), "", "", "" },
	{ "first of two", SLICE("Subject: a\nSubject: b\n\n"), "", "", "a" },
};

static void
headers(void)
{
	struct headline h = headline_new();
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(cases[i].header);

		CASE(cases[i].name);
		headline_read(&h, in);
		CHECK_STR(h.date, cases[i].date);
		CHECK_STR(buf_str(&h.from), cases[i].from);
		CHECK_STR(buf_str(&h.subject), cases[i].subject);
		free((char *)(uintptr_t)in.p);
	}
	headline_free(&h);
}

/* Every prefix is read, and nothing of the one before is left. */
static void
prefixes(void)
{
	struct slice all = cases[2].header;
	struct headline h = headline_new();
	size_t n;

	for (n = all.n + 1; n-- > 0;) {
		struct slice in = unit_exact(slice_sub(all, 0, n));

		headline_read(&h, in);
		free((char *)(uintptr_t)in.p);
	}
	CHECK_INT(h.subject.n, 0);
	headline_free(&h);
}

static void
too_long(void)
{
	struct headline h = headline_new();
	struct buf header = BUF(LIMIT_HEADER);
	size_t i;

	(void)buf_adds(&header, "Subject:");
	for (i = 0; i <= LIMIT_HEADER_FIELD; i++)
		(void)buf_addc(&header, 'x');
	(void)buf_adds(&header, "\nFrom: a@example.org\n\n");
	headline_read(&h, buf_slice(&header));
	CHECK_INT(h.subject.n, 0);
	CHECK_SLICE(buf_slice(&h.from), SLICE("a@example.org"));
	buf_free(&header);
	headline_free(&h);
}

int
main(void)
{
	RUN(headers);
	RUN(prefixes);
	RUN(too_long);
	return unit_done();
}
