/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is accepted is a mailbox of printable ASCII, or where that
 * is asked for of UTF-8 that can be shown. */

#include <stdlib.h>

#include "addr.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
check(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct slice rest = m->spec;
	char text[ADDR_TEXT];
	struct addr a;
	int c;

	(void)ctx;
	while ((c = slice_getc(&rest)) != -1)
		if (c < ' ' || c > '~')
			abort();
	if (addr_check(m->spec, &a, f) == -1 ||
	    !slice_eq(slice_str(addr_format(text, &a)), m->spec))
		abort();
	return 0;
}

static int
check_utf8(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct slice rest = m->spec;
	char text[ADDR_TEXT];
	struct addr a;
	int32_t c;

	(void)ctx;
	while ((c = utf8_next(&rest)) != -1)
		if (c < 0 || utf8_unsafe(c))
			abort();
	if (addr_check_utf8(m->spec, &a, f) == -1 ||
	    !slice_eq(slice_str(addr_format(text, &a)), m->spec) ||
	    (addr_check(m->spec, &a, f) == 0) != utf8_ascii(m->spec))
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size }, rest = in;
	struct addr_mailbox m = { 0 };
	char text[ADDR_TEXT];
	struct fail f;
	struct addr a;

	(void)addr_list(in, check, NULL, &f);
	(void)addr_list_utf8(in, check_utf8, NULL, &f);
	if (addr_path(&rest, 0, &a, &f) == 0) {
		m.spec = slice_str(addr_format(text, &a));
		(void)check(NULL, &m, &f);
	}
	(void)addr_path(&in, ADDR_NULL | ADDR_POSTMASTER, &a, &f);
	return 0;
}
