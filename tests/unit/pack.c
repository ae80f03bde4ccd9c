/* SPDX-License-Identifier: ISC */
/* pack: the tree on its way out: delimiters, nested multiparts, boundaries. */

#include <unistd.h>

#include "../../cmd/mime/pack.h"
#include "unit.h"

static struct pack_part
leaf(const char *content, enum enc enc)
{
	struct pack_part p = { .enc = enc,
		.header = SLICE("Content-Type: text/plain\n"),
		.in = { .fd = -1, .size = strlen(content),
		    .held = (char *)(uintptr_t)content, .name = "held" } };
	struct enc_scan scan;
	struct fail f = { 0 };

	CHECK_INT(pack_look(&p, &scan, &f), 0);
	CHECK_INT(scan.bytes, strlen(content));
	return p;
}

static struct pack_part
multipart(const char *subtype)
{
	return (struct pack_part){ .enc = ENC_7BIT, .subtype = subtype };
}

static void
put_in(struct pack_part *parent, struct pack_part *parts[], size_t n)
{
	parent->child = parts[0];
	for (size_t i = 0; i < n; i++) {
		parts[i]->parent = parent;
		parts[i]->next = i + 1 < n ? parts[i + 1] : NULL;
	}
}

/* What pack_write writes, until the next call. */
static char *
written(const struct pack_part *root)
{
	static char text[65536];
	struct fail f = { 0 };
	struct output out;
	FILE *file = tmpfile();
	size_t n;

	if (file == NULL)
		abort();
	out = output_to(fileno(file), "file");
	CHECK_INT(pack_write(root, &out, &f), 0);
	CHECK_INT(output_flush(&out, &f), 0);
	output_free(&out);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

static void
bound(struct pack_part *root)
{
	struct boundary_hash h = { 0 };
	struct fail f = { 0 };

	CHECK_INT(pack_boundaries(root, &h, &f), 0);
}

static void
one_leaf(void)
{
	static const struct {
		const char *name, *content;
		enum enc enc;
		const char *want;
	} cases[] = {
		{ "plain", "a\n", ENC_7BIT, "a\n" },
		{ "no line end", "a", ENC_7BIT, "a\n" },
		{ "empty", "", ENC_7BIT, "" },
		{ "quoted", "=\n", ENC_QUOTED_PRINTABLE, "=3D\n" },
		{ "quoted, no line end", "=", ENC_QUOTED_PRINTABLE, "=3D=\n" },
		{ "base64", "abc", ENC_BASE64, "YWJj\n" },
		{ "empty base64", "", ENC_BASE64, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pack_part p = leaf(cases[i].content, cases[i].enc);
		char want[128];

		CASE(cases[i].name);
		(void)snprintf(want, sizeof(want),
		    "Content-Type: text/plain\n\n%s", cases[i].want);
		CHECK_STR(written(&p), want);
	}
}

static void
nested_multiparts(void)
{
	struct pack_part root = multipart("mixed");
	struct pack_part inner = multipart("alternative");
	struct pack_part a = leaf("a", ENC_7BIT), b = leaf("b\n", ENC_7BIT);
	struct pack_part c = leaf("", ENC_BASE64), d = leaf("d", ENC_BASE64);

	put_in(&inner, (struct pack_part *[]){ &a, &b }, 2);
	put_in(&root, (struct pack_part *[]){ &inner, &c, &d }, 3);
	(void)snprintf(root.boundary, BOUNDARY_TEXT, "R");
	(void)snprintf(inner.boundary, BOUNDARY_TEXT, "I");
	CHECK_STR(written(&root),
	    "Content-Type: multipart/mixed;\n\tboundary=\"R\"\n\n--R\n"
	    "Content-Type: multipart/alternative;\n\tboundary=\"I\"\n\n--I\n"
	    "Content-Type: text/plain\n\na\n--I\n"
	    "Content-Type: text/plain\n\nb\n\n--I--\n--R\n"
	    "Content-Type: text/plain\n\n\n--R\n"
	    "Content-Type: text/plain\n\nZA==\n--R--\n");
}

static void
boundaries_differ(void)
{
	struct pack_part root = multipart("mixed");
	struct pack_part inner = multipart("alternative");
	struct pack_part a = leaf("a", ENC_7BIT), b = leaf("b", ENC_7BIT);
	char first[BOUNDARY_TEXT];

	put_in(&inner, (struct pack_part *[]){ &a }, 1);
	put_in(&root, (struct pack_part *[]){ &inner, &b }, 2);
	bound(&root);
	CHECK(strcmp(root.boundary, inner.boundary) != 0);
	CHECK(slice_starts(slice_str(root.boundary), SLICE("=_")));
	memcpy(first, root.boundary, sizeof(first));
	bound(&root);
	CHECK_STR(root.boundary, first);
	b = leaf("c", ENC_7BIT);
	put_in(&root, (struct pack_part *[]){ &inner, &b }, 2);
	bound(&root);
	CHECK(strcmp(root.boundary, first) != 0);
}

/* What is no longer what was looked at is not passed off as whole. */
static void
changed_content(void)
{
	char text[] = "a\nb\n";
	struct pack_part root = multipart("mixed");
	struct pack_part p = leaf(text, ENC_7BIT);
	struct fail f = { 0 };
	struct output out = output_to(STDERR_FILENO, "standard error");

	put_in(&root, (struct pack_part *[]){ &p }, 1);
	bound(&root);
	text[0] = '-';
	CHECK_INT(pack_write(&root, &out, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK_STR(f.text, "held: changed while it was read");
	output_free(&out);
}

/* Which content has to be searched for each boundary. */
static void
suspects(void)
{
	CHECK_INT(leaf("a\n--=_x\n", ENC_7BIT).suspect, 1);
	CHECK_INT(leaf("--=_", ENC_7BIT).suspect, 1);
	CHECK_INT(leaf("x--=_\n--=\n", ENC_7BIT).suspect, 0);
}

int
main(void)
{
	RUN(one_leaf);
	RUN(nested_multiparts);
	RUN(boundaries_differ);
	RUN(changed_content);
	RUN(suspects);
	return unit_done();
}
