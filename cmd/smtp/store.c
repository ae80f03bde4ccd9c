/* SPDX-License-Identifier: ISC */
/*
 * store: the session's side of delivery, and where it is apart the two
 * processes of it; see store.h.
 *
 * They speak over a socket pair: a request is a struct request and its bytes;
 * all but a write are answered by a struct answer.  Both are one program, so
 * the structs go as they are; what the network side sends is checked anyway.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apart.h"
#include "credentials.h"
#include "depot.h"
#include "limits.h"
#include "log.h"
#include "places.h"
#include "sandbox.h"
#include "scratch.h"
#include "store.h"
#include "text.h"
#include "unprivileged.h"
#include "utf8.h"

enum operation {
	RECIPIENT, /* bytes: the address, NUL, ORCPT */
	BEGIN,	   /* bytes: the sender, NUL, ENVID */
	WRITE,	   /* bytes: of the message; not answered */
	COMMIT,	   /* bytes: the last of the message */
	OUTCOME,   /* bytes: a size_t, of which recipient */
	ABORT,
	SCRATCH,   /* a descriptor follows the answer */
	SAME_DOMAIN, /* bytes: two, with a NUL between */
	PASSWORD,  /* bytes: name, NUL, password */
	VERIFIER,  /* bytes: name */
	CERTIFIED, /* bytes: name */
	TOKEN,	   /* bytes: name, NUL, token */
};

struct request {
	uint32_t operation;
	uint32_t n;    /* bytes that follow */
	uint64_t size; /* RECIPIENT: of the message, as announced */
	uint32_t flags; /* of RECIPIENT: "relay" and NOTIFY; of BEGIN: enum */
};

enum { /* of BEGIN */
	BODY8 = 1,
	UTF8 = 2,
	REQUIRE_TLS = 4,
	RET_SHIFT = 4, /* enum spool_ret above it */
};

enum { NOTIFY_SHIFT = 1 }; /* of RECIPIENT; below it is "relay" */

struct answer {
	int rc;
	struct fail fail;
	char id[STORE_ID];
	struct scram_verifier verifier;
};

enum {
	PIECE = 65536, /* of a message; the most bytes of a request */
	UNHEARD = 32,  /* answers at a time, which the socket has room for */
};

struct store {
	struct depot depot;
	struct apart keeper; /* the other process; fd -1: there is none */
	struct buf piece; /* bytes of a message not sent to it yet */
	struct buf held;  /* requests that go with the next one */
	size_t unheard;	  /* of them, and so of answers to hear first */
	size_t recipients; /* of the message to come */
	int strangers;	  /* all of them are elsewhere */
	struct fail lost; /* why one of those was not taken; class 0: all were */
	int broken;	  /* it is gone */
	int told;	  /* something that it is to forget at the end */
	unsigned asked;	  /* who may log in */
};

/* A domain is missing for "postmaster" alone. */
static int
add_recipient(struct depot *d, const struct request *r, struct slice bytes,
    struct fail *f)
{
	struct depot_recipient to = { .size = r->size,
		.relay = (r->flags & 1) != 0,
		.notify = r->flags >> NOTIFY_SHIFT };
	struct slice address;

	(void)slice_until(&bytes, '\0', &address);
	to.address = (struct addr){ address, { NULL, 0 } };
	to.original = bytes;
	if (!slice_caseeq(address, SLICE("postmaster")) &&
	    addr_check_utf8(address, &to.address, f) == -1)
		return USERS_FAILED;
	return depot_add(d, &to, f);
}

static int
begin(struct depot *d, const struct request *r, struct slice bytes,
    struct answer *a)
{
	struct spool_envelope e = { .arrival = time(NULL),
		.body8 = (r->flags & BODY8) != 0,
		.utf8 = (r->flags & UTF8) != 0,
		.require_tls = (r->flags & REQUIRE_TLS) != 0,
		.ret = (enum spool_ret)(r->flags >> RET_SHIFT) };
	const char *id;
	int rc;

	(void)slice_until(&bytes, '\0', &e.sender);
	e.envelope_id = bytes;
	if ((rc = depot_begin(d, &e, &id, &a->fail)) != -1)
		memcpy(a->id, id, strlen(id) + 1);
	return rc;
}

/* The keeper's side: what a request asks for. */
static void
carry_out(struct depot *d, const struct request *r, struct slice bytes,
    struct answer *a)
{
	struct slice domain;
	size_t i;

	switch ((enum operation)r->operation) {
	case RECIPIENT:
		a->rc = add_recipient(d, r, bytes, &a->fail);
		break;
	case BEGIN:
		a->rc = begin(d, r, bytes, a);
		break;
	case WRITE:
		depot_write(d, bytes);
		break;
	case COMMIT:
		depot_write(d, bytes);
		a->rc = depot_commit(d, &a->fail);
		break;
	case OUTCOME:
		i = SIZE_MAX;
		if (bytes.n == sizeof(i))
			memcpy(&i, bytes.p, sizeof(i));
		a->rc = depot_outcome(d, i, &a->fail);
		break;
	case ABORT:
		depot_abort(d);
		break;
	case SCRATCH:
		a->rc = scratch_open(&a->fail);
		break;
	case SAME_DOMAIN:
		(void)slice_until(&bytes, '\0', &domain);
		a->rc = addr_same_domain(domain, bytes);
		break;
	default: /* check_credentials */
		break;
	}
}

/* It counts itself, as what asks may have been taken over. */
static int
asks_too_often(unsigned *asked, struct fail *f)
{
	if (++*asked <= LIMIT_AUTH_ASKED)
		return 0;
	(void)fail_set(f, EX_TEMPFAIL, "too many attempts to log in");
	return 1;
}

/* The same for who may log in. */
static void
check_credentials(const struct conf *conf, enum operation what,
    struct slice bytes, struct answer *a)
{
	struct slice name;

	(void)slice_until(&bytes, '\0', &name);
	if (what == PASSWORD)
		a->rc = credentials_password(conf, name, bytes, &a->fail);
	else if (what == TOKEN && credentials_has_tokens(conf))
		a->rc = credentials_token(conf, name, bytes, &a->fail);
	else if (what == VERIFIER)
		a->rc = credentials_verifier(conf, name, &a->verifier,
		    &a->fail);
	else
		a->rc = credentials_certified(conf, name, &a->fail);
}

/* Is that asked for in its place? */
static int
in_order(enum operation what, int begun)
{
	switch (what) {
	case WRITE:
	case COMMIT:
		return begun;
	case ABORT:
	case SCRATCH:
		return 1;
	default:
		return !begun;
	}
}

/* Sends the answer, and the file that belongs to it. */
static int
reply(int fd, enum operation what, const struct answer *a)
{
	int rc = apart_put(fd, a, sizeof(*a));

	if (what == SCRATCH && a->rc != -1) {
		if (rc == 0)
			rc = apart_give(fd, a->rc);
		(void)close(a->rc);
	}
	return rc;
}

struct inbox {
	char bytes[sizeof(struct request) + PIECE];
	size_t at, n; /* what is there, and not taken yet */
};

/* The next "n" bytes, which are valid until the next call: 1, or 0 where the
 * other end is gone. */
static int
take(struct inbox *in, int fd, size_t n, char **bytes)
{
	ssize_t got;

	if (in->n < n && in->at > 0) {
		memmove(in->bytes, in->bytes + in->at, in->n);
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
take_request(struct inbox *in, int fd, struct request *r, char **bytes)
{
	char *head;

	if (!take(in, fd, sizeof(*r), &head))
		return 0;
	memcpy(r, head, sizeof(*r));
	return r->n <= PIECE && take(in, fd, r->n, bytes);
}

/* Serves the network side until it ends. */
static void
keep(void *ctx, int fd)
{
	static struct inbox in;
	struct depot *d = ctx;
	struct request r;
	unsigned asked = 0;
	char *bytes;
	int begun = 0;

	while (take_request(&in, fd, &r, &bytes) && r.operation <= TOKEN &&
	    in_order(r.operation, begun)) {
		struct slice given = { bytes, r.n };
		struct answer a = { .rc = -1 };

		if (r.operation < PASSWORD)
			carry_out(d, &r, given, &a);
		else if (!asks_too_often(&asked, &a.fail))
			check_credentials(d->boxes.conf, r.operation, given,
			    &a);
		if (r.operation >= PASSWORD)
			explicit_bzero(bytes, r.n);
		if (r.operation != WRITE && r.operation != SCRATCH)
			begun = r.operation == BEGIN && a.rc != -1;
		if (r.operation != WRITE && reply(fd, r.operation, &a) == -1)
			break;
		explicit_bzero(&a.verifier, sizeof(a.verifier));
	}
	depot_close(d);
}

static struct depot
depot_of(const struct conf *conf, unsigned how)
{
	return (struct depot){ .boxes = { .conf = conf,
		.root = getuid() == 0, .each = (how & STORE_EACH) != 0 },
		.queue = { .conf = conf, .spool = { .dir = -1 } },
		.has_queue = (how & STORE_QUEUE) != 0 };
}

void
store_keep(const struct conf *conf, unsigned how, int channel)
{
	struct depot depot = depot_of(conf, how);
	struct fail f;

	apart_begin(channel);
	if (places_confine(conf, depot.has_queue, &f) == -1)
		log_line("%s", f.text);
	else
		keep(&depot, STDIN_FILENO);
}

/* The keeper is another process, if only later. */
static int
split(struct store *s, int helper, struct fail *f)
{
	const struct conf *conf = s->depot.boxes.conf;

	if (unprivileged_prepare(conf, f) == -1)
		return -1;
	if (helper != -1)
		apart_await(&s->keeper, helper);
	else if (apart_start(&s->keeper, keep, &s->depot, f) == -1)
		return -1;
	return unprivileged_become(conf, f);
}

struct store *
store_open(const struct conf *conf, unsigned how, int helper, struct fail *f)
{
	struct store *s = mem_alloc(sizeof(*s));

	s->depot = depot_of(conf, how);
	s->keeper.fd = -1;
	s->piece = BUF(2 * PIECE);
	s->held = BUF(2 * PIECE);
	if ((s->depot.boxes.root || ((how & STORE_APART) != 0 &&
	    sandbox_exists())) && split(s, helper, f) == -1)
		store_close(&s);
	return s;
}

void
store_close(struct store **s)
{
	if (*s == NULL)
		return;
	if ((*s)->keeper.fd != -1)
		apart_end(&(*s)->keeper);
	depot_close(&(*s)->depot);
	buf_free(&(*s)->piece);
	buf_free(&(*s)->held);
	free(*s);
	*s = NULL;
}

int
store_is_apart(const struct store *s)
{
	return s->keeper.fd != -1;
}

static void
hold(struct store *s, struct request r, struct slice bytes)
{
	r.n = (uint32_t)bytes.n;
	(void)buf_add(&s->held, (struct slice){ (const char *)&r, sizeof(r) });
	(void)buf_add(&s->held, bytes);
}

static void
tell(struct store *s, struct request r, struct slice bytes)
{
	struct slice first = { (const char *)&r, sizeof(r) };

	r.n = (uint32_t)bytes.n;
	if (s->held.n > 0) {
		hold(s, r, bytes);
		first = buf_slice(&s->held);
		bytes = SLICE("");
	}
	if (s->broken || apart_ask(&s->keeper, first, bytes) == -1)
		s->broken = 1;
	buf_clear(&s->held);
}

/* Sends what is held back of a message, the last of it as "last". */
static void
tell_piece(struct store *s, enum operation last)
{
	struct slice rest = buf_slice(&s->piece), part;

	do {
		part = slice_sub(rest, 0, PIECE);
		rest = slice_sub(rest, part.n, rest.n);
		tell(s, (struct request){
		    .operation = rest.n > 0 ? WRITE : last }, part);
	} while (rest.n > 0);
	buf_clear(&s->piece);
}

/* To those that were held. */
static void
hear_held(struct store *s)
{
	struct answer a;

	for (; s->unheard > 0 && !s->broken; s->unheard--)
		if (apart_get(s->keeper.fd, &a, sizeof(a)) == -1)
			s->broken = 1;
		else if (a.rc != USERS_RELAYED && s->lost.class == 0)
			(void)fail_set(&s->lost, EX_TEMPFAIL,
			    "a recipient was not taken: %.300s", a.fail.text);
}

/* The answer to what was told last. */
static int
hear(struct store *s, struct answer *a, struct fail *f)
{
	hear_held(s);
	if (s->broken || apart_get(s->keeper.fd, a, sizeof(*a)) == -1) {
		s->broken = 1;
		return fail_set(f, EX_TEMPFAIL,
		    "the process that stores mail is gone");
	}
	*f = a->fail;
	return a->rc;
}

static int
ask(struct store *s, enum operation what, struct answer *a, struct fail *f)
{
	tell(s, (struct request){ .operation = what }, SLICE(""));
	return hear(s, a, f);
}

/* Is that domain none of ours, as far as it can be said without a library? */
static int
is_stranger(const struct conf *conf, struct slice domain)
{
	size_t i;

	if (domain.n == 0 || !utf8_ascii(domain))
		return 0;
	for (i = 0; i < conf->ndomains; i++)
		if (!utf8_ascii(slice_str(conf->domains[i])))
			return 0;
	return !users_domain(conf, domain);
}

/* Where all are for the queue, whatever the keeper says of them it will say at
 * the beginning of the message. */
static int
need_not_wait(struct store *s, const struct depot_recipient *r)
{
	if (s->recipients++ == 0)
		s->strangers = 1;
	s->strangers &= r->relay &&
	    is_stranger(s->depot.boxes.conf, r->address.domain);
	return s->strangers && s->unheard < UNHEARD;
}

enum users_result
store_recipient(struct store *s, const struct depot_recipient *r,
    struct fail *f)
{
	char bytes[ADDR_TEXT + LIMIT_ORCPT + 1];
	struct request request = { .operation = RECIPIENT, .size = r->size,
		.flags = (r->relay != 0) | r->notify << NOTIFY_SHIFT };
	struct answer answer;
	size_t n;

	if (s->keeper.fd == -1)
		return depot_add(&s->depot, r, f);
	n = strlen(addr_format(bytes, &r->address)) + 1;
	if (r->original.n > LIMIT_ORCPT)
		return fail_set(f, EX_TEMPFAIL, "ORCPT is too long");
	if (r->original.n > 0)
		memcpy(bytes + n, r->original.p, r->original.n);
	n += r->original.n;
	s->told = 1;
	if (need_not_wait(s, r)) {
		s->unheard++;
		hold(s, request, (struct slice){ bytes, n });
		return USERS_RELAYED;
	}
	tell(s, request, (struct slice){ bytes, n });
	return hear(s, &answer, f);
}

static void
tell_envelope(struct store *s, const struct spool_envelope *e)
{
	struct buf bytes = BUF(ADDR_TEXT + LIMIT_ENVID);

	(void)buf_add(&bytes, e->sender);
	(void)buf_addc(&bytes, '\0');
	(void)buf_add(&bytes, e->envelope_id);
	tell(s, (struct request){ .operation = BEGIN,
	    .flags = (e->body8 ? BODY8 : 0) | (e->utf8 ? UTF8 : 0) |
	    (e->require_tls ? REQUIRE_TLS : 0) |
	    (uint32_t)e->ret << RET_SHIFT }, buf_slice(&bytes));
	buf_free(&bytes);
}

int
store_begin(struct store *s, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f)
{
	struct answer answer;
	const char *given;
	int rc;

	if (s->keeper.fd == -1) {
		if ((rc = depot_begin(&s->depot, e, &given, f)) != -1)
			memcpy(id, given, strlen(given) + 1);
		return rc;
	}
	tell_envelope(s, e);
	rc = hear(s, &answer, f);
	if (s->lost.class != 0) {
		*f = s->lost;
		store_abort(s);
		return -1;
	}
	if (rc != -1)
		memcpy(id, answer.id, STORE_ID);
	return rc;
}

void
store_write(struct store *s, struct slice bytes)
{
	if (s->keeper.fd == -1) {
		depot_write(&s->depot, bytes);
		return;
	}
	(void)buf_add(&s->piece, bytes);
	if (s->piece.n >= PIECE)
		tell_piece(s, WRITE);
}

int
store_commit(struct store *s, struct fail *f)
{
	struct answer answer;

	if (s->keeper.fd == -1)
		return depot_commit(&s->depot, f);
	s->told = s->depot.boxes.each; /* the outcomes */
	s->recipients = 0;
	tell_piece(s, COMMIT);
	return hear(s, &answer, f);
}

int
store_outcome(struct store *s, size_t i, struct fail *f)
{
	struct answer answer;

	if (s->keeper.fd == -1)
		return depot_outcome(&s->depot, i, f);
	tell(s, (struct request){ .operation = OUTCOME },
	    (struct slice){ (const char *)&i, sizeof(i) });
	return hear(s, &answer, f);
}

void
store_abort(struct store *s)
{
	struct answer answer;
	struct fail ignored;

	buf_clear(&s->piece);
	s->recipients = 0;
	s->lost.class = 0;
	if (s->keeper.fd == -1)
		depot_abort(&s->depot);
	else if (s->told)
		(void)ask(s, ABORT, &answer, &ignored);
	s->told = 0;
}

int
store_scratch(struct store *s, struct fail *f)
{
	struct answer answer;
	int fd;

	if (s->keeper.fd == -1)
		return scratch_open(f);
	if (ask(s, SCRATCH, &answer, f) == -1)
		return -1;
	if ((fd = apart_take(s->keeper.fd)) == -1)
		return fail_set(f, EX_TEMPFAIL,
		    "temporary file: no descriptor came");
	return fd;
}

int
store_same_domain(struct store *s, struct slice a, struct slice b)
{
	struct buf both = BUF(2 * ADDR_TEXT);
	struct answer answer;
	struct fail ignored;
	int rc = 0;

	/* Of ASCII alone they are the same, or are not. */
	if (s->keeper.fd == -1 || (utf8_ascii(a) && utf8_ascii(b)) ||
	    buf_add(&both, a) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, b) == -1) {
		rc = addr_same_domain(a, b);
	} else {
		tell(s, (struct request){ .operation = SAME_DOMAIN },
		    buf_slice(&both));
		rc = hear(s, &answer, &ignored) == 1;
	}
	buf_free(&both);
	return rc;
}

/* Where there is no keeper, this process knows as much as one. */
static int
ask_credentials(struct store *s, enum operation what, struct slice bytes,
    struct answer *a)
{
	struct fail f = { 0 };

	*a = (struct answer){ .rc = -1 };
	if (s->keeper.fd != -1) {
		tell(s, (struct request){ .operation = what }, bytes);
		a->rc = hear(s, a, &f);
	} else if (!asks_too_often(&s->asked, &f)) {
		check_credentials(s->depot.boxes.conf, what, bytes, a);
	}
	if (f.text[0] != '\0')
		a->fail = f;
	return a->rc;
}

/* Of a name and a secret. */
static int
ask_secret(struct store *s, enum operation what,
    const struct slice parts[2], struct fail *f)
{
	struct buf both = BUF(LIMIT_AUTH + LIMIT_AUTH_NAME + 1);
	struct answer answer;

	(void)buf_room(&both, LIMIT_AUTH + LIMIT_AUTH_NAME + 1);
	if (buf_add(&both, parts[0]) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, parts[1]) == -1)
		answer = (struct answer){ 0 }; /* nobody has such a one */
	else
		(void)ask_credentials(s, what, buf_slice(&both), &answer);
	buf_wipe(&both);
	*f = answer.fail;
	return answer.rc;
}

int
store_password(struct store *s, struct slice user, struct slice password,
    struct fail *f)
{
	return ask_secret(s, PASSWORD, (struct slice[]){ user, password }, f);
}

int
store_token(struct store *s, struct slice user, struct slice token,
    struct fail *f)
{
	return ask_secret(s, TOKEN, (struct slice[]){ user, token }, f);
}

int
store_verifier(struct store *s, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	struct answer answer;

	(void)ask_credentials(s, VERIFIER, user, &answer);
	*f = answer.fail;
	*v = answer.verifier;
	explicit_bzero(&answer.verifier, sizeof(answer.verifier));
	return answer.rc;
}

int
store_certified(struct store *s, struct slice user, struct fail *f)
{
	struct answer answer;

	(void)ask_credentials(s, CERTIFIED, user, &answer);
	*f = answer.fail;
	return answer.rc;
}
