/* SPDX-License-Identifier: ISC */
/* packaddr: an address field as it is written; see packaddr.h. */

#include <string.h>

#include "hdr.h"
#include "limits.h"
#include "packaddr.h"
#include "word.h"

static int
is_printable(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return 0;
	return 1;
}

static int
has_encoded_word(struct slice s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '=' && s.p[i + 1] == '?')
			return 1;
	return 0;
}

/* An atom character or a single space between atoms (RFC 5322, 3.2.3). */
static int
is_phrase(struct slice s)
{
	int before = ' ', c;

	while ((c = slice_getc(&s)) != -1) {
		if (c == ' ' ? before == ' ' :
		    c < ' ' || strchr("()<>[]:;@\\,.\"", c) != NULL)
			return 0;
		before = c;
	}
	return before != ' ';
}

static int
write_quoted(struct buf *out, struct slice s)
{
	int c;

	if (buf_addc(out, '"') == -1)
		return -1;
	while ((c = slice_getc(&s)) != -1) {
		if ((c == '"' || c == '\\') && buf_addc(out, '\\') == -1)
			return -1;
		if (buf_addc(out, c) == -1)
			return -1;
	}
	return buf_addc(out, '"');
}

static int
write_name(struct buf *out, struct slice name)
{
	if (!is_printable(name) || has_encoded_word(name))
		return word_encode(name, 1, out);
	if (is_phrase(name))
		return buf_add(out, name);
	return write_quoted(out, name);
}

static int
add_mailbox(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct packaddr *a = ctx;
	struct buf *out = &a->value;
	int named = m->name.n > 0, rc = 0;

	if (hdr_value_check("display name", m->name, f) == -1)
		return -1;
	if (a->n++ > 0)
		rc = buf_adds(out, ", ");
	else
		rc = buf_add(&a->first, m->spec);
	if (rc == 0 && named)
		rc = write_name(out, m->name);
	if (rc == 0 && named)
		rc = buf_adds(out, " <");
	if (rc == 0)
		rc = buf_add(out, m->spec);
	if (rc == 0 && named)
		rc = buf_addc(out, '>');
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
