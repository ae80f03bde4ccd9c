/* SPDX-License-Identifier: ISC */
/* Fuzz target: the first line is an edit, "Name: value", of the header behind
 * it.  What is not of that name keeps its bytes; what was set is what is
 * read. */

#include <stdlib.h>

#include "../../cmd/mime/hdraddr.h"
#include "../../cmd/mime/hdrdate.h"
#include "../../cmd/mime/hdredit.h"
#include "../../cmd/mime/headfile.h"
#include "word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
check_address(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)ctx;
	(void)f;
	if (slice_find(m->spec, '\n') < m->spec.n)
		abort();
	return 0;
}

/* The fields that are not called "name". */
static void
others(struct slice header, const char *name, struct buf *out)
{
	struct hdr_field field;
	struct fail f;
	char date[HDRDATE_TEXT];

	for (; hdr_next(&header, &field); ) {
		(void)hdraddr_each(field.value, check_address, NULL, &f);
		(void)hdrdate_format(field.value, date);
		if (!slice_caseeq(field.name, slice_str(name)))
			(void)buf_add(out, field.raw);
	}
}

static void
check_value(struct slice header, const char *name, struct slice value)
{
	struct buf want = BUF(1 << 22), got = BUF(1 << 22);
	struct hdr_field field;

	if (!hdr_find(header, name, &field) || hdr_count(header, name) != 1)
		abort();
	if (word_decode(value, &want) == -1 ||
	    word_decode(field.value, &got) == -1)
		abort();
	if (slice_find(value, '<') == value.n &&
	    slice_find(value, '@') == value.n && value.n < 60 &&
	    slice_caseeq(slice_str(name), SLICE("subject")) &&
	    memmem(value.p, value.n, "=?", 2) == NULL &&
	    !slice_eq(buf_slice(&want), buf_slice(&got)))
		abort();
	buf_free(&want);
	buf_free(&got);
}

static void
check(const struct hdredit *e, struct slice fields)
{
	struct buf out = BUF(LIMIT_HEADER), left = BUF(LIMIT_HEADER);
	struct buf right = BUF(LIMIT_HEADER);
	struct slice rest;
	struct fail f;

	if (hdredit_apply(e, fields, SLICE("\n"), &out, &f) == -1)
		abort();
	others(fields, e->name, &left);
	others(buf_slice(&out), e->name, &right);
	rest = buf_slice(&right);
	if (left.n > 0 && left.p[left.n - 1] != '\n' && right.n > left.n)
		rest.n = left.n;
	if (!slice_eq(buf_slice(&left), rest))
		abort();
	if (e->field.n > 0)
		check_value(buf_slice(&out), e->name,
		    slice_sub(buf_slice(&e->field), slice_str(e->name).n + 1,
			e->field.n));
	else if (hdr_count(buf_slice(&out), e->name) != 0)
		abort();
	buf_free(&out);
	buf_free(&left);
	buf_free(&right);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size < 30000 ? size : 30000 };
	struct headfile *h = malloc(sizeof(*h));
	struct hdredit set, remove;
	struct slice line;
	struct buf text = BUF(30000), name = BUF(30000);
	struct fail f;

	*h = HEADFILE;
	(void)slice_until(&in, '\n', &line);
	(void)buf_add(&text, line);
	(void)buf_add(&name, slice_sub(line, 0, slice_find(line, ':')));
	if (headfile_take(h, in, 1)) {
		if (hdredit_set(&set, buf_str(&text), &f) == 0)
			check(&set, headfile_fields(h));
		if (hdredit_remove(&remove, buf_str(&name), &f) == 0)
			check(&remove, headfile_fields(h));
		hdredit_free(&set);
		hdredit_free(&remove);
	}
	headfile_free(h);
	free(h);
	buf_free(&text);
	buf_free(&name);
	return 0;
}
