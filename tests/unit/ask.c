/* SPDX-License-Identifier: ISC */
/* Unit test of ask: values are read into what a command can hold, or refused.
 */

#include "ask.h"
#include "unit.h"

static const struct {
	int option;
	const char *value, *mail, *recipient; /* NULL: refused */
} options[] = {
	{ 'N', "never", "", " NOTIFY=NEVER" },
	{ 'N', "Success,delay", "", " NOTIFY=SUCCESS,DELAY" },
	{ 'N', "never,delay", NULL, NULL },
	{ 'N', "", NULL, NULL },
	{ 'N', "success,", NULL, NULL },
	{ 'R', "Full", " RET=FULL", "" },
	{ 'R', "hdrs", " RET=HDRS", "" },
	{ 'R', "none", NULL, NULL },
	{ 'V', "a+b=c", " ENVID=a+2Bb+3Dc", "" },
	{ 'V', "a b", " ENVID=a+20b", "" },
	{ 'V', "a\r\nb", NULL, NULL },
	{ 'V', "", NULL, NULL },
	{ 'O', "bob@example.org", "", " ORCPT=rfc822;bob@example.org" },
	{ 'O', "rfc822;b\303\266b@x.example", "",
	    " ORCPT=utf-8;b\\x{F6}b@x.example" },
	{ 'O', "x400;/c=de", "", " ORCPT=x400;/c+3Dde" },
	{ 'O', "b\nc@example.org", NULL, NULL },
};

static void
test_options(void)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct ask a = { 0 };
		struct buf mail = BUF(2048), to = BUF(2048);
		struct fail f = { 0 };

		CASE(options[i].value);
		CHECK_INT(ask_option(&a, options[i].option, options[i].value,
		    &f), options[i].mail == NULL ? -1 : 0);
		if (options[i].mail == NULL) {
			CHECK_INT(f.class, EX_USAGE);
			continue;
		}
		ask_mail(&a, SMTP_DSN, &mail);
		ask_recipient(a.notify, slice_str(a.orcpt), SMTP_DSN, &to);
		CHECK_STR(buf_str(&mail), options[i].mail);
		CHECK_STR(buf_str(&to), options[i].recipient);
		buf_free(&mail);
		buf_free(&to);
	}
}

static void
test_hold(void)
{
	struct ask a = { 0 };

	CHECK(ask_key(&a, SLICE("hold"), SLICE("3600")) == 1 &&
	    a.hold_for == 3600);
	CHECK(ask_key(&a, SLICE("hold"), SLICE("2026-12-01T07:00:00Z")) == 1 &&
	    a.hold_for == 0 && a.hold_until == 1796108400);
	CHECK(ask_key(&a, SLICE("hold"), SLICE("tomorrow")) == -1);
	CHECK(ask_key(&a, SLICE("held"), SLICE("1")) == 0);
}

int
main(void)
{
	RUN(test_options);
	RUN(test_hold);
	return unit_done();
}
