/* SPDX-License-Identifier: ISC */
/* examine: what a server says of itself; see examine.h. */

#include <string.h>

#include "examine.h"
#include "json.h"
#include "limits.h"
#include "text.h"
#include "tls.h"

enum {
	LINES = 3 * LIMIT_REPLY_LINES,
	CHAIN = 20, /* certificates that are shown */
};

/* The lines of three replies, each a slice of "text". */
enum part { GREETING, CLEAR, EXTENSIONS };
struct seen {
	struct buf text;
	struct { enum part part; size_t at, n; } lines[LINES];
	size_t n;
	enum part part;	  /* of what comes next */
	int ignore;	  /* nothing of it is kept: of STARTTLS, QUIT */
	int first;	  /* of EHLO, LHLO: the server's name, no extension */
	int verbose;
	size_t ncerts;
	struct tls_certificate certs[CHAIN];
};

static struct seen seen; /* a trace has no context */

static void
begin_reply(struct slice command)
{
	seen.ignore = !slice_starts(command, SLICE("EHLO ")) &&
	    !slice_starts(command, SLICE("LHLO "));
	if (seen.ignore)
		return;
	seen.first = 1;
	seen.part = seen.part == GREETING ? CLEAR : EXTENSIONS;
}

static void
note(int direction, struct slice line)
{
	struct reply_line part;

	if (seen.verbose)
		batch_trace(direction, line);
	if (direction == '>') {
		begin_reply(line);
		return;
	}
	if (seen.ignore || seen.n == LINES || reply_split(line, &part) == -1)
		return;
	if (seen.part != GREETING && part.code != 250)
		return;
	if (seen.first) {
		seen.first = 0;
		return;
	}
	seen.lines[seen.n].part = seen.part;
	seen.lines[seen.n].at = seen.text.n;
	seen.lines[seen.n].n = part.text.n;
	if (buf_add(&seen.text, part.text) == 0)
		seen.n++;
}

static struct slice
line(size_t i)
{
	return slice_sub(buf_slice(&seen.text), seen.lines[i].at,
	    seen.lines[i].at + seen.lines[i].n);
}

static void
add(struct buf *to, const char *key, struct slice value)
{
	(void)buf_adds(to, key);
	(void)buf_addc(to, '\t');
	(void)text_column(to, value, 1);
	(void)buf_addc(to, '\n');
}

static void
add_lines(struct buf *to, const char *key, enum part part)
{
	size_t i;

	for (i = 0; i < seen.n; i++)
		if (seen.lines[i].part == part)
			add(to, key, line(i));
}

static void
add_certificate(struct buf *to, const struct tls_certificate *c)
{
	struct slice names = slice_str(c->names), name;

	add(to, "subject", slice_str(c->subject));
	add(to, "issuer", slice_str(c->issuer));
	while (slice_word(&names, &name))
		add(to, "name", name);
	add(to, "from", slice_str(c->from));
	add(to, "until", slice_str(c->until));
	(void)buf_addf(to, "fingerprint\tsha256:%s\n", c->fingerprint);
	(void)buf_addf(to, "pin\tsha256:%s\n", c->key);
}

static void
write_columns(const struct tls_facts *t, struct buf *to)
{
	size_t i;

	add_lines(to, "greeting", GREETING);
	add_lines(to, "clear", CLEAR);
	if (t != NULL) {
		(void)buf_addf(to, "tls\t%s\ncipher\t%s\n", t->version,
		    t->cipher);
		add(to, "verified", slice_str(t->verified ? "yes" : t->why));
	}
	for (i = 0; i < seen.ncerts; i++)
		add_certificate(to, &seen.certs[i]);
	add_lines(to, "extension", EXTENSIONS);
}

static void
json_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, slice_str(value));
}

static void
json_lines(struct json *j, const char *key, enum part part)
{
	size_t i;

	json_key(j, key);
	json_open(j, '[');
	for (i = 0; i < seen.n; i++)
		if (seen.lines[i].part == part)
			json_string(j, line(i));
	json_close(j, ']');
}

static void
json_digest(struct json *j, const char *key, const char *digest)
{
	char text[TLS_HEX + 7] = "sha256:";

	memcpy(text + 7, digest, strlen(digest) + 1);
	json_text(j, key, text);
}

static void
json_certificate(struct json *j, const struct tls_certificate *c)
{
	struct slice names = slice_str(c->names), name;

	json_open(j, '{');
	json_text(j, "subject", c->subject);
	json_text(j, "issuer", c->issuer);
	json_key(j, "names");
	json_open(j, '[');
	while (slice_word(&names, &name))
		json_string(j, name);
	json_close(j, ']');
	json_text(j, "from", c->from);
	json_text(j, "until", c->until);
	json_digest(j, "fingerprint", c->fingerprint);
	json_digest(j, "pin", c->key);
	json_close(j, '}');
}

static void
json_tls(struct json *j, const struct tls_facts *t)
{
	size_t i;

	json_open(j, '{');
	json_text(j, "version", t->version);
	json_text(j, "cipher", t->cipher);
	json_key(j, "verified");
	json_bool(j, t->verified);
	json_text(j, "why", t->verified ? "" : t->why);
	json_key(j, "certificates");
	json_open(j, '[');
	for (i = 0; i < seen.ncerts; i++)
		json_certificate(j, &seen.certs[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void
write_json(const struct tls_facts *t, struct buf *to)
{
	struct json j = { .out = to };

	json_open(&j, '{');
	json_lines(&j, "greeting", GREETING);
	json_lines(&j, "clear", CLEAR);
	json_key(&j, "tls");
	if (t == NULL)
		json_null(&j);
	else
		json_tls(&j, t);
	json_lines(&j, "extensions", EXTENSIONS);
	json_close(&j, '}');
	(void)buf_addc(to, '\n');
}

/* What was said once, in clear text or in TLS, is what counts. */
static void
settle_parts(void)
{
	size_t i;

	if (seen.part == EXTENSIONS)
		return;
	for (i = 0; i < seen.n; i++)
		if (seen.lines[i].part == CLEAR)
			seen.lines[i].part = EXTENSIONS;
}

int
examine(struct batch *b, int as_json, struct output *out, struct fail *f)
{
	struct buf to = BUF(8 * LIMIT_REPLY * LINES);
	const struct tls *t;
	int rc;

	seen.text = BUF(LIMIT_REPLY * LINES);
	seen.verbose = b->server.client->trace;
	rc = batch_connect(b, note);
	*f = b->server.last.why;
	t = rc == 0 ? conn_tls(b->server.smtp.conn) : NULL;
	if (t != NULL)
		seen.ncerts = tls_chain(t, seen.certs, CHAIN);
	if (rc == 0)
		settle_parts();
	if (as_json)
		write_json(t == NULL ? NULL : tls_facts(t), &to);
	else
		write_columns(t == NULL ? NULL : tls_facts(t), &to);
	batch_end(b);
	output_put(out, buf_slice(&to));
	buf_free(&to);
	buf_free(&seen.text);
	return rc;
}
