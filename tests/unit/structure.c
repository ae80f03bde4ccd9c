/* SPDX-License-Identifier: ISC */
/* Tests of structure: parts in one another, their order and their numbers. */

#include "../../cmd/imap/structure.h"
#include "buf.h"
#include "limits.h"
#include "unit.h"

/* A part in "up" of that type, which is a multipart where it begins so. */
static struct structure_part *
add(struct structure *s, struct structure_part *up, const char *type)
{
	struct fail f = { 0 };
	struct structure_part *p = structure_add(s, up, &f);

	if (p == NULL || structure_keep(s, slice_str(type), &p->type, &f) == -1)
		abort();
	p->multipart = slice_starts(p->type, SLICE("multipart/"));
	return p;
}

/* "number type" of each part, in their order. */
static void
check_parts(const struct structure *s, const char *want)
{
	struct buf got = BUF(1000);
	const struct structure_part *p;

	for (p = s->root; p != NULL; p = structure_next(p)) {
		(void)buf_add(&got, p->number);
		(void)buf_addc(&got, ' ');
		(void)buf_add(&got, p->type);
		(void)buf_addc(&got, '\n');
	}
	CHECK_STR(buf_str(&got), want);
	buf_free(&got);
}

/* A text and two messages: a multipart, and a text that is all of it. */
static void
make_digest(struct structure *s)
{
	struct structure_part *digest = add(s, NULL, "multipart/digest"), *p;

	(void)add(s, digest, "text/plain");
	p = add(s, digest, "message/rfc822");
	p = add(s, p, "multipart/mixed");
	(void)add(s, p, "text/plain");
	p = add(s, p, "multipart/related");
	(void)add(s, p, "text/html");
	p = add(s, digest, "message/rfc822");
	(void)add(s, p, "text/plain");
	structure_number(s);
}

static void
numbers(void)
{
	struct structure s = { 0 };

	make_digest(&s);
	check_parts(&s, " multipart/digest\n1 text/plain\n2 message/rfc822\n"
	    " multipart/mixed\n2.1 text/plain\n2.2 multipart/related\n"
	    "2.2.1 text/html\n3 message/rfc822\n3.1 text/plain\n");
	CHECK_INT(s.n, 9);
	structure_free(&s);
	check_parts(&s, "");
	(void)add(&s, NULL, "text/plain");
	structure_number(&s);
	check_parts(&s, "1 text/plain\n");
	structure_free(&s);
}

static void
find(void)
{
	struct structure s = { 0 };

	CHECK(structure_find(&s, SLICE("1")) == NULL);
	make_digest(&s);
	CHECK_SLICE(structure_find(&s, SLICE("2"))->type,
	    SLICE("message/rfc822"));
	CHECK_SLICE(structure_find(&s, SLICE("2.2.1"))->type,
	    SLICE("text/html"));
	CHECK_SLICE(structure_find(&s, SLICE("3.1"))->type,
	    SLICE("text/plain"));
	CHECK(structure_find(&s, SLICE("")) == NULL);
	CHECK(structure_find(&s, SLICE("4")) == NULL);
	CHECK(structure_find(&s, SLICE("2.")) == NULL);
	CHECK(structure_find(&s, SLICE("3.1.1")) == NULL);
	structure_free(&s);
}

static void
limits(void)
{
	static char text[STRUCTURE_BYTES];
	struct structure s = { 0 };
	struct structure_part *p = NULL;
	struct slice kept;
	struct fail f = { 0 };
	int i;

	for (i = 0; i < LIMIT_MIME_DEPTH; i++)
		p = add(&s, p, "");
	CHECK(structure_add(&s, p, &f) == NULL);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_STR(f.text, "more than 100 parts in one another");
	for (; i < LIMIT_MIME_PARTS; i++)
		(void)add(&s, s.root, "");
	CHECK(structure_add(&s, s.root, &f) == NULL);
	CHECK_STR(f.text, "more than 10000 parts");
	CHECK_INT(structure_keep(&s, (struct slice){ text, sizeof(text) },
	    &kept, &f), 0);
	CHECK_INT(kept.n, sizeof(text));
	CHECK_INT(structure_keep(&s, SLICE("x"), &kept, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_INT(kept.n, sizeof(text));
	structure_free(&s);
}

int
main(void)
{
	RUN(numbers);
	RUN(find);
	RUN(limits);
	return unit_done();
}
