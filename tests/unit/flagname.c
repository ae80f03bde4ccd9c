/* SPDX-License-Identifier: ISC */
/* flagname: flags as people write them. */

#include "../../cmd/imap/flagname.h"
#include "unit.h"

static void
names(void)
{
	static const struct {
		const char *in, *want; /* "": it is none */
	} rows[] = {
		{ "seen", "\\Seen" },
		{ "SEEN", "\\Seen" },
		{ "\\seen", "\\Seen" },
		{ "answered", "\\Answered" },
		{ "flagged", "\\Flagged" },
		{ "deleted", "\\Deleted" },
		{ "draft", "\\Draft" },
		{ "$Junk", "$Junk" },
		{ "Work-2026", "Work-2026" },
		{ "recent", "recent" },
		{ "\\Recent", "" },
		{ "\\", "" },
		{ "\\*", "" },
		{ "", "" },
		{ "a b", "" },
		{ "a)b", "" },
		{ "a(", "" },
		{ "a]", "" },
		{ "a{1}", "" },
		{ "a%", "" },
		{ "a*", "" },
		{ "a\"", "" },
		{ "a\r\nb", "" },
		{ "a\177", "" },
		{ "\303\274", "" },
	};
	struct slice name;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice in = unit_exact(slice_str(rows[i].in));

		CASE(rows[i].in);
		if (flagname_read(in, &name) == -1)
			name = SLICE("");
		CHECK_SLICE(name, slice_str(rows[i].want));
		CHECK_INT(flagname_is_system(name), rows[i].want[0] == '\\');
		free((char *)in.p);
	}
}

static void
length(void)
{
	char text[201];
	struct slice name;

	memset(text, 'x', sizeof(text));
	CHECK_INT(flagname_read((struct slice){ text, 200 }, &name), 0);
	CHECK_INT(name.n, 200);
	CHECK_INT(flagname_read((struct slice){ text, 201 }, &name), -1);
}

int
main(void)
{
	RUN(names);
	RUN(length);
	return unit_done();
}
