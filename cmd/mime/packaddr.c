/* SPDX-License-Identifier: ISC */
/* packaddr: an address field as it is written; see packaddr.h. */

#include "hdr.h"
#include "limits.h"
#include "packaddr.h"

static int
add_mailbox(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct packaddr *a = ctx;
	struct buf *out = &a->value;
	int rc;

	if (hdr_value_check("display name", m->name, f) == -1)
		return -1;
	if (a->n++ > 0)
		rc = buf_adds(out, ", ");
	else
		rc = buf_add(&a->first, m->spec);
	if (rc == 0)
		rc = addr_write(m, out);
	if (rc == -1)
		return fail_set(f, EX_DATAERR, "too long for a header");
	return 0;
}

struct packaddr
packaddr_new(const char *field)
{
	return (struct packaddr){ field, BUF(LIMIT_HEADER_FIELD),
		BUF(LIMIT_PATH), 0 };
}

int
packaddr_add(struct packaddr *a, struct slice text, struct fail *f)
{
	if (hdr_value_check(a->field, text, f) == -1)
		return -1;
	if (addr_list(text, add_mailbox, a, f) == -1)
		return fail_at(f, a->field);
	return 0;
}

void
packaddr_free(struct packaddr *a)
{
	buf_free(&a->value);
	buf_free(&a->first);
}
