/* SPDX-License-Identifier: ISC */
/* saslask: the server's side of an authentication as lines; see
 * saslask.h. */

#include <time.h>

#include "limits.h"
#include "log.h"
#include "saslask.h"
#include "tls.h"

static void
challenge(const struct saslask *s, struct slice bytes)
{
	struct buf *out = conn_out(s->conn);

	(void)buf_adds(out, s->prefix);
	(void)sasl_line_write(bytes, 0, out);
	(void)buf_adds(out, "\r\n");
	if (s->trace)
		log_line("> %s***", s->prefix);
}

/* Adds what the client answers to "to"; SASLASK_DONE: it did. */
static enum saslask_result
hear(const struct saslask *s, struct buf *to)
{
	struct conn_line line;
	struct fail f;
	int rc;

	if (!s->response(s->ctx, &line))
		return SASLASK_LOST;
	if (s->trace)
		log_line("< ***");
	if ((line.flaws & CONN_LONG) != 0)
		return SASLASK_LONG;
	rc = line.flaws != 0 ? -1 : sasl_line_read(line.text, 0, to, &f);
	return rc == 0 ? SASLASK_DONE : rc == 1 ? SASLASK_GIVEN_UP :
	    SASLASK_BASE64;
}

/* The responses, of which the first is in "in" where there is one. */
static enum saslask_result
converse(const struct saslask *s, struct buf *in, int initial,
    struct fail *f)
{
	enum saslask_result result = SASLASK_DONE;
	struct buf out = BUF(LIMIT_AUTH);
	struct slice given = buf_slice(in);
	int rc = s->step(s->ctx, initial ? &given : NULL, &out, f);

	while (rc == SASLSERVER_MORE) {
		challenge(s, buf_slice(&out));
		buf_clear(&out);
		buf_clear(in);
		if ((result = hear(s, in)) != SASLASK_DONE)
			break;
		given = buf_slice(in);
		rc = s->step(s->ctx, &given, &out, f);
	}
	buf_wipe(&out);
	return rc == -1 ? SASLASK_FAILED : result;
}

enum saslask_result
saslask_run(const struct saslask *s, struct slice initial, struct fail *f)
{
	enum saslask_result result = SASLASK_BASE64;
	struct buf in = BUF(LIMIT_AUTH);

	(void)buf_room(&in, LIMIT_AUTH); /* so that it does not move */
	if (initial.n == 0 || sasl_line_read(initial, 1, &in, f) == 0)
		result = converse(s, &in, initial.n > 0, f);
	buf_wipe(&in);
	return result;
}

static void
add_binding(struct saslask_channel *ch, const struct tls *t,
    const char *type, enum tls_binding which)
{
	size_t n = ch->nbindings;
	struct fail ignored; /* the session has none of that kind */

	ch->data[n] = BUF(LIMIT_AUTH_NAME);
	if (tls_binding(t, which, &ch->data[n], &ignored) == -1)
		return;
	ch->bindings[n] = (struct sasl_binding){ type,
		buf_slice(&ch->data[n]) };
	ch->nbindings++;
}

void
saslask_channel_of(struct saslask_channel *ch, const struct conn *c)
{
	const struct tls *t = conn_tls(c);

	*ch = (struct saslask_channel){ .nbindings = 0 };
	if (t == NULL)
		return;
	if (tls_facts(t)->verified)
		ch->certificate = slice_str(tls_facts(t)->email);
	add_binding(ch, t, "tls-exporter", TLS_EXPORTER);
	add_binding(ch, t, "tls-server-end-point", TLS_SERVER_END_POINT);
}

void
saslask_channel_free(struct saslask_channel *ch)
{
	buf_free(&ch->data[0]);
	buf_free(&ch->data[1]);
}

void
saslask_pause(unsigned failures)
{
	struct timespec t = { .tv_sec = 1 };

	while (--failures > 0 && t.tv_sec < LIMIT_AUTH_DELAY)
		t.tv_sec *= 2;
	(void)nanosleep(&t, NULL);
}
