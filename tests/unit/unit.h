/* SPDX-License-Identifier: ISC */
/*
 * unit: what a unit test needs.  Each tests/unit/NAME.c is a program that
 * RUNs functions; one that meets a CHECK that does not hold is reported, with
 * its place, and goes on.  Output is TAP; see tests/run.
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slice.h"

static int unit_tests, unit_failed, unit_bad;

static inline void
unit_note(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	unit_bad = 1;
}

static inline void
unit_bytes(const char *label, struct slice s)
{
	printf("#   %s (%zu): ", label, s.n);
	for (size_t i = 0; i < s.n && i < 200; i++)
		printf(s.p[i] >= ' ' && s.p[i] < 127 ? "%c" : "\\x%02x",
		    (unsigned char)s.p[i]);
	printf("\n");
}

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			unit_note(__FILE__, __LINE__, #condition); \
	} while (0)

/* The same for numbers and for bytes, showing both. */
#define CHECK_INT(got, want) \
	unit_int(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define CHECK_SLICE(got, want) \
	unit_slice(__FILE__, __LINE__, #got, (got), (want))
#define CHECK_STR(got, want) \
	CHECK_SLICE(slice_str(got), slice_str(want))

/* In a table of cases: says which one when a check in its turn fails. */
#define CASE(name) (unit_case = (name))
static const char *unit_case __attribute__((unused)) = "";

static inline void
unit_int(const char *file, int line, const char *what, long long got,
    long long want)
{
	if (got == want)
		return;
	unit_note(file, line, what);
	printf("#   case \"%s\": got %lld, want %lld\n", unit_case, got, want);
}

static inline void
unit_slice(const char *file, int line, const char *what, struct slice got,
    struct slice want)
{
	if (slice_eq(got, want))
		return;
	unit_note(file, line, what);
	printf("#   case \"%s\"\n", unit_case);
	unit_bytes("got", got);
	unit_bytes("want", want);
}

#define RUN(function) \
	do { \
		unit_bad = 0; \
		unit_case = ""; \
		function(); \
		unit_tests++; \
		unit_failed += unit_bad; \
		printf("%s %d %s\n", unit_bad ? "not ok" : "ok", unit_tests, \
		    #function); \
		fflush(stdout); \
	} while (0)

static inline int
unit_done(void)
{
	printf("1..%d\n", unit_tests);
	return unit_failed != 0;
}

/* A heap copy of exactly s.n bytes, so that a read past its end is seen by
 * AddressSanitizer; free(3) its p. */
static inline struct slice
unit_exact(struct slice s)
{
	char *p = malloc(s.n == 0 ? 1 : s.n);

	if (p == NULL)
		abort();
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct slice){ p, s.n };
}

#endif
