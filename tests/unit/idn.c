/* SPDX-License-Identifier: ISC */
/* Unit test of idn: U-labels, and what must not become a host's name. */

#include "idn.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice domain;
	const char *ascii; /* NULL: refused */
} cases[] = {
	{ "U-label", SLICE("b\303\274cher.example"), "xn--bcher-kva.example" },
	{ "capitals", SLICE("B\303\234CHER.Example"), "xn--bcher-kva.example" },
	{ "decomposed", SLICE("bu\314\210cher"), "xn--bcher-kva" },
	{ "sharp s", SLICE("stra\303\237e.de"), "xn--strae-oqa.de" },
	{ "final sigma", SLICE("\316\262\317\214\316\273\316\277\317\202"),
	    "xn--nxasmm1c" },
	{ "root", SLICE("\303\274."), "xn--tda." },
	{ "A-label beside it", SLICE("xn--bcher-kva.\303\274"),
	    "xn--bcher-kva.xn--tda" },
	{ "ideographic stop", SLICE("a\343\200\202b\303\274"), "a.xn--b-eha" },
	{ "full-width stop", SLICE("a\357\274\216b\303\274"), "a.xn--b-eha" },
	{ "half-width stop", SLICE("a\357\275\241b\303\274"), "a.xn--b-eha" },
	{ "all mapped", SLICE("\357\275\215\357\275\230"), "mx" },
	{ "joiner by its rule", SLICE("\331\206\330\247\331\205\331\207\342\200"
	    "\214\330\247\333\214"), "xn--mgba3gch31f060k" },
	{ "joiner", SLICE("a\342\200\215b\303\274"), NULL },
	{ "non-joiner", SLICE("a\342\200\214b"), NULL },
	{ "one dot leader", SLICE("a\342\200\244b"), NULL },
	{ "digit and stop", SLICE("x\342\222\210b"), NULL },
	{ "full-width @", SLICE("x\357\274\240y"), NULL },
	{ "full-width @ in a label", SLICE("x\357\274\240\303\274"), NULL },
	{ "full-width /", SLICE("x\357\274\217y"), NULL },
	{ "a/c", SLICE("x\342\204\200y"), NULL },
	{ "full-width :", SLICE("x\357\274\23225"), NULL },
	{ "@", SLICE("\303\274@y"), NULL },
	{ "/", SLICE("\303\274/y"), NULL },
	{ "space", SLICE("\303\274 y"), NULL },
	{ "ideographic space", SLICE("x\343\200\200y"), NULL },
	{ "underscore", SLICE("\303\274_y"), NULL },
	{ "underscore elsewhere", SLICE("\303\274.a_b"), NULL },
	{ "CRLF", SLICE("\303\274\r\ny"), NULL },
	{ "NUL", SLICE("\303\274\0y"), NULL },
	{ "no UTF-8", SLICE("\374.de"), NULL },
	{ "cut off", SLICE("x\303"), NULL },
	{ "overlong", SLICE("\303\274\300\257"), NULL },
	{ "surrogate", SLICE("\355\240\200"), NULL },
	{ "emoji", SLICE("i\342\235\244.ws"), NULL },
	{ "unassigned", SLICE("\315\270.de"), NULL },
	{ "two directions", SLICE("\327\220a.de"), NULL },
	{ "an override", SLICE("\303\274\342\200\256x"), NULL },
	{ "mark in front", SLICE("\314\200b.de"), NULL },
	{ "hyphen in front", SLICE("-\303\274.de"), NULL },
	{ "hyphen behind", SLICE("\303\274-.de"), NULL },
	{ "hyphen of an ASCII label", SLICE("\303\274.-a"), NULL },
	{ "two hyphens", SLICE("ab--\303\274"), NULL },
	{ "an A-label of none", SLICE("xn--zzzzzz99999.\303\274"), NULL },
	{ "and full-width", SLICE("\357\275\230n--zzzz"), NULL },
	{ "A-label and more", SLICE("xn--a\303\274"), NULL },
	{ "A-label of ASCII", SLICE("xn--abc-.\303\274"), NULL },
	{ "empty label", SLICE("\303\274..x"), NULL },
	{ "empty at the start", SLICE(".\303\274"), NULL },
	{ "nothing is left", SLICE("\302\255"), NULL },
	{ "nothing is left of a label", SLICE("a.\302\255.b"), NULL },
	{ "the root alone", SLICE("\343\200\202"), NULL },
	{ "label of 64", SLICE("\303\274.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), NULL },
	{ "A-label of 64", SLICE("\303\274aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaa"), NULL },
	{ "ASCII", SLICE("Mx_1.Example.org"), "Mx_1.Example.org" },
	{ "ASCII that stands for none", SLICE("xn--zzzz"), "xn--zzzz" },
	{ "ASCII with a NUL", SLICE("mx\0y"), NULL },
	{ "nothing", SLICE(""), "" },
};

static void
names(void)
{
	char out[IDN_DOMAIN];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { 0 };
		int rc = idn_to_ascii(cases[i].domain, out, &f);

		CASE(cases[i].name);
		CHECK_INT(rc, cases[i].ascii == NULL ? -1 : 0);
		if (cases[i].ascii != NULL && rc == 0)
			CHECK_STR(out, cases[i].ascii);
		if (cases[i].ascii == NULL)
			CHECK_INT(f.class, EX_DATAERR);
		CHECK_INT(f.text[0] != '\0', rc == -1);
	}
}

static void
lengths(void)
{
	char text[2048], out[IDN_DOMAIN];
	struct fail f = { 0 };
	size_t n;

	CASE("253 and more");
	for (n = 0; n < 4; n++)
		memcpy(text + 51 * n, "\303\274aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaa.", 51);
	memcpy(text + 4 * 51, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40);
	n = 4 * 51;
	while (n < 4 * 51 + 40 && idn_to_ascii((struct slice){ text, n + 1 },
	    out, &f) == 0)
		n++;
	CHECK_INT(strlen(out), 253);
	CHECK(strstr(f.text, "longer than") != NULL);
	text[n] = '.';
	CHECK_INT(idn_to_ascii((struct slice){ text, n + 1 }, out, &f), 0);
	CHECK_INT(strlen(out), 254);
	CASE("more than any name");
	memset(text, 'a', sizeof(text));
	memcpy(text, "\303\274", 2);
	CHECK_INT(idn_to_ascii((struct slice){ text, sizeof(text) }, out, &f),
	    -1);
	CHECK(strstr(f.text, "too long") != NULL);
	CASE("ASCII");
	memset(text, 'a', sizeof(text));
	CHECK_INT(idn_to_ascii((struct slice){ text, 255 }, out, &f), 0);
	CHECK_INT(idn_to_ascii((struct slice){ text, 256 }, out, &f), -1);
}

static void
same(void)
{
	CHECK(idn_same(SLICE("Mx.example"), SLICE("mX.EXAMPLE")));
	CHECK(!idn_same(SLICE("mx.example"), SLICE("mx.example.")));
	CHECK(idn_same(SLICE("b\303\274cher"), SLICE("xn--bcher-kva")));
	CHECK(idn_same(SLICE("XN--Bcher-KVA"), SLICE("B\303\234cher")));
	CHECK(idn_same(SLICE("bu\314\210cher"), SLICE("b\303\274cher")));
	CHECK(!idn_same(SLICE("b\303\274cher"), SLICE("bucher")));
	/* Greek omicron, Cyrillic a: they look the same, and are not. */
	CHECK(!idn_same(SLICE("\316\277"), SLICE("o")));
	CHECK(!idn_same(SLICE("\320\260"), SLICE("a")));
	CHECK(idn_same(SLICE("i\342\235\244"), SLICE("I\342\235\244")));
	CHECK(!idn_same(SLICE("i\342\235\244"), SLICE("xn--i-7iq")));
	CHECK(!idn_same(SLICE("\374"), SLICE("\303\274")));
	CHECK(!idn_same(SLICE(""), SLICE("\303\274")));
}

/* 1 where a file of that name is mapped into this process. */
static int
mapped(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[1024];
	int found = 0;

	if (maps == NULL)
		abort();
	while (fgets(line, sizeof(line), maps) != NULL)
		found |= strstr(line, name) != NULL;
	(void)fclose(maps);
	return found;
}

static void
on_demand(void)
{
	char out[IDN_DOMAIN];
	struct fail f = { 0 };

	CHECK_INT(idn_to_ascii(SLICE("xn--bcher-kva"), out, &f), 0);
	CHECK(!idn_same(SLICE("xn--bcher-kva"), SLICE("example")));
	CHECK_INT(mapped("libidn2"), 0);
	CHECK_INT(idn_to_ascii(SLICE("\303\274"), out, &f), 0);
	CHECK_INT(mapped("libidn2"), 1);
}

int
main(void)
{
	RUN(on_demand);
	RUN(names);
	RUN(lengths);
	RUN(same);
	return unit_done();
}
