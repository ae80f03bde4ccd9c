/* SPDX-License-Identifier: ISC */
/* Unit test of hdraddr: what can be read of an address field. */

#include "../../cmd/mime/hdraddr.h"
#include "buf.h"
#include "unit.h"

static int
note(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)f;
	(void)buf_add(ctx, m->name);
	(void)buf_addc(ctx, '<');
	(void)buf_add(ctx, m->spec);
	return buf_addc(ctx, '>');
}

static const struct {
	const char *in;
	int rc;
	const char *want;
} cases[] = {
	{ "a@b.example", 0, "<a@b.example>" },
	{ "A <a@b.example>, c@d.example", 0, "A<a@b.example><c@d.example>" },
	{ "g: a@b.example, c@d.example;, e@f.example", 0,
	    "<a@b.example><c@d.example><e@f.example>" },
	{ "undisclosed-recipients:;", 0, "" },
	{ "Bob, a@b.example", -1, "<a@b.example>" },
	{ "a@b.example, Bob", -1, "<a@b.example>" },
	{ "Bob, \"x, y\" <a@b.example>, @", -1, "x, y<a@b.example>" },
	{ "Bob, (c, d) a@b.example", -1, "<a@b.example>" },
	{ "Bob, g: a@b.example; c@d.example", -1,
	    "<a@b.example><c@d.example>" },
	{ "Bob, <a@b.example, c@d.example", -1, "<c@d.example>" },
	{ "Bob, a@[192.0.2.1]", -1, "<a@[192.0.2.1]>" },
	{ "\"", -1, "" },
	{ "(", -1, "" },
	{ "a@b@c, d@e.example", -1, "<d@e.example>" },
	{ ",;:<>[]()", -1, "" },
};

static void
lists(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = slice_str(cases[i].in);
		struct buf got = BUF(1000);
		struct fail f;

		CASE(cases[i].in);
		CHECK_INT(hdraddr_each(in, note, &got, &f), cases[i].rc);
		CHECK_STR(buf_str(&got), cases[i].want);
		for (size_t n = 0; n < in.n; n++) {
			struct slice part = unit_exact(slice_sub(in, 0, n));

			(void)hdraddr_each(part, note, &got, &f);
			free((char *)(uintptr_t)part.p);
		}
		buf_free(&got);
	}
}

int
main(void)
{
	RUN(lists);
	return unit_done();
}
