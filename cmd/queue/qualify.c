/* SPDX-License-Identifier: ISC */
/* qualify: names of users here, and text, in a header; see qualify.h. */

#include "addr.h"
#include "fieldkind.h"
#include "limits.h"
#include "qualify.h"
#include "utf8.h"
#include "word.h"

struct list {
	const char *host;
	struct buf value;
	struct buf copy; /* of the first address */
	size_t n;
	int bare; /* one has no domain */
};

static int
add_mailbox(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct list *l = ctx;
	struct buf spec = BUF(LIMIT_HEADER_FIELD);
	int bare = slice_find(m->spec, '@') == m->spec.n, rc = 0;

	/* Which a line could be folded at. */
	if (slice_find(m->spec, ' ') < m->spec.n)
		return fail_set(f, EX_DATAERR, "a space in an address");
	if (l->n++ == 0)
		rc |= buf_add(&l->copy, m->spec);
	else
		rc |= buf_adds(&l->value, ", ");
	rc |= buf_add(&spec, m->spec);
	if (bare)
		rc |= buf_addc(&spec, '@') | buf_adds(&spec, l->host);
	rc |= addr_write(&(struct addr_mailbox){ m->name, buf_slice(&spec) },
	    &l->value);
	buf_free(&spec);
	l->bare |= bare;
	return rc == 0 ? 0 : fail_set(f, EX_DATAERR, "too long");
}

/* "root (Cron Daemon)" keeps what is behind it. */
static int
keep_comment(struct list *l, const struct hdr_field *field)
{
	struct slice value = slice_trim(field->value);
	struct slice name = buf_slice(&l->copy);
	struct slice rest = slice_sub(value, name.n, value.n);

	if (l->n != 1 || !slice_starts(value, name) ||
	    hdr_skip_cfws(&rest) == -1 || rest.n > 0)
		return 0;
	buf_clear(&l->value);
	(void)buf_add(&l->value, name);
	(void)buf_addc(&l->value, '@');
	(void)buf_adds(&l->value, l->host);
	return hdr_unfold(slice_sub(value, name.n, value.n), &l->copy) == -1 ||
	    buf_addc(&l->value, ' ') == -1 || buf_add(&l->value,
	    slice_sub(buf_slice(&l->copy), name.n, l->copy.n)) == -1 ? -1 : 0;
}

int
qualify_field(const struct hdr_field *field, const char *host,
    struct buf *out)
{
	struct list l = { .host = host, .value = BUF(LIMIT_HEADER_FIELD),
		.copy = BUF(2 * LIMIT_HEADER_FIELD) };
	struct buf name = BUF(LIMIT_HEADER_FIELD);
	struct fail f;
	int rc = 0;

	if (fieldkind_is_address(field->name) &&
	    addr_list_local(field->value, add_mailbox, &l, &f) == 0 &&
	    l.bare && keep_comment(&l, field) == 0 &&
	    buf_add(&name, field->name) == 0)
		rc = hdr_write(out, buf_str(&name), buf_slice(&l.value)) == 0;
	buf_free(&name);
	buf_free(&l.value);
	buf_free(&l.copy);
	return rc;
}

static int
is_text_field(struct slice name)
{
	return slice_caseeq(name, SLICE("Subject")) ||
	    slice_caseeq(name, SLICE("Comments")) ||
	    slice_caseeq(name, SLICE("Organization")) ||
	    slice_caseeq(name, SLICE("Content-Description")) ||
	    slice_casestarts(name, SLICE("X-"));
}

/* A list of mailboxes without comments and groups, which would be lost. */
static int
encode_names(struct slice value, struct buf *out)
{
	struct list l = { .host = "", .value = BUF(2 * LIMIT_HEADER_FIELD),
		.copy = BUF(LIMIT_HEADER_FIELD) };
	struct fail f;
	int rc = -1;

	if (slice_find(value, '(') == value.n &&
	    slice_find(value, ':') == value.n &&
	    addr_list(value, add_mailbox, &l, &f) == 0)
		rc = buf_add(out, buf_slice(&l.value));
	buf_free(&l.value);
	buf_free(&l.copy);
	return rc;
}

static int
encode_text(struct slice value, struct buf *out)
{
	struct buf line = BUF(LIMIT_HEADER_FIELD);
	struct buf text = BUF(2 * LIMIT_HEADER_FIELD);
	int rc = -1;

	/* A part of it may have been encoded by who wrote it. */
	if (hdr_unfold(value, &line) == 0 &&
	    word_decode(buf_slice(&line), &text) == 0)
		rc = word_encode(buf_slice(&text), 0, out);
	buf_free(&line);
	buf_free(&text);
	return rc;
}

int
qualify_text(const struct hdr_field *field, struct buf *out)
{
	struct buf name = BUF(LIMIT_HEADER_FIELD);
	struct buf value = BUF(2 * LIMIT_HEADER_FIELD);
	int rc = -1;

	if (utf8_ascii(field->value) || !utf8_valid(field->value))
		return 0;
	if (is_text_field(field->name))
		rc = encode_text(field->value, &value);
	else if (fieldkind_is_address(field->name))
		rc = encode_names(field->value, &value);
	if (rc == 0 && (rc = buf_add(&name, field->name)) == 0)
		rc = hdr_write(out, buf_str(&name), buf_slice(&value));
	buf_free(&name);
	buf_free(&value);
	return rc == 0;
}
