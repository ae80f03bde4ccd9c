/* SPDX-License-Identifier: ISC */
/* deliverycode: what a failure means; see deliverycode.h. */

#include <errno.h>
#include <stdio.h>

#include "deliverycode.h"
#include "text.h"

static const struct {
	int class;
	const char *code;
} codes[] = { /* for good; the class stays */
	{ EX_DATAERR, "5.6.0" },
	{ EX_NOUSER, "5.1.1" },
	{ EX_NOHOST, "5.1.2" },
	{ EX_UNAVAILABLE, "5.3.0" },
	{ EX_NOPERM, "5.7.1" },
	{ EX_USAGE, "5.3.0" },
	{ EX_NOINPUT, "5.3.0" },
	{ EX_SOFTWARE, "5.3.0" },
	{ EX_OSFILE, "5.3.0" },
	{ EX_CANTCREAT, "5.2.0" },
	{ EX_PROTOCOL, "5.5.0" },
	{ EX_CONFIG, "5.3.5" },
};

enum { OF_MESSAGE = 4 }; /* of these, what we say about it ourselves */

static void
set_code(struct delivery_result *r, const char *code)
{
	(void)snprintf(r->code, sizeof(r->code), "%s", code);
}

/* Looks among the first "n". */
static void
set_class(struct delivery_result *r, int class, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (codes[i].class == class) {
			r->class = class;
			set_code(r, codes[i].code);
			return;
		}
}

void
deliverycode_of_fail(const struct fail *f, struct delivery_result *r)
{
	r->class = EX_TEMPFAIL;
	set_class(r, f->class, OF_MESSAGE);
	if (r->class != EX_TEMPFAIL)
		;
	else if (f->error == EDQUOT)
		set_code(r, "4.2.2");
	else if (fail_is_full(f))
		set_code(r, "4.3.1");
	else
		set_code(r, f->class == EX_CONFIG ? "4.3.5" : "4.3.0");
	(void)snprintf(r->text, sizeof(r->text), "%s", f->text);
}

/* Takes "class.subject.detail" and a space off the front of "text". */
static void
take_code(struct slice *text, struct delivery_result *r)
{
	struct slice rest = *text, word, part, all;
	uint64_t n;
	int parts = 0;

	if (!slice_word(&rest, &word) || word.p[0] != r->code[0])
		return;
	all = word;
	while (word.n > 0 && parts < 4) {
		(void)slice_until(&word, '.', &part);
		if (slice_uint(part, 0, 999, &n) == -1)
			return;
		parts++;
	}
	if (parts != 3 || all.p[all.n - 1] == '.' || all.p[1] != '.')
		return;
	(void)snprintf(r->code, sizeof(r->code), "%.*s", SLICE_ARG(all));
	*text = slice_trim(rest);
}

void
deliverycode_of_program(int status, struct slice said,
    struct delivery_result *r)
{
	if (status == EX_OSERR || status == EX_IOERR || status == EX_TEMPFAIL) {
		r->class = EX_TEMPFAIL;
		set_code(r, "4.3.0");
	} else {
		r->class = EX_UNAVAILABLE;
		set_code(r, "5.3.0");
		set_class(r, status, sizeof(codes) / sizeof(codes[0]));
	}
	take_code(&said, r);
	if (said.n > 0)
		(void)snprintf(r->text, sizeof(r->text), "%s",
		    TEXT_SHOW(said));
	else
		(void)snprintf(r->text, sizeof(r->text),
		    "a program ended with status %d", status);
}
