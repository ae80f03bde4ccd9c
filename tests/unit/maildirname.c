/* SPDX-License-Identifier: ISC */
/* Unit test of maildirname: what names say, and names with other flags. */

#include "limits.h"
#include "maildirname.h"
#include "unit.h"

static void
parts(void)
{
	static const struct {
		const char *name, *base, *unique;
		uint32_t flags;
		uint64_t order;
	} cases[] = {
		{ "1276528487.M364837P9451.kurkku,S=1355,W=1394:2,FSa",
		    "1276528487.M364837P9451.kurkku,S=1355,W=1394",
		    "1276528487.M364837P9451.kurkku",
		    MAILDIRNAME_FLAGGED | MAILDIRNAME_SEEN | 1,
		    UINT64_C(1276528487) << 20 | 364837 },
		{ "12.34_5.host", "12.34_5.host", "12.34_5.host", 0,
		    UINT64_C(12) << 20 },
		{ "12.M5Q1:2,Tz,x", "12.M5Q1", "12.M5Q1",
		    MAILDIRNAME_TRASHED | 1 << 25, UINT64_C(12) << 20 | 5 },
		{ "a:2,", "a", "a", 0, 0 },
		{ "a:1,S", "a", "a", 0, 0 },
		{ "a:2S", "a", "a", 0, 0 },
		{ ",:2,D", ",", "", MAILDIRNAME_DRAFT, 0 },
		{ ":2,R", "", "", MAILDIRNAME_REPLIED, 0 },
		{ "", "", "", 0, 0 },
		{ "99999999999999999999.M99999999x", "99999999999999999999"
		    ".M99999999x", "99999999999999999999.M99999999x", 0,
		    UINT64_MAX >> 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice name = unit_exact(slice_str(cases[i].name));

		CASE(cases[i].name);
		CHECK_SLICE(maildirname_base(name), slice_str(cases[i].base));
		CHECK_SLICE(maildirname_unique(name),
		    slice_str(cases[i].unique));
		CHECK_INT(maildirname_flags(name), cases[i].flags);
		CHECK_INT(maildirname_order(name), cases[i].order);
		free((void *)(uintptr_t)name.p);
	}
}

static void
sizes(void)
{
	static const struct {
		const char *name;
		int key;
		long long want; /* -1: not known */
	} cases[] = {
		{ "1.x,S=1355,W=1394:2,S", 'S', 1355 },
		{ "1.x,S=1355,W=1394:2,S", 'W', 1394 },
		{ "1.x,U=7,W=0", 'W', 0 },
		{ "1.x,W=", 'W', -1 },
		{ "1.x,W=-3", 'W', -1 },
		{ "1.x,W=12x", 'W', -1 },
		{ "1.x,XW=12", 'W', -1 },
		{ "W=12", 'W', -1 },
		{ "1.x:2,S,W=12", 'W', -1 },
		{ "1.x,W=99999999999999999999", 'W', -1 },
	};
	uint64_t size;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice name = unit_exact(slice_str(cases[i].name));

		CASE(cases[i].name);
		CHECK_INT(maildirname_size(name, cases[i].key, &size) ?
		    (long long)size : -1, cases[i].want);
		free((void *)(uintptr_t)name.p);
	}
}

static void
fits(void)
{
	static const struct {
		const char *name;
		uint64_t octets;
		int want;
	} cases[] = {
		{ "1.x", 0, 1 },
		{ "1.x", LIMIT_OCTETS, 1 },
		{ "1.x", LIMIT_OCTETS + 1, 0 },
		{ "1.x", UINT64_MAX, 0 },
		{ "1.x,S=0", 0, 1 },
		{ "1.x,S=0", 2, 1 },
		{ "1.x,S=0", 3, 0 },
		{ "1.x,S=5", 4, 0 },
		{ "1.x,S=5", 5, 1 },
		{ "1.x,S=5", 12, 1 },
		{ "1.x,S=5", 13, 0 },
		{ "1.x,S=9223372036854775807", 5, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_INT(maildirname_fits(slice_str(cases[i].name),
		    cases[i].octets), cases[i].want);
	}
}

static void
changes(void)
{
	static const struct {
		const char *name;
		uint32_t add, clear;
		const char *want;
	} cases[] = {
		{ "1.x", MAILDIRNAME_SEEN, 0, "1.x:2,S" },
		{ "1.x:2,", 0, 0, "1.x:2," },
		{ "1.x:2,TaF", MAILDIRNAME_SEEN, 0, "1.x:2,FSTa" },
		{ "1.x:2,SS", 0, 0, "1.x:2,S" },
		{ "1.x:2,FS", 0, MAILDIRNAME_SEEN, "1.x:2,F" },
		{ "1.x:2,PZ9,x=y", MAILDIRNAME_DRAFT | 1, 0,
		    "1.x:2,9DPZa,x=y" },
		{ "1.x:1,exp", MAILDIRNAME_SEEN, 0, "1.x:2,S" },
	};
	char out[40];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct maildirname_change c = { cases[i].add, cases[i].clear,
			out, strlen(cases[i].want) + 1 };

		CASE(cases[i].name);
		CHECK_INT(maildirname_change(slice_str(cases[i].name), &c), 0);
		CHECK_STR(out, cases[i].want);
		c.room--;
		CHECK_INT(maildirname_change(slice_str(cases[i].name), &c), -1);
	}
}

int
main(void)
{
	RUN(parts);
	RUN(sizes);
	RUN(fits);
	RUN(changes);
	return unit_done();
}
