/* SPDX-License-Identifier: ISC */
/* keeper: the process of a store that may write; see keeper.h. */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apart.h"
#include "credentials.h"
#include "keeper.h"
#include "limits.h"
#include "scratch.h"
#include "unprivileged.h"

enum {
	BEGINNERS = 4, /* messages of a session that nothing is lent for: it
			  may have no more */
};

struct keeper {
	struct depot *depot;
	int begun;	/* there is a message */
	size_t accepted; /* messages */
	unsigned asked; /* who may log in */
};

struct depot
keeper_depot(const struct conf *conf, unsigned how)
{
	return (struct depot){ .boxes = { .conf = conf,
		.root = getuid() == 0, .each = (how & STORE_EACH) != 0 },
		.queue = { .conf = conf, .spool = { .dir = -1 },
			.adds = (how & STORE_ADD) != 0,
			.adding = { .fd = -1 } },
		.has_queue = (how & STORE_QUEUE) != 0 };
}

static int
add_recipient(struct depot *d, const struct keeper_request *r,
    struct slice bytes, struct fail *f)
{
	struct depot_recipient to = { .size = r->size,
		.relay = (r->flags & KEEPER_RELAY) != 0,
		.notify = r->flags >> KEEPER_NOTIFY_SHIFT };
	struct slice address;

	(void)slice_until(&bytes, '\0', &address);
	/* A domain is missing for users of this host. */
	to.address = (struct addr){ address, { NULL, 0 } };
	to.original = bytes;
	if (!addr_is_name(address) &&
	    addr_check_utf8(address, &to.address, f) == -1)
		return USERS_FAILED;
	return depot_add(d, &to, f);
}

static int
begin(struct keeper *k, const struct keeper_request *r, struct slice bytes,
    struct keeper_answer *a)
{
	struct spool_envelope e = { .arrival = time(NULL),
		.body8 = (r->flags & KEEPER_BODY8) != 0,
		.utf8 = (r->flags & KEEPER_UTF8) != 0,
		.require_tls = (r->flags & KEEPER_REQUIRE_TLS) != 0,
		.ret = (enum spool_ret)(r->flags >> KEEPER_RET_SHIFT) };
	const char *id;
	int rc;

	(void)slice_until(&bytes, '\0', &e.sender);
	e.envelope_id = bytes;
	rc = depot_begin(k->depot, &e, &id, &a->fail);
	if (rc != -1)
		memcpy(a->id, id, strlen(id) + 1);
	return rc;
}

static void
commit(struct keeper *k, const struct keeper_request *r, struct slice bytes,
    struct keeper_answer *a)
{
	struct depot *d = k->depot;

	depot_write(d, bytes);
	if ((a->rc = depot_commit(d, a->id, &a->fail)) == -1)
		return;
	/* As many as it has used so far, as the rest has to be removed. */
	if (++k->accepted >= BEGINNERS && (r->flags & KEEPER_LEND) != 0) {
		a->lent = enqueue_lend(&d->queue,
		    unprivileged_uid(d->boxes.conf), k->accepted);
		k->accepted += a->lent;
	}
}

/* Nothing of it is left. */
static void
give_up(struct keeper *k, struct slice bytes)
{
	char id[SPOOL_ID] = "";

	depot_abort(k->depot);
	if (bytes.n >= sizeof(id))
		return;
	memcpy(id, bytes.p, bytes.n);
	if (spool_is_id(bytes))
		enqueue_drop(&k->depot->queue, id);
}

/* The keeper's side: what a request asks for. */
static void
carry_out(struct keeper *k, const struct keeper_request *r, struct slice bytes,
    struct keeper_answer *a)
{
	struct depot *d = k->depot;
	struct slice domain;
	size_t i;

	switch ((enum keeper_operation)r->operation) {
	case KEEPER_RECIPIENT:
		a->rc = add_recipient(d, r, bytes, &a->fail);
		break;
	case KEEPER_BEGIN:
		a->rc = begin(k, r, bytes, a);
		k->begun = a->rc != -1;
		break;
	case KEEPER_WRITE:
		depot_write(d, bytes);
		break;
	case KEEPER_OUTCOME:
		i = SIZE_MAX;
		if (bytes.n == sizeof(i))
			memcpy(&i, bytes.p, sizeof(i));
		a->rc = depot_outcome(d, i, &a->fail);
		break;
	case KEEPER_COMMIT:
		commit(k, r, bytes, a);
		k->begun = 0;
		break;
	case KEEPER_ABORT:
		give_up(k, bytes);
		k->begun = 0;
		break;
	case KEEPER_SCRATCH:
		a->rc = scratch_open(&a->fail);
		break;
	case KEEPER_SAME_DOMAIN:
		(void)slice_until(&bytes, '\0', &domain);
		a->rc = addr_same_domain(domain, bytes);
		break;
	default: /* keeper_credentials */
		break;
	}
}

int
keeper_asks_too_often(unsigned *asked, struct fail *f)
{
	if (++*asked <= LIMIT_AUTH_ASKED)
		return 0;
	(void)fail_set(f, EX_TEMPFAIL, "too many attempts to log in");
	return 1;
}

void
keeper_credentials(const struct conf *conf, enum keeper_operation what,
    struct slice bytes, struct keeper_answer *a)
{
	struct slice name;

	(void)slice_until(&bytes, '\0', &name);
	if (what == KEEPER_PASSWORD)
		a->rc = credentials_password(conf, name, bytes, &a->fail);
	else if (what == KEEPER_TOKEN && credentials_has_tokens(conf))
		a->rc = credentials_token(conf, name, bytes, &a->fail);
	else if (what == KEEPER_VERIFIER)
		a->rc = credentials_verifier(conf, name, &a->verifier,
		    &a->fail);
	else
		a->rc = credentials_certified(conf, name, &a->fail);
}

/* Is that asked for in its place? */
static int
in_order(enum keeper_operation what, int begun)
{
	switch (what) {
	case KEEPER_WRITE:
	case KEEPER_COMMIT:
		return begun;
	case KEEPER_ABORT:
	case KEEPER_SCRATCH:
		return 1;
	default:
		return !begun;
	}
}

/* Sends the answer, and the files that belong to it. */
static int
reply(struct keeper *k, int fd, enum keeper_operation what,
    const struct keeper_answer *a)
{
	int rc = apart_put(fd, a, sizeof(*a));

	if (a->lent > 0 &&
	    spoollend_give(&k->depot->queue.lent, fd) == -1)
		rc = -1;
	if (what == KEEPER_SCRATCH && a->rc != -1) {
		if (rc == 0)
			rc = apart_give(fd, a->rc);
		(void)close(a->rc);
	}
	return rc;
}

/* 1; or 0 where the session is to end. */
static int
serve_request(struct keeper *k, int fd, const struct keeper_request *r,
    char *bytes)
{
	struct slice given = { bytes, r->n };
	struct keeper_answer a = { .rc = -1 };
	int rc = 0;

	if (r->operation > KEEPER_TOKEN || !in_order(r->operation, k->begun))
		return 0;
	if (r->operation < KEEPER_PASSWORD)
		carry_out(k, r, given, &a);
	else if (!keeper_asks_too_often(&k->asked, &a.fail))
		keeper_credentials(k->depot->boxes.conf, r->operation, given,
		    &a);
	if (r->operation >= KEEPER_PASSWORD)
		explicit_bzero(bytes, r->n);
	if (r->operation != KEEPER_WRITE)
		rc = reply(k, fd, r->operation, &a);
	explicit_bzero(&a.verifier, sizeof(a.verifier));
	return rc == 0;
}

struct inbox {
	char bytes[sizeof(struct keeper_request) + KEEPER_PIECE];
	size_t at, n; /* what is there, and not taken yet */
};

/* The next "n" bytes, which are valid until the next call: 1, or 0 where the
 * other end is gone. */
static int
take(struct inbox *in, int fd, size_t n, char **bytes)
{
	ssize_t got;

	if (in->n < n && in->at > 0) {
		/* There may be a password. */
		memmove(in->bytes, in->bytes + in->at, in->n);
		explicit_bzero(in->bytes + in->n, in->at);
		in->at = 0;
	}
	while (in->n < n) {
		got = read(fd, in->bytes + in->n, sizeof(in->bytes) - in->n);
		if (got == 0 || (got == -1 && errno != EINTR))
			return 0;
		in->n += got == -1 ? 0 : (size_t)got;
	}
	*bytes = in->bytes + in->at;
	in->at = in->n == n ? 0 : in->at + n;
	in->n -= n;
	return 1;
}

/* A request with its bytes. */
static int
take_request(struct inbox *in, int fd, struct keeper_request *r, char **bytes)
{
	char *head;

	if (!take(in, fd, sizeof(*r), &head))
		return 0;
	memcpy(r, head, sizeof(*r));
	return r->n <= KEEPER_PIECE && take(in, fd, r->n, bytes);
}

void
keeper_session(struct depot *d, int fd)
{
	static struct inbox in;
	struct keeper k = { .depot = d };
	struct keeper_request r;
	char *bytes;

	while (take_request(&in, fd, &r, &bytes) &&
	    serve_request(&k, fd, &r, bytes))
		;
	/* There may be a password. */
	explicit_bzero(&in, sizeof(in));
	depot_settle(d);
}

void
keeper_serve(void *ctx, int fd)
{
	keeper_session(ctx, fd);
	depot_close(ctx);
}
