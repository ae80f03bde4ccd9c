/* SPDX-License-Identifier: ISC */
/* parameters: those of MAIL and RCPT, one row for each; see parameters.h. */

#include "addr.h"
#include "auth.h"
#include "parameters.h"
#include "utf8.h"
#include "xtext.h"

struct parameter {
	const char *name; /* matched in any case */
	int valued;	  /* "=" and a value belong to it, else neither may */
	/* Was it offered to this client?  NULL: to everybody. */
	int (*is_offered)(const struct session *s);
	/* Takes the value: NULL, or the reply that refuses it. */
	const char *(*take)(struct session *s, struct slice value);
};

struct table {
	const struct parameter *rows;
	size_t n; /* up to 32 */
	const char *unknown; /* the reply */
};

/* 1*20DIGIT (RFC 1870, 3), which may be more than any number holds. */
static int
is_size(struct slice word)
{
	size_t i;

	for (i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return 0;
	return word.n > 0 && word.n <= 20;
}

static const char *
take_size(struct session *s, struct slice value)
{
	uint64_t size;

	if (!is_size(value))
		return "501 5.5.4 SIZE is not a number";
	if (slice_uint(value, 0, s->conf->max_message_size, &size) == -1)
		return "552 5.3.4 the message is too long";
	s->announced = size;
	return NULL;
}

static const char *
take_body(struct session *s, struct slice value)
{
	s->binary = slice_caseeq(value, SLICE("BINARYMIME"));
	s->body8 = slice_caseeq(value, SLICE("8BITMIME"));
	return s->binary || s->body8 ||
	    slice_caseeq(value, SLICE("7BIT")) ? NULL :
	    "501 5.5.4 BODY is 7BIT, 8BITMIME or BINARYMIME";
}

/* Who is said to have submitted the message first (RFC 4954, 5).  It is read,
 * and believed of nobody: as if it were "<>", which that section allows.  For
 * UTF-8 it names no form, so those of ORCPT are read. */
static const char *
take_auth(struct session *s, struct slice value)
{
	struct buf text = BUF(LIMIT_COMMAND);
	struct addr ignored;
	struct fail f;
	int rc = -1;

	(void)s;
	if (xtext_decode_8bit(value, &text) == 0)
		rc = slice_eq(buf_slice(&text), SLICE("<>")) ? 0 :
		    addr_check_utf8(buf_slice(&text), &ignored, &f);
	buf_clear(&text);
	if (rc == -1 && xtext_decode_utf8(value, &text) == 0)
		rc = addr_check_utf8(buf_slice(&text), &ignored, &f);
	buf_free(&text);
	return rc == 0 ? NULL : "501 5.5.4 AUTH is no address in xtext";
}

static int
is_in_tls(const struct session *s)
{
	return conn_tls(s->conn) != NULL;
}

/* What ends here, in Maildirs, goes on without TLS nowhere; the queue keeps it
 * in mind. */
static const char *
take_require_tls(struct session *s, struct slice value)
{
	(void)value;
	s->require_tls = 1;
	return NULL;
}

static const char *
take_utf8(struct session *s, struct slice value)
{
	(void)value;
	s->utf8 = 1;
	return NULL;
}

static const struct parameter mail_rows[] = {
	/* name        valued is_offered       take */
	{ "AUTH",       1,    auth_is_offered, take_auth }, /* RFC 4954 */
	{ "BODY",       1,    NULL,            take_body }, /* RFC 6152, 3030 */
	{ "ENVID",      1,    dsn_is_offered,  dsn_envelope_id },
	{ "REQUIRETLS", 0,    is_in_tls,       take_require_tls },
	{ "RET",        1,    dsn_is_offered,  dsn_ret }, /* RFC 3461 */
	{ "SIZE",       1,    NULL,            take_size }, /* RFC 1870 */
	{ "SMTPUTF8",   0,    NULL,            take_utf8 }, /* RFC 6531 */
};

static const struct table mail_table = { mail_rows,
	sizeof(mail_rows) / sizeof(mail_rows[0]),
	"555 5.5.4 unknown parameter of MAIL" };

static const struct parameter rcpt_rows[] = { /* RFC 3461 */
	/* name    valued is_offered      take */
	{ "NOTIFY", 1,    dsn_is_offered, dsn_notify },
	{ "ORCPT",  1,    dsn_is_offered, dsn_original },
};

static const struct table rcpt_table = { rcpt_rows,
	sizeof(rcpt_rows) / sizeof(rcpt_rows[0]),
	"555 5.5.4 unknown parameter of RCPT" };

static const char *
take(struct session *s, const struct table *t, struct slice word,
    unsigned *seen)
{
	const struct parameter *p;
	struct slice name;
	int valued = slice_until(&word, '=', &name);
	size_t i;

	for (i = 0; i < t->n; i++)
		if (slice_caseeq(name, slice_str(t->rows[i].name)))
			break;
	if (i == t->n)
		return t->unknown;
	p = &t->rows[i];
	if (p->is_offered != NULL && !p->is_offered(s))
		return t->unknown;
	if ((*seen & 1U << i) != 0)
		return "501 5.5.4 a parameter said twice";
	*seen |= 1U << i;
	if (valued != p->valued)
		return valued ? "501 5.5.4 a parameter that has no value" :
		    "501 5.5.4 a parameter without its value";
	return p->take(s, word);
}

static const char *
take_all(struct session *s, const struct table *t, struct slice rest)
{
	const char *refusal = NULL;
	struct slice word;
	unsigned seen = 0;

	if (rest.n > 0 && rest.p[0] != ' ')
		return "501 5.5.4 no space behind the address";
	while (refusal == NULL && slice_word(&rest, &word))
		refusal = take(s, t, word, &seen);
	return refusal;
}

/* SMTPUTF8 may stand behind what needs it. */
const char *
parameters_mail(struct session *s, struct slice rest)
{
	const char *refusal;

	s->announced = 0;
	s->require_tls = 0;
	s->binary = s->body8 = s->utf8 = 0;
	dsn_forget(&s->dsn);
	refusal = take_all(s, &mail_table, rest);
	return refusal != NULL || s->utf8 || utf8_ascii(rest) ? refusal :
	    "553 5.6.7 a parameter in UTF-8 needs SMTPUTF8";
}

const char *
parameters_rcpt(struct session *s, struct slice rest)
{
	dsn_forget_recipient(&s->dsn);
	return take_all(s, &rcpt_table, rest);
}
