/* SPDX-License-Identifier: ISC */
/* dsn: the parameters of reports; see dsn.h. */

#include <string.h>

#include "session.h"
#include "utf8.h"
#include "xtext.h"

#define UTF8_TYPE "utf-8;"

int
dsn_is_offered(const struct session *s)
{
	return (s->conf->reports != NULL || s->server->queue) &&
	    !s->server->lmtp;
}

/* What a report of a failure gives back; one of a delivery gives the header in
 * any case (RFC 3461, 4.3). */
const char *
dsn_ret(struct session *s, struct slice value)
{
	s->dsn.ret = slice_caseeq(value, SLICE("FULL")) ? SPOOL_RET_FULL :
	    slice_caseeq(value, SLICE("HDRS")) ? SPOOL_RET_HDRS :
	    SPOOL_RET_UNSAID;
	return s->dsn.ret != SPOOL_RET_UNSAID ? NULL :
	    "501 5.5.4 RET is neither FULL nor HDRS";
}

/* Decodes an xtext that is not empty into "to", of "size" bytes. */
static int
decode(struct slice value, char *to, size_t size)
{
	struct buf text = BUF(size - 1);
	int rc = -1;

	if (value.n > 0 && xtext_decode(value, &text) == 0) {
		memcpy(to, buf_str(&text), text.n + 1);
		rc = 0;
	}
	buf_free(&text);
	return rc;
}

/* RFC 3461, 4.4: up to 100 characters as they are sent. */
const char *
dsn_envelope_id(struct session *s, struct slice value)
{
	if (value.n > LIMIT_ENVID)
		return "501 5.5.4 ENVID is too long";
	return decode(value, s->dsn.envelope_id,
	    sizeof(s->dsn.envelope_id)) == 0 ? NULL :
	    "501 5.5.4 ENVID is no xtext of printable characters";
}

const char *
dsn_notify(struct session *s, struct slice value)
{
	static const char bad[] = "501 5.5.4 NOTIFY is neither NEVER nor a "
	    "list of SUCCESS, FAILURE and DELAY";
	const char *name;
	struct slice word;
	unsigned given = 0, i;
	int more;

	do {
		more = slice_until(&value, ',', &word);
		for (i = 0; (name = spool_notify_name(i)) != NULL; i++)
			if (slice_caseeq(word, slice_str(name)))
				break;
		if (name == NULL || (given & 1U << i) != 0)
			return bad;
		given |= 1U << i;
	} while (more);
	if ((given & SPOOL_NEVER) != 0 && given != SPOOL_NEVER)
		return bad;
	s->dsn.notify = given;
	return NULL;
}

/* The same for an address in UTF-8, with its type in front: what it comes to is
 * a mailbox. */
static int
decode_utf8(int (*how)(struct slice, struct buf *), struct slice value,
    char original[LIMIT_ORCPT + 1])
{
	struct buf text = BUF(LIMIT_ORCPT - sizeof(UTF8_TYPE));
	struct addr ignored;
	struct fail f;
	int rc = -1;

	if (how(value, &text) == 0 &&
	    addr_check_utf8(buf_slice(&text), &ignored, &f) == 0) {
		memcpy(original, UTF8_TYPE, sizeof(UTF8_TYPE) - 1);
		memcpy(original + sizeof(UTF8_TYPE) - 1, buf_str(&text),
		    text.n + 1);
		rc = 0;
	}
	buf_free(&text);
	return rc;
}

/* An atom of letters, digits and hyphens. */
static int
is_type(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((slice_lower(s.p[i]) < 'a' || slice_lower(s.p[i]) > 'z') &&
		    (s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '-')
			return 0;
	return s.n > 0;
}

/* An address of the type utf-8, in any of its forms (RFC 6533, 3). */
static const char *
utf8_original(struct session *s, struct slice address)
{
	if (!s->utf8 && !utf8_ascii(address))
		return "553 5.6.7 ORCPT in UTF-8 needs SMTPUTF8";
	return decode_utf8(xtext_decode_utf8, address, s->dsn.original) == 0 ?
	    NULL : "501 5.5.4 ORCPT is no address of the type utf-8";
}

/* RFC 3461, 4.2: the kind of address, and the address.  Postfix says rfc822 of
 * one in UTF-8, too. */
const char *
dsn_original(struct session *s, struct slice value)
{
	struct slice rest = value, type;
	char *to = s->dsn.original;

	if (value.n > LIMIT_ORCPT)
		return "501 5.5.4 ORCPT is too long";
	if (!slice_until(&rest, ';', &type) || !is_type(type))
		return "501 5.5.4 ORCPT has no type";
	if (slice_caseeq(type, SLICE("utf-8")))
		return utf8_original(s, rest);
	memcpy(to, value.p, type.n + 1);
	if (decode(rest, to + type.n + 1, sizeof(s->dsn.original) - type.n - 1)
	    == 0 || (slice_caseeq(type, SLICE("rfc822")) &&
	    decode_utf8(xtext_decode_8bit, rest, to) == 0))
		return NULL;
	return "501 5.5.4 ORCPT is no xtext of printable characters";
}

void
dsn_forget_recipient(struct dsn *d)
{
	d->notify = 0;
	d->original[0] = '\0';
}

void
dsn_forget_asked(struct dsn *d)
{
	buf_clear(&d->asked);
	d->nasked = 0;
}

void
dsn_forget(struct dsn *d)
{
	dsn_forget_recipient(d);
	d->envelope_id[0] = '\0';
	d->ret = SPOOL_RET_UNSAID;
	dsn_forget_asked(d);
	buf_clear(&d->header);
	d->cut = 0;
}

static struct slice
short_enough(const struct buf *text, size_t most)
{
	return text->n <= most ? buf_slice(text) : SLICE("");
}

struct slice
dsn_original_text(const struct dsn *d, struct buf *to)
{
	struct slice address = slice_str(d->original), type;

	if (!slice_until(&address, ';', &type))
		return SLICE("");
	(void)buf_add(to, type);
	(void)buf_addc(to, ';');
	(void)(slice_caseeq(type, SLICE("utf-8")) ?
	    xtext_encode_utf8(address, to) : xtext_encode(address, to));
	return short_enough(to, LIMIT_ORCPT);
}

struct slice
dsn_envelope_text(const struct dsn *d, struct buf *to)
{
	(void)xtext_encode(slice_str(d->envelope_id), to);
	return short_enough(to, LIMIT_ENVID);
}

int
dsn_has_room(const struct dsn *d)
{
	return (d->notify & SPOOL_SUCCESS) == 0 ||
	    d->asked.n + sizeof(d->original) + ADDR_TEXT <= d->asked.max;
}

/* Nobody can be told where there is no sender (RFC 3461, 4). */
void
dsn_accept(struct session *s, const char *recipient)
{
	struct dsn *d = &s->dsn;

	if ((d->notify & SPOOL_SUCCESS) == 0 || s->sender[0] == '\0')
		return;
	(void)buf_adds(&d->asked, d->original);
	(void)buf_addc(&d->asked, '\0');
	(void)buf_adds(&d->asked, recipient);
	(void)buf_addc(&d->asked, '\0');
	d->nasked++;
	d->arrival = time(NULL);
}

/* Whole lines, as long as there is room. */
void
dsn_header_line(struct dsn *d, struct slice line)
{
	if (d->nasked == 0 || d->cut)
		return;
	if (d->header.n + line.n + 1 > d->header.max) {
		d->cut = 1;
		return;
	}
	(void)buf_add(&d->header, line);
	(void)buf_addc(&d->header, '\n');
}

void
dsn_free(struct dsn *d)
{
	buf_free(&d->asked);
	buf_free(&d->header);
}
