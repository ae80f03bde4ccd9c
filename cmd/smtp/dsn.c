/* SPDX-License-Identifier: ISC */
/* dsn: the parameters of reports; see dsn.h. */

#include <string.h>

#include "session.h"
#include "xtext.h"

enum { NEVER = 1, SUCCESS = 2, FAILURE = 4, DELAY = 8 };

static const struct {
	const char *name;
	int bit;
} whens[] = { /* RFC 3461, 4.1 */
	{ "NEVER", NEVER },
	{ "SUCCESS", SUCCESS },
	{ "FAILURE", FAILURE },
	{ "DELAY", DELAY },
};

enum { WHENS = sizeof(whens) / sizeof(whens[0]) };

int
dsn_is_offered(const struct session *s)
{
	return s->conf->reports != NULL && !s->server->lmtp;
}

/* What a report of a failure gives back; one of a delivery gives the header in
 * any case (RFC 3461, 4.3). */
const char *
dsn_ret(struct session *s, struct slice value)
{
	(void)s;
	return slice_caseeq(value, SLICE("FULL")) ||
	    slice_caseeq(value, SLICE("HDRS")) ? NULL :
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
	struct slice word;
	int given = 0, more;
	size_t i;

	do {
		more = slice_until(&value, ',', &word);
		for (i = 0; i < WHENS; i++)
			if (slice_caseeq(word, slice_str(whens[i].name)))
				break;
		if (i == WHENS || (given & whens[i].bit) != 0)
			return bad;
		given |= whens[i].bit;
	} while (more);
	if ((given & NEVER) != 0 && given != NEVER)
		return bad;
	s->dsn.notify = given;
	return NULL;
}

/* RFC 3461, 4.2: an atom that names the kind of address, and the address. */
const char *
dsn_original(struct session *s, struct slice value)
{
	struct slice rest = value, type;
	char *to = s->dsn.original;
	size_t i;

	if (value.n > LIMIT_ORCPT)
		return "501 5.5.4 ORCPT is too long";
	if (!slice_until(&rest, ';', &type) || type.n == 0)
		return "501 5.5.4 ORCPT has no type";
	for (i = 0; i < type.n; i++)
		if ((slice_lower(type.p[i]) < 'a' ||
		    slice_lower(type.p[i]) > 'z') &&
		    (type.p[i] < '0' || type.p[i] > '9') && type.p[i] != '-')
			return "501 5.5.4 ORCPT has no type";
	memcpy(to, value.p, type.n + 1);
	if (decode(rest, to + type.n + 1,
	    sizeof(s->dsn.original) - type.n - 1) == 0)
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
dsn_forget(struct dsn *d)
{
	dsn_forget_recipient(d);
	d->envelope_id[0] = '\0';
	buf_clear(&d->asked);
	d->nasked = 0;
	buf_clear(&d->header);
	d->cut = 0;
}

int
dsn_has_room(const struct dsn *d)
{
	return (d->notify & SUCCESS) == 0 ||
	    d->asked.n + sizeof(d->original) + ADDR_TEXT <= d->asked.max;
}

/* Nobody can be told where there is no sender (RFC 3461, 4). */
void
dsn_accept(struct session *s, const char *recipient)
{
	struct dsn *d = &s->dsn;

	if ((d->notify & SUCCESS) == 0 || s->sender[0] == '\0')
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
