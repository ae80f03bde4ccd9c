/* SPDX-License-Identifier: ISC */
/* Tests of addr: mailboxes, paths, lists of header fields. */

#include "addr.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define TEN "abcdefghij"
#define L64 TEN TEN TEN TEN TEN TEN "abcd"
#define L63 TEN TEN TEN TEN TEN TEN "abc"

static void
good_mailboxes(void)
{
	static const struct {
		const char *in, *local, *domain;
	} cases[] = {
		{ "a@b", "a", "b" },
		{ "a.b+c=d@e-f.org", "a.b+c=d", "e-f.org" },
		{ "!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", "x" },
		{ "\"a b\"@x", "\"a b\"", "x" },
		{ "\"a\\\"@b>\"@x", "\"a\\\"@b>\"", "x" },
		{ "\"\"@x", "\"\"", "x" },
		{ "a@[127.0.0.1]", "a", "[127.0.0.1]" },
		{ "a@[IPv6:::1]", "a", "[IPv6:::1]" },
		{ "a@[ipv6:2001:db8::1.2.3.4]", "a",
		    "[ipv6:2001:db8::1.2.3.4]" },
		{ "a@1.2.3", "a", "1.2.3" },
		{ L64 "@x", L64, "x" },
		{ "a@" L63 "." L63 "." L63 "." TEN TEN TEN TEN TEN TEN, "a",
		    L63 "." L63 "." L63 "." TEN TEN TEN TEN TEN TEN },
		{ "=?utf-8?Q?a?=@x", "=?utf-8?Q?a?=", "x" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice in = unit_exact(slice_str(cases[i].in));
		struct addr a = { 0 };
		struct fail f;
		char text[ADDR_TEXT];

		CASE(cases[i].in);
		CHECK_INT(addr_check(in, &a, &f), 0);
		CHECK_SLICE(a.local, slice_str(cases[i].local));
		CHECK_SLICE(a.domain, slice_str(cases[i].domain));
		CHECK_STR(addr_format(text, &a), cases[i].in);
		free((char *)(uintptr_t)in.p);
	}
}

static const struct slice bad_mailboxes[] = {
	SLICE(""),
	SLICE("a"),
	SLICE("@b"),
	SLICE("a@"),
	SLICE("a@b@c"),
	SLICE("a b@c"),
	SLICE(" a@b"),
	SLICE("a@b "),
	SLICE("a@b\n"),
	SLICE("a@b\r\nRCPT TO:<c@d"),
	SLICE("a\r\n@b"),
	SLICE("a@b\0"),
	SLICE("a\0@b"),
	SLICE("\"a\0\"@b"),
	SLICE("\"a\r\n b\"@c"),
	SLICE("\"a\\\n\"@c"),
	SLICE("\"\xc3\xbc\"@c"),
	SLICE("a@b>"),
	SLICE("<a@b>"),
	SLICE("a@b> SIZE=1"),
	SLICE("\"a@b"),
	SLICE("\"a\\\"@b"),
	SLICE("\"a\"b@c"),
	SLICE(".a@b"),
	SLICE("a.@b"),
	SLICE("a..b@c"),
	SLICE("a@b."),
	SLICE("a@.b"),
	SLICE("a@b..c"),
	SLICE("a@-b"),
	SLICE("a@b-"),
	SLICE("a@b_c"),
	SLICE("a@b;c"),
	SLICE("a@$(id)"),
	SLICE("\xc3\xbc@b"),
	SLICE("a@\xc3\xbc"),
	SLICE("a@[1.2.3]"),
	SLICE("a@[1.2.3.4"),
	SLICE("a@[1.2.3.4]x"),
	SLICE("a@[1.2.3.256]"),
	SLICE("a@[IPv6:1.2.3.4]"),
	SLICE("a@[::1]"),
	SLICE("a@[IPv6:::1\0]"),
	SLICE("a@[x:y]"),
	SLICE("a@[]"),
	SLICE(L64 "e@x"),
	SLICE("a@" L63 "x"),
	SLICE("a@" L63 "." L63 "." L63 "." TEN TEN TEN TEN TEN TEN "a"),
	SLICE(";for i in 0 1 2;do read r;done;sh;exit 0;"),
};

static void
bad(void)
{
	for (size_t i = 0; i < COUNT(bad_mailboxes); i++) {
		struct slice in = unit_exact(bad_mailboxes[i]);
		struct fail f = { 0 };
		struct addr a;

		CASE(bad_mailboxes[i].p);
		CHECK_INT(addr_check(in, &a, &f), -1);
		CHECK_INT(f.class, EX_DATAERR);
		CHECK(strchr(f.text, '\n') == NULL && f.text[0] != '\0');
		free((char *)(uintptr_t)in.p);
	}
}

#define MARKS \
	"\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"

/* Good with SMTPUTF8 alone (RFC 6531, 3.3), and what is not even then. */
static void
with_utf8(void)
{
	static const struct {
		struct slice in;
		int rc;
	} cases[] = {
		{ SLICE("\xc3\xbc@x"), 0 },
		{ SLICE("a\xc3\xbc.b@x"), 0 },
		{ SLICE("\"\xc3\xbc b\"@x"), 0 },
		{ SLICE("a@b\xc3\xbc" "cher.example"), 0 },
		{ SLICE("a@\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86"), 0 },
		{ SLICE("a@" L63 "\xc3\xbc"), 0 },
		{ SLICE("\xfc@x"), -1 },	  /* Latin-1 */
		{ SLICE("\xc3@x"), -1 },	  /* cut */
		{ SLICE("\xc0\xaf@x"), -1 },	  /* overlong */
		{ SLICE("\xc2\x85@x"), -1 },	  /* a C1 control */
		{ SLICE("\xed\xa0\x80@x"), -1 },  /* a surrogate */
		{ SLICE("a\xe2\x80\xae@x"), -1 }, /* right to left */
		{ SLICE("a" MARKS "@x"), 0 },
		{ SLICE("a" MARKS "\xcc\x81@x"), -1 }, /* a flood of marks */
		{ SLICE("a@\xe2\x80\xa8x"), -1 }, /* line separator */
		{ SLICE("\xc3\xbc\r\n@x"), -1 },
		{ SLICE("\xc3\xbc\0@x"), -1 },
		{ SLICE("\xc3\xbc..a@x"), -1 },
		{ SLICE("a@-\xc3\xbc"), -1 },
		{ SLICE("a@[\xc3\xbc]"), -1 },
		{ SLICE("\xc3\xbc" L64 "@x"), -1 },
	};
	struct fail f;
	struct addr a;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice in = unit_exact(cases[i].in);

		CASE(cases[i].in.p);
		CHECK_INT(addr_check_utf8(in, &a, &f), cases[i].rc);
		CHECK_INT(addr_check(in, &a, &f), -1);
		free((char *)(uintptr_t)in.p);
	}
}

/* What goes without SMTPUTF8, and what stays as it is. */
static void
to_ascii(void)
{
	static const struct {
		struct slice in;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ SLICE("Bob@Example.org"), "Bob@Example.org" },
		{ SLICE("\"a b\"@[192.0.2.1]"), "\"a b\"@[192.0.2.1]" },
		{ SLICE("a@b\xc3\xbc" "cher.example"),
		    "a@xn--bcher-kva.example" },
		{ SLICE("\"a b\"@\xc3\xbc"), "\"a b\"@xn--tda" },
		{ SLICE("a@b\xe3\x80\x82\xc3\xbc"), "a@b.xn--tda" },
		{ SLICE("\xc3\xbc@\xc3\xbc"), "\xc3\xbc@\xc3\xbc" },
		{ SLICE("\xc3\xbc@x"), "\xc3\xbc@x" },
		/* A full-width @, a full-width >, the dot of the root. */
		{ SLICE("a@b\xef\xbc\xa0\xc3\xbc"), NULL },
		{ SLICE("a@b\xef\xbc\x9e"), NULL },
		{ SLICE("a@\xc3\xbc\xe3\x80\x82"), NULL },
		{ SLICE("a@\xef\xbc\xbb" "192.0.2.1\xef\xbc\xbd"), NULL },
		{ SLICE("a@i\xe2\x9d\xa4.ws"), NULL },
		{ SLICE("\xc3\xbc@i\xe2\x9d\xa4.ws"), NULL },
		{ SLICE("a@\xc3\xbc." L64), NULL },
		{ SLICE("a@" L63 "\xc3\xbc"), NULL },
		{ SLICE("a b@\xc3\xbc"), NULL },
		{ SLICE(""), NULL },
	};
	char out[ADDR_TEXT];
	struct fail f;

	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc = addr_to_ascii(cases[i].in, out, &f);

		CASE(cases[i].in.p);
		CHECK_INT(rc, cases[i].want == NULL ? -1 : 0);
		if (rc == 0 && cases[i].want != NULL)
			CHECK_STR(out, cases[i].want);
		if (rc == -1)
			CHECK_INT(f.class, EX_DATAERR);
	}
}

static const struct {
	struct slice in;
	int allow;
	const char *want, *rest; /* NULL: refused */
} some_paths[] = {
	{ SLICE("<a@b> SIZE=1"), 0, "a@b", " SIZE=1" },
	{ SLICE("  <a@b>"), 0, "a@b", "" },
	{ SLICE("<\xc3\xbc@\xc3\xbc>"), ADDR_UTF8, "\xc3\xbc@\xc3\xbc", "" },
	{ SLICE("<a@b> \xc3\xbc"), ADDR_UTF8, "a@b", " \xc3\xbc" },
	{ SLICE("<\xc3\xbc@b>"), 3, NULL, NULL },
	{ SLICE("<\xc3@b>"), ADDR_UTF8, NULL, NULL },
	{ SLICE("<\xc3>@b>"), ADDR_UTF8, NULL, NULL },
	{ SLICE("<@\xc3\xbc:a@b>"), ADDR_UTF8, NULL, NULL },
	{ SLICE("<\"a>b\"@c>x"), 0, "\"a>b\"@c", "x" },
	{ SLICE("<@a,@b.c:d@e>"), 0, "d@e", "" },
	{ SLICE("<@[IPv6:::1]:d@e>"), 0, "d@e", "" },
	{ SLICE("<@a:b>"), 0, NULL, NULL },
	{ SLICE("<@a,b:c@d>"), 0, NULL, NULL },
	{ SLICE("<@a@b:c@d>"), 0, NULL, NULL },
	{ SLICE("<@:c@d>"), 0, NULL, NULL },
	{ SLICE("<@a>"), 0, NULL, NULL },
	{ SLICE("<>"), ADDR_NULL, "", "" },
	{ SLICE("<>"), ADDR_POSTMASTER, NULL, NULL },
	{ SLICE("<>"), 0, NULL, NULL },
	{ SLICE("<PostMaster> x"), ADDR_POSTMASTER, "PostMaster",
	    " x" },
	{ SLICE("<postmaster>"), ADDR_NULL, NULL, NULL },
	{ SLICE("<root>"), ADDR_POSTMASTER, NULL, NULL },
	{ SLICE("<root> x"), ADDR_LOCAL, "root", " x" },
	{ SLICE("<a.b+c>"), ADDR_LOCAL, "a.b+c", "" },
	{ SLICE("<a@b>"), ADDR_LOCAL, "a@b", "" },
	{ SLICE("<>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<a.>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<a b>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<a@>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<|a>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("</a>"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<\"a\">"), ADDR_LOCAL, NULL, NULL },
	{ SLICE("<\xc3\xbc>"), ADDR_LOCAL | ADDR_UTF8, NULL, NULL },
	{ SLICE("a@b"), 0, NULL, NULL },
	{ SLICE("<a@b"), 0, NULL, NULL },
	{ SLICE("< a@b>"), 0, NULL, NULL },
	{ SLICE("<a@b >"), 0, NULL, NULL },
	{ SLICE("<<a@b>>"), 0, NULL, NULL },
	{ SLICE("<\"a@b>"), 0, NULL, NULL },
	{ SLICE("<a@b\0>"), 0, NULL, NULL },
	{ SLICE("<a@b\r\n>"), 0, NULL, NULL },
	{ SLICE("\t<a@b>"), 0, NULL, NULL },
	{ SLICE("<;for i in 0 1 2;do read r;done;sh;exit 0;>"), 3,
	    NULL, NULL },
	{ SLICE(""), 3, NULL, NULL },
};

static void
paths(void)
{
	for (size_t i = 0; i < COUNT(some_paths); i++) {
		struct slice whole = some_paths[i].in, in = whole;
		const char *want = some_paths[i].want;
		struct fail f = { 0 };
		struct addr a;
		char text[ADDR_TEXT];

		CASE(whole.p);
		CHECK_INT(addr_path(&in, some_paths[i].allow, &a, &f),
		    want == NULL ? -1 : 0);
		if (want != NULL) {
			CHECK_STR(addr_format(text, &a), want);
			CHECK_SLICE(in, slice_str(some_paths[i].rest));
		} else {
			CHECK_INT(f.class, EX_DATAERR);
		}
		for (size_t n = 0; n < whole.n; n++) {
			struct slice copy = unit_exact(slice_sub(whole, 0, n));

			in = copy;
			(void)addr_path(&in, 3 | ADDR_UTF8, &a, &f);
			free((char *)(uintptr_t)copy.p);
		}
	}
}

static void
sameness(void)
{
	struct addr ascii = { SLICE("a"), SLICE("b.example") };
	struct addr local = { SLICE("\xc3\xbc"), SLICE("b.example") };
	struct addr domain = { SLICE("a"), SLICE("b\xc3\xbc.example") };

	CHECK_INT(addr_ascii(&ascii), 1);
	CHECK_INT(addr_ascii(&local), 0);
	CHECK_INT(addr_ascii(&domain), 0);
	CHECK_INT(addr_same_domain(SLICE("b.example"), SLICE("B.eXample")), 1);
	CHECK_INT(addr_same_domain(domain.domain, SLICE("B\xc3\xbc.example")),
	    1);
	CHECK_INT(addr_same_domain(domain.domain, ascii.domain), 0);
	CHECK_INT(addr_same_domain(SLICE(""), ascii.domain), 0);
	CHECK_INT(addr_same_domain(SLICE("a.b\xc3\xbc"), SLICE("A.xn--b-eha")),
	    1);
	CHECK_INT(addr_same_domain(SLICE("xn--b-eha.a"), SLICE("B\xc3\x9c.a")),
	    1);
	CHECK_INT(addr_same_domain(SLICE("b\xc3\x9c"), SLICE("b\xc3\xbc")), 1);
	CHECK_INT(addr_same_domain(SLICE("b\xc3\xb6"), SLICE("b\xc3\xbc")), 0);
	CHECK_INT(addr_same_domain(SLICE("xn--b-eha"), SLICE("xn--b-fha")), 0);
	CHECK_INT(addr_same_domain(SLICE("\xef\xbd\x81"), SLICE("a")), 0);
}

static void
unquoting(void)
{
	struct buf out = BUF(20);

	CHECK_INT(addr_unquote(SLICE("\"a b\\\"\\c\""), &out), 0);
	CHECK_INT(addr_unquote(SLICE("+d.e"), &out), 0);
	CHECK_STR(buf_str(&out), "a b\"c+d.e");
	out.max = out.n;
	CHECK_INT(addr_unquote(SLICE("f"), &out), -1);
	buf_free(&out);
}

static int
collect(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct buf *out = ctx;

	(void)buf_add(out, m->name);
	(void)buf_addc(out, '|');
	(void)buf_add(out, m->spec);
	if (buf_addc(out, '\n') == 0)
		return 0;
	return fail_set(f, EX_UNAVAILABLE, "enough");
}

static const struct {
	const char *name;
	struct slice in;
	const char *want; /* NULL: EX_DATAERR */
} some_lists[] = {
	{ "empty", SLICE(""), "" },
	{ "spaces", SLICE(" \r\n (x) "), "" },
	{ "one", SLICE(" a@b\r\n"), "|a@b\n" },
	{ "two", SLICE("a@b,c@d"), "|a@b\n|c@d\n" },
	{ "names", SLICE("A B <a@b>, \"C, D\" <c@d>"),
	    "A B|a@b\nC, D|c@d\n" },
	{ "quoted quote", SLICE("\"A \\\"B\\\" <x@y>\" <a@b>"),
	    "A \"B\" <x@y>|a@b\n" },
	{ "folds", SLICE("A\r\n B\r\n\t<a@b>,\r\n c@d"),
	    "A B|a@b\n|c@d\n" },
	{ "comments", SLICE("(x)A(y)B(z)<(p)a(q)@(r)b(s)>(t),c@d(u)"),
	    "A B|a@b\n|c@d\n" },
	{ "spaces around", SLICE("a . b @ c . d"), "|a.b@c.d\n" },
	{ "dots in a name", SLICE("J. R. Doe <a@b>"),
	    "J. R. Doe|a@b\n" },
	{ "empty elements", SLICE(",, a@b,\r\n ,c@d,"),
	    "|a@b\n|c@d\n" },
	{ "route", SLICE("A <@x,@y.z:a@b>"), "A|a@b\n" },
	{ "quoted local part", SLICE("<\"a b\"@c>, \"x,y\"@z"),
	    "|\"a b\"@c\n|\"x,y\"@z\n" },
	{ "literal", SLICE("a@[127.0.0.1], <b@[IPv6:::1]>"),
	    "|a@[127.0.0.1]\n|b@[IPv6:::1]\n" },
	{ "group", SLICE("G H: a@b, X <c@d>; , e@f"),
	    "|a@b\nX|c@d\n|e@f\n" },
	{ "empty group", SLICE("Undisclosed recipients:;"), "" },
	{ "group without an end", SLICE("G: a@b"), "|a@b\n" },
	{ "address as name", SLICE("a@b <c@d>"), "a@b|c@d\n" },
	{ "encoded name", SLICE("=?utf-8?Q?Gr=C3=BC?=\r\n "
	    "=?utf-8?Q?=C3=9Fe?= x <a@b>"),
	    "Gr\xc3\xbc\xc3\x9f" "e x|a@b\n" },
	{ "raw name", SLICE("Gr\xc3\xbc <a@b>"), "Gr\xc3\xbc|a@b\n" },
	{ "name with CRLF", SLICE("=?utf-8?Q?a=0D=0Ab?= <a@b>"),
	    "a\r\nb|a@b\n" },
	{ "name like an address",
	    SLICE("=?utf-8?Q?=3Cx=40y=3E=2C?= <a@b>"),
	    "<x@y>,|a@b\n" },
	{ "encoded address alone",
	    SLICE("=?utf-8?Q?x=40y.org?="), NULL },
	{ "encoded address in brackets",
	    SLICE("<=?utf-8?B?eEB5Lm9yZw==?=>"), NULL },
	{ "encoded local part stays",
	    SLICE("=?utf-8?Q?x=40y.org=3E?=@good"),
	    "|=?utf-8?Q?x=40y.org=3E?=@good\n" },
	{ "no domain", SLICE("alice"), NULL },
	{ "two words", SLICE("a b@c"), NULL },
	{ "comment in the middle", SLICE("a(x)b@c"), NULL },
	{ "two domains", SLICE("a@b c"), NULL },
	{ "two addresses", SLICE("a@b c@d"), NULL },
	{ "two brackets", SLICE("<a@b> <c@d>"), NULL },
	{ "words after", SLICE("<a@b> x"), NULL },
	{ "null", SLICE("<>"), NULL },
	{ "no bracket", SLICE("A <a@b"), NULL },
	{ "no closing quote", SLICE("\"A <a@b>"), NULL },
	{ "no closing parenthesis", SLICE("a@b, (c@d"), NULL },
	{ "closing parenthesis", SLICE(") a@b"), NULL },
	{ "semicolon", SLICE("a@b; c@d"), NULL },
	{ "group in a group", SLICE("G: H: a@b;;"), NULL },
	{ "NUL", SLICE("a\0@b"), NULL },
	{ "line end in quotes", SLICE("\"a\r\n b\"@c"), NULL },
	{ "control", SLICE("a\x1b@b"), NULL },
	{ "8-bit", SLICE("\xc3\xbc@b"), NULL },
	{ "one good, one bad", SLICE("a@b, c@@d"), NULL },
	{ "shell", SLICE("<;for i in 0 1 2;do read r;done;sh;exit 0;>"),
	    NULL },
};

static void
lists(void)
{
	for (size_t i = 0; i < COUNT(some_lists); i++) {
		struct slice in = some_lists[i].in;
		const char *want = some_lists[i].want;
		struct buf out = BUF(1000);
		struct fail f = { 0 };

		CASE(some_lists[i].name);
		CHECK_INT(addr_list(in, collect, &out, &f),
		    want == NULL ? -1 : 0);
		if (want != NULL) {
			CHECK_STR(buf_str(&out), want);
		} else {
			CHECK_INT(f.class, EX_DATAERR);
			CHECK(strchr(f.text, '\n') == NULL);
		}
		for (size_t n = 0; n < in.n; n++) {
			struct slice part = unit_exact(slice_sub(in, 0, n));

			(void)addr_list(part, collect, &out, &f);
			free((char *)(uintptr_t)part.p);
		}
		buf_free(&out);
	}
}

static void
stopped(void)
{
	struct buf out = BUF(5);
	struct fail f = { 0 };

	CHECK_INT(addr_list(SLICE("a@b, c@d"), collect, &out, &f), -1);
	CHECK_INT(f.class, EX_UNAVAILABLE);
	CHECK_STR(f.text, "enough");
	buf_free(&out);
}

static const struct {
	struct slice name;
	const char *want; /* behind "x"; NULL: it cannot be written */
} written[] = {
	{ SLICE(""), "xa@b" },
	{ SLICE("Bob"), "xBob <a@b>" },
	{ SLICE("A, \"B\""), "x\"A, \\\"B\\\"\" <a@b>" },
	{ SLICE("J\303\266rg"), "x=?UTF-8?B?SsO2cmc=?= <a@b>" },
	{ SLICE("a\nb"), NULL },
	{ SLICE("a\0b"), NULL },
	{ SLICE("a\377b"), NULL },
};

/* With any maximum: all of it is there, or nothing. */
static void
writing(void)
{
	size_t i, max;

	for (i = 0; i < COUNT(written); i++) {
		const char *want = written[i].want;
		struct addr_mailbox m = { written[i].name, SLICE("a@b") };

		CASE(want != NULL ? want : "none");
		for (max = 1; max < 40; max++) {
			struct buf out = BUF(max);
			int fits = want != NULL && strlen(want) <= max;

			(void)buf_addc(&out, 'x');
			CHECK_INT(addr_write(&m, &out), fits ? 0 : -1);
			CHECK_SLICE(buf_slice(&out),
			    slice_str(fits ? want : "x"));
			buf_free(&out);
		}
	}
}

static int
count(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)m;
	(void)f;
	++*(size_t *)ctx;
	return 0;
}

/* Repeats "part" to a megabyte and counts what is found in it. */
static size_t
count_repeated(const char *part)
{
	struct buf text = BUF(1100000);
	struct fail f;
	size_t n = 0;

	while (text.n < 1000000)
		(void)buf_adds(&text, part);
	(void)addr_list(buf_slice(&text), count, &n, &f);
	buf_free(&text);
	return n;
}

/* Anything that is not linear would take minutes here. */
static void
megabytes(void)
{
	CHECK_INT(count_repeated("a@b,"), 250000);
	CHECK_INT(count_repeated("(((x)))\r\n Name <aa@bb>,"), 43479);
	CHECK_INT(count_repeated(","), 0);
	CHECK_INT(count_repeated("("), 0);
	CHECK_INT(count_repeated("()"), 0);
	CHECK_INT(count_repeated("\"a\" "), 0);
	CHECK_INT(count_repeated("a."), 0);
	CHECK_INT(count_repeated("<@a,"), 0);
	CHECK_INT(count_repeated("=?utf-8?Q?a?= "), 0);
	CHECK_INT(count_repeated("=?x-no?Q?a?= <a@b>,"), 52632);
	CHECK_INT(count_repeated("G:;"), 0);
}

int
main(void)
{
	RUN(good_mailboxes);
	RUN(bad);
	RUN(with_utf8);
	RUN(to_ascii);
	RUN(paths);
	RUN(sameness);
	RUN(unquoting);
	RUN(lists);
	RUN(stopped);
	RUN(writing);
	RUN(megabytes);
	return unit_done();
}
