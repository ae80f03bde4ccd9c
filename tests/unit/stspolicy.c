/* SPDX-License-Identifier: ISC */
/* Unit test of stspolicy: records, policies, and the hosts that they name. */

#include "stspolicy.h"
#include "unit.h"

/* "mode max_age pattern pattern ...", or what is wrong. */
static const char *
read_policy(struct slice text)
{
	static char out[700];
	struct slice exact = unit_exact(text);
	struct stspolicy p;
	struct fail f = { 0 };
	size_t i, n;

	if (stspolicy_parse(exact, &p, &f) == 0) {
		n = (size_t)snprintf(out, sizeof(out), "%s %u",
		    stspolicy_name(p.mode), p.max_age);
		for (i = 0; i < p.n && n < sizeof(out); i++)
			n += (size_t)snprintf(out + n, sizeof(out) - n,
			    " %.*s", SLICE_ARG(p.mx[i]));
	} else {
		CHECK_INT(f.class, EX_DATAERR);
		(void)snprintf(out, sizeof(out), "%s", f.text);
	}
	free((char *)exact.p);
	return out;
}

#define V "version: STSv1\n"
#define M "mode: enforce\n"
#define A "max_age: 86400\n"
#define X "mx: mx.example.org\n"

static void
policies(void)
{
	static const char form[] = "not a host, nor one behind \"*.\"";
	static const struct {
		const char *name;
		struct slice in;
		const char *want;
	} cases[] = {
#define OK "enforce 86400 mx.example.org"
		{ "LF", SLICE(V M A X), OK },
		{ "CRLF", SLICE("version: STSv1\r\nmode: enforce\r\n"
		    "max_age: 86400\r\nmx: mx.example.org\r\n"), OK },
		{ "no end of the last line",
		    SLICE(V M A "mx: mx.example.org"), OK },
		{ "another order", SLICE(X A M V), OK },
		{ "blanks", SLICE("version:STSv1 \nmode:\t enforce\t \n" A
		    "mx:mx.example.org \r\n"), OK },
		{ "testing", SLICE(V "mode: testing\n" A X),
		    "testing 86400 mx.example.org" },
		{ "none", SLICE(V "mode: none\nmax_age: 0\n"), "none 0" },
		{ "patterns", SLICE(V M A X "mx: *.Example.net\nmx: a\n"),
		    "enforce 86400 mx.example.org *.Example.net a" },
		{ "unknown fields", SLICE(V M A X "x-1.a_b: gr\303\274n: x\n"),
		    OK },
		{ "twice", SLICE(V M A X "mode: none\nmax_age: x\n"
		    "version: STSv2\n"), OK },
		{ "age", SLICE(V M "max_age: 31557600\n" X),
		    "enforce 31557600 mx.example.org" },
		{ "one more", SLICE(V M "max_age: 31557601\n" X),
		    "enforce 31557600 mx.example.org" },
		{ "more digits", SLICE(V M "max_age: 99999999999\n" X),
		    "enforce 31557600 mx.example.org" },
		{ "more than 64 bits",
		    SLICE(V M "max_age: 18446744073709551617\n" X),
		    "enforce 31557600 mx.example.org" },
		{ "zeros", SLICE(V M "max_age: 0000000000000000000001\n" X),
		    "enforce 1 mx.example.org" },

		{ "nothing", SLICE(""), "policy: no version" },
		{ "no version", SLICE(M A X), "policy: no version" },
		{ "no mode", SLICE(V A X), "policy: no mode" },
		{ "no age", SLICE(V M X), "policy: no max_age" },
		{ "no mx", SLICE(V M A), "policy: no mx" },
		{ "a web page", SLICE("<!DOCTYPE html>\n"),
		    "policy: <!DOCTYPE html>: not of the form "
		    "\"name: value\"" },
		{ "another version", SLICE("version: STSv2\n" M A X),
		    "policy: version: STSv2: not STSv1" },
		{ "case of a version", SLICE("version: stsv1\n" M A X),
		    "policy: version: stsv1: not STSv1" },
		{ "case of a mode", SLICE(V "mode: Enforce\n" A X),
		    "policy: mode: Enforce: not one of enforce, testing, "
		    "none" },
		{ "case of a name", SLICE("Version: STSv1\n" M A X),
		    "policy: no version" },
		{ "an empty line", SLICE(V "\n" M A X),
		    "policy: : not of the form \"name: value\"" },
		{ "a blank in a name", SLICE(V M A X "a b: c\n"),
		    "policy: a b: c: not a field's name" },
		{ "a long name", SLICE(V M A X
		    "a23456789012345678901234567890123: c\n"),
		    "policy: a23456789012345678901234567890123: c: "
		    "not a field's name" },
		{ "no value", SLICE(V M A X "a: \n"),
		    "policy: a: : no value" },
		{ "not UTF-8", SLICE(V M A X "a: \374\n"),
		    "policy: a: \\xfc: no value" },
		{ "CR in a line", SLICE(V "mode: enforce\r\r\n" A X),
		    "policy: mode: enforce\\x0d: not one of enforce, testing, "
		    "none" },
		{ "a NUL", SLICE(V M A X "a: b\0c\n"),
		    "policy: a: b\\x00c: no value" },
		{ "age with a sign", SLICE(V M "max_age: -1\n" X),
		    "policy: max_age: -1: not a number" },
		{ "age of nothing", SLICE(V M "max_age:\n" X),
		    "policy: max_age:: not a number" },
#undef OK
	};
	static const char *const hosts[] = { "*", "*.", "**.a", "*.*.a",
		"a.*.b", "a.*", "mx*.a", ".a", "a.", "a..b", "-a", "a-",
		"a_b", "a b", "a,b", "m\303\274.a", "", "." };
	char line[100], want[200];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_STR(read_policy(cases[i].in), cases[i].want);
	}
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		CASE(hosts[i]);
		(void)snprintf(line, sizeof(line), V M A "mx: %s\n", hosts[i]);
		(void)snprintf(want, sizeof(want), "policy: mx: %s: %s",
		    hosts[i], form);
		CHECK_STR(read_policy(slice_str(line)), want);
	}
}

static void
limits(void)
{
	static char text[STSPOLICY_TEXT + 2];
	struct stspolicy p;
	struct fail f = { 0 };
	size_t n = strlen(V M A X "a: "), i;

	memcpy(text, V M A X "a: ", n);
	memset(text + n, 'x', sizeof(text) - n);
	CHECK_INT(stspolicy_parse((struct slice){ text, STSPOLICY_TEXT }, &p,
	    &f), 0);
	CHECK_INT(stspolicy_parse((struct slice){ text, STSPOLICY_TEXT + 1 },
	    &p, &f), -1);
	CHECK_STR(f.text, "policy: longer than 65536 bytes");

	n = strlen(V M A);
	for (i = 0; i < STSPOLICY_MX + 1; i++) {
		memcpy(text + n, "mx: a\n", 6);
		n += 6;
	}
	CHECK_INT(stspolicy_parse((struct slice){ text, n - 6 }, &p, &f), 0);
	CHECK_INT(p.n, STSPOLICY_MX);
	CHECK_INT(stspolicy_parse((struct slice){ text, n }, &p, &f), -1);
	CHECK_STR(f.text, "policy: mx: a: said too often");
}

static void
prefixes(void)
{
	static const struct slice text = { V M A X, sizeof(V M A X) - 1 };
	size_t i;

	for (i = 0; i < text.n; i++)
		(void)read_policy(slice_sub(text, 0, i));
}

static void
hosts(void)
{
	static const struct {
		const char *pattern, *host;
		int want;
	} cases[] = {
		{ "mx.example.org", "mx.example.org", 1 },
		{ "mx.example.org", "MX.Example.ORG.", 1 },
		{ "mx.example.org", "mx.example.org..", 0 },
		{ "mx.example.org", "mx2.example.org", 0 },
		{ "mx.example.org", "a.mx.example.org", 0 },
		{ "mx.example.org", "example.org", 0 },
		{ "*.example.org", "mx.example.org", 1 },
		{ "*.Example.org", "MX.example.org.", 1 },
		{ "*.example.org", "a.mx.example.org", 0 },
		{ "*.example.org", "example.org", 0 },
		{ "*.example.org", ".example.org", 0 },
		{ "*.example.org", "mxexample.org", 0 },
		{ "*.example.org", "mx.example.org.evil", 0 },
		{ "*.example.org", "", 0 },
		{ "*.example.org", ".", 0 },
		{ "example.org", "", 0 },
		{ "", "", 0 },
	};
	struct stspolicy p;
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].host);
		CHECK_INT(stspolicy_is(slice_str(cases[i].pattern),
		    slice_str(cases[i].host)), cases[i].want);
	}
	CHECK_INT(stspolicy_parse(SLICE(V M A X "mx: *.a\n"), &p, &f), 0);
	CHECK_INT(stspolicy_matches(&p, SLICE("mx.example.org")), 1);
	CHECK_INT(stspolicy_matches(&p, SLICE("b.a")), 1);
	CHECK_INT(stspolicy_matches(&p, SLICE("b.b")), 0);
}

static void
records(void)
{
	static const struct {
		struct slice in;
		int want;
		const char *id;
	} cases[] = {
		{ SLICE("v=STSv1; id=20160831085700Z;"), 1,
		    "20160831085700Z" },
		{ SLICE("v=STSv1;id=a"), 1, "a" },
		{ SLICE("v=STSv1; \tid=a \t; "), 1, "a" },
		{ SLICE("v=STSv1; x.y=a/b; id=1; z=!"), 1, "1" },
		{ SLICE("v=STSv1; id=12345678901234567890123456789012"), 1,
		    "12345678901234567890123456789012" },
		{ SLICE("v=spf1 -all"), 0, "" },
		{ SLICE("v=STSv2; id=1"), 0, "" },
		{ SLICE("v=stsv1; id=1"), 0, "" },
		{ SLICE(" v=STSv1; id=1"), 0, "" },
		{ SLICE("v=STSv1"), 0, "" },
		{ SLICE(""), 0, "" },
		{ SLICE("v=STSv1;"), -1, "" },
		{ SLICE("v=STSv1; id="), -1, "" },
		{ SLICE("v=STSv1; id"), -1, "" },
		{ SLICE("v=STSv1; id=1; id=2"), -1, "" },
		{ SLICE("v=STSv1; id=123456789012345678901234567890123"), -1,
		    "" },
		{ SLICE("v=STSv1; id=1-2"), -1, "" },
		{ SLICE("v=STSv1; id=../x"), -1, "" },
		{ SLICE("v=STSv1; id=1\0"), -1, "" },
		{ SLICE("v=STSv1; id=1;; x=y"), -1, "" },
		{ SLICE("v=STSv1; id=1; -x=y"), -1, "" },
		{ SLICE("v=STSv1; id=1; x="), -1, "" },
		{ SLICE("v=STSv1; id=1; x=a=b"), -1, "" },
		{ SLICE("v=STSv1; id=1; x=\377"), -1, "" },
		{ SLICE("v=STSv1; ID=1"), -1, "" },
	};
	struct slice id, exact;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].in.p);
		exact = unit_exact(cases[i].in);
		rc = stspolicy_record(exact, &id);
		CHECK_INT(rc, cases[i].want);
		if (rc == 1)
			CHECK_SLICE(id, slice_str(cases[i].id));
		free((char *)exact.p);
	}
}

int
main(void)
{
	RUN(policies);
	RUN(limits);
	RUN(prefixes);
	RUN(hosts);
	RUN(records);
	return unit_done();
}
