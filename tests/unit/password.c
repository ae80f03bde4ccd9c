/* SPDX-License-Identifier: ISC */
/* Unit test of password: what is the same password, and hashes. */

#include "password.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice typed;
	const char *want; /* or what is wrong */
} cases[] = {
	{ "ascii", SLICE("Tr0ub4dor &3"), "Tr0ub4dor &3" },
	{ "case", SLICE("abcABC"), "abcABC" },
	{ "spaces kept", SLICE(" a  b "), " a  b " },
	/* RFC 8265, 4.3: examples 3, 4, 5, 9, 10 */
	{ "foreign letters", SLICE("\xcf\x80\xc3\x9f\xc3\xa5"),
	    "\xcf\x80\xc3\x9f\xc3\xa5" },
	{ "symbol", SLICE("Jack of \xe2\x99\xa6s"), "Jack of \xe2\x99\xa6s" },
	{ "ogham space", SLICE("foo\xe1\x9a\x80" "bar"), "foo bar" },
	{ "empty", SLICE(""), "an empty password" },
	{ "tab", SLICE("my cat is a \tby"), "a password with a control "
	    "character, or one that is not seen" },
	{ "no-break space", SLICE("a\xc2\xa0" "b"), "a b" },
	{ "wide space", SLICE("a\xe3\x80\x80"), "a " },
	{ "astral", SLICE("\xf0\x9f\x90\x88"), "\xf0\x9f\x90\x88" },
	{ "zero width", SLICE("a\xe2\x80\x8b"), "a password with a control "
	    "character, or one that is not seen" },
	{ "NUL", SLICE("a\0b"), "a password with a control character, or "
	    "one that is not seen" },
	{ "C1", SLICE("a\xc2\x9b"), "a password with a control character, "
	    "or one that is not seen" },
	{ "latin", SLICE("caf\xe9"), "a password that is not UTF-8" },
	{ "cut off", SLICE("caf\xc3"), "a password that is not UTF-8" },
	{ "long", SLICE("0123456789012345678901234567890123456789"),
	    "a password longer than 36 bytes" },
};

static void
prepare(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice typed = unit_exact(cases[i].typed);
		struct buf out = BUF(40);
		struct fail f = { 0 };
		int rc;

		CASE(cases[i].name);
		CHECK_INT(buf_adds(&out, "top-"), 0);
		rc = password_prepare(typed, &out, &f);
		if (rc == -1) {
			CHECK_STR(f.text, cases[i].want);
			CHECK_INT(f.class, EX_DATAERR);
			CHECK_SLICE(buf_slice(&out), SLICE("top-"));
		} else {
			CHECK_SLICE(slice_sub(buf_slice(&out), 4, out.n),
			    slice_str(cases[i].want));
		}
		buf_wipe(&out);
		free((void *)(uintptr_t)typed.p);
	}
}

static void
hash(void)
{
	char a[PASSWORD_HASH], b[PASSWORD_HASH];
	struct fail f = { 0 };

	CHECK_INT(password_hash(SLICE("secret"), a, &f), 0);
	CHECK_INT(password_hash(SLICE("secret"), b, &f), 0);
	CHECK(slice_starts(slice_str(a), SLICE("$y$")));
	CHECK(strcmp(a, b) != 0);
	CHECK_INT(strcspn(a, ":! \n"), strlen(a));
	CHECK_INT(password_matches(SLICE("secret"), slice_str(a)), 1);
	CHECK_INT(password_matches(SLICE("secret"), slice_str(b)), 1);
	CHECK_INT(password_matches(SLICE("Secret"), slice_str(a)), 0);
	CHECK_INT(password_matches(SLICE("secret "), slice_str(a)), 0);
	CHECK_INT(password_matches(SLICE(""), slice_str(a)), 0);
	CHECK_INT(password_matches(SLICE("secret\0x"), slice_str(a)), 0);
}

/* Hashes that others made, of "secret". */
static void
methods(void)
{
	static const struct {
		const char *hash;
		int matches;
	} others[] = {
		{ "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc"
		    "1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1", 1 },
		{ "$5$saltsalt$"
		    "0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA", 1 },
		{ "$1$saltsalt$9xy1btjgzLYfb7hivXtC//", 1 },
		{ "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWd"
		    "cYUh4Hjl0a", 1 },
		{ "$y$j9T$h3KOg/LOkJ46ixaMjFKSV.$8GeLA3MG5eHPhI/F/z4v"
		    "qf3BFYRmygtklqogFdD0cI3", 1 },
		{ "$gy$j9T$h3KOg/LOkJ46ixaMjFKSV.$z5w66.0uCWNhytzC0Tw"
		    "KGuE/scRG7EoBuRZoq9UoIW0", 1 },
		{ "!", 0 },
		{ "", 0 },
		{ "*", 0 },
		{ "*0", 0 },
		{ "x", 0 },
		{ "secret", 0 },
		{ "$9$none$such", 0 },
		{ "$y$", 0 },
		{ "$y$j9T$h3KOg/LOkJ46ixaMjFKSV.$", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		CASE(others[i].hash);
		CHECK_INT(password_matches(SLICE("secret"),
		    slice_str(others[i].hash)), others[i].matches);
	}
	CHECK_INT(password_matches(SLICE("secret"), SLICE("$y$\0")), 0);
	CHECK_INT(password_matches(SLICE("secret"), password_nobody()), 0);
}

/* A password is found whichever of its forms was hashed. */
static void
forms(void)
{
	char prepared[PASSWORD_HASH], raw[PASSWORD_HASH];
	struct fail f = { 0 };
	char longest[600];

	CHECK_INT(password_hash(SLICE("a b"), prepared, &f), 0);
	CHECK_INT(password_matches(SLICE("a\xc2\xa0" "b"),
	    slice_str(prepared)), 1);
	CHECK_INT(password_hash(SLICE("a\xe9"), raw, &f), 0);
	CHECK_INT(password_matches(SLICE("a\xe9"), slice_str(raw)), 1);
	CHECK_INT(password_matches(SLICE("a b"), slice_str(raw)), 0);

	memset(longest, 'x', sizeof(longest));
	CHECK_INT(password_hash((struct slice){ longest, 511 }, raw, &f), 0);
	CHECK_INT(password_matches((struct slice){ longest, 511 },
	    slice_str(raw)), 1);
	CHECK_INT(password_matches((struct slice){ longest, 510 },
	    slice_str(raw)), 0);
	CHECK_INT(password_hash((struct slice){ longest, 512 }, raw, &f), -1);
	CHECK_INT(f.class, EX_SOFTWARE);
}

int
main(void)
{
	RUN(prepare);
	RUN(hash);
	RUN(methods);
	RUN(forms);
	return unit_done();
}
