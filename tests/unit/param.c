/* SPDX-License-Identifier: ISC */
/* Tests of param: parameters read in every form, and written. */

#include "limits.h"
#include "param.h"
#include "unit.h"
#include "utf8.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
values(void)
{
	CHECK_SLICE(param_value(SLICE(" text/plain; a=b")),
	    SLICE("text/plain"));
	CHECK_SLICE(param_value(SLICE("(c) text/plain(a;b) ; c")),
	    SLICE("text/plain"));
	CHECK_SLICE(param_value(SLICE("\r\n attachment")),
	    SLICE("attachment"));
	CHECK_SLICE(param_value(SLICE("text /plain")), SLICE("text"));
	CHECK_SLICE(param_value(SLICE(" ; a=b")), SLICE(""));
	CHECK_SLICE(param_value(SLICE("")), SLICE(""));
	CHECK_SLICE(param_value(SLICE("(never ended")), SLICE(""));
}

static const struct {
	const char *name;
	struct slice in;
	const char *want; /* NULL: there is no parameter "name" */
} fields[] = {
	{ "none", SLICE("a/b"), NULL },
	{ "empty field", SLICE(""), NULL },
	{ "token", SLICE("a/b; name=x.txt"), "x.txt" },
	{ "any case", SLICE("a/b;NAME=X"), "X" },
	{ "spaces", SLICE("a/b ; name = x ; y=z"), "x" },
	{ "folded", SLICE("a/b;\r\n\tname=x\r\n"), "x" },
	{ "quoted", SLICE("a/b; name=\"x y\"; z=1"), "x y" },
	{ "quoted, folded", SLICE("a/b; name=\"x\r\n y\""), "x y" },
	{ "empty", SLICE("a/b; name=\"\""), "" },
	{ "spaces in quotes", SLICE("a/b; name=\" x \""), " x " },
	{ "no value", SLICE("a/b; name; x=y"), NULL },
	{ "empty token", SLICE("a/b; name=; x=y"), "" },
	{ "semicolon in quotes",
	    SLICE("a/b; name=\"a;b\\\"c.txt\"; x=y"), "a;b\"c.txt" },
	{ "name inside quotes", SLICE("a/b; x=\"; name=evil\""),
	    NULL },
	{ "name in a comment", SLICE("a/b (x;name=x.exe) ; name=r"),
	    "r" },
	{ "comment after it", SLICE("a/b; name=r (x; y) ; z=1"), "r" },
	{ "comment after quotes", SLICE("a/b; x=\"r\" (;name=e)"),
	    NULL },
	{ "spaces without quotes",
	    SLICE("a/b; name=my file (1).pdf; x=y"),
	    "my file (1).pdf" },
	{ "quote never ended", SLICE("a/b; name=\"x; y=z"),
	    "x; y=z" },
	{ "junk before", SLICE("a/b; \"x;name=q\"; =; ;; name=x"),
	    "x" },
	{ "first of two", SLICE("a/b; name=x; name=y"), "x" },
	{ "longer name", SLICE("a/b; names=x; filename=y"), NULL },
	{ "backslashes", SLICE("a/b; name=\"..\\\\..\\\\e.exe\""),
	    "..\\..\\e.exe" },
	{ "escape", SLICE("a/b; name=\"\x1b]0;pwn\x07x.txt\""),
	    "\x1b]0;pwn\x07x.txt" },
	{ "pipe", SLICE("a/b; name=\"|touch x\""), "|touch x" },
	{ "encoded-word",
	    SLICE("a/b; name=\"=?utf-8?B?Li4vLi4vZXZpbDA4?=\""),
	    "../../evil08" },
	{ "encoded-word token",
	    SLICE("a/b; name==?utf-8?Q?=C3=BC.txt?="),
	    "\xc3\xbc.txt" },
	{ "raw 8-bit", SLICE("a/b; name=\"\xc3\xbc\""), "\xc3\xbc" },
	{ "raw latin", SLICE("a/b; name=\xfc"), "\xc3\xbc" },
	{ "extended", SLICE("a/b; name*=utf-8'en'%C3%BC%20x"),
	    "\xc3\xbc x" },
	{ "extended latin", SLICE("a/b; name*=iso-8859-1''%fc%FG"),
	    "\xc3\xbc%FG" },
	{ "extended slash",
	    SLICE("a/b; name*=utf-8''..%2F..%2Fevil04"),
	    "../../evil04" },
	{ "extended line end", SLICE("a/b; name*=utf-8''a%0Ab%1B"),
	    "a\nb\x1b" },
	{ "extended in quotes", SLICE("a/b; name*=\"utf-8''%41\""),
	    "A" },
	{ "extended without charset", SLICE("a/b; name*=%41%FC"),
	    "A\xc3\xbc" },
	{ "extended, one apostrophe", SLICE("a/b; name*=it's"),
	    "it's" },
	{ "extended, unknown charset",
	    SLICE("a/b; name*=x-no''%C3%BC"), "\xc3\xbc" },
	{ "extended is preferred",
	    SLICE("a/b; name=x; name*0=y; name*=utf-8''z"), "z" },
	{ "continued is preferred", SLICE("a/b; name=x; name*0=y"),
	    "y" },
	{ "continued",
	    SLICE("a/b; name*0=\"../../\"; name*1=\"evil10\""),
	    "../../evil10" },
	{ "out of order", SLICE("a/b; name*1=b; name*0=a; name*2=c"),
	    "abc" },
	{ "gap", SLICE("a/b; name*0=a; name*2=c"), "a" },
	{ "no first", SLICE("a/b; name*1=b"), NULL },
	{ "duplicate segment", SLICE("a/b; name*0=a; name*0=b"), "a" },
	{ "mixed segments",
	    SLICE("a/b; name*0*=utf-8''%C3; name*1*=%BC; "
		  "name*2=\"%41\""), "\xc3\xbc%41" },
	{ "koi8-r, split",
	    SLICE("a/b; name*0*=koi8-r''%F0; "
	    "name*1*=%D2"),
	    "\xd0\x9f\xd1\x80" },
	{ "euc-kr, split",
	    SLICE("a/b; name*0*=euc-kr''%BE%C8%B3; "
	    "name*1*=%E7"),
	    "\xec\x95\x88\xeb\x85\x95" },
	{ "big5, split",
	    SLICE("a/b; name*0*=big5''%A7%41%A6; "
	    "name*1*=%6E"),
	    "\xe4\xbd\xa0\xe5\xa5\xbd" },
	{ "iso-2022-jp, split",
	    SLICE("a/b; name*0*=iso-2022-jp''%1B%24%42%46; "
	    "name*1*=%7C%4B%5C%1B%28%42"),
	    "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "extended after plain",
	    SLICE("a/b; name*0=\"a'b'\"; name*1*=%41"), "a'b'A" },
	{ "encoded-words continued",
	    SLICE("a/b; name*0=\"=?utf-8?Q?=C3=\"; "
		  "name*1=\"BC?=\""), "\xc3\xbc" },
	{ "bad numbers", SLICE("a/b; name*x=1; name**=2; name*0*1=3; "
	    "name*-1=4; name*18446744073709551616=5"), NULL },
	{ "NUL", SLICE("a/b; na\0me=x; name=y"), "y" },
};

static void
reading(void)
{
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct buf out = BUF(1000);

		CASE(fields[i].name);
		CHECK_INT(param_get(fields[i].in, "name", &out),
		    fields[i].want != NULL);
		CHECK_STR(buf_str(&out),
		    fields[i].want == NULL ? "" : fields[i].want);
		for (size_t n = 0; n < fields[i].in.n; n++) {
			struct slice part =
			    unit_exact(slice_sub(fields[i].in, 0, n));

			buf_clear(&out);
			CHECK(param_get(part, "name", &out) != -1);
			(void)param_count(part, "name");
			(void)param_value(part);
			free((char *)(uintptr_t)part.p);
		}
		buf_free(&out);
	}
}

static void
counting(void)
{
	CHECK_INT(param_count(SLICE("a; b=1; B=2; c=3; b*0=4"), "b"), 2);
	CHECK_INT(param_count(SLICE("a; c=\"b=1\""), "b"), 0);
}

static void
names(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "a/b", "" },
		{ "a/b; b=1; B=2; c=\"d=3\"; (e=4) f = 5", "b c f " },
		{ "a/b; n*0*=utf-8''x; n*1=y; m*=''z; N=z", "n m " },
		{ "a/b; \xe9=1; *0=2; =3; ok=4", "ok " },
	};
	struct slice found[LIMIT_PARAMS];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(100);
		size_t n = param_names(slice_str(cases[i].in), found);

		CASE(cases[i].in);
		for (size_t k = 0; k < n; k++) {
			(void)buf_add(&out, found[k]);
			(void)buf_addc(&out, ' ');
		}
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
	}
}

static void
many_names(void)
{
	struct slice found[LIMIT_PARAMS];
	struct buf field = BUF(10000);

	(void)buf_adds(&field, "a/b");
	for (int i = 0; i < 2 * LIMIT_PARAMS; i++)
		(void)buf_addf(&field, "; n%d=1", i);
	CHECK_INT(param_names(buf_slice(&field), found), LIMIT_PARAMS);
	CHECK_SLICE(found[LIMIT_PARAMS - 1], SLICE("n127"));
	buf_free(&field);
}

static void
too_many(void)
{
	struct buf field = BUF(10000);
	int n;

	/* The shortest that there can be, and one that only looks so. */
	for (n = 0; n <= LIMIT_PARAMS + 1; n++) {
		buf_clear(&field);
		for (int i = 0; i < n; i++)
			(void)buf_adds(&field, ";a=");
		CHECK_INT(param_too_many(buf_slice(&field)), n > LIMIT_PARAMS);
	}
	buf_clear(&field);
	(void)buf_adds(&field, "a/b; name=\"");
	for (int i = 0; i < 2 * LIMIT_PARAMS; i++)
		(void)buf_adds(&field, ";a=b");
	CHECK_INT(param_too_many(buf_slice(&field)), 0);
	buf_free(&field);
}

/* The same bytes, whatever they seem to say. */
static void
as_bytes(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "a/b; b=\"=?utf-8?Q?x?=\"", "=?utf-8?Q?x?=" },
		{ "a/b; b=\"\xe9 \\\\\"", "\xe9 \\" },
		{ "a/b; b=no; b*0*=utf-16''%E9; b*1=x", "\xe9x" },
		{ "a/b; b*=''%E9", "\xe9" },
	};
	struct buf out = BUF(20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		CASE(cases[i].in);
		buf_clear(&out);
		CHECK_INT(param_bytes(slice_str(cases[i].in), "b", &out), 1);
		CHECK_STR(buf_str(&out), cases[i].want);
	}
	buf_clear(&out);
	CHECK_INT(param_bytes(SLICE("a/b"), "b", &out), 0);
	CHECK_INT(param_bytes(SLICE("a/b; b=123456789012345678901"), "b",
	    &out), -1);
	buf_free(&out);
}

static void
tokens(void)
{
	CHECK_INT(param_is_token(SLICE("x-Y+z.1!#$%&'*^_`{|}~")), 1);
	CHECK_INT(param_is_token(SLICE("")), 0);
	CHECK_INT(param_is_token(SLICE("a b")), 0);
	CHECK_INT(param_is_token(SLICE("a\0")), 0);
	CHECK_INT(param_is_token(SLICE("a\x7f")), 0);
	CHECK_INT(param_is_token(SLICE("\xe9")), 0);
	for (const char *p = "()<>@,;:\\\"/[]?="; *p != '\0'; p++)
		CHECK_INT(param_is_token((struct slice){ p, 1 }), 0);
}

static void
many(void)
{
	struct buf field = BUF(1000000), out = BUF(1000);

	(void)buf_adds(&field, "application/x");
	for (unsigned i = 0; i < 20000; i++)
		(void)buf_addf(&field, "; name*%u=a", i);
	CHECK_INT(param_get(buf_slice(&field), "name", &out), 1);
	CHECK_INT(out.n, LIMIT_PARAMS);
	(void)buf_adds(&field, "; last=x");
	CHECK_INT(param_get(buf_slice(&field), "last", &out), 0);
	out.max = 10;
	CHECK_INT(param_get(buf_slice(&field), "name", &out), -1);
	buf_free(&field);
	buf_free(&out);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void
writing(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "x.txt", ";\n\tname=x.txt" },
		{ "", ";\n\tname=\"\"" },
		{ "a b", ";\n\tname=\"a b\"" },
		{ "a\"\\b", ";\n\tname=\"a\\\"\\\\b\"" },
		{ "\xc3\xbc b.txt",
		    ";\n\tname*=UTF-8''%C3%BC%20b.txt;\n\tname=\"_ b.txt\"" },
		{ "a\nb", ";\n\tname*=UTF-8''a%0Ab;\n\tname=a_b" },
		{ SIXTY TEN ".jpg",
		    ";\n\tname*0*=UTF-8''" TEN TEN TEN TEN TEN "012345678"
		    ";\n\tname*1*=9" TEN ".jpg"
		    ";\n\tname=" SIXTY "012.jpg" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(1000);

		CASE(cases[i].in);
		CHECK_INT(param_write(&out, "name", slice_str(cases[i].in), 1),
		    0);
		CHECK_STR(buf_str(&out), cases[i].want);
		out.max = out.n - 1;
		buf_clear(&out);
		CHECK_INT(param_write(&out, "name", slice_str(cases[i].in), 1),
		    -1);
		buf_free(&out);
	}
}

/* Names of any length come back, from lines of at most 76 with whole
 * characters in each segment. */
static void
round_trips(void)
{
	static const char *const characters[] = { "a", " ", "%", "\"", "'",
		"\xc3\xbc", "\xe4\xbd\xa0", "\xf0\x9f\x98\x80", "\\", "\n" };

	for (unsigned n = 0; n < 300; n++) {
		struct buf name = BUF(2000), field = BUF(20000);
		struct buf out = BUF(2000);
		struct slice rest, line;

		for (unsigned i = 0; i < n; i++) {
			unsigned x = (i * i + n) * 2654435761u;

			(void)buf_adds(&name,
			    characters[(x >> 20) % (n % 10 + 1)]);
		}
		(void)buf_adds(&name, ".x");
		(void)buf_adds(&field, "a/b");
		CHECK_INT(param_write(&field, "filename", buf_slice(&name),
		    n & 1), 0);
		(void)buf_adds(&field, "; x=y");
		CHECK(utf8_ascii(buf_slice(&field)));
		rest = buf_slice(&field);
		while (slice_until(&rest, '\n', &line))
			CHECK(line.n <= 76);
		CHECK_INT(param_get(buf_slice(&field), "filename", &out), 1);
		CHECK_SLICE(buf_slice(&out), buf_slice(&name));
		buf_free(&name);
		buf_free(&field);
		buf_free(&out);
	}
}

int
main(void)
{
	RUN(values);
	RUN(reading);
	RUN(counting);
	RUN(names);
	RUN(many_names);
	RUN(too_many);
	RUN(as_bytes);
	RUN(tokens);
	RUN(many);
	RUN(writing);
	RUN(round_trips);
	return unit_done();
}
