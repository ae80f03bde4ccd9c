/* SPDX-License-Identifier: ISC */
/* Unit test of assistant: what there is none for fails, and says so. */

#include "../../cmd/smtp/assistant.h"
#include "unit.h"

static void
nobody(void)
{
	char sender[ADDR_TEXT] = "alice@example.net";
	struct filtering_result r = { 0 };
	struct conf conf = { 0 };
	struct assistant *a;
	struct fail f = { 0 };
	int fd = 77;

	CHECK_INT(assistant_open(&conf, &a, &f), 0);
	CHECK(a == NULL);
	CHECK_INT(assistant_begin(a, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	f = (struct fail){ 0 };
	CHECK_INT(assistant_report(a, sender, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	assistant_filter(a, SLICE(""), &fd, &r);
	CHECK_INT(fd, 77);
	CHECK(memcmp(r.reply, "451 4.3.0 ", 10) == 0);
	CHECK_INT(assistant_takes_no_mail(a, SLICE("example.net")), 0);
	assistant_forget(a);
	assistant_close(&a);
}

int
main(void)
{
	RUN(nobody);
	return unit_done();
}
