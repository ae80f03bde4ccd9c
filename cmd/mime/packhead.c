/* SPDX-License-Identifier: ISC */
/* packhead: the header of a new message; see packhead.h. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "date.h"
#include "fieldkind.h"
#include "hdr.h"
#include "limits.h"
#include "packaddr.h"
#include "packhead.h"
#include "self.h"
#include "text.h"
#include "utf8.h"
#include "word.h"

/* Fields that tell how the content is to be read. */
static const char *const content_fields[] = { "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", NULL };

/* Fields that stand once (RFC 5322, 3.6). */
static const char *const single_fields[] = { "Date", "From", "Sender",
	"Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To",
	"References", "Subject", NULL };

/* "name" as the list has it, or NULL. */
static const char *
find_name(const char *name, const char *const *names)
{
	while (*names != NULL && strcasecmp(name, *names) != 0)
		names++;
	return *names;
}

static int
too_long(const char *name, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "%.200s: too long for a header", name);
}

void
packhead_add(struct packhead *h, const char *name, struct slice value,
    const char *where)
{
	h->fields = mem_grow(h->fields, h->n, sizeof(*h->fields));
	h->fields[h->n++] = (struct packhead_field){ name, value, where };
}

int
packhead_option(struct packhead *h, const char *option, struct fail *f)
{
	struct slice value = slice_str(option), name;

	if (!slice_until(&value, ':', &name) || !hdr_name_ok(name))
		return fail_set(f, EX_DATAERR, "-H: no field: \"%s\"",
		    TEXT_SHOW(slice_str(option)));
	packhead_add(h, arena_str(&h->arena, name), value, "-H");
	h->options++;
	return 0;
}

int
packhead_is_optional(const struct packhead *h, struct slice name)
{
	const struct {
		const char *name;
		int given;
	} others[] = { { "From", h->from != NULL },
		{ "Subject", h->subject != NULL }, { "To", h->to.n > 0 },
		{ "Cc", h->cc.n > 0 }, { "Bcc", h->bcc.n > 0 } };

	for (size_t i = 0; i < h->options; i++)
		if (slice_caseeq(name, slice_str(h->fields[i].name)))
			return 1;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (slice_caseeq(name, slice_str(others[i].name)))
			return others[i].given;
	return 0;
}

void
packhead_free(struct packhead *h)
{
	free(h->fields);
	h->fields = NULL;
	h->n = h->options = 0;
	arena_free(&h->arena);
}

/* How many fields of that name h->fields holds; the value of the first. */
static size_t
given_value(const struct packhead *h, const char *name, struct slice *value)
{
	size_t found = 0;

	for (size_t i = 0; i < h->n; i++)
		if (strcasecmp(h->fields[i].name, name) == 0 && found++ == 0)
			*value = h->fields[i].value;
	return found;
}

static size_t
is_given(const struct packhead *h, const char *name)
{
	struct slice value;

	return given_value(h, name, &value);
}

static int
is_printable(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] > '~')
			return 0;
	return 1;
}

static int
write_field(struct buf *out, const char *name, struct slice value,
    struct fail *f)
{
	return hdr_write(out, name, value) == -1 ? too_long(name, f) : 0;
}

/* The author's domain is what makes Message-ID unique, and no host of an
 * inner network is told. */
static int
note_domain(struct packhead_text *t, const struct packaddr *from)
{
	struct slice rest = buf_slice(&from->first);
	size_t at = rest.n;

	while (at > 0 && rest.p[at - 1] != '@')
		at--;
	buf_clear(&t->domain);
	return buf_add(&t->domain, slice_sub(rest, at, rest.n));
}

/* Several authors need one who sends (RFC 5322, 3.6.2). */
static int
write_from(const struct packhead *h, struct packhead_text *t,
    struct slice text, struct fail *f)
{
	struct packaddr a = packaddr_new("From");
	int rc = packaddr_add(&a, text, f);

	if (rc == 0 && a.n == 0)
		rc = fail_set(f, EX_DATAERR, "From: no address");
	if (rc == 0 && note_domain(t, &a) == -1)
		rc = too_long("From", f);
	if (rc == 0 && !is_given(h, "From"))
		rc = write_field(&t->before, "From", buf_slice(&a.value), f);
	if (rc == 0 && a.n > 1 && !is_given(h, "Sender"))
		rc = write_field(&t->before, "Sender", buf_slice(&a.first), f);
	packaddr_free(&a);
	return rc;
}

static int
write_own_from(const struct packhead *h, struct packhead_text *t,
    struct fail *f)
{
	char text[ADDR_TEXT];

	if (self_address(text, f) == -1)
		return fail_at(f, "From: no -f");
	return write_from(h, t, slice_str(text), f);
}

static int
write_author(const struct packhead *h, struct packhead_text *t,
    struct fail *f)
{
	struct slice given;

	if (given_value(h, "From", &given))
		return write_from(h, t, given, f);
	if (h->from == NULL)
		return write_own_from(h, t, f);
	return write_from(h, t, slice_str(h->from), f);
}

/* All options of a kind make one field (RFC 5322, 3.6). */
static int
write_recipients(struct buf *out, const char *name,
    const struct packhead_list *list, struct fail *f)
{
	struct packaddr a = packaddr_new(name);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		size_t before = a.n;

		rc = packaddr_add(&a, slice_str(list->p[i]), f);
		if (rc == 0 && a.n == before)
			rc = fail_set(f, EX_DATAERR, "%s: no address in \"%s\"",
			    name, TEXT_SHOW(slice_str(list->p[i])));
	}
	if (rc == 0 && a.n > 0)
		rc = write_field(out, name, buf_slice(&a.value), f);
	packaddr_free(&a);
	return rc;
}

static int
write_unstructured(struct buf *out, const char *name, struct slice value,
    struct fail *f)
{
	struct buf encoded = BUF(LIMIT_HEADER_FIELD);
	int rc;

	if (hdr_value_check(name, value, f) == -1)
		return -1;
	if (!utf8_valid(value))
		return fail_set(f, EX_DATAERR, "%s: not UTF-8: \"%s\"", name,
		    TEXT_SHOW(value));
	if (word_encode(value, 0, &encoded) == -1)
		rc = too_long(name, f);
	else
		rc = write_field(out, name, buf_slice(&encoded), f);
	buf_free(&encoded);
	return rc;
}

/* Addresses that are ASCII stay as they were written, groups and all. */
static int
write_address_field(struct buf *out, const char *name, struct slice value,
    struct fail *f)
{
	struct packaddr a = packaddr_new(name);
	int rc = packaddr_add(&a, value, f);

	if (rc == 0 && !is_printable(value))
		value = buf_slice(&a.value);
	if (rc == 0)
		rc = write_field(out, name, value, f);
	packaddr_free(&a);
	return rc;
}

static int
write_ascii(struct buf *out, const char *name, struct slice value,
    struct fail *f)
{
	if (!fieldkind_is_token(slice_str(name)) &&
	    word_check(name, value, f) == -1)
		return -1;
	return write_field(out, name, value, f);
}

static int
write_value(struct buf *out, const char *name, struct slice value,
    struct fail *f)
{
	if (find_name(name, content_fields) != NULL)
		return fail_set(f, EX_DATAERR, "%s is told by the content",
		    name);
	if (hdr_value_check(name, value, f) == -1)
		return -1;
	if (fieldkind_is_address(slice_str(name)))
		return write_address_field(out, name, value, f);
	if (is_printable(value))
		return write_ascii(out, name, value, f);
	if (fieldkind_is_token(slice_str(name)))
		return fail_set(f, EX_DATAERR, "%s: not ASCII: \"%s\"", name,
		    TEXT_SHOW(value));
	return write_unstructured(out, name, value, f);
}

static int
write_given(struct buf *out, const struct packhead_field *field,
    struct fail *f)
{
	if (write_value(out, field->name, field->value, f) == 0)
		return 0;
	return fail_at(f, field->where);
}

/* "i" has a name that stood before, in a field that may stand once. */
static int
check_single(const struct packhead *h, size_t i, struct fail *f)
{
	const char *name = find_name(h->fields[i].name, single_fields);

	for (size_t k = 0; name != NULL && k < i; k++)
		if (strcasecmp(h->fields[k].name, name) == 0)
			return fail_set(f, EX_DATAERR, "%s: two %s fields",
			    h->fields[i].where, name);
	return 0;
}

static int
write_fields(const struct packhead *h, struct buf *out, struct fail *f)
{
	if (write_field(out, "MIME-Version", SLICE("1.0"), f) == -1)
		return -1;
	for (size_t i = 0; i < h->n; i++)
		if (check_single(h, i, f) == -1 ||
		    write_given(out, &h->fields[i], f) == -1)
			return -1;
	return 0;
}

int
packhead_write(const struct packhead *h, struct packhead_text *t,
    struct fail *f)
{
	const struct {
		const char *name;
		const struct packhead_list *list;
	} lists[] = { { "To", &h->to }, { "Cc", &h->cc }, { "Bcc", &h->bcc } };
	char date[DATE_TEXT];

	if (!is_given(h, "Date") &&
	    write_field(&t->before, "Date",
		slice_str(date_format(date, date_now())), f) == -1)
		return -1;
	if (write_author(h, t, f) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!is_given(h, lists[i].name) &&
		    write_recipients(&t->before, lists[i].name, lists[i].list,
			f) == -1)
			return -1;
	if (h->subject != NULL && !is_given(h, "Subject") &&
	    write_unstructured(&t->before, "Subject", slice_str(h->subject),
		f) == -1)
		return -1;
	return write_fields(h, &t->after, f);
}

int
packhead_id(const struct packhead *h, struct packhead_text *t,
    struct slice unique, struct fail *f)
{
	struct buf id = BUF(LIMIT_LINE_HARD);
	int rc;

	if (is_given(h, "Message-ID"))
		return 0;
	rc = buf_addc(&id, '<');
	for (size_t i = 0; rc == 0 && i < unique.n; i++)
		rc = buf_addf(&id, "%02x", (unsigned char)unique.p[i]);
	if (rc == 0)
		rc = buf_addc(&id, '@');
	if (rc == 0)
		rc = buf_add(&id, buf_slice(&t->domain));
	if (rc == 0)
		rc = buf_addc(&id, '>');
	if (rc == 0)
		rc = hdr_write(&t->before, "Message-ID", buf_slice(&id));
	buf_free(&id);
	return rc == -1 ? too_long("Message-ID", f) : 0;
}
