/* SPDX-License-Identifier: ISC */
/* ask: what is asked of the server for a message; see ask.h. */

#include <inttypes.h>
#include <string.h>

#include "addr.h"
#include "ask.h"
#include "timestamp.h"
#include "tls.h"
#include "utf8.h"
#include "xtext.h"

static const struct {
	const char *name;
	unsigned bit;
} whens[] = {
	{ "SUCCESS", ASK_SUCCESS },
	{ "FAILURE", ASK_FAILURE },
	{ "DELAY", ASK_DELAY },
	{ "NEVER", ASK_NEVER },
};

enum { WHENS = sizeof(whens) / sizeof(whens[0]) };

static int
set_notify(struct ask *a, struct slice value)
{
	struct slice word;
	size_t i;
	int more;

	a->notify = 0;
	do {
		more = slice_until(&value, ',', &word);
		for (i = 0; i < WHENS; i++)
			if (slice_caseeq(word, slice_str(whens[i].name)))
				break;
		if (i == WHENS)
			return -1;
		a->notify |= whens[i].bit;
	} while (more);
	/* Never, and then? */
	return (a->notify & ASK_NEVER) != 0 && a->notify != ASK_NEVER ? -1 : 0;
}

static int
set_ret(struct ask *a, struct slice value)
{
	if (slice_caseeq(value, SLICE("full")))
		a->ret = "FULL";
	else if (slice_caseeq(value, SLICE("hdrs")))
		a->ret = "HDRS";
	else
		return -1;
	return 0;
}

/* Whether what comes back in a report is what was given (RFC 3461, 4). */
static int
is_printable(struct slice s)
{
	int c;

	while ((c = slice_getc(&s)) != -1)
		if (c < ' ' || c > '~')
			return 0;
	return 1;
}

/* Writes "type" and the xtext of "value" to "to", of "size" bytes: 0, or -1
 * where it is too long, or nothing. */
static int
set_xtext(char *to, size_t size, struct slice type, struct slice value)
{
	struct buf out = BUF(size - 1);
	int rc = -1;

	if (value.n > 0 && is_printable(value) && buf_add(&out, type) == 0 &&
	    xtext_encode(value, &out) == 0) {
		memcpy(to, buf_str(&out), out.n + 1);
		rc = 0;
	}
	buf_free(&out);
	return rc;
}

/* The form that can be sent without SMTPUTF8, too (RFC 6533, 3). */
static int
set_utf8(char *to, size_t size, struct slice value)
{
	struct buf out = BUF(size - 1);
	struct addr ignored;
	struct fail f;
	int rc = -1;

	if (slice_casestarts(value, SLICE("utf-8;")))
		value = slice_sub(value, 6, value.n);
	else if (slice_casestarts(value, SLICE("rfc822;")))
		value = slice_sub(value, 7, value.n);
	if (addr_check_utf8(value, &ignored, &f) == 0 &&
	    buf_adds(&out, "utf-8;") == 0 &&
	    xtext_encode_utf8(value, &out) == 0) {
		memcpy(to, buf_str(&out), out.n + 1);
		rc = 0;
	}
	buf_free(&out);
	return rc;
}

/* An address of another kind, "x400;...", or one of mail (RFC 3461, 4.2). */
static int
set_orcpt(struct ask *a, struct slice value)
{
	struct slice rest = value, type;
	size_t n;

	if (!utf8_ascii(value))
		return set_utf8(a->orcpt, sizeof(a->orcpt), value);
	if (!slice_until(&rest, ';', &type))
		return set_xtext(a->orcpt, sizeof(a->orcpt),
		    SLICE("rfc822;"), value);
	for (n = 0; n < type.n; n++)
		if ((slice_lower(type.p[n]) < 'a' ||
		    slice_lower(type.p[n]) > 'z') &&
		    strchr("0123456789-", type.p[n]) == NULL)
			return set_xtext(a->orcpt, sizeof(a->orcpt),
			    SLICE("rfc822;"), value);
	if (n == 0)
		return -1;
	return set_xtext(a->orcpt, sizeof(a->orcpt),
	    slice_sub(value, 0, n + 1), rest);
}

int
ask_option(struct ask *a, int option, const char *value, struct fail *f)
{
	struct slice s = slice_str(value);

	switch (option) {
	case 'N':
		if (set_notify(a, s) == 0)
			return 0;
		return fail_set(f, EX_USAGE, "-N: expected never, or some of "
		    "success, failure and delay with commas between them");
	case 'R':
		if (set_ret(a, s) == 0)
			return 0;
		return fail_set(f, EX_USAGE, "-R: expected full or hdrs");
	case 'V':
		if (set_xtext(a->envid, sizeof(a->envid), SLICE(""), s) == 0)
			return 0;
		return fail_set(f, EX_USAGE, "-V: expected printable ASCII, "
		    "at most %d bytes of xtext", ASK_ENVID);
	default:
		if (set_orcpt(a, s) == 0)
			return 0;
		return fail_set(f, EX_USAGE, "-O: expected an address in "
		    "printable ASCII, or one of mail in UTF-8, at most %d "
		    "bytes of xtext", ASK_ORCPT);
	}
}

/* "yes" or "no": 1 with *out, or -1. */
static int
set_flag(struct slice value, int *out)
{
	*out = slice_eq(value, SLICE("yes"));
	return *out || slice_eq(value, SLICE("no")) ? 1 : -1;
}

/* Seconds, or a date and time: 1, or -1. */
static int
set_hold(struct ask *a, struct slice value)
{
	a->hold_for = 0;
	a->hold_until = 0;
	if (slice_uint(value, 1, 999999999, &a->hold_for) == 0 ||
	    (timestamp_parse(value, &a->hold_until) == 0 && a->hold_until > 0))
		return 1;
	return -1;
}

int
ask_key(struct ask *a, struct slice key, struct slice value)
{
	int rc, on;

	if (slice_eq(key, SLICE("chunking"))) {
		rc = set_flag(value, &on);
		a->no_chunks = !on;
		return rc;
	}
	if (slice_eq(key, SLICE("requiretls")))
		return set_flag(value, &a->require_tls);
	if (slice_eq(key, SLICE("hold")))
		return set_hold(a, value);
	return 0;
}

/* RFC 8689, 4.2.1: with a server that has shown who it is. */
static int
can_require_tls(const struct smtp *s)
{
	const struct tls *t = conn_tls(s->conn);

	return (s->offers & SMTP_REQUIRETLS) != 0 && t != NULL &&
	    tls_facts(t)->verified;
}

const char *
ask_refusal(const struct ask *a, const struct smtp *s, const char **code)
{
	const struct smtplimits *l = &s->limits;

	*code = "5.7.30";
	if (a->require_tls && !can_require_tls(s))
		return "REQUIRETLS needs TLS with a server that has shown who "
		    "it is, and offers it";
	*code = "5.3.3";
	if ((a->hold_for > 0 || a->hold_until > 0) && !l->release)
		return "the server does not offer to hold messages";
	if (a->hold_for > l->hold_for || a->hold_until > l->hold_until)
		return "the server does not hold messages for so long";
	return NULL;
}

void
ask_mail(const struct ask *a, unsigned offers, struct buf *out)
{
	char until[TIMESTAMP_TEXT];

	if (a->require_tls)
		(void)buf_adds(out, " REQUIRETLS");
	if (a->hold_for > 0)
		(void)buf_addf(out, " HOLDFOR=%" PRIu64, a->hold_for);
	if (a->hold_until > 0)
		(void)buf_addf(out, " HOLDUNTIL=%s",
		    timestamp_format(until, a->hold_until));
	if ((offers & SMTP_DSN) == 0)
		return;
	if (a->ret != NULL)
		(void)buf_addf(out, " RET=%s", a->ret);
	if (a->envid[0] != '\0')
		(void)buf_addf(out, " ENVID=%s", a->envid);
}

void
ask_recipient(unsigned notify, struct slice orcpt, unsigned offers,
    struct buf *out)
{
	const char *before = " NOTIFY=";
	size_t i;

	if ((offers & SMTP_DSN) == 0)
		return;
	for (i = 0; i < WHENS; i++)
		if ((notify & whens[i].bit) != 0) {
			(void)buf_addf(out, "%s%s", before, whens[i].name);
			before = ",";
		}
	if (orcpt.n > 0 && orcpt.n <= ASK_ORCPT) {
		(void)buf_adds(out, " ORCPT=");
		(void)buf_add(out, orcpt);
	}
}
