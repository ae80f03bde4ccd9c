/* SPDX-License-Identifier: ISC */
/* Fuzz target: a policy of MTA-STS, and the same bytes as a record.  What is
 * taken for one has patterns of a few characters, and within its limits. */

#include <stdlib.h>
#include <string.h>

#include "stspolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

static void
check(struct slice text, const char *allowed)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || strchr(allowed, text.p[i]) == NULL)
			abort();
}

static void
check_pattern(struct slice mx)
{
	if (slice_starts(mx, SLICE("*.")))
		mx = slice_sub(mx, 2, mx.n);
	check(mx, letters);
	if (mx.n == 0 || mx.p[0] == '.' || !stspolicy_is(mx, mx))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, id;
	struct fail f = { 0 };
	struct stspolicy p;
	size_t i;

	if (stspolicy_parse(text, &p, &f) == 0) {
		if (p.max_age > STSPOLICY_AGE || p.n > STSPOLICY_MX ||
		    (p.n == 0 && p.mode != STSPOLICY_NONE))
			abort();
		for (i = 0; i < p.n; i++)
			check_pattern(p.mx[i]);
	} else if (f.class != EX_DATAERR || f.text[0] == '\0') {
		abort();
	}
	if (stspolicy_record(text, &id) == 1) {
		if (id.n == 0 || id.n > STSPOLICY_ID)
			abort();
		check(id, letters);
	}
	return 0;
}
