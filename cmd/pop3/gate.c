/* SPDX-License-Identifier: ISC */
/* gate: who may log in, as the side of the network sees it; see gate.h. */

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apart.h"
#include "deadline.h"
#include "gate.h"
#include "gateframe.h"
#include "gatekeeper.h"
#include "relay.h"
#include "stream.h"
#include "unprivileged.h"

struct gate {
	const struct server *server;
	struct apart keeper;
	int broken; /* it is gone */
	struct gateanswer answer; /* the last */
};

static void
serve(void *ctx, int fd)
{
	gatekeeper(ctx, fd);
}

struct gate *
gate_open(const struct server *server, int helper, struct fail *f)
{
	struct gate *g = mem_alloc(sizeof(*g));
	int rc = unprivileged_prepare(&server->conf, f);

	g->server = server;
	g->keeper.fd = -1;
	if (rc == 0 && helper != -1)
		apart_await(&g->keeper, helper);
	else if (rc == 0)
		/* UNSAFE: gatekeeper only reads it */
		rc = apart_start(&g->keeper, serve,
		    (void *)(uintptr_t)server, f);
	if (rc == -1 || unprivileged_become(&server->conf, f) == -1)
		gate_close(&g);
	return g;
}

void
gate_close(struct gate **g)
{
	if (*g == NULL)
		return;
	if ((*g)->keeper.fd != -1)
		apart_end(&(*g)->keeper);
	free(*g);
	*g = NULL;
}

static void
tell(struct gate *g, enum gateframe_kind kind, struct slice bytes)
{
	struct gateframe frame = { kind, (uint32_t)bytes.n };

	if (g->broken || apart_ask(&g->keeper,
	    (struct slice){ (const char *)&frame, sizeof(frame) },
	    bytes) == -1)
		g->broken = 1;
}

static int
is_gone(struct gate *g, struct fail *f)
{
	g->broken = 1;
	return fail_set(f, EX_TEMPFAIL, "the process that decides is gone");
}

/* The answer to what was told last; "out" gets its bytes. */
static int
hear(struct gate *g, struct buf *out, struct fail *f)
{
	struct gateanswer *a = &g->answer;
	char bytes[LIMIT_AUTH];

	*a = (struct gateanswer){ .rc = -1 };
	if (g->broken || apart_get(g->keeper.fd, a, sizeof(*a)) == -1 ||
	    a->n > sizeof(bytes) || apart_get(g->keeper.fd, bytes, a->n) == -1)
		return is_gone(g, f);
	if (out != NULL)
		(void)buf_add(out, (struct slice){ bytes, a->n });
	*f = a->fail;
	return a->rc;
}

void
gate_tell(struct gate *g, const struct gate_client *c)
{
	struct gatefacts facts;
	struct slice name = c->channel->certificate;
	size_t i;

	memset(&facts, 0, sizeof(facts));
	(void)memccpy(facts.client, c->address, '\0',
	    sizeof(facts.client) - 1);
	if (name.n > 0 && name.n < sizeof(facts.certificate))
		memcpy(facts.certificate, name.p, name.n);
	for (i = 0; i < c->channel->nbindings; i++) {
		const struct sasl_binding *b = &c->channel->bindings[i];

		if (b->data.n > GATEFRAME_BINDING)
			continue;
		(void)memccpy(facts.types[facts.nbindings], b->type, '\0',
		    sizeof(facts.types[0]) - 1);
		memcpy(facts.bindings[facts.nbindings], b->data.p, b->data.n);
		facts.lengths[facts.nbindings++] = (uint32_t)b->data.n;
	}
	facts.private = c->private != 0;
	facts.relayed = c->relayed != 0;
	facts.utf8 = c->utf8 != 0;
	tell(g, GATEFRAME_FACTS,
	    (struct slice){ (const char *)&facts, sizeof(facts) });
}

int
gate_begin(struct gate *g, struct slice mechanism, struct fail *f)
{
	tell(g, GATEFRAME_BEGIN, slice_sub(mechanism, 0, LIMIT_AUTH_NAME));
	return hear(g, NULL, f);
}

int
gate_step(struct gate *g, const struct slice *response, struct buf *out,
    struct fail *f)
{
	if (response == NULL)
		tell(g, GATEFRAME_NONE, SLICE(""));
	else
		tell(g, GATEFRAME_STEP, *response);
	return hear(g, out, f);
}

int
gate_password(struct gate *g, struct slice user, struct slice password,
    struct fail *f)
{
	struct buf both = BUF(GATEFRAME_MOST);
	int rc;

	(void)buf_room(&both, GATEFRAME_MOST); /* so that it does not move */
	if (buf_add(&both, user) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, password) == -1) {
		rc = fail_set(f, EX_NOPERM, "nobody has such a password");
	} else {
		tell(g, GATEFRAME_PASSWORD, buf_slice(&both));
		rc = hear(g, NULL, f);
	}
	buf_wipe(&both);
	return rc;
}

const char *
gate_user(const struct gate *g)
{
	return g->answer.user;
}

/* Hands the connection over, with what was read of it already. */
static int
give(struct gate *g, struct conn *c)
{
	const struct duplex *d = &conn_stream(c)->duplex;
	struct gatehanded h = { d->in != d->out, (uint32_t)conn_buffered(c) };
	struct slice octets = { "", 0 };
	struct fail ignored; /* they are there */
	int fd = g->keeper.fd;

	if (h.n > 0 &&
	    conn_octets(c, h.n, &octets, &ignored) != CONN_LINE)
		return -1;
	h.n = (uint32_t)octets.n;
	if (apart_put(fd, &h, sizeof(h)) == -1 ||
	    apart_give(fd, d->in) == -1 ||
	    (h.two && apart_give(fd, d->out) == -1))
		return -1;
	return apart_put(fd, octets.p, octets.n);
}

/* The maildrop has the connection: until it ends there is nothing to be done,
 * but to let it know where it is to stop: it reads the end of what the client
 * says. */
static void
await(const struct gate *g, struct conn *c)
{
	const struct deadline_rules *rules = conn_rules(c);
	struct pollfd p = { .fd = g->keeper.fd, .events = POLLIN };
	int stopped = 0;

	while (ppoll(&p, 1, NULL, stopped ? NULL : rules->during) != 1)
		if (!stopped && rules->stop != NULL && *rules->stop) {
			(void)shutdown(conn_fd(c), SHUT_RD);
			stopped = 1;
		}
}

int
gate_pass(struct gate *g, struct conn *c, struct fail *f)
{
	const struct gateanswer *a = &g->answer;
	int fd, rc;

	(void)buf_adds(conn_out(c), a->line);
	if (conn_flush(c, f) == -1)
		return -1;
	switch (a->then) {
	case GATEANSWER_GIVE:
		if (give(g, c) == -1)
			return is_gone(g, f);
		await(g, c);
		return 0;
	case GATEANSWER_TAKE:
		if ((fd = apart_take(g->keeper.fd)) == -1)
			return is_gone(g, f);
		rc = relay_run(c, fd, NULL, f);
		(void)close(fd);
		return rc;
	default:
		return 0;
	}
}
