/* SPDX-License-Identifier: ISC */
/* Tests of recode: every thing that can be planned, and what a planner sees.
 * What is planned for which part is tested in sevenbit.c and eightbit.c. */

#include "convert.h"
#include "recode.h"

#define CTE "Content-Transfer-Encoding: "

/* Plans the same for every leaf, and another thing for what is around it. */
struct plans {
	int leaf, other, sealed;
};

static int
plan(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct plans *p = ctx;

	(void)bytes;
	if (event == MIME_HEADER)
		p->sealed += (*recode_plan(part) & RECODE_SEALED) != 0;
	if (event == MIME_BODY && slice_eq(bytes, SLICE("stop")))
		return fail_set(f, EX_DATAERR, "stopped");
	if (event == MIME_END)
		*recode_plan(part) |= (unsigned char)(part->kind == MIME_LEAF ?
		    p->leaf : p->other);
	return 0;
}

static int
recode(struct plans *p, struct slice in, struct buf *out, struct fail *f)
{
	struct input input = convert_input(in);
	struct recode r = { .plan = plan, .plan_ctx = p,
		.put = convert_collect, .ctx = out };
	int rc = recode_message(&r, &input, f);

	free(input.held);
	return rc;
}

static void
plans(void)
{
	static const struct {
		const char *name;
		int leaf, other;
		const char *in, *want;
	} cases[] = {
		{ "nothing", 0, 0, "A: b\n\n\xe9\r\n", "A: b\n\n\xe9\r\n" },
		{ "quoted", RECODE_QUOTED, 0, CTE "8bit\nX: y\n\n=\n",
		    CTE "quoted-printable\nX: y\n"
		    "Content-Type: text/plain; charset=unknown-8bit\n\n"
		    "=3D\n" },
		{ "base64, CRLF", RECODE_BASE64 | RECODE_CRLF, 0,
		    "Content-Type: a/b\r\n\r\nhi",
		    "Content-Type: a/b\r\n" CTE "base64\r\n\r\naGk=\r\n" },
		{ "decoded", RECODE_DECODED | RECODE_8BIT, 0,
		    CTE "base64\n\naGk=\n", CTE "8bit\n\nhi" },
		{ "decoded to 7bit", RECODE_DECODED | RECODE_7BIT, 0,
		    CTE "quoted-printable\n\na=3D\n", CTE "7bit\n\na=\n" },
		{ "around", 0, RECODE_8BIT | RECODE_VERSION,
		    "Content-Type: multipart/x; boundary=b\n\n--b\n\nx\n--b--",
		    "Content-Type: multipart/x; boundary=b\n"
		    "MIME-Version: 1.0\n" CTE "8bit\n\n--b\n\nx\n--b--" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plans p = { cases[i].leaf, cases[i].other, 0 };
		struct buf out = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(cases[i].name);
		CHECK_INT(recode(&p, slice_str(cases[i].in), &out, &f), 0);
		CHECK_STR(f.text, "");
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		CHECK_INT(p.sealed, 0);
		buf_free(&out);
	}
}

static void
what_a_planner_sees(void)
{
	struct slice in = SLICE("Content-Type: multipart/signed; boundary=b\n\n"
				"--b\nContent-Type: message/rfc822\n\nA: b\n\n"
				"x\n--b\n\ny\n--b--\n");
	struct plans p = { .sealed = 0 };
	struct buf out = BUF(1 << 16);
	struct fail f = { .text = "" };

	CHECK_INT(recode(&p, in, &out, &f), 0);
	CHECK_SLICE(buf_slice(&out), in);
	CHECK_INT(p.sealed, 3);
	buf_clear(&out);
	CHECK_INT(recode(&p, SLICE("A: b\n\nstop"), &out, &f), -1);
	CHECK_STR(f.text, "stopped");
	CHECK_INT(out.n, 0);
	buf_free(&out);
}

int
main(void)
{
	RUN(plans);
	RUN(what_a_planner_sees);
	return unit_done();
}
