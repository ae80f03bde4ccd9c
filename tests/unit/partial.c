/* SPDX-License-Identifier: ISC */
/* partial: fragments held, told apart, and joined. */

#include <unistd.h>

#include "../../cmd/mime/partial.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct partials
open_file(void)
{
	FILE *file = tmpfile();

	if (file == NULL)
		abort();
	return (struct partials){ .fd = fileno(file) };
}

static void
close_file(struct partials *p)
{
	struct partial_set *set;

	while ((set = partial_take(p)) != NULL)
		partial_free(&set);
	CHECK_INT(p->held, 0);
	CHECK(p->first == NULL);
	(void)close(p->fd);
}

static int
collect(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	return buf_add(ctx, piece);
}

/* Holds a fragment of "id", as partial_hold says. */
static int
hold(struct partials *p, const char *params, struct slice body)
{
	struct partial_fragment *one = NULL;
	struct buf header = BUF(4000);
	struct fail f;
	int rc;

	(void)buf_addf(&header, "From: a\nSubject: outer\nContent-Type: "
	    "message/partial; %s\nX-Outer: 1\n\n", params);
	rc = partial_hold(p, buf_slice(&header), &one, &f);
	if (rc == 1) {
		CHECK(write(p->fd, body.p, body.n) == (ssize_t)body.n);
		partial_held(p, one, body.n);
	}
	buf_free(&header);
	return rc;
}

static const struct {
	const char *header;
	const char *id; /* or NULL */
	uint64_t number, total;
} headers[] = {
	{ "id=a; number=1; total=2", "a", 1, 2 },
	{ "number=2; id=\"a b@c\"", "a b@c", 2, 0 },
	{ "id=a; number=3; total=3", "a", 3, 3 },
	{ "id=\"a\\\"\001\"; number=1", "a\"\001", 1, 0 },
	{ "id=a; number=1; total=1000000000", "a", 1, 1000000000 },
	{ "id=a; number=0; total=2", NULL, 0, 0 },
	{ "id=a; number=3; total=2", NULL, 0, 0 },
	{ "id=a; number=1; total=0", NULL, 0, 0 },
	{ "id=a; number=-1; total=2", NULL, 0, 0 },
	{ "id=a; number=1x; total=2", NULL, 0, 0 },
	{ "id=a; number=1; total=two", NULL, 0, 0 },
	{ "id=a; number=4294967296", NULL, 0, 0 },
	{ "id=a; number=99999999999999999999999", NULL, 0, 0 },
	{ "id=a", NULL, 0, 0 },
	{ "number=1; total=2", NULL, 0, 0 },
	{ "id=; number=1", NULL, 0, 0 },
};

static void
parameters(void)
{
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct buf header = BUF(4000);
		struct partial_says says;

		CASE(headers[i].header);
		(void)buf_addf(&header, "Content-Type: message/partial; %s\n\n",
		    headers[i].header);
		CHECK_INT(partial_read(buf_slice(&header), &says),
		    headers[i].id != NULL);
		if (headers[i].id != NULL) {
			CHECK_SLICE(buf_slice(&says.id),
			    slice_str(headers[i].id));
			CHECK_INT(says.number, headers[i].number);
			CHECK_INT(says.total, headers[i].total);
		}
		buf_free(&says.id);
		buf_free(&header);
	}
}

static void
long_ids(void)
{
	for (int n = PARTIAL_ID; n <= PARTIAL_ID + 1; n++) {
		struct buf header = BUF(4000);
		struct partial_says says;

		(void)buf_adds(&header, "Content-Type: message/partial; id=");
		for (int i = 0; i < n; i++)
			(void)buf_addc(&header, 'i');
		(void)buf_adds(&header, "; number=1\n\n");
		CHECK_INT(partial_read(buf_slice(&header), &says),
		    n == PARTIAL_ID);
		buf_free(&says.id);
		buf_free(&header);
	}
}

#define FIRST "Subject: inner\nFrom: b\nContent-Type: text/plain\n\none\n"
#define JOINED "From: a\nX-Outer: 1\nSubject: inner\n" \
	"Content-Type: text/plain\n\none\ntwo\nthree\n"

/* Every order of three, two sets at once. */
static void
joins(void)
{
	static const char *const bodies[] = { FIRST, "two\n", "three" };
	static const char *const orders[] = { "123", "132", "213", "231",
		"312", "321" };

	for (size_t i = 0; i < COUNT(orders); i++) {
		struct partials p = open_file();
		struct partial_set *set;
		struct buf out = BUF(4000);
		struct fail f;

		CASE(orders[i]);
		for (const char *c = orders[i]; *c != '\0'; c++) {
			char params[64];

			CHECK(partial_complete(&p) == NULL);
			(void)snprintf(params, sizeof(params),
			    "id=a; number=%c%s", *c,
			    *c == '3' ? "; total=3" : "");
			CHECK_INT(hold(&p, params,
			    slice_str(bodies[*c - '1'])), 1);
			params[3] = 'b';
			if (*c != '2')
				CHECK_INT(hold(&p, params, SLICE("no")), 1);
		}
		set = partial_complete(&p);
		CHECK(set != NULL);
		CHECK_SLICE(set->id, slice_str("a"));
		CHECK_INT(partial_join(&p, set, collect, &out, &f), 0);
		CHECK_SLICE(buf_slice(&out), SLICE(JOINED));
		CHECK(partial_complete(&p) == NULL);
		CHECK_INT(p.held, 2);
		partial_free(&set);
		buf_free(&out);
		close_file(&p);
	}
}

static void
headers_of_both(void)
{
	static const struct {
		const char *name, *body, *want;
	} cases[] = {
		{ "CRLF", "content-x: 1\r\nX: 2\r\nMESSAGE-ID: 3\r\n\r\nb\r\n",
		    "From: a\nX-Outer: 1\ncontent-x: 1\r\nMESSAGE-ID: 3\r\n"
		    "\r\nb\r\n" },
		{ "folded", "MIME-Version:\n 1.0\nTo:\n x\n\n",
		    "From: a\nX-Outer: 1\nMIME-Version:\n 1.0\n\n" },
		{ "no fields", "\nb", "From: a\nX-Outer: 1\n\nb\n" },
		{ "no body", "Encrypted: x", "From: a\nX-Outer: 1\n"
		    "Encrypted: x\n" },
		{ "nothing", "", "From: a\nX-Outer: 1\n" },
		{ "no field", "From x\nSubject: y\n\n", "From: a\nX-Outer: 1\n"
		    "Subject: y\n\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct partials p = open_file();
		struct buf out = BUF(4000);
		struct partial_set *set;
		struct fail f;

		CASE(cases[i].name);
		CHECK_INT(hold(&p, "id=a; number=1; total=1",
		    slice_str(cases[i].body)), 1);
		set = partial_complete(&p);
		CHECK_INT(partial_join(&p, set, collect, &out, &f), 0);
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		buf_clear(&out);
		CHECK_INT(partial_each(&p, set->first, collect, &out, &f), 0);
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].body));
		partial_free(&set);
		buf_free(&out);
		close_file(&p);
	}
}

static void
refused(void)
{
	struct partials p = open_file();

	CHECK_INT(hold(&p, "id=a; number=1; total=3", SLICE("x")), 1);
	CASE("twice");
	CHECK_INT(hold(&p, "id=a; number=1; total=3", SLICE("y")), 0);
	CASE("another total");
	CHECK_INT(hold(&p, "id=a; number=2; total=4", SLICE("y")), 0);
	CASE("beyond the total");
	CHECK_INT(hold(&p, "id=a; number=4", SLICE("y")), 0);
	CASE("a total below a number");
	CHECK_INT(hold(&p, "id=b; number=7", SLICE("y")), 1);
	CHECK_INT(hold(&p, "id=b; number=2; total=6", SLICE("y")), 0);
	CASE("ids differ in case");
	CHECK_INT(hold(&p, "id=A; number=1; total=3", SLICE("y")), 1);
	CHECK_INT(p.held, 3);
	close_file(&p);
}

static void
limit(void)
{
	struct partials p = open_file();
	struct partial_set *set;
	char params[64];

	for (int i = 0; i < LIMIT_PARTIAL; i++) {
		(void)snprintf(params, sizeof(params),
		    "id=%d; number=1; total=2", i / 2 * 3);
		if (i % 2)
			params[strlen(params) - 10] = '2';
		CHECK_INT(hold(&p, params, SLICE("x")), 1);
	}
	CHECK_INT(hold(&p, "id=x; number=1; total=2", SLICE("x")), 0);
	set = partial_complete(&p);
	CHECK(set != NULL);
	partial_free(&set);
	CHECK_INT(hold(&p, "id=x; number=1; total=2", SLICE("x")), 1);
	close_file(&p);
}

static void
dropped(void)
{
	struct partials p = open_file();
	struct partial_fragment *one;
	struct fail f;

	CHECK_INT(hold(&p, "id=a; number=1; total=2", SLICE(FIRST)), 1);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(partial_hold(&p, i == 0 ?
		    SLICE("Content-Type: a/b; id=a; number=2\n\n") :
		    SLICE("Content-Type: a/b; id=b; number=2\n\n"), &one,
		    &f), 1);
		CHECK(write(p.fd, "lost", 4) == 4);
		partial_drop(&p, one);
		CHECK_INT(p.held, 1);
		CHECK(partial_complete(&p) == NULL);
	}
	CHECK_INT(hold(&p, "id=a; number=2", SLICE("two\n")), 1);
	CHECK(p.first != NULL && p.first->next == NULL);
	close_file(&p);
}

static void
long_header(void)
{
	struct partials p = open_file();
	struct buf body = BUF(4 << 20), out = BUF(4 << 20);
	struct partial_set *set;
	struct fail f;

	while (body.n < LIMIT_HEADER + 100)
		(void)buf_adds(&body, "X-Some: field\n");
	CHECK_INT(hold(&p, "id=a; number=1; total=1", buf_slice(&body)), 1);
	set = partial_complete(&p);
	CHECK_INT(partial_join(&p, set, collect, &out, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	partial_free(&set);
	buf_free(&body);
	buf_free(&out);
	close_file(&p);
}

static void
long_body(void)
{
	struct partials p = open_file();
	struct buf body = BUF(1 << 20), out = BUF(1 << 20);
	struct partial_set *set;
	struct fail f;

	(void)buf_addc(&body, '\n');
	while (body.n < 300000)
		(void)buf_adds(&body, "a line of text\n");
	CHECK_INT(hold(&p, "id=a; number=1; total=1", buf_slice(&body)), 1);
	set = partial_complete(&p);
	CHECK_INT(partial_join(&p, set, collect, &out, &f), 0);
	CHECK(slice_ends(buf_slice(&out), buf_slice(&body)));
	partial_free(&set);
	buf_free(&body);
	buf_free(&out);
	close_file(&p);
}

static void
no_file(void)
{
	struct partials p = { .fd = -1 };
	struct fail f = { 0 };
	struct partial_fragment *one;

	CHECK_INT(partial_hold(&p,
	    SLICE("Content-Type: a/b; id=a; number=2\n\n"), &one, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	CHECK(p.first == NULL);
}

int
main(void)
{
	RUN(parameters);
	RUN(long_ids);
	RUN(joins);
	RUN(headers_of_both);
	RUN(refused);
	RUN(limit);
	RUN(dropped);
	RUN(long_header);
	RUN(long_body);
	RUN(no_file);
	return unit_done();
}
