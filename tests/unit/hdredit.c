/* SPDX-License-Identifier: ISC */
/* Tests of hdredit: fields set and removed, all else byte for byte. */

#include "../../cmd/mime/hdredit.h"
#include "hdr.h"
#include "limits.h"
#include "unit.h"
#include "word.h"

static const struct {
	const char *name, *fields, *edit, *want; /* an edit "-NAME" removes */
} cases[] = {
	{ "append", "A: b\n", "C: d", "A: b\nC: d\n" },
	{ "to nothing", "", "C: d", "C: d\n" },
	{ "to a line without an end", "A: b", "C: d", "A: b\nC: d\n" },
	{ "in place", "A: b\nC: d\nE: f\n", "C: x", "A: b\nC: x\nE: f\n" },
	{ "of several", "A: b\nC: d\nc: e\nE: f\nC : g\n", "C: x",
	    "A: b\nC: x\nE: f\n" },
	{ "its name is new", "subject: b\n", "Subject: x", "Subject: x\n" },
	{ "a fold goes with it", "A: b\n c\n\td\nE: f\n", "A: x",
	    "A: x\nE: f\n" },
	{ "no prefix", "Ab: c\nA-b: d\n", "A: x", "Ab: c\nA-b: d\nA: x\n" },
	{ "no field stays", "From x\nA: b\n c\nno\n", "A: x",
	    "From x\nA: x\nno\n" },
	{ "empty value", "A: b\n", "A:", "A:\n" },
	{ "not ASCII", "", "Subject: \u00fc", "Subject: =?UTF-8?B?w7w=?=\n" },
	{ "an address", "", "To: \u00fc <a@b.example>",
	    "To: =?UTF-8?B?w7w=?= <a@b.example>\n" },
	{ "remove", "A: b\nC: d\na: e\n", "-A", "C: d\n" },
	{ "remove with a fold", "A: b\n c\nC: d", "-A", "C: d" },
	{ "remove the last", "A: b\nC: d", "-C", "A: b\n" },
	{ "remove what is not there", "A: b\r\nno\nC: d", "-X",
	    "A: b\r\nno\nC: d" },
	{ "remove from nothing", "", "-X", "" },
};

static int
read_edit(struct hdredit *e, const char *edit, struct fail *f)
{
	return edit[0] == '-' ? hdredit_remove(e, edit + 1, f)
			      : hdredit_set(e, edit, f);
}

static void
edits(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice fields = unit_exact(slice_str(cases[i].fields));
		struct buf out = BUF(LIMIT_HEADER);
		struct hdredit e;
		struct fail f;

		CASE(cases[i].name);
		CHECK_INT(read_edit(&e, cases[i].edit, &f), 0);
		CHECK_INT(hdredit_apply(&e, fields, SLICE("\n"), &out, &f), 0);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
		hdredit_free(&e);
		free((char *)(uintptr_t)fields.p);
	}
}

static void
line_ends(void)
{
	struct buf out = BUF(LIMIT_HEADER);
	struct hdredit e;
	struct fail f;

	CHECK_INT(hdredit_set(&e, "C: d", &f), 0);
	CHECK_INT(hdredit_apply(&e, SLICE("A: b\r\nB: c"), SLICE("\r\n"), &out,
	    &f), 0);
	CHECK_STR(buf_str(&out), "A: b\r\nB: c\r\nC: d\r\n");
	buf_free(&out);
	hdredit_free(&e);
}

static void
refused(void)
{
	static const char *const bad[] = { "", "A", ": b", "A b: c",
		"\u00fc: c", "A: b\nC: d", "A: b\r", "A: \xff",
		"Date: M\u00e4rz",
		"To: \u00fc", "-", "-A b", "-A:", "-\u00fc", "-A\n" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hdredit e;
		struct fail f = { 0 };

		CASE(bad[i]);
		CHECK_INT(read_edit(&e, bad[i], &f), -1);
		CHECK_INT(f.class, EX_DATAERR);
		hdredit_free(&e);
	}
}

/* The maximum is said, wherever it is passed. */
static void
too_long(void)
{
	struct slice fields = SLICE("A: b\nX: y"), eol = SLICE("\n");
	struct hdredit e;
	struct fail f;

	CHECK_INT(hdredit_set(&e, "Cc: d", &f), 0);
	for (size_t max = 0; max < 20; max++) {
		struct buf out = BUF(max);

		f.class = 0;
		CHECK_INT(hdredit_apply(&e, fields, eol, &out, &f),
		    max < fields.n + 1 + 6 ? -1 : 0);
		CHECK_INT(f.class, max < fields.n + 1 + 6 ? EX_DATAERR : 0);
		buf_free(&out);
	}
	hdredit_free(&e);
}

int
main(void)
{
	RUN(edits);
	RUN(line_ends);
	RUN(refused);
	RUN(too_long);
	return unit_done();
}
