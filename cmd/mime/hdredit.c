/* SPDX-License-Identifier: ISC */
/* hdredit: fields of a header set and removed; see hdredit.h. */

#include <stdlib.h>

#include "fieldkind.h"
#include "hdr.h"
#include "hdredit.h"
#include "limits.h"
#include "mem.h"
#include "packaddr.h"
#include "text.h"
#include "utf8.h"
#include "word.h"

static int
is_printable(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] > '~')
			return 0;
	return 1;
}

/* Adds "value", which is not ASCII, to "out" as the field allows. */
static int
encode(const struct hdredit *e, struct slice value, struct buf *out,
    struct fail *f)
{
	struct packaddr a = packaddr_new(e->name);
	int rc = -1;

	if (!utf8_valid(value))
		(void)fail_set(f, EX_DATAERR, "%.200s: not UTF-8: \"%s\"",
		    e->name, TEXT_SHOW(value));
	else if (fieldkind_is_token(slice_str(e->name)))
		(void)fail_set(f, EX_DATAERR, "%.200s: not ASCII: \"%s\"",
		    e->name, TEXT_SHOW(value));
	else if (fieldkind_is_address(slice_str(e->name)))
		rc = packaddr_add(&a, value, f) == -1
		    ? -1
		    : buf_add(out, buf_slice(&a.value));
	else if ((rc = word_encode(value, 0, out)) == -1)
		(void)fail_set(f, EX_DATAERR, "%.200s: too long for a header",
		    e->name);
	packaddr_free(&a);
	return rc;
}

static int
check_name(const char *option, struct slice name, struct fail *f)
{
	if (hdr_name_ok(name))
		return 0;
	return fail_set(f, EX_DATAERR, "%s: no name of a field: \"%s\"",
	    option, TEXT_SHOW(name));
}

int
hdredit_remove(struct hdredit *e, const char *name, struct fail *f)
{
	*e = (struct hdredit){ .name = mem_str(slice_str(name)) };
	return check_name("-x", slice_str(name), f);
}

int
hdredit_set(struct hdredit *e, const char *text, struct fail *f)
{
	struct buf encoded = BUF(LIMIT_HEADER_FIELD);
	struct slice value = slice_str(text), name;
	int colon = slice_until(&value, ':', &name), rc = 0;

	e->name = mem_str(name);
	e->field = BUF(LIMIT_HEADER_FIELD);
	if (!colon)
		return fail_set(f, EX_DATAERR, "-s: no field: \"%s\"",
		    TEXT_SHOW(name));
	if (check_name("-s", name, f) == -1 ||
	    hdr_value_check(e->name, value, f) == -1)
		return -1;
	if (is_printable(value)) {
		if (!fieldkind_is_token(slice_str(e->name)))
			rc = word_check(e->name, value, f);
	} else {
		rc = encode(e, slice_trim(value), &encoded, f);
		value = buf_slice(&encoded);
	}
	if (rc == 0 && hdr_write(&e->field, e->name, value) == -1)
		rc = fail_set(f, EX_DATAERR, "%.200s: too long for a header",
		    e->name);
	buf_free(&encoded);
	return rc;
}

/* Adds the lines of "text" with "eol" for their ends. */
static int
add_lines(struct buf *out, struct slice text, struct slice eol)
{
	struct slice line;

	while (slice_until(&text, '\n', &line))
		if (buf_add(out, line) == -1 || buf_add(out, eol) == -1)
			return -1;
	return 0;
}

/* Adds the new field behind all others. */
static int
append(const struct hdredit *e, struct slice eol, struct buf *out)
{
	if (out->n > 0 && out->p[out->n - 1] != '\n' &&
	    buf_add(out, eol) == -1)
		return -1;
	return add_lines(out, buf_slice(&e->field), eol);
}

int
hdredit_apply(const struct hdredit *e, struct slice fields, struct slice eol,
    struct buf *out, struct fail *f)
{
	struct slice name = slice_str(e->name);
	struct hdr_field field;
	int written = e->field.n == 0, rc = 0;

	while (rc == 0 && hdr_next(&fields, &field)) {
		if (!slice_caseeq(field.name, name)) {
			rc = buf_add(out, field.raw);
		} else if (!written) {
			rc = add_lines(out, buf_slice(&e->field), eol);
			written = 1;
		}
	}
	if (rc == 0 && !written)
		rc = append(e, eol, out);
	if (rc == -1)
		return fail_set(f, EX_DATAERR,
		    "the header would be longer than %d bytes", LIMIT_HEADER);
	return 0;
}

void
hdredit_free(struct hdredit *e)
{
	free(e->name);
	buf_free(&e->field);
}
